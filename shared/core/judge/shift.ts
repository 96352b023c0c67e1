/**
 * Whether a latency has changed for good. One slow run never says so: it takes a row of runs beyond what the history of
 * this latency, and of this hour, calls usual, and a difference that people would notice.
 */
import { ascending, median, quantile } from './quantile.ts';
import { type Usual, usualAt } from './season.ts';
import type { LatencyName, LatencyShift, SampledRun, Series } from './state.ts';

export interface ShiftRules {
  readonly percentMin: number;
  readonly msMin: number;
  /** Runs over which a shift must hold. */
  readonly runs: number;
  readonly samplesMin: number;
  readonly runsAnHour: number;
}

export interface ShiftInput {
  readonly name: LatencyName;
  readonly series: Series;
  /** The runs of `series.recent`, the present one last. */
  readonly runs: readonly SampledRun[];
  readonly rules: ShiftRules;
}

/** How many of how many runs must lie beyond which share of the history, and beyond how many spreads of their hour. */
interface Scale {
  readonly runs: number;
  readonly needed: number;
  readonly share: number;
  readonly spreads: number;
}

/** Runs before the suspected ones that must be there to compare with; three hours at the usual cadence. */
const referenceMin = 36;

/** Beyond this, a sample of the recent runs has no room left for the reference. */
const slowScaleRunsMax = 60;

/** A sharp change is seen in a few runs that are all extreme, a blurred one in many that are mostly high. */
function scalesOf({ runs }: ShiftRules): readonly Scale[] {
  const sharp = { runs, needed: runs, share: 0.95, spreads: 3 };
  const blurred = { runs: 4 * runs, needed: Math.ceil(0.75 * 4 * runs), share: 0.75, spreads: 1 };
  return blurred.runs <= slowScaleRunsMax ? [sharp, blurred] : [sharp];
}

interface Sample {
  readonly at: number;
  readonly ms: number;
}

export function findShift(input: ShiftInput): LatencyShift | null {
  const { series, rules } = input;
  const newest = series.recent.at(-1) ?? null;
  // Nearly every run ends here: what is half of a noticeable difference from the usual needs no further thought.
  if (newest === null || newest < series.usualMs + rules.msMin / 2 || series.count < rules.samplesMin + rules.runs) {
    return null;
  }
  const samples = samplesOf(series);
  for (const scale of scalesOf(rules)) {
    const shift = shiftAt(scale, samples, input);
    if (shift !== null) {
      return shift;
    }
  }
  return null;
}

function samplesOf({ recent }: Series): readonly Sample[] {
  return recent.flatMap((ms, at) => (ms === null ? [] : [{ at, ms }]));
}

function shiftAt(scale: Scale, samples: readonly Sample[], input: ShiftInput): LatencyShift | null {
  const { series, rules } = input;
  const suspects = samples.slice(-scale.runs);
  const before = samples.slice(0, -scale.runs);
  const unusual = suspects.filter(({ ms }) => ms > series.usualMs).length;
  if (unusual < scale.needed || before.length < Math.min(referenceMin, rules.samplesMin)) {
    return null;
  }
  const usual = usualNow(input);
  const history = before.map(({ ms }) => ms);
  const bound = Math.max(
    quantile(ascending(history), scale.share),
    usual === null ? 0 : usual.centreMs + scale.spreads * usual.spreadMs,
  );
  const beyond = suspects.filter(({ ms }) => ms > bound);
  // The nearer past as well as all of it: a level that follows the time of day is no shift.
  const fromMs = Math.max(median(history), median(history.slice(-referenceMin)), usual?.centreMs ?? 0);
  const toMs = median(suspects.map(({ ms }) => ms));
  const first = beyond[0];
  return first !== undefined && beyond.length >= scale.needed && isNoticeable(fromMs, toMs, rules)
    ? describeShift(startOf(first, samples, bound), { fromMs, toMs }, input)
    : null;
}

function usualNow({ series, runs, rules }: ShiftInput): Usual | null {
  return usualAt(series.cells, runs.at(-1)?.slotMs ?? 0, rules.runsAnHour);
}

export function isNoticeable(fromMs: number, toMs: number, { percentMin, msMin }: ShiftRules): boolean {
  return toMs - fromMs >= msMin && toMs >= fromMs * (1 + percentMin / 100);
}

/** The suspected runs may have been going on for longer: back to the first of the unbroken row. */
function startOf(first: Sample, samples: readonly Sample[], bound: number): Sample {
  let start = first;
  for (const sample of samples.slice(0, samples.indexOf(first)).toReversed()) {
    if (sample.ms <= bound) {
      break;
    }
    start = sample;
  }
  return start;
}

function describeShift(
  start: Sample,
  { fromMs, toMs }: { readonly fromMs: number; readonly toMs: number },
  { name, runs }: ShiftInput,
): LatencyShift {
  return {
    phase: name,
    fromMs: Math.round(fromMs),
    toMs: Math.round(toMs),
    sinceMs: runs[start.at]?.slotMs ?? 0,
    revisionBefore: runs[start.at - 1]?.revision ?? null,
    revisionAfter: runs[start.at]?.revision ?? null,
  };
}

/** `over`: as fast as before. `further`: slower still. */
export type ShiftCourse =
  | { readonly kind: 'lasts' | 'over' }
  | { readonly kind: 'further'; readonly shift: LatencyShift };

/** How a known shift goes on, by the last runs; measured against what this hour was like before it. */
export function courseOf(shift: LatencyShift, input: ShiftInput): ShiftCourse {
  const { rules } = input;
  const latest = samplesOf(input.series)
    .slice(-rules.runs)
    .map(({ ms }) => ms);
  const usual = usualNow(input);
  const growth = shift.toMs / Math.max(1, shift.fromMs);
  const middleMs = usual === null ? (shift.fromMs + shift.toMs) / 2 : (usual.centreMs * (1 + growth)) / 2;
  if (latest.filter((ms) => ms < middleMs).length >= rules.runs - 1) {
    return { kind: 'over' };
  }
  const toMs = Math.round(median(latest));
  return isNoticeable(shift.toMs, toMs, rules) ? { kind: 'further', shift: { ...shift, toMs } } : { kind: 'lasts' };
}
