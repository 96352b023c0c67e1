/** The closed sets that label values come from. A value from anywhere else becomes `other`, never a new series. */
import { checkTitles } from '../checks.ts';
import { phases, verdicts } from '../outcome.ts';
import { allReasons } from '../reasons.ts';
import type { LabelSource } from './catalogue.ts';

/** Stands for every value that is not in its set. */
export const otherLabel = 'other';

/** The `reason` of a run that has nothing to tell. */
export const noReason = 'none';

/** The `phase` of a step's headline latency. */
export const totalPhase = 'total';

export const labelSets: Readonly<Record<Exclude<LabelSource, 'file'>, ReadonlySet<string>>> = {
  verdicts: new Set(verdicts),
  reasons: new Set([noReason, ...allReasons]),
  phases: new Set([totalPhase, ...phases]),
  checks: new Set(Object.keys(checkTitles)),
};

/** The value if its set has it, else `other`. */
export function closed(set: ReadonlySet<string>, value: string): string {
  return set.has(value) ? value : otherLabel;
}
