/** The rules that hold for one step: those of the environment file, with the step's own where it has some. */
import type { Environment } from '../environment/definition.ts';
import type { Step } from '../step.ts';

export interface NOfM {
  readonly failures: number;
  readonly of: number;
}

export interface StepPolicy {
  readonly fire: NOfM;
  readonly degrade: NOfM;
  readonly recoverPasses: number;
}

export function policyOf(settings: Environment, step: Step): StepPolicy {
  const { fire, degrade, recoverPasses, steps } = settings.policy;
  const own = steps[step];
  return {
    fire: own?.fire ?? fire,
    degrade: own?.degrade ?? degrade,
    recoverPasses: own?.recoverPasses ?? recoverPasses,
  };
}

export function cadenceMs(settings: Environment): number {
  return settings.cadenceSeconds * 1_000;
}

/** Runs after a recovery within which breaking again is a relapse: an hour at the usual cadence. */
const relapseRuns = 12;

export function relapseWithinMs(settings: Environment): number {
  return relapseRuns * cadenceMs(settings);
}

/** No step that flaps has to pass more often than this, or than its own policy says, to recover. */
const recoverPassesMax = 12;

/** Doubled for each relapse, so that a flapping step stays one incident instead of many. */
export function passesToRecover(policy: StepPolicy, relapses: number): number {
  return Math.min(policy.recoverPasses * 2 ** relapses, Math.max(policy.recoverPasses, recoverPassesMax));
}

export const relapsesMax = 3;
