/**
 * A place to try rules out: the judge itself, fed with runs that are made up slot by slot, in all regions at once. What
 * holds here holds in production, because it is the same code that decides.
 */
import type { Environment } from '../environment/definition.ts';
import { instantMs } from '../environment/values.ts';
import { judge } from '../judge/judge.ts';
import type { EnvironmentRecord, IncidentSeverity, NotificationKind, StepRecord } from '../judge/state.ts';
import type { Outcome, Verdict } from '../outcome.ts';
import type { Reason } from '../reasons.ts';
import type { Step } from '../step.ts';
import { dayMs, secondMs, slotOf } from '../time.ts';
import { runTimes } from './times.ts';

export interface MadeUpRun {
  readonly verdict: Verdict;
  readonly reason: Reason | null;
  readonly latencyMs?: number;
}

/** What the judge made of a run. */
export interface Seen {
  readonly told: readonly NotificationKind[];
  /** How grave the open incident is; null while there is none. */
  readonly incident: IncidentSeverity | null;
}

export interface Rehearsal {
  /** Runs the step once in every region, one slot later. */
  run(run: MadeUpRun): Seen;
  /** Lets time pass without runs. */
  rest(ms: number): void;
}

/** Cloud Run keeps an idle instance for up to 15 minutes; runs that are further apart all start a new process. */
export const idleSecondsMax = 900;

/** A Friday in 2027; rules know hours and days, not years. */
const someDayMs = 1_800_000_000_000;

export function rehearse(environment: Environment, step: Step): Rehearsal {
  const cadenceMs = environment.cadenceSeconds * secondMs;
  const spend = budgetOf(environment, step);
  let slotMs = slotOf(quietFromMs(environment), cadenceMs);
  let stepRecord: StepRecord | null = null;
  let environmentRecord: EnvironmentRecord | null = null;
  return {
    run(made) {
      slotMs += cadenceMs;
      const run = spend(slotMs, made);
      const told = environment.regions.flatMap((region) => {
        const outcome = outcomeOf(run, { environment, region, step, slotMs });
        const judgement = judge({
          step: stepRecord,
          environment: environmentRecord,
          outcome,
          settings: environment,
          nowMs: slotMs,
        });
        stepRecord = judgement.step;
        // Slack takes everything at once here: whether it is up is nothing that a file could get wrong.
        environmentRecord =
          judgement.environment === null ? environmentRecord : { ...judgement.environment, outbox: [] };
        return judgement.notifications.map(({ kind }) => kind);
      });
      return { told, incident: environmentRecord?.incident?.severity ?? null };
    },
    rest(ms) {
      slotMs += Math.ceil(ms / cadenceMs) * cadenceMs;
    },
  };
}

/** The first midnight after all maintenance. */
function quietFromMs({ maintenance }: Environment): number {
  const ends = maintenance.map(({ to }) => instantMs(to));
  return (Math.floor(Math.max(someDayMs, ...ends) / dayMs) + 1) * dayMs;
}

/** Turns runs of the agent into ones without a budget when the day's questions are used up. */
function budgetOf(environment: Environment, step: Step): (slotMs: number, run: MadeUpRun) => MadeUpRun {
  const budget = step === 'agent' ? environment.steps.agent?.runsPerDayMax : undefined;
  const { attempts } = runTimes(environment, step);
  let day = 0;
  let asked = 0;
  return (slotMs, run) => {
    const today = Math.floor(slotMs / dayMs);
    asked = today === day ? asked : 0;
    day = today;
    if (budget !== undefined && asked >= budget) {
      return { verdict: 'inconclusive', reason: 'probe_budget' };
    }
    asked += run.verdict === 'fail' ? attempts : 1;
    return run;
  };
}

interface Circumstances {
  readonly environment: Environment;
  readonly region: string;
  readonly step: Step;
  readonly slotMs: number;
}

function outcomeOf(run: MadeUpRun, { environment, region, step, slotMs }: Circumstances): Outcome {
  return {
    environment: environment.name,
    region,
    step,
    slotMs,
    startedAtMs: slotMs,
    endedAtMs: slotMs,
    verdict: run.verdict,
    reason: run.reason,
    detail: 'made up by lint',
    checkId: null,
    checks: [],
    latencyMs: run.latencyMs ?? null,
    phases: {},
    gauges: {},
    components: [],
    timeline: [],
    revision: null,
    blockedBy: null,
    memory: {},
    attempts: [],
    flaky: false,
    cold: environment.cadenceSeconds >= idleSecondsMax,
    late: false,
    stalledMs: 0,
    traceId: '0'.repeat(32),
  };
}
