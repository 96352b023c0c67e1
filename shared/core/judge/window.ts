/** The last runs of a step: which of them count, and how many of those were bad. */
import type { Verdict } from '../outcome.ts';
import type { NOfM } from './policy.ts';
import { type BadVerdict, type RunMark, uncountedMax, windowMax } from './state.ts';

/** `inconclusive` and `blocked` say nothing of the step: they move no streak. */
export function counts(verdict: Verdict): verdict is 'pass' | BadVerdict {
  return verdict === 'pass' || isBad(verdict);
}

export function isBad(verdict: Verdict): verdict is BadVerdict {
  return verdict === 'fail' || verdict === 'degraded';
}

/** Whether something was wrong in a run, and be it only that it took a second try. */
export function isUnsteady({ verdict, flaky }: RunMark): boolean {
  return isBad(verdict) || (verdict === 'pass' && flaky);
}

/** Puts a run at the end. What has to go is old, and does not count as long as there is much of that. */
export function append(window: readonly RunMark[], mark: RunMark): readonly RunMark[] {
  const next = [...window, mark];
  if (next.length > windowMax) {
    const uncounted = next.filter(({ verdict }) => !counts(verdict)).length;
    next.splice(uncounted > uncountedMax ? next.findIndex(({ verdict }) => !counts(verdict)) : 0, 1);
  }
  return next;
}

/** The last `size` runs that count and are newer than `afterMs`, newest first. */
export function lastCounted(window: readonly RunMark[], size: number, afterMs: number): readonly RunMark[] {
  const found: RunMark[] = [];
  for (let at = window.length - 1; at >= 0 && found.length < size; at -= 1) {
    const mark = window[at];
    if (mark === undefined || mark.slotMs <= afterMs) {
      break;
    }
    if (counts(mark.verdict)) {
      found.push(mark);
    }
  }
  return found;
}

export interface Count {
  /** Bad runs, newest first. */
  readonly bad: readonly RunMark[];
  readonly reached: boolean;
}

/** How bad a run has to be to count: failed, degraded or worse, or not even good at the first try. */
export type BadLevel = BadVerdict | 'flaky';

export function countBad(
  window: readonly RunMark[],
  rule: NOfM,
  { level, afterMs }: { readonly level: BadLevel; readonly afterMs: number },
): Count {
  const bad = lastCounted(window, rule.of, afterMs).filter((mark) => isAsBadAs(mark, level));
  return { bad, reached: bad.length >= rule.failures };
}

function isAsBadAs(mark: RunMark, level: BadLevel): boolean {
  switch (level) {
    case 'fail':
      return mark.verdict === 'fail';
    case 'degraded':
      return isBad(mark.verdict);
    case 'flaky':
      return isUnsteady(mark);
  }
}
