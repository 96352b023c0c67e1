/**
 * Whether a latency has changed for good. One slow run never says so: it takes a row of runs beyond what the history of
 * this latency, and of this hour, calls usual, and a difference that people would notice.
 */
import { ascending, median, quantile } from './quantile.ts';
import { revisionAt } from './revisions.ts';
import { type Usual, usualAt } from './season.ts';
import type { LatencyName, LatencyShift, RevisionChange, Series } from './state.ts';

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
  /** The slots of `series.recent`, the present one last. */
  readonly slots: readonly number[];
  /** The present run. */
  readonly slotMs: number;
  readonly ms: number;
  readonly revisions: readonly RevisionChange[];
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
  /** The part of a noticeable difference that each of the runs has to show by itself. */
  readonly part: number;
}

/** Many runs that are mostly high tell of a change that is blurred by noise; two hours and four at the usual cadence. */
const blurredScales: readonly Scale[] = [
  { runs: 24, needed: 18, share: 0.75, spreads: 0.7, part: 0 },
  { runs: 48, needed: 34, share: 0.6, spreads: 0.25, part: 0 },
];

/** No more runs than this are ever under suspicion; it is also the most that a policy may ask for. */
export const suspectedRunsMax = 48;

/** A few runs that are all extreme tell of a sharp change. */
function sharpScale({ runs }: ShiftRules): Scale {
  return { runs, needed: runs, share: 1 - 10 ** (-7 / runs), spreads: 1.5, part: 0.5 };
}

/** Runs before the suspected ones that must be there to compare with; three hours at the usual cadence. */
const referenceMin = 36;

export interface Sample {
  readonly slotMs: number;
  readonly ms: number;
}

export function findShift(input: ShiftInput): LatencyShift | null {
  const { series, rules, ms } = input;
  // Nearly every run ends here: what is half of a noticeable difference from the usual needs no further thought.
  if (ms < series.usualMs + rules.msMin / 2 || series.count < rules.samplesMin + rules.runs) {
    return null;
  }
  const samples = samplesOf(input);
  const blurred = blurredScales.filter(({ runs }) => runs > rules.runs);
  for (const scale of [sharpScale(rules), ...blurred]) {
    const shift = shiftAt(scale, samples, input);
    if (shift !== null) {
      return shift;
    }
  }
  return null;
}

/** The recent runs that have this latency. */
export function samplesOf({
  series,
  slots,
}: {
  readonly series: Pick<Series, 'recent'>;
  readonly slots: readonly number[];
}): readonly Sample[] {
  return slots.flatMap((slotMs, at) => {
    const ms = series.recent[at];
    return typeof ms === 'number' ? [{ slotMs, ms }] : [];
  });
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
  // The nearer past as well as all of it: a level that follows the time of day is no shift.
  const fromMs = Math.max(median(history), median(history.slice(-referenceMin)), meanCentre(usual ?? []));
  const toMs = median(suspects.map(({ ms }) => ms));
  const high = Math.max(quantile(ascending(history), scale.share), fromMs + scale.part * noticeableMs(fromMs, rules));
  const beyond = suspects.filter(({ ms }, place) => ms > Math.max(high, boundOf(usual?.[place], scale)));
  return beyond.length >= scale.needed && isNoticeable(fromMs, toMs, rules)
    ? describeShift(beginningOf(samples, fromMs, toMs), { fromMs, toMs }, input)
    : null;
}

/** What was usual at the hour of each of these runs; null when not all of their hours are known. */
function usualFor(samples: readonly Sample[], { series, rules }: ShiftInput): readonly Usual[] | null {
  const usual = samples.map(({ slotMs }) => usualAt(series.cells, slotMs, rules.runsAnHour));
  const known = usual.filter((each) => each !== null);
  return known.length === usual.length ? known : null;
}

function boundOf(usual: Usual | undefined, { spreads }: Scale): number {
  return usual === undefined ? 0 : usual.centreMs + spreads * usual.spreadMs;
}

function meanCentre(usual: readonly Usual[]): number {
  return usual.reduce((sum, { centreMs }) => sum + centreMs, 0) / Math.max(1, usual.length);
}

export function isNoticeable(fromMs: number, toMs: number, rules: ShiftRules): boolean {
  return toMs - fromMs >= noticeableMs(fromMs, rules);
}

function noticeableMs(fromMs: number, { percentMin, msMin }: ShiftRules): number {
  return Math.max(msMin, (fromMs * percentMin) / 100);
}

/** Slot of the likeliest beginning: the run from which on the sum of what lies above the middle is largest. */
function beginningOf(samples: readonly Sample[], fromMs: number, toMs: number): number {
  const middleMs = (fromMs + toMs) / 2;
  const reach = toMs - fromMs;
  let beginningMs = 0;
  let sum = 0;
  let largest = 0;
  for (const { slotMs, ms } of samples.toReversed()) {
    sum += Math.max(-reach, Math.min(reach, ms - middleMs));
    if (sum > largest) {
      largest = sum;
      beginningMs = slotMs;
    }
  }
  return beginningMs;
}

function describeShift(
  sinceMs: number,
  { fromMs, toMs }: { readonly fromMs: number; readonly toMs: number },
  { name, revisions }: ShiftInput,
): LatencyShift {
  return {
    phase: name,
    fromMs: Math.round(fromMs),
    toMs: Math.round(toMs),
    sinceMs,
    revisionBefore: revisionAt(revisions, sinceMs - 1),
    revisionAfter: revisionAt(revisions, sinceMs),
  };
}

/** `over`: as fast as before. `further`: slower still. */
export type ShiftCourse =
  | { readonly kind: 'lasts' | 'over' }
  | { readonly kind: 'further'; readonly shift: LatencyShift };

/** How many times as long it takes; what took no time before counts as a millisecond. */
export function growthOf({ fromMs, toMs }: LatencyShift): number {
  return toMs / Math.max(1, fromMs);
}

/** How a known shift goes on, by the last runs; measured against what this hour was like before it. */
export function courseOf(shift: LatencyShift, input: ShiftInput): ShiftCourse {
  const { rules } = input;
  const latest = samplesOf(input).slice(-rules.runs);
  const usual = usualFor(latest, input);
  const middleMs = usual === null ? (shift.fromMs + shift.toMs) / 2 : (meanCentre(usual) * (1 + growthOf(shift))) / 2;
  if (latest.filter(({ ms }) => ms < middleMs).length >= rules.runs - 1) {
    return { kind: 'over' };
  }
  const [lowest = 0, low = lowest] = ascending(latest.map(({ ms }) => ms));
  return isNoticeable(shift.toMs, low, rules)
    ? { kind: 'further', shift: { ...shift, toMs: Math.round(median(latest.map(({ ms }) => ms))) } }
    : { kind: 'lasts' };
}
