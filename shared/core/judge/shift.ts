/**
 * Whether a latency has changed for good. One slow run never says so: it takes a row of runs beyond what the history of
 * this latency, and of this hour, calls usual, and a difference that people would notice.
 */
import { hourMs } from '../time.ts';
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
  /**
   * Spreads by which the mean of the runs must lie above the usual: five standard errors. In a series of two modes a row
   * of the slower one is many runs beyond, but not that far.
   */
  readonly mean: number;
}

/** Many runs that are mostly high tell of a change that is blurred by noise; two hours and four at the usual cadence. */
const blurredScales: readonly Scale[] = [
  { runs: 24, needed: 18, share: 0.75, spreads: 0.7, part: 0, mean: 0.85 },
  { runs: 48, needed: 34, share: 0.6, spreads: 0.25, part: 0, mean: 0.6 },
];

/** No more runs than this are ever under suspicion; it is also the most that a policy may ask for. */
export const suspectedRunsMax = 48;

/** A few runs that are all extreme tell of a sharp change. */
function sharpScale({ runs }: ShiftRules): Scale {
  return { runs, needed: runs, share: 1 - 10 ** (-7 / runs), spreads: 1.5, part: 0.5, mean: 0 };
}

/** Runs before the suspected ones that must be there to compare with; three hours at the usual cadence. */
const referenceMin = 36;

export interface Sample {
  readonly slotMs: number;
  readonly ms: number;
}

export function findShift(input: ShiftInput): LatencyShift | null {
  const { series, rules, ms, slotMs } = input;
  const levelMs = usualAt(series.cells, slotMs, rules.runsAnHour)?.centreMs ?? series.usualMs;
  // Nearly every run ends here: what is half of a noticeable difference from the usual needs no further thought.
  if (ms < Math.min(levelMs, series.usualMs) + rules.msMin / 2 || series.count < rules.samplesMin + rules.runs) {
    return null;
  }
  const samples = withHours(input);
  const blurred = blurredScales.filter(({ runs }) => runs > rules.runs);
  for (const scale of [sharpScale(rules), ...blurred]) {
    const shift = shiftAt(scale, samples, input);
    if (shift !== null) {
      return shift;
    }
  }
  return null;
}

interface Recent {
  readonly series: Pick<Series, 'recent'>;
  readonly slots: readonly number[];
}

/** The recent runs that have this latency. */
export function samplesOf({ series, slots }: Recent): readonly Sample[] {
  return slots.flatMap((slotMs, at) => {
    const ms = series.recent[at];
    return typeof ms === 'number' ? [{ slotMs, ms }] : [];
  });
}

interface HourlySample extends Sample {
  /** What its hour is usually like; null when that is not known. */
  readonly usual: Usual | null;
}

function withHours(input: ShiftInput): readonly HourlySample[] {
  const { series, rules } = input;
  const known = new Map<number, Usual | null>();
  return samplesOf(input).map(({ slotMs, ms }) => {
    const hour = Math.floor(slotMs / hourMs);
    const usual = known.get(hour) ?? usualAt(series.cells, slotMs, rules.runsAnHour);
    known.set(hour, usual);
    return { slotMs, ms, usual };
  });
}

function shiftAt(scale: Scale, samples: readonly HourlySample[], input: ShiftInput): LatencyShift | null {
  const { rules } = input;
  const suspects = samples.slice(-scale.runs);
  const unusual = suspects.filter(({ ms, usual }) => ms > boundOf(usual, scale)).length;
  if (unusual < scale.needed || samples.length - scale.runs < Math.min(referenceMin, rules.samplesMin)) {
    return null;
  }
  const usual = suspects.flatMap((each) => each.usual ?? []);
  const isKnown = usual.length === suspects.length;
  // Before the first day is over, a slow change may just be the time of day.
  if (!isKnown && scale.runs > rules.runs) {
    return null;
  }
  const here = isKnown ? meanOf(usual.map(({ centreMs }) => centreMs)) : 0;
  const level = atLevel(samples, here);
  const history = level.slice(0, -scale.runs).map(({ ms }) => ms);
  // The nearer past as well as all of it: a level that wanders by itself is no shift.
  const fromMs = Math.max(median(history), median(history.slice(-referenceMin)), here);
  const toMs = median(suspects.map(({ ms }) => ms));
  const high = Math.max(quantile(ascending(history), scale.share), fromMs + scale.part * noticeableMs(fromMs, rules));
  const beyond = suspects.map(({ ms, usual }) => ms > Math.max(high, boundOf(usual, scale)));
  const farMs = here + scale.mean * meanOf(usual.map(({ spreadMs }) => spreadMs));
  return countTrue(beyond) >= scale.needed &&
    // What the last runs do not show any more is over.
    2 * countTrue(beyond.slice(-rules.runs)) >= rules.runs &&
    meanOf(suspects.map(({ ms }) => ms)) >= farMs &&
    isNoticeable(fromMs, toMs, rules)
    ? describeShift(beginningOf(level, fromMs, toMs), { fromMs, toMs }, input)
    : null;
}

/** The runs as they would have been at this hour: another hour's at this one's level, if chance does not explain it. */
function atLevel(samples: readonly HourlySample[], here: number): readonly Sample[] {
  return samples.map(({ slotMs, ms, usual }) => {
    const isOther = here > 0 && usual !== null && Math.abs(usual.centreMs - here) > usual.spreadMs;
    return { slotMs, ms: isOther ? (ms * here) / Math.max(1, usual.centreMs) : ms };
  });
}

function boundOf(usual: Usual | null, { spreads }: Scale): number {
  return usual === null ? 0 : usual.centreMs + spreads * usual.spreadMs;
}

function countTrue(list: readonly boolean[]): number {
  return list.filter(Boolean).length;
}

function meanOf(sample: readonly number[]): number {
  return sample.reduce((sum, each) => sum + each, 0) / Math.max(1, sample.length);
}

export function isNoticeable(fromMs: number, toMs: number, rules: ShiftRules): boolean {
  return toMs - fromMs >= noticeableMs(fromMs, rules);
}

export function noticeableMs(fromMs: number, { percentMin, msMin }: ShiftRules): number {
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
