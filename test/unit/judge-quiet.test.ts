/** Quiet and quieter: reminders, maintenance and mutes, the monitor's own trouble, blocked steps. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';

import type { Environment } from '../../shared/core/environment/definition.ts';
import { emptyEnvironment } from '../../shared/core/judge/documents.ts';
import { judge, type Judgement } from '../../shared/core/judge/judge.ts';
import { silencedBy, windows } from '../../shared/core/judge/silence.ts';
import { freshRegion } from '../../shared/core/judge/region.ts';
import type { EnvironmentRecord, StepRecord } from '../../shared/core/judge/state.ts';
import { isoUtc } from '../../shared/core/time.ts';
import { outcomeOf, settingsWith, slot } from '../simulation/samples.ts';
import { letters, play, type Played } from '../simulation/timeline.ts';

const usual = settingsWith();

function playing(runs: Readonly<Record<string, string>>, settings: Environment = usual): Played {
  return play({ runs, settings });
}

function details(judgement: Judgement | undefined): readonly string[] {
  return judgement?.decisions.map(({ kind, detail }) => `${kind}: ${detail}`) ?? [];
}

describe('reminders', () => {
  const every = (reminderMinutes: number): Environment => settingsWith({ policy: { reminderMinutes } });

  it('come when their time has come, counted from what was told last', () => {
    assert.deepEqual(playing({ auth: 'FFFFFFF' }, every(15)).told, ['1 opened auth @', '4 reminder auth']);
    assert.deepEqual(playing({ auth: 'FFFGGFFF' }, every(15)).told, [
      '1 opened auth @',
      '4 changed auth',
      '7 reminder auth',
    ]);
    assert.equal(playing({ auth: 'FFFFF' }, every(15)).notifications[1]?.change, 'still not over after 20 min');
  });

  it('do not come when the file does not want them', () => {
    assert.deepEqual(playing({ auth: 'F'.repeat(60) }, every(0)).told, ['1 opened auth @']);
  });

  it('wait for what has not been delivered yet', () => {
    const { steps, environment } = playing({ auth: 'FF' }, every(5));
    const waiting = playing({ auth: 'FF' }, every(5)).notifications[0] ?? assert.fail();
    const record: EnvironmentRecord = {
      ...environment,
      outbox: [{ notification: waiting, attempts: 1, nextAttemptAtMs: 0, ambiguous: false }],
    };
    const outcome = outcomeOf('auth', 5, letters.F);
    const { decisions } = judge({
      step: steps.auth ?? null,
      environment: record,
      outcome,
      settings: every(5),
      nowMs: outcome.endedAtMs,
    });
    assert.equal(decisions.at(-1)?.detail, 'earlier messages of the incident are still waiting to be delivered');
  });

  it('are withheld while all that is broken was asked to be quiet', () => {
    const muted =
      (steps: readonly ('auth' | 'websocket')[]) =>
      (record: EnvironmentRecord): EnvironmentRecord => ({
        ...record,
        mutes: [{ by: 'ada', reason: 'known', untilMs: slot(50), steps }],
      });
    const runs = { auth: 'FFFFF', websocket: 'FFFFF' };
    const told = (steps: readonly ('auth' | 'websocket')[]): boolean =>
      play({ settings: every(10), runs, before: { 2: muted(steps) } }).told.some((each) => each.includes('reminder'));
    assert.ok(!told(['auth', 'websocket']));
    assert.ok(told(['auth']));
    const open = play({ settings: every(10), runs: { auth: 'SSSSS' }, before: { 2: muted(['auth']) } });
    assert.ok(
      open.told.some((each) => each.includes('reminder')),
      'an open door is never quiet',
    );
  });
});

describe('a moment', () => {
  it('is no longer acknowledged when the time is over', () => {
    const settings = settingsWith({ policy: { reminderMinutes: 5 } });
    const { steps, environment } = playing({ auth: 'FF' }, settings);
    const outcome = outcomeOf('auth', 9, letters.F);
    const kinds = (untilMs: number): readonly string[] => {
      const incident = {
        ...(environment.incident ?? assert.fail()),
        acknowledged: { by: 'ada', reason: 'x', untilMs },
      };
      const input = { step: steps.auth ?? null, outcome, settings, nowMs: outcome.endedAtMs };
      return judge({ ...input, environment: { ...environment, incident } }).decisions.map(({ kind }) => kind);
    };
    assert.ok(kinds(outcome.endedAtMs).includes('reminded'));
    assert.ok(kinds(outcome.endedAtMs + 1).includes('reminder_withheld'));
  });

  it('is no longer muted, nor in a window, when the time is over', () => {
    const { steps, environment } = playing({ auth: 'P' });
    const outcome = outcomeOf('auth', 1);
    const left = (untilMs: number): readonly number[] => {
      const request = { by: 'ada', reason: 'x', untilMs, steps: null };
      const maintenance = [{ ...request, fromMs: 0, expect: 'down' as const }];
      const input = { step: steps.auth ?? null, outcome, settings: usual, nowMs: outcome.endedAtMs };
      const muted = judge({ ...input, environment: { ...environment, mutes: [request] } }).environment;
      const window = judge({ ...input, environment: { ...environment, maintenance } }).environment;
      return [muted?.mutes.length ?? 1, window?.maintenance.length ?? 1];
    };
    assert.deepEqual(left(outcome.endedAtMs), [0, 0]);
    assert.deepEqual(left(outcome.endedAtMs + 1), [1, 1]);
  });
});

describe('several regions', () => {
  const two = settingsWith({ regions: ['us-central1', 'europe-west1'] });

  it('recover together: the first one does not end what the last one still sees', () => {
    const settings = settingsWith({ regions: ['us-central1', 'europe-west1'], policy: { regionQuorum: 2 } });
    const { judgements } = playing({ 'auth@us-central1': 'FFPP', 'auth@europe-west1': 'FFPP' }, settings);
    assert.deepEqual(
      judgements.slice(-2).map(({ notifications }) => notifications.map(({ kind }) => kind)),
      [[], ['resolved']],
    );
  });

  it('make an outage when one of them sees one and another sees a degradation', () => {
    const { environment } = playing({ 'auth@us-central1': 'DDDD', 'auth@europe-west1': 'PPFF' }, two);
    assert.deepEqual(
      [environment.incident?.severity, environment.incident?.steps.auth?.regions],
      ['outage', ['europe-west1']],
    );
  });

  it('show the worst of what they saw last', () => {
    const mark = (first: string, second: string): unknown =>
      playing({ 'auth@us-central1': first, 'auth@europe-west1': second, websocket: 'P' }, two).environment.flow.auth;
    assert.equal(mark('D', 'F'), 'fail');
    assert.equal(mark('I', 'D'), 'degraded');
    assert.equal(mark('P', 'I'), 'inconclusive');
    const blocked = playing({ auth: 'F', 'websocket@us-central1': 'P', 'websocket@europe-west1': 'B' }, two);
    assert.equal(blocked.environment.flow.websocket, 'blocked');
    const unmeasured = playing({ auth: 'F', 'websocket@us-central1': 'B', 'websocket@europe-west1': 'I' }, two);
    assert.equal(unmeasured.environment.flow.websocket, 'inconclusive');
  });
});

describe('who asks for quiet', () => {
  const record = emptyEnvironment('acme');
  const window = { from: isoUtc(slot(1)), to: isoUtc(slot(3)), expect: 'down', reason: 'upgrade' } as const;

  it('is asked from the first to before the last moment', () => {
    const settings = settingsWith({ maintenance: [window] });
    const quiet = (nowMs: number): boolean =>
      silencedBy('auth', 'fail', { environment: record, settings, nowMs }) !== null;
    assert.deepEqual([slot(1) - 1, slot(1), slot(3) - 1, slot(3)].map(quiet), [false, true, true, false]);
    const muted = { ...record, mutes: [{ by: 'ada', reason: 'x', untilMs: slot(3), steps: null }] };
    const hushed = (nowMs: number): boolean =>
      silencedBy('auth', 'fail', { environment: muted, settings: usual, nowMs }) !== null;
    assert.deepEqual([slot(0), slot(3) - 1, slot(3)].map(hushed), [true, true, false]);
  });

  it('speaks for the steps that are named, or for all', () => {
    const settings = settingsWith({ maintenance: [{ ...window, steps: ['auth'] }] });
    assert.notEqual(silencedBy('auth', 'fail', { environment: record, settings, nowMs: slot(2) }), null);
    assert.equal(silencedBy('health', 'fail', { environment: record, settings, nowMs: slot(2) }), null);
  });

  it('who expects a degradation has not asked for quiet about an outage', () => {
    const settings = settingsWith({ maintenance: [{ ...window, expect: 'degraded' }] });
    assert.equal(silencedBy('auth', 'fail', { environment: record, settings, nowMs: slot(2) }), null);
    assert.notEqual(silencedBy('auth', 'degraded', { environment: record, settings, nowMs: slot(2) }), null);
  });

  it('may have begun by hand', () => {
    const entry = {
      by: 'ada',
      reason: 'hotfix',
      fromMs: slot(1),
      untilMs: slot(3),
      expect: 'down',
      steps: null,
    } as const;
    const environment: EnvironmentRecord = { ...record, maintenance: [entry] };
    const silence = silencedBy('auth', 'fail', { environment, settings: usual, nowMs: slot(2) });
    assert.deepEqual(silence, {
      kind: 'maintenance',
      untilMs: slot(3),
      why: 'maintenance until 2026-11-23T00:15:00Z (hotfix) expects it',
    });
    assert.equal(windows({ maintenance: [entry], settings: settingsWith({ maintenance: [window] }) }).length, 2);
  });

  it('with a time that is none has asked for nothing', () => {
    const maintenance = [
      { ...window, from: '2026-13-45T00:00:00Z' },
      { ...window, to: '2026-13-45T00:00:00Z' },
    ];
    const settings: Environment = { ...usual, maintenance };
    assert.equal(silencedBy('auth', 'fail', { environment: record, settings, nowMs: slot(2) }), null);
  });

  it('shows as maintenance in the flow what is bad, whatever is well as well', () => {
    const settings = settingsWith({ maintenance: [{ ...window, from: isoUtc(slot(0)), to: isoUtc(slot(9)) }] });
    const { environment } = playing({ auth: 'F', health: 'D', websocket: 'P', agent: 'I' }, settings);
    assert.deepEqual(environment.flow, {
      auth: 'maintenance',
      health: 'maintenance',
      websocket: 'pass',
      agent: 'inconclusive',
    });
    const muted = (record: EnvironmentRecord): EnvironmentRecord => ({
      ...record,
      mutes: [{ by: 'ada', reason: 'x', untilMs: slot(9), steps: null }],
    });
    assert.deepEqual(play({ settings: usual, runs: { auth: 'F' }, before: { 0: muted } }).environment.flow, {
      auth: 'fail',
    });
  });

  it('is forgotten when the time is over', () => {
    const muted = (current: EnvironmentRecord): EnvironmentRecord => ({
      ...current,
      mutes: [
        { by: 'ada', reason: 'x', untilMs: slot(2), steps: null },
        { by: 'bob', reason: 'y', untilMs: slot(9), steps: null },
      ],
      maintenance: [{ by: 'ada', reason: 'x', fromMs: 0, untilMs: slot(2), expect: 'down', steps: null }],
    });
    const { environment } = play({ settings: usual, runs: { auth: 'PPPP' }, before: { 1: muted } });
    assert.deepEqual(
      environment.mutes.map(({ by }) => by),
      ['bob'],
    );
    assert.deepEqual(environment.maintenance, []);
  });
});

describe('the trouble of the monitor', () => {
  it('is told once for all steps that one broken line stops', () => {
    const { notifications, environment } = playing({ auth: 'IIIPPP', health: 'IIIPPP', websocket: 'CCCPPP' });
    assert.deepEqual(
      notifications.map(({ kind, change, lane }) => [kind, change, lane]),
      [
        [
          'monitor_trouble',
          "Log in can't be measured from us-central1: the control endpoint is unreachable too: the monitor's own network is broken",
          'trouble',
        ],
        [
          'monitor_trouble',
          "WebSocket can't be measured from us-central1: the monitor's own credential was rejected: rotate or grant it",
          'trouble',
        ],
        [
          'monitor_recovered',
          'every step is measured again, and none is broken as seen from one region only',
          'trouble',
        ],
      ],
    );
    assert.deepEqual(environment.troubles, []);
  });

  it('is told again neither for another reason nor, below the quorum, before the others had a run', () => {
    assert.deepEqual(playing({ auth: 'IIICC' }).told, ['2 monitor_trouble auth']);
    const settings = settingsWith({ regions: ['us-central1', 'europe-west1'], policy: { regionQuorum: 2 } });
    const unmeasured = { 'auth@us-central1': 'IIIFFF', 'auth@europe-west1': 'PPPPPP' };
    assert.deepEqual(playing(unmeasured, settings).told, ['2 monitor_trouble auth', '5 monitor_trouble auth']);
    const elsewhere = { 'auth@us-central1': 'PPPFFF', 'auth@europe-west1': 'PPPPPP', 'health@us-central1': 'IIIIII' };
    assert.deepEqual(playing(elsewhere, settings).told, ['2 monitor_trouble health', '5 monitor_trouble auth']);
  });

  it('is named for what it is in the decisions', () => {
    const settings = settingsWith({ regions: ['us-central1', 'europe-west1'], policy: { regionQuorum: 2 } });
    const lone = playing({ 'auth@us-central1': 'FFF', 'auth@europe-west1': 'PPP' }, settings);
    assert.ok(details(lone.judgements.at(-2)).some((each) => each.startsWith('below_quorum: Log in is broken')));
    assert.ok(
      details(playing({ auth: 'III' }).judgements.at(-1)).some((each) => each.startsWith("trouble_told: Log in can't")),
    );
  });

  it('is told of each region', () => {
    const settings = settingsWith({ regions: ['us-central1', 'europe-west1'] });
    const { told } = playing({ 'auth@us-central1': 'III', 'auth@europe-west1': 'III' }, settings);
    assert.deepEqual(told, ['2 monitor_trouble auth', '2 monitor_trouble auth']);
  });

  it('is of each region by itself', () => {
    const settings = settingsWith({ regions: ['us-central1', 'europe-west1'] });
    const { environment } = playing({ 'auth@us-central1': 'III', 'auth@europe-west1': 'IIP' }, settings);
    assert.deepEqual(environment.troubles, [
      { kind: 'inconclusive', step: 'auth', region: 'us-central1', reason: 'own_path', sinceMs: slot(0), told: true },
    ]);
  });

  it('needs as many runs as the policy says, also with some between them', () => {
    const settings = settingsWith({ policy: { monitorTroubleRuns: 4 } });
    assert.deepEqual(playing({ auth: 'IIIPPPI' }, settings).told, ['6 monitor_trouble auth']);
    assert.deepEqual(playing({ auth: 'IIIPPPPI' }, settings).told, []);
    const one = settingsWith({ policy: { monitorTroubleRuns: 1 } });
    assert.deepEqual(playing({ auth: 'PIP' }, one).told, ['1 monitor_trouble auth', '2 monitor_recovered']);
  });

  it('counts its runs and begins to end again with each run that measures nothing', () => {
    const { steps } = playing({ auth: 'IIIPPIIP' });
    assert.deepEqual(steps.auth?.regions['us-central1']?.trouble, {
      reason: 'own_path',
      sinceMs: slot(0),
      runs: 5,
      measuredInRow: 1,
    });
  });

  it('says of a step that one region alone sees broken how many an alert needs', () => {
    const settings = settingsWith({ regions: ['us-central1', 'europe-west1'], policy: { regionQuorum: 2 } });
    const lone = playing({ 'auth@us-central1': 'NNN', 'auth@europe-west1': 'PPP' }, settings).notifications[0];
    assert.equal(
      lone?.change,
      'Log in is broken as seen from us-central1 only: nothing listens at the address: the connection was refused; an alert needs 2 regions, so it may be the way from there',
    );
    const product = playing({ 'auth@us-central1': 'FFF', 'auth@europe-west1': 'PPP' }, settings).notifications[0];
    assert.match(product?.change ?? '', /an alert needs 2 regions$/);
    const degraded = playing({ 'auth@us-central1': 'DDDD', 'auth@europe-west1': 'PPPP' }, settings);
    assert.deepEqual(degraded.told, ['3 monitor_trouble auth']);
  });

  it('of one region ends where the incident begins', () => {
    const settings = settingsWith({ regions: ['us-central1', 'europe-west1'], policy: { regionQuorum: 2 } });
    const { notifications } = playing({ 'auth@us-central1': 'FFFFF', 'auth@europe-west1': 'PPPFF' }, settings);
    assert.deepEqual(
      notifications.map(({ kind, change }) => [kind, change.slice(0, 40)]),
      [
        ['monitor_trouble', 'Log in is broken as seen from us-central'],
        ['opened', 'Log in is broken: the service is unavail'],
        ['monitor_recovered', 'Log in is broken as seen from enough reg'],
      ],
    );
  });
});

describe('a blocked step', () => {
  const kindsOf = (runs: Readonly<Record<string, string>>, settings: Environment = usual): readonly string[] =>
    playing(runs, settings).told;

  it('is excused while the earlier step is broken and known to be', () => {
    assert.deepEqual(kindsOf({ auth: 'F'.repeat(40), websocket: 'B'.repeat(40) }), ['1 opened auth @']);
    assert.deepEqual(kindsOf({ auth: 'C'.repeat(40), websocket: 'B'.repeat(40) }), ['2 monitor_trouble auth']);
    assert.deepEqual(kindsOf({ websocket: 'F'.repeat(40), agent: 'W'.repeat(40) }), ['1 opened websocket @']);
  });

  it('is excused by an earlier step that is blocked itself by one that people know of', () => {
    assert.deepEqual(kindsOf({ auth: 'F'.repeat(40), websocket: 'B'.repeat(40), agent: 'W'.repeat(40) }), [
      '1 opened auth @',
    ]);
  });

  it('is not excused by a step that works, that is degraded, or that has never run', () => {
    assert.deepEqual(kindsOf({ auth: 'PP', websocket: 'BB' }), ['1 opened websocket @']);
    assert.deepEqual(kindsOf({ auth: 'DD', websocket: 'BB' }), ['1 opened websocket @']);
    assert.deepEqual(kindsOf({ websocket: 'BB' }), ['1 opened websocket @']);
  });

  it('says why it counts', () => {
    const { judgements } = playing({ auth: 'P', websocket: 'B' });
    assert.deepEqual(details(judgements[1]), [
      'started_afresh: websocket has no history in us-central1',
      'blocked_without_cause: no token (blocked by auth, which itself works)',
      'below_threshold: no token (blocked by auth, which itself works): 2 of 3 runs are needed',
    ]);
    assert.match(details(playing({ websocket: 'B' }).judgements[0])[1] ?? '', /which has not run yet/);
  });

  it('is not excused by a step that was bad when the file still had it', () => {
    const known = playing({ auth: 'F' });
    const { auth: _, ...steps } = usual.steps;
    const settings: Environment = { ...usual, steps };
    const outcome = outcomeOf('websocket', 1, letters.B);
    const { decisions } = judge({
      step: null,
      environment: known.environment,
      outcome,
      settings,
      nowMs: outcome.endedAtMs,
    });
    assert.ok(decisions.some(({ kind }) => kind === 'blocked_without_cause'));
  });

  it('is not excused by something that nobody watches', () => {
    const { auth: _, ...steps } = usual.steps;
    assert.deepEqual(kindsOf({ websocket: 'BB' }, { ...usual, steps }), ['1 opened websocket @']);
    let kept: Judgement | null = null;
    for (const index of [0, 1]) {
      const outcome = outcomeOf('agent', index, { verdict: 'blocked', reason: null, blockedBy: null });
      kept = judge({
        step: kept?.step ?? null,
        environment: kept?.environment ?? null,
        outcome,
        settings: usual,
        nowMs: outcome.endedAtMs,
      });
    }
    assert.equal(kept?.notifications[0]?.reason, 'unclassified');
  });

  it('is not excused for ever by a step that stays below every threshold', () => {
    // Fails every third run only: never told. The excuse lasts for fire.of + 2 * monitorTroubleRuns = 9 runs.
    const auth = 'F'.padEnd(40, '.');
    assert.deepEqual(kindsOf({ auth, websocket: 'B'.repeat(11) }), ['10 opened websocket @']);
    assert.deepEqual(kindsOf({ auth, websocket: 'B'.repeat(10) }), []);
  });

  it('is excused as long as people have asked for quiet about the earlier step', () => {
    const window = {
      from: isoUtc(slot(0)),
      to: isoUtc(slot(30)),
      expect: 'down',
      reason: 'upgrade',
      steps: ['auth' as const],
    } as const;
    const settings = settingsWith({ maintenance: [{ ...window, steps: [...window.steps] }] });
    assert.deepEqual(kindsOf({ auth: 'F'.repeat(25), websocket: 'B'.repeat(25) }, settings), []);
  });
});

describe('runs without a reason', () => {
  const reasonless = (verdict: 'fail' | 'degraded' | 'inconclusive', runs: number): Judgement => {
    let kept: Judgement | null = null;
    for (let index = 0; index < runs; index += 1) {
      const outcome = outcomeOf('auth', index, { verdict, reason: null });
      kept = judge({
        step: kept?.step ?? null,
        environment: kept?.environment ?? null,
        outcome,
        settings: usual,
        nowMs: outcome.endedAtMs,
      });
    }
    return kept ?? assert.fail();
  };

  it('are told as what the monitor does not know', () => {
    assert.equal(reasonless('fail', 2).notifications[0]?.reason, 'unclassified');
    assert.equal(reasonless('degraded', 3).notifications[0]?.reason, 'unclassified');
    assert.equal(reasonless('inconclusive', 3).notifications[0]?.reason, 'unclassified');
  });

  it('ease an outage to what the monitor does not know', () => {
    const { steps, environment } = playing({ auth: 'FFP' });
    const outcome = outcomeOf('auth', 3, { verdict: 'degraded', reason: null });
    const eased = judge({
      step: steps.auth ?? null,
      environment,
      outcome,
      settings: usual,
      nowMs: outcome.endedAtMs,
    });
    assert.equal(eased.notifications[0]?.reason, 'unclassified');
    assert.equal(eased.step?.regions['us-central1']?.firing?.verdict, 'degraded');
  });
});

describe('records that are odd, but can be read', () => {
  it('may have a region that has never run', () => {
    const { steps, environment } = playing({ auth: 'PP' });
    const record = steps.auth ?? assert.fail();
    const odd: StepRecord = { ...record, regions: { ...record.regions, new: { ...freshRegion, lastSlotMs: slot(1) } } };
    const outcome = outcomeOf('auth', 2);
    const { decisions } = judge({ step: odd, environment, outcome, settings: usual, nowMs: outcome.endedAtMs });
    assert.deepEqual(
      decisions.map(({ kind }) => kind),
      ['steady'],
    );
  });

  it('may name a first step that the incident does not know', () => {
    const settings = settingsWith({ policy: { reminderMinutes: 5 } });
    const { steps, environment } = playing({ auth: 'FF' }, settings);
    const incident = { ...(environment.incident ?? assert.fail()), firstStep: 'agent' } as const;
    const outcome = outcomeOf('health', 9);
    const { notifications } = judge({
      step: steps.health ?? null,
      environment: { ...environment, incident },
      outcome,
      settings,
      nowMs: outcome.endedAtMs,
    });
    assert.deepEqual(
      notifications.map(({ kind, reason }) => [kind, reason]),
      [['reminder', null]],
    );
  });
});
