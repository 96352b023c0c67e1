/**
 * When a blocked run counts as a failure after all. A later step may keep quiet only because an earlier one is broken and
 * people know, or are about to; a step that is blocked by one that works, or by one that nobody watches, has a fault of
 * its own. So nothing can be blocked for ever in silence.
 */
import type { Environment } from '../environment/definition.ts';
import type { Outcome } from '../outcome.ts';
import { requiredSteps, type Step } from '../step.ts';
import { policyOf } from './policy.ts';
import { silencedBy } from './silence.ts';
import type { EnvironmentRecord } from './state.ts';

export interface Excuse {
  readonly excused: boolean;
  readonly why: string;
}

interface Circumstances {
  readonly environment: EnvironmentRecord;
  readonly settings: Environment;
  readonly nowMs: number;
  /** Blocked runs in a row, this one included. */
  readonly blockedInRow: number;
}

export function excuseOf(outcome: Outcome, circumstances: Circumstances): Excuse {
  const { environment, settings, blockedInRow } = circumstances;
  const blocker = outcome.blockedBy;
  if (blocker === null || settings.steps[blocker] === undefined) {
    return { excused: false, why: 'blocked by something that no step of this environment watches' };
  }
  const mark = environment.flow[blocker] ?? 'unknown';
  if (mark === 'pass' || mark === 'degraded' || mark === 'unknown') {
    const standing = mark === 'unknown' ? 'has not run yet' : 'itself works';
    return { excused: false, why: `blocked by ${blocker}, which ${standing}` };
  }
  const patience = patienceRuns(settings, outcome.step);
  if (blockedInRow > patience && !isKnown(blocker, circumstances)) {
    return { excused: false, why: `blocked by ${blocker} for ${blockedInRow} runs, and nobody was told of that` };
  }
  return { excused: true, why: `blocked by ${blocker}, which is not well` };
}

/** Runs after which the trouble of the earlier step must have been told in one way or the other. */
export function patienceRuns(settings: Environment, step: Step): number {
  return policyOf(settings, step).fire.of + 2 * settings.policy.monitorTroubleRuns;
}

/** Whether people know of the trouble of a step, or of one that it needs itself, or have asked for quiet about it. */
function isKnown(step: Step, circumstances: Circumstances): boolean {
  const { environment, settings, nowMs } = circumstances;
  const part = environment.incident?.steps[step];
  return (
    (part !== undefined && part.recoveredAtMs === null) ||
    environment.troubles.some((trouble) => trouble.step === step && trouble.kind !== 'own') ||
    silencedBy(step, 'fail', { environment, settings, nowMs }) !== null ||
    requiredSteps[step].some((required) => isKnown(required, circumstances))
  );
}
