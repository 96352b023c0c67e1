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
  readonly now: SampledRun;
  readonly rules: ShiftRules;
}

/**
 * So many of so many runs must lie beyond a share of the recent history, and beyond as many spreads of what their hour is
 * usually like. The numbers are chosen so that chance alone does it less than once a year, also in a noisy series; the
 * table in `docs/judging.md` shows what comes of it.
 */
interface Scale {
  readonly runs: number;
  readonly needed: number;
  readonly share: number;
  readonly spreads: number;
}

/** Many runs that are mostly high tell of a change that is blurred by noise; two hours and four at the usual cadence. */
const blurredScales: readonly Scale[] = [
  { runs: 24, needed: 18, share: 0.75, spreads: 0.7 },
  { runs: 48, needed: 34, share: 0.6, spreads: 0.25 },
];

/** No more runs than this are ever under suspicion; it is also the most that a policy may ask for. */
export const suspectedRunsMax = 48;

/** A few runs that are all extreme tell of a sharp change. */
function sharpScale({ runs }: ShiftRules): Scale {
  return { runs, needed: runs, share: 1 - 10 ** (-7 / runs), spreads: 1.5 };
}

/** Runs before the suspected ones that must be there to compare with; three hours at the usual cadence. */
const referenceMin = 36;

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
  const blurred = blurredScales.filter(({ runs }) => runs > rules.runs);
  for (const scale of [sharpScale(rules), ...blurred]) {
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
  const usual = usualFor(suspects, input);
  // Before the first day is over, a slow change may just be the time of day.
  if (usual === null && scale.runs > rules.runs) {
    return null;
  }
  const history = before.map(({ ms }) => ms);
  const high = quantile(ascending(history), scale.share);
  const beyond = suspects.filter(({ ms }, place) => ms > Math.max(high, boundOf(usual?.[place], scale)));
  // The nearer past as well as all of it: a level that follows the time of day is no shift.
  const fromMs = Math.max(median(history), median(history.slice(-referenceMin)), meanCentre(usual ?? []));
  const toMs = median(suspects.map(({ ms }) => ms));
  const first = beyond[0];
  return first !== undefined && beyond.length >= scale.needed && isNoticeable(fromMs, toMs, rules)
    ? describeShift(startOf(first, samples, high), { fromMs, toMs }, input)
    : null;
}

/** What was usual at the hour of each of these runs; null when not all of their hours are known. */
function usualFor(samples: readonly Sample[], { series, runs, rules }: ShiftInput): readonly Usual[] | null {
  const usual = samples.map(({ at }) => usualAt(series.cells, runs[at]?.slotMs ?? 0, rules.runsAnHour));
  const known = usual.filter((each) => each !== null);
  return known.length === usual.length ? known : null;
}

function boundOf(usual: Usual | undefined, { spreads }: Scale): number {
  return usual === undefined ? 0 : usual.centreMs + spreads * usual.spreadMs;
}

function meanCentre(usual: readonly Usual[]): number {
  return usual.reduce((sum, { centreMs }) => sum + centreMs, 0) / Math.max(1, usual.length);
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
  const latest = samplesOf(input.series).slice(-rules.runs);
  const growth = shift.toMs / Math.max(1, shift.fromMs);
  const usual = usualFor(latest, input);
  const middleMs = usual === null ? (shift.fromMs + shift.toMs) / 2 : (meanCentre(usual) * (1 + growth)) / 2;
  if (latest.filter(({ ms }) => ms < middleMs).length >= rules.runs - 1) {
    return { kind: 'over' };
  }
  const toMs = Math.round(median(latest.map(({ ms }) => ms)));
  return isNoticeable(shift.toMs, toMs, rules) ? { kind: 'further', shift: { ...shift, toMs } } : { kind: 'lasts' };
}
