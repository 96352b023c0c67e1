/**
 * Tries every rule of the policy out: some sequence of runs must set it off, and some must end it. A rule that can't be
 * set off is refused; it would be noticed on the day on which it is needed.
 */
import { type Environment, stepsOf } from '../environment/definition.ts';
import { errorAt, type Finding, type KeyPath, warningAt, when } from '../environment/finding.ts';
import type { IncidentSeverity } from '../judge/state.ts';
import type { Step } from '../step.ts';
import { dayMs, durationText, minuteMs, secondMs } from '../time.ts';
import { idleSecondsMax, type MadeUpRun, rehearse, type Rehearsal, type Seen } from './rehearsal.ts';
import { runTimes } from './times.ts';

export const ruleNames = ['fire', 'degrade', 'security', 'monitor_trouble', 'reminder', 'slower'] as const;

export type RuleName = (typeof ruleNames)[number];

/** How a rule did: runs in a row until it spoke, and until it spoke again because all was well; null: not at all. */
export interface Trial {
  readonly step: Step;
  readonly rule: RuleName;
  readonly path: KeyPath;
  readonly firesAfterRuns: number | null;
  readonly recoversAfterRuns: number | null;
}

/** Runs that a rule is given to speak; more than any window, streak or history that a file can ask for. */
const runsMax = 1_000;

const pass: MadeUpRun = { verdict: 'pass', reason: null, latencyMs: 1 };
const failure: MadeUpRun = { verdict: 'fail', reason: 'server_error' };

export function tryRules(environment: Environment): readonly Trial[] {
  return stepsOf(environment).flatMap((step) =>
    playsFor(environment, step).map(({ rule, path, before, bad, fires, recovers }): Trial => {
      const stage = rehearse(environment, step);
      const firesAfterRuns = before(stage) ? runsUntil(stage, bad, fires) : null;
      const recoversAfterRuns = firesAfterRuns === null ? null : runsUntil(stage, pass, recovers);
      return { step, rule, path, firesAfterRuns, recoversAfterRuns };
    }),
  );
}

/** How one rule is tried out. */
interface Play {
  readonly rule: RuleName;
  /** Where the file says what the rule is. */
  readonly path: KeyPath;
  /** What has to happen first; false when it can't. */
  readonly before: (stage: Rehearsal) => boolean;
  readonly bad: MadeUpRun;
  readonly fires: (seen: Seen) => boolean;
  readonly recovers: (seen: Seen) => boolean;
}

function playsFor(environment: Environment, step: Step): readonly Play[] {
  const { policy } = environment;
  const own = policy.steps[step];
  const at = (key: 'fire' | 'degrade'): KeyPath =>
    own?.[key] === undefined ? ['policy', key] : ['policy', 'steps', step, key];
  const outage = incidentPlay(failure, 'outage');
  const plays: readonly (Play | null)[] = [
    { rule: 'fire', path: at('fire'), ...outage },
    { rule: 'degrade', path: at('degrade'), ...incidentPlay({ verdict: 'degraded', reason: 'slow' }, 'degraded') },
    step === 'health'
      ? null
      : {
          rule: 'security',
          path: ['steps', step],
          ...incidentPlay({ verdict: 'fail', reason: 'auth_bypassed' }, 'security'),
        },
    {
      rule: 'monitor_trouble',
      path: ['policy', 'monitorTroubleRuns'],
      before: () => true,
      bad: { verdict: 'inconclusive', reason: 'own_path' },
      fires: ({ told }) => told.includes('monitor_trouble'),
      recovers: ({ told }) => told.includes('monitor_recovered'),
    },
    policy.reminderMinutes === 0
      ? null
      : {
          ...outage,
          rule: 'reminder',
          path: ['policy', 'reminderMinutes'],
          before: (stage) => {
            const opened = runsUntil(stage, failure, outage.fires);
            stage.rest(policy.reminderMinutes * minuteMs);
            return opened !== null;
          },
          fires: ({ told }) => told.includes('reminder'),
        },
    policy.slower.enabled ? slowerPlay(environment, step) : null,
  ];
  return plays.filter((play) => play !== null);
}

/** A rule that opens an incident, and closes it. */
function incidentPlay(bad: MadeUpRun, severity: IncidentSeverity): Omit<Play, 'rule' | 'path'> {
  return {
    before: () => true,
    bad,
    fires: ({ incident }) => incident === severity,
    recovers: ({ incident }) => incident === null,
  };
}

function runsUntil(stage: Rehearsal, run: MadeUpRun, isAwaited: (seen: Seen) => boolean): number | null {
  for (let runs = 1; runs <= runsMax; runs += 1) {
    if (isAwaited(stage.run(run))) {
      return runs;
    }
  }
  return null;
}

/** From as fast as can be to as slow as can be without being told of anyway. */
function slowerPlay(environment: Environment, step: Step): Play {
  return {
    rule: 'slower',
    path: ['policy', 'slower'],
    before: (stage) => {
      for (let run = 0; run < environment.policy.slower.samplesMin; run += 1) {
        stage.run(pass);
      }
      return true;
    },
    bad: { verdict: 'pass', reason: null, latencyMs: slowestSampleMs(environment, step) },
    fires: ({ told }) => told.includes('latency_moved'),
    recovers: ({ told }) => told.includes('latency_recovered'),
  };
}

/** The longest latency that is neither over the deadline nor `slow` by the step's own bound, in ms. */
export function slowestSampleMs(environment: Environment, step: Step): number {
  const { steps } = environment;
  const deadlineMs = runTimes(environment, step).deadlineSeconds * secondMs;
  const documents = steps.health?.documents ?? [];
  const bounds: Readonly<Record<Step, number | undefined>> = {
    auth: steps.auth?.loginMsMax,
    health: Math.min(...documents.map(({ latencyMsMax }) => latencyMsMax ?? Infinity)),
    websocket: steps.websocket?.readyMsMax,
    agent: steps.agent?.completedMsMax,
  };
  return Math.min(deadlineMs, bounds[step] ?? Infinity);
}

export function ruleFindings(environment: Environment, trials: readonly Trial[]): readonly Finding[] {
  return trials.flatMap((each) => {
    const { step, rule, path, firesAfterRuns, recoversAfterRuns } = each;
    const cadenceMs = environment.cadenceSeconds * secondMs;
    const tellMs = (firesAfterRuns ?? 0) * cadenceMs;
    return [
      ...when(
        firesAfterRuns === null,
        errorAt(path, `\`${rule}\` can never fire for \`${step}\`${whyNever(environment, each)}`),
      ),
      ...when(
        firesAfterRuns !== null && recoversAfterRuns === null,
        errorAt(path, `once \`${rule}\` has fired for \`${step}\`, no sequence of passes ends it`),
      ),
      ...when(
        tellMs > dayMs,
        warningAt(path, `\`${rule}\` tells of \`${step}\` only after ${durationText(tellMs)} (${firesAfterRuns} runs)`),
      ),
    ];
  });
}

function whyNever(environment: Environment, { step, rule }: Trial): string {
  const { cadenceSeconds, policy } = environment;
  if (rule !== 'slower') {
    return '';
  }
  if (cadenceSeconds >= idleSecondsMax) {
    return (
      `: runs ${cadenceSeconds} s apart all start a new process, whose times do not count, ` +
      `allowed: \`cadenceSeconds\` below ${idleSecondsMax}, or \`enabled: false\``
    );
  }
  const slowest = slowestSampleMs(environment, step);
  return slowest > policy.slower.msMin
    ? ''
    : `: ${slowest} ms is told of anyway, and a shift must be at least ${policy.slower.msMin} ms, ` +
        `allowed: \`msMin\` below ${slowest}, or \`enabled: false\``;
}
