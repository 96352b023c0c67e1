/**
 * How a shift that was found goes on. Every run is held against what its own hour was like before the shift, so that
 * neither the night is taken for the end nor the morning for worse.
 */
import { median } from './quantile.ts';
import { type Usual, usualAt } from './season.ts';
import { isNoticeable, noticeableMs, samplesOf, type ShiftInput, type ShiftRules, suspectedRunsMax } from './shift.ts';
import type { LatencyShift } from './state.ts';

/** `recovered`: as fast as before. `further`: slower still. The levels are those of the present hour. */
export type ShiftCourse =
  | { readonly kind: 'lasts' }
  | { readonly kind: 'recovered' | 'further'; readonly shift: LatencyShift };

/** How many times as long it takes; what took no time before counts as a millisecond. */
export function growthOf({ fromMs, toMs }: LatencyShift): number {
  return toMs / Math.max(1, fromMs);
}

interface Compared {
  readonly ms: number;
  /** What it would have taken before the shift: what its hour was like, since nothing is learned while a shift is on. */
  readonly beforeMs: number;
  /** A part of it that is mere chance. */
  readonly spreadMs: number;
}

/** The runs since a shift began, beside what they would have been without it. */
function comparedWith(shift: LatencyShift, input: ShiftInput): readonly Compared[] {
  const { series, rules } = input;
  return samplesOf(input)
    .filter(({ slotMs }) => slotMs >= shift.sinceMs)
    .map(({ slotMs, ms }) => {
      const { centreMs, spreadMs } = usualAt(series.cells, slotMs, rules.runsAnHour) ?? unknownHour(shift);
      return { ms, beforeMs: Math.max(1, centreMs), spreadMs };
    });
}

function unknownHour({ fromMs }: LatencyShift): Usual {
  return { centreMs: fromMs, spreadMs: 0 };
}

/** The same shift with the levels that these runs show; by the run, since their hours differ. */
function asSeenIn(shift: LatencyShift, runs: readonly Compared[]): LatencyShift {
  const fromMs = median(runs.map(({ beforeMs }) => beforeMs));
  const growth = median(runs.map(({ ms, beforeMs }) => ms / beforeMs));
  return { ...shift, fromMs: Math.round(fromMs), toMs: Math.round(fromMs * growth) };
}

/** Nearer to before than to the shift, and not noticeably slower than before either. */
function isBack({ ms, beforeMs }: Pick<Compared, 'ms' | 'beforeMs'>, growth: number, rules: ShiftRules): boolean {
  return ms < Math.min(((1 + growth) / 2) * beforeMs, beforeMs + noticeableMs(beforeMs, rules));
}

/** A shift that is a part of the usual from now on, with its present levels; null when it is over after all. */
export function settledShift(shift: LatencyShift, input: ShiftInput): LatencyShift | null {
  const now = asSeenIn(shift, comparedWith(shift, input));
  return isBack({ ms: now.toMs, beforeMs: now.fromMs }, growthOf(shift), input.rules) ? null : now;
}

/** A shift of so many spreads shows in each run; a smaller one only in many. */
const clearSpreads = 3;
const blurred = { runs: suspectedRunsMax, needed: 34 };

/** How a known shift goes on: by all but one of the last runs if it is clear, and by 34 of the last 48 if not. */
export function courseOf(shift: LatencyShift, input: ShiftInput): ShiftCourse {
  const { rules } = input;
  const growth = growthOf(shift);
  const all = comparedWith(shift, input);
  const isClear = all
    .slice(-rules.runs)
    .every(({ beforeMs, spreadMs }) => (growth - 1) * beforeMs >= clearSpreads * spreadMs);
  const { runs, needed } = isClear ? { runs: rules.runs, needed: rules.runs - 1 } : blurred;
  const latest = all.slice(-runs);
  if (latest.filter((run) => isBack(run, growth, rules)).length >= needed) {
    const { toMs: nowMs } = asSeenIn(shift, latest);
    return { kind: 'recovered', shift: { ...shift, fromMs: nowMs, toMs: Math.round(nowMs * growth) } };
  }
  const further = latest.filter(({ ms, beforeMs }) => isNoticeable(growth * beforeMs, ms, rules));
  return further.length >= needed ? { kind: 'further', shift: asSeenIn(shift, latest) } : { kind: 'lasts' };
}
