/** The worked timelines: each one a rule of judging, as a sentence, as runs, and as what people hear. */
import type { EnvironmentRecord } from '../../shared/core/judge/state.ts';
import { isoUtc } from '../../shared/core/time.ts';
import { settingsWith, slot } from './samples.ts';
import type { Timeline } from './timeline.ts';

const usual = settingsWith();
const twoRegions = settingsWith({ regions: ['us-central1', 'europe-west1'] });
const bothNeeded = settingsWith({
  regions: ['us-central1', 'europe-west1'],
  policy: { regionQuorum: 2 },
  slack: { channel: '#alerts', mention: '<!here>', monitorChannel: '#monitor' },
});

function maintenance(expect: 'down' | 'degraded', from: number, to: number) {
  return settingsWith({
    maintenance: [{ from: isoUtc(slot(from)), to: isoUtc(slot(to)), expect, reason: 'database upgrade' }],
  });
}

function mutedUntil(index: number) {
  return (record: EnvironmentRecord): EnvironmentRecord => ({
    ...record,
    mutes: [{ by: 'ada', reason: 'known', untilMs: slot(index), steps: ['auth'] }],
  });
}

function acknowledgedUntil(index: number) {
  return (record: EnvironmentRecord): EnvironmentRecord => ({
    ...record,
    incident:
      record.incident === null
        ? null
        : { ...record.incident, acknowledged: { by: 'ada', reason: 'on it', untilMs: slot(index) } },
  });
}

export interface TimelineGroup {
  readonly title: string;
  readonly timelines: readonly Timeline[];
}

export const timelineGroups: readonly TimelineGroup[] = [
  {
    title: 'A step fires and recovers',
    timelines: [
      { name: 'One failure is no alarm', settings: usual, runs: { auth: 'PPFPPPFPPP' }, told: [] },
      {
        name: 'Two failures of three runs fire, two passes in a row recover',
        settings: usual,
        runs: { auth: 'PPFFFPP' },
        told: ['3 opened auth @', '6 resolved auth'],
      },
      {
        name: 'A pass between two failures does not hide them',
        settings: usual,
        runs: { auth: 'PFPFPP' },
        told: ['3 opened auth @', '5 resolved auth'],
      },
      {
        name: 'A single pass ends nothing',
        settings: usual,
        runs: { auth: 'FFPFPFPP' },
        told: ['1 opened auth @', '7 resolved auth'],
      },
      {
        name: 'Degraded runs have a rule of their own: three of five',
        settings: usual,
        runs: { auth: 'PDPDPDPP' },
        told: ['5 opened auth', '7 resolved auth'],
      },
      {
        name: 'Failures count as degraded runs too',
        settings: usual,
        runs: { auth: 'DPFPDPP' },
        told: ['4 opened auth', '6 resolved auth'],
      },
      {
        name: 'Worse is news at once, and calls people again',
        settings: usual,
        runs: { auth: 'DDDFFPP' },
        told: ['2 opened auth', '4 changed auth @', '6 resolved auth'],
      },
      {
        name: 'Better but not good is news, and calls nobody',
        settings: usual,
        runs: { auth: 'FFDDPP' },
        told: ['1 opened auth @', '3 changed auth', '5 resolved auth'],
      },
      {
        name: 'A forged token that gets in is told at the first run',
        settings: usual,
        runs: { auth: 'PSPP' },
        told: ['1 opened auth @', '3 resolved auth'],
      },
      {
        name: 'Another reason is news when it comes twice, and only once an incident',
        settings: usual,
        runs: { auth: 'FFGGFFGGPP' },
        told: ['1 opened auth @', '3 changed auth', '9 resolved auth'],
      },
      {
        name: 'A run that passes at the second try is no failure, but ends none either',
        settings: usual,
        runs: { auth: 'PpPpPFFppPP' },
        told: ['6 opened auth @', '8 changed auth', '10 resolved auth'],
      },
      {
        name: 'A step that passes at the second try again and again is degraded: six of twelve',
        settings: usual,
        runs: { auth: 'PpPpPpPpPFPpPP' },
        told: ['11 opened auth', '13 resolved auth'],
      },
      {
        name: 'A step that flaps has to pass twice as often each time it breaks again within the hour',
        settings: usual,
        runs: { auth: 'FFPP FFPPPP FFPPPPPPPP' },
        told: [
          '1 opened auth @',
          '3 resolved auth',
          '5 opened auth @',
          '9 resolved auth',
          '11 opened auth @',
          '19 resolved auth',
        ],
      },
    ],
  },
  {
    title: 'Runs that say nothing of the product',
    timelines: [
      {
        name: 'Inconclusive runs move no streak; long ones are trouble of the monitor, told more quietly',
        settings: usual,
        runs: { auth: 'PFIIIFPIPPP' },
        told: ['4 monitor_trouble auth', '5 opened auth @', '8 resolved auth', '10 monitor_recovered'],
      },
      {
        name: 'A rejected key of our own is never an outage',
        settings: usual,
        runs: { auth: 'PCCCCPPP' },
        told: ['3 monitor_trouble auth', '7 monitor_recovered'],
      },
      {
        name: 'A monitor that measures every other time is in trouble too',
        settings: usual,
        runs: { auth: 'PIPIPIPPP' },
        told: ['5 monitor_trouble auth', '8 monitor_recovered'],
      },
    ],
  },
  {
    title: 'What broke first',
    timelines: [
      {
        name: 'Later steps are blocked, not broken: one incident, named after the first',
        settings: usual,
        runs: { auth: 'PFFFPP', websocket: 'PBBBPP', agent: 'PBBBPP' },
        told: ['2 opened auth @', '5 resolved auth'],
      },
      {
        name: 'An earlier step that breaks later takes over the headline',
        settings: usual,
        runs: { auth: 'PPPFFPPPP', websocket: 'PFFFFFFPP' },
        told: ['2 opened websocket @', '4 changed auth', '6 changed websocket', '8 resolved websocket'],
      },
      {
        name: 'A later step that breaks by itself joins the incident',
        settings: usual,
        runs: { websocket: 'FFFFFPP', agent: 'PPFFFPP' },
        told: ['1 opened websocket @', '3 changed websocket', '6 changed agent', '6 resolved agent'],
      },
      {
        name: 'A step that an earlier one blocks, which itself works, is broken all the same',
        settings: usual,
        runs: { auth: 'PPPPPP', websocket: 'PBBBPP' },
        told: ['2 opened websocket @', '5 resolved websocket'],
      },
      {
        name: 'The health document lies: told once, in the thread of the incident',
        settings: usual,
        runs: { health: 'PPPPPPP', websocket: 'PFFFFPP' },
        told: ['2 opened websocket @', '3 health_contradiction health', '6 resolved websocket'],
      },
      {
        name: 'The health document cries wolf: told once every other step had the time to notice',
        settings: usual,
        runs: { auth: 'PPPPPPPP', health: 'PFFFFFPP', websocket: 'PPPPPPPP', agent: 'PPPPPPPP' },
        told: ['2 opened health @', '4 health_contradiction health', '7 resolved health'],
      },
    ],
  },
  {
    title: 'Quiet that someone asked for',
    timelines: [
      {
        name: 'Expected to be down: nothing is told, and nothing has to be taken back',
        settings: maintenance('down', 2, 6),
        runs: { auth: 'PPFFFPPP' },
        told: [],
      },
      {
        name: 'Still down when the window ends: told then',
        settings: maintenance('down', 2, 5),
        runs: { auth: 'PPFFFFFPP' },
        told: ['5 opened auth @', '8 resolved auth'],
      },
      {
        name: 'Down before the window and well in it: the recovery is told',
        settings: maintenance('down', 3, 8),
        runs: { auth: 'PFFFFPPP' },
        told: ['2 opened auth @', '6 resolved auth'],
      },
      {
        name: 'Expected to be degraded: an outage is told all the same',
        settings: maintenance('degraded', 1, 9),
        runs: { auth: 'PDDDFFPP' },
        told: ['5 opened auth @', '7 resolved auth'],
      },
      {
        name: 'No window is quiet about an open door',
        settings: maintenance('down', 0, 9),
        runs: { auth: 'PSPP' },
        told: ['1 opened auth @', '3 resolved auth'],
      },
      {
        name: 'Muted: told when the mute ends, if there still is something to tell',
        settings: usual,
        before: { 1: mutedUntil(5) },
        runs: { auth: 'PFFFFFPP' },
        told: ['5 opened auth @', '7 resolved auth'],
      },
      {
        name: 'Acknowledged: no reminders, but changes and the end are told',
        settings: settingsWith({ policy: { reminderMinutes: 10 } }),
        before: { 2: acknowledgedUntil(7) },
        runs: { auth: 'FFFFFFFFFGGPP' },
        told: ['1 opened auth @', '7 reminder auth', '9 reminder auth', '10 changed auth', '12 resolved auth'],
      },
      {
        name: 'Reminders of what is still broken, by the run of any step',
        settings: settingsWith({ policy: { reminderMinutes: 15 } }),
        runs: { auth: 'FFFFFFPP', health: 'PPPPPPPP' },
        told: ['1 opened auth @', '1 health_contradiction health', '4 reminder auth', '7 resolved auth'],
      },
    ],
  },
  {
    title: 'Regions',
    timelines: [
      {
        name: 'By default one region is enough, and the message says who sees it',
        settings: twoRegions,
        runs: { 'auth@us-central1': 'PFFFPP', 'auth@europe-west1': 'PPPPPP' },
        told: ['2 opened auth @', '5 resolved auth'],
      },
      {
        name: 'It is over when no region sees it any more',
        settings: twoRegions,
        runs: { 'auth@us-central1': 'PFFFPPPP', 'auth@europe-west1': 'PFFFFFPP' },
        told: ['2 opened auth @', '7 resolved auth'],
      },
      {
        name: 'With a quorum of two, one region alone is trouble on the way from there',
        settings: bothNeeded,
        runs: { 'auth@us-central1': 'PNNNNPP', 'auth@europe-west1': 'PPPPPPP' },
        told: ['3 monitor_trouble auth', '6 monitor_recovered'],
      },
      {
        name: 'With a quorum of two, both must see it',
        settings: bothNeeded,
        runs: { 'auth@us-central1': 'PPFFFPP', 'auth@europe-west1': 'PPFFFPP' },
        told: ['3 opened auth @', '6 resolved auth'],
      },
      {
        name: 'A region that has gone silent has no say',
        settings: twoRegions,
        runs: { 'auth@us-central1': 'PFF............', 'auth@europe-west1': 'PPPPPPPPPPPPPPP' },
        told: ['2 opened auth @', '9 resolved auth'],
      },
      {
        name: 'An open door is an open door, however many see it',
        settings: bothNeeded,
        runs: { 'auth@us-central1': 'PSPP', 'auth@europe-west1': 'PPPP' },
        told: ['1 opened auth @', '3 resolved auth'],
      },
    ],
  },
];
