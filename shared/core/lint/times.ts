/**
 * How long things may take, from the deadline of a probe up to the scheduler. The one place of these relations:
 *
 *   attempts          = 2 if `policy.confirmAfterMs` > 0, else 1
 *   worst run         = attempts × `deadlineSeconds` + `confirmAfterMs` / 1000, rounded up, + reserve (20 s)
 *   function timeout  = worst run                          must be ≤ `cadenceSeconds` and ≤ 3600 s
 *   attempt deadline  = function timeout + 30 s            must be ≤ 1800 s
 *
 * Terraform (`infra/modules/catalogue`) sets time-outs by the same formula, so that a run is never cut off by what is
 * around it: the probe gives up first, then the function, then the scheduler.
 */
import type { Environment } from '../environment/definition.ts';
import type { Step } from '../step.ts';

export interface RunTimes {
  readonly deadlineSeconds: number;
  readonly attempts: 1 | 2;
  readonly worstRunSeconds: number;
  readonly functionTimeoutSeconds: number;
  readonly attemptDeadlineSeconds: number;
}

/** Time for everything around the probe: state, metrics and Slack, each of which may run into its own time-out. */
export const reserveSeconds = 20;

/** What Cloud Scheduler waits longer than the function, for the start of an instance. */
export const schedulerReserveSeconds = 30;

/** Longest attempt deadline of an HTTP job (Cloud Scheduler API, `attempt_deadline`). */
export const attemptDeadlineSecondsMax = 1_800;

/** The times of one step that the environment watches; throws for one that it does not. */
export function runTimes(environment: Environment, step: Step): RunTimes {
  const settings = environment.steps[step];
  if (settings === undefined) {
    throw new Error(`the environment ${environment.name} does not watch the step ${step}`);
  }
  const { deadlineSeconds } = settings;
  const { confirmAfterMs } = environment.policy;
  const attempts = confirmAfterMs > 0 ? 2 : 1;
  const worstRunSeconds = attempts * deadlineSeconds + Math.ceil(confirmAfterMs / 1_000) + reserveSeconds;
  return {
    deadlineSeconds,
    attempts,
    worstRunSeconds,
    functionTimeoutSeconds: worstRunSeconds,
    attemptDeadlineSeconds: worstRunSeconds + schedulerReserveSeconds,
  };
}
