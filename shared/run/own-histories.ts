/** What a process remembers of trouble of its own, a history for each environment and step; gone with the process. */
import { followOwnTrouble, noOwnHistory, type OwnHistory, type OwnTrouble } from '../core/judge/own-trouble.ts';
import type { Outcome } from '../core/outcome.ts';
import type { Reason } from '../core/reasons.ts';
import type { Step } from '../core/step.ts';

export interface OwnHistories {
  /** The trouble that there is; null when this process has run the step for no slot yet. */
  recall(environment: string, step: Step): readonly OwnTrouble[] | null;
  /** Takes in a run with what broke in it. `runsMin`: runs that make a trouble. */
  note(outcome: Outcome, reasons: readonly Reason[], runsMin: number): void;
}

export function openOwnHistories(): OwnHistories {
  const histories = new Map<string, OwnHistory>();
  const keyOf = (environment: string, step: Step): string => `${environment} ${step}`;
  return {
    recall: (environment, step) => histories.get(keyOf(environment, step))?.troubles ?? null,
    note: ({ environment, step, slotMs }, reasons, runsMin) => {
      const key = keyOf(environment, step);
      histories.set(key, followOwnTrouble(histories.get(key) ?? noOwnHistory, { slotMs, reasons }, runsMin));
    },
  };
}
