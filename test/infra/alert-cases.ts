/**
 * Simulated hours of the two environments of the fixtures, each with exactly the alerts that must fire. alpha: every
 * 5 minutes, in two regions that must agree. beta: every 10 minutes, one region is enough.
 */
import assert from 'node:assert/strict';
import { join } from 'node:path';

import type { Step } from '../../shared/core/step.ts';
import { loadEnvironments } from '../../shared/io/environment-files.ts';
import type { ExpectedAlert, Timeline } from './promtool.ts';
import { simulate, type SimulatedRun, type Story, type Turn } from './simulated-series.ts';
import { infraDir } from './terraform.ts';

const fine: SimulatedRun = {};
const failed: SimulatedRun = { outcome: { verdict: 'fail', reason: 'server_error' } };
const blocked: SimulatedRun = { outcome: { verdict: 'blocked', reason: 'server_error', blockedBy: 'auth' } };
const credential: SimulatedRun = { outcome: { verdict: 'inconclusive', reason: 'credential' } };

const job = { job: 'golden-path', monitored_resource: 'generic_task' };

/** Alerts by the labels that tell them apart. */
const down = (environment: string, step: Step) => stepAlert(`${environment}/${step}/down#0`, environment, step);
const fast = (environment: string, step: Step) => stepAlert(`${environment}/${step}/budget#0`, environment, step);
const slow = (environment: string, step: Step) => stepAlert(`${environment}/${step}/budget#1`, environment, step);
const trouble = (environment: string, place: number) => ({
  alert: `${environment}/monitor#${place}`,
  labels: { namespace: environment },
});
const everythingSilent = { alert: 'all/silent#0', labels: job };
const environmentSilent = (namespace: string) => ({ alert: `${namespace}/silent#0`, labels: { ...job, namespace } });

function stepAlert(alert: string, environment: string, step: Step): ExpectedAlert {
  return { alert, labels: { namespace: environment, task_id: step } };
}

export interface AlertCase {
  readonly name: string;
  readonly minutes: number;
  readonly story: Story;
  /** Minute → exactly what fires then. */
  readonly firing: Readonly<Record<number, readonly ExpectedAlert[]>>;
}

const within = ({ minute }: Turn, from: number, to: number) => minute >= from && minute < to;
const of = (environment: string, step?: Step, region?: string) => (turn: Turn) =>
  turn.environment === environment &&
  (step === undefined || turn.step === step) &&
  (region === undefined || turn.region === region);
const alphaAuth = of('alpha', 'auth');

export const alertCases: readonly AlertCase[] = [
  {
    name: 'all is well: nothing fires',
    minutes: 300,
    story: () => fine,
    firing: { 31: [], 60: [], 180: [], 299: [] },
  },
  {
    name: 'a step is down in all regions: told after the second run, once, and over when the runs work again',
    minutes: 180,
    story: (turn) => {
      const outage = of('alpha')(turn) && turn.step !== 'health' && within(turn, 60, 120);
      return outage ? (turn.step === 'auth' ? failed : blocked) : fine;
    },
    firing: {
      59: [],
      64: [],
      67: [down('alpha', 'auth'), slow('alpha', 'auth')],
      120: [down('alpha', 'auth'), slow('alpha', 'auth')],
      138: [slow('alpha', 'auth')],
      152: [],
    },
  },
  {
    name: 'a step is down in one region, where two must agree: no outage, but the budget burns',
    minutes: 120,
    story: (turn) => (of('alpha', 'auth', 'us-central1')(turn) && within(turn, 60, 90) ? failed : fine),
    firing: { 74: [fast('alpha', 'auth'), slow('alpha', 'auth')], 107: [slow('alpha', 'auth')] },
  },
  {
    name: 'a step is down in one region, where one is enough',
    minutes: 180,
    story: (turn) => (of('beta', 'health', 'us-central1')(turn) && within(turn, 60, 90) ? failed : fine),
    firing: { 64: [], 76: [down('beta', 'health'), slow('beta', 'health')], 115: [slow('beta', 'health')] },
  },
  {
    name: 'a rule of its own: the agent is down at the third of four',
    minutes: 120,
    story: (turn) => (of('alpha', 'agent')(turn) && within(turn, 60, 80) ? failed : fine),
    firing: {
      70: [fast('alpha', 'agent'), slow('alpha', 'agent')],
      76: [down('alpha', 'agent'), slow('alpha', 'agent')],
    },
  },
  {
    name: 'a single failed run: nobody is told',
    minutes: 240,
    story: (turn) => (alphaAuth(turn) && turn.region === 'us-central1' && turn.run === 18 ? failed : fine),
    firing: { 91: [], 95: [], 105: [], 140: [] },
  },
  {
    name: 'every third run fails: never down, but the budget burns',
    minutes: 240,
    story: (turn) => (alphaAuth(turn) && turn.run % 3 === 0 ? failed : fine),
    firing: { 140: [fast('alpha', 'auth'), slow('alpha', 'auth')] },
  },
  {
    name: 'a step in one region falls silent: named, and over when it runs again',
    minutes: 180,
    story: (turn) => (of('alpha', 'health', 'us-central1')(turn) && within(turn, 60, 120) ? null : fine),
    firing: {
      68: [],
      80: [
        {
          alert: 'alpha/silent#1',
          labels: { ...job, namespace: 'alpha', task_id: 'health', location: 'us-central1' },
        },
      ],
      125: [],
    },
  },
  {
    name: 'an environment falls silent: told once, not for each step',
    minutes: 120,
    story: (turn) => (of('alpha')(turn) && turn.minute >= 60 ? null : fine),
    firing: { 70: [], 80: [environmentSilent('alpha')] },
  },
  {
    name: 'everything falls silent: told once, not for each environment',
    minutes: 180,
    story: (turn) => (turn.minute >= 60 ? null : fine),
    firing: { 100: [everythingSilent], 179: [everythingSilent] },
  },
  {
    name: 'an environment that has never run is silent, too',
    minutes: 60,
    story: (turn) => (of('beta')(turn) ? fine : null),
    firing: { 31: [environmentSilent('alpha')], 59: [environmentSilent('alpha')] },
  },
  { name: 'nothing has ever run', minutes: 60, story: () => null, firing: { 1: [everythingSilent] } },
  {
    name: 'the monitor cannot measure: its own alert, and no outage',
    minutes: 180,
    story: (turn) => (alphaAuth(turn) && within(turn, 60, 120) ? credential : fine),
    firing: { 69: [], 77: [trouble('alpha', 0)], 140: [] },
  },
  {
    name: 'the state cannot be read',
    minutes: 180,
    story: (turn) => (of('alpha')(turn) && within(turn, 60, 120) ? { facts: { incidentOpen: null } } : fine),
    firing: { 65: [], 80: [trouble('alpha', 1)], 130: [] },
  },
  {
    name: 'Slack takes no messages',
    minutes: 180,
    story: (turn) => (alphaAuth(turn) && within(turn, 60, 120) ? { facts: { deliveryFailures: 1 } } : fine),
    firing: { 61: [], 72: [trouble('alpha', 2)], 140: [] },
  },
  {
    name: 'one run comes in without a valid token: told at once',
    minutes: 180,
    story: (turn) =>
      alphaAuth(turn) && turn.region === 'us-central1' && turn.run === 12
        ? { outcome: { verdict: 'fail', reason: 'auth_bypassed' } }
        : fine,
    firing: {
      59: [],
      62: [{ alert: 'alpha/security#0', labels: { namespace: 'alpha', task_id: 'auth', reason: 'auth_bypassed' } }],
      80: [],
    },
  },
];

/** What the deployment would write in these hours, and what is expected of the rules. */
export async function timelineOf({ name, minutes, story, firing }: AlertCase): Promise<Timeline> {
  const loaded = await loadEnvironments(join(infraDir, 'tests/fixtures/environments'));
  assert.ok(loaded.ok, JSON.stringify(loaded));
  const environments = loaded.environments.map(({ environment }) => environment);
  const expected = Object.entries(firing).map(([minute, alerts]) => [Number(minute), alerts] as const);
  return { name, series: simulate(environments, minutes, story), firing: new Map(expected) };
}
