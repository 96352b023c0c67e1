/**
 * The history of a step's latencies in one region. Takes in only runs whose times are those of the product: not the first
 * of a process, not a repeated one, not a failed one, not one during which this process itself stood still.
 */
import type { Environment } from '../environment/definition.ts';
import type { Outcome } from '../outcome.ts';
import { phases } from '../outcome.ts';
import { dayMs, hourMs } from '../time.ts';
import { courseOf, growthOf, settledShift } from './course.ts';
import { cadenceMs } from './policy.ts';
import { ascending, median, quantile } from './quantile.ts';
import { revisionAt } from './revisions.ts';
import { emptyCells, hoursOfDay, hoursOfWeek, levelOf, rescaled, takeInto, usualAt } from './season.ts';
import { findShift, isNoticeable, samplesOf, type ShiftInput, type ShiftRules, suspectedRunsMax } from './shift.ts';
import {
  type Latencies,
  type LatencyName,
  type LatencyShift,
  type RevisionChange,
  sampledRunsMax,
  type Series,
} from './state.ts';

/** What has happened to a latency in this run; a beginning is also to be seen in the series, the others are not. */
export interface LatencyEvent {
  readonly kind: 'moved' | 'further' | 'recovered' | 'relearned' | 'drifted';
  readonly shift: LatencyShift;
}

export interface Learned {
  readonly latencies: Latencies;
  readonly events: readonly LatencyEvent[];
}

/** A shift that has lasted this long is what is usual from now on. */
export const relearnAfterMs = 3 * dayMs;

/** History that the level for slow drift is taken from, and the share of its hours that must be known. */
const anchorAfterMs = 7 * dayMs;
const knownHoursMin = 0.8;

/** Every so many runs the median of the recent ones is taken anew. */
const refreshRuns = 36;

/** Runs are learned in batches, an hour's at the usual cadence: copying the profile for each of them would cost the most. */
const learnedAtOnce = 12;

export interface History {
  readonly latencies: Latencies;
  /** With that of this run. */
  readonly revisions: readonly RevisionChange[];
}

export function learn({ latencies: before, revisions }: History, outcome: Outcome, settings: Environment): Learned {
  const { slower } = settings.policy;
  if (!slower.enabled || outcome.latencyMs === null || !isSample(outcome, slower.msMin)) {
    return { latencies: before, events: [] };
  }
  const { slotMs } = outcome;
  const slots = pushed(before.slots, slotMs);
  const rules: ShiftRules = { ...slower, runsAnHour: hourMs / cadenceMs(settings) };
  const events: LatencyEvent[] = [];
  const series: Partial<Record<LatencyName, Series>> = {};
  for (const name of names) {
    const ms = name === 'total' ? outcome.latencyMs : outcome.phases[name];
    const known = before.series[name];
    if (ms !== undefined) {
      const taken = withValue(known ?? emptySeries(name, before), Math.round(ms));
      const next = follow({ name, slots, slotMs, ms, revisions, rules, series: taken });
      series[name] = next.series;
      events.push(...next.events);
    } else if (known !== undefined) {
      series[name] = { ...known, recent: pushed(known.recent, null) };
    }
  }
  return { latencies: { slots, series }, events };
}

const names: readonly LatencyName[] = ['total', ...phases];

function isSample(outcome: Outcome, msMin: number): boolean {
  const { verdict, reason, cold, flaky, stalledMs } = outcome;
  // A step that is slow by its own bound is told of already.
  const works = verdict === 'pass' || (verdict === 'degraded' && reason !== 'slow' && reason !== 'component_slow');
  return works && !cold && !flaky && 2 * stalledMs <= msMin;
}

function emptySeries(name: LatencyName, { slots }: Latencies): Series {
  return {
    recent: slots.map(() => null),
    count: 0,
    usualMs: 0,
    learnedMs: 0,
    cells: emptyCells(name === 'total' ? hoursOfWeek : hoursOfDay),
    anchor: null,
    shift: null,
  };
}

function pushed<T>(list: readonly T[], item: T): readonly T[] {
  const next = list.slice(Math.max(0, list.length + 1 - sampledRunsMax));
  next.push(item);
  return next;
}

function withValue(series: Series, ms: number): Series {
  const recent = pushed(series.recent, ms);
  const count = series.count + 1;
  const isStale = count % refreshRuns === 0 && series.shift === null;
  const usualMs = isStale ? middleOf(recent) : series.usualMs;
  return { ...series, recent, count, usualMs };
}

/** Of the runs that were measured. */
function middleOf(recent: Series['recent']): number {
  return median(recent.filter((each) => each !== null));
}

interface Followed {
  readonly series: Series;
  readonly events: readonly LatencyEvent[];
}

function follow(input: ShiftInput): Followed {
  const { series } = input;
  if (series.shift !== null) {
    return followShift(series.shift, input);
  }
  const shift = findShift(input);
  return shift === null
    ? followLevel({ ...input, series: withOlderRuns(input) })
    : { series: { ...series, shift }, events: [{ kind: 'moved', shift }] };
}

/** While a shift is on, nothing is learned: its end is measured by what was usual before it. */
function followShift(shift: LatencyShift, input: ShiftInput): Followed {
  const { series, slotMs } = input;
  const course = courseOf(shift, input);
  if (course.kind !== 'lasts') {
    const next = course.kind === 'further' ? course.shift : null;
    return { series: { ...series, shift: next }, events: [course] };
  }
  if (slotMs - shift.sinceMs < relearnAfterMs) {
    return { series, events: [] };
  }
  const settled = settledShift(shift, input);
  return settled === null
    ? { series: { ...series, shift: null }, events: [{ kind: 'recovered', shift }] }
    : { series: relearned(settled, input), events: [{ kind: 'relearned', shift: settled }] };
}

/** Every hour at the new level; the one that drift is measured by is noted anew on the next day. */
function relearned(level: LatencyShift, { series, slotMs }: ShiftInput): Series {
  return {
    ...series,
    shift: null,
    usualMs: middleOf(series.recent),
    learnedMs: slotMs,
    cells: rescaled(series.cells, growthOf(level)),
    anchor: null,
  };
}

/**
 * Learns the runs that have grown too old to be suspected, so that no run is ever a part of what it is measured by. What
 * came and went is learned as well: office hours are news on the first Monday only.
 */
function withOlderRuns({ series, slots }: ShiftInput): Series {
  const end = Math.max(0, slots.length - suspectedRunsMax);
  // From the newest backwards, since they are few; before the first slot there is no number to compare with.
  let begin = end;
  while (Number(slots[begin - 1]) > series.learnedMs) {
    begin -= 1;
  }
  if (end - begin < learnedAtOnce) {
    return series;
  }
  const old = { series: { recent: series.recent.slice(begin, end) }, slots: slots.slice(begin, end) };
  return { ...series, cells: takeInto(series.cells, samplesOf(old)), learnedMs: Math.max(...old.slots) };
}

/** Once a day, looks whether the level has fallen, or has crept away from where it was. */
function followLevel(input: ShiftInput): Followed {
  const { series, slots, slotMs } = input;
  const before = slots.at(-2);
  const isFirstOfDay = before === undefined || Math.floor(before / dayMs) < Math.floor(slotMs / dayMs);
  return isFirstOfDay ? followDrift({ ...input, series: withImprovement(input) }) : { series, events: [] };
}

/** A level that has fallen is no news, but what would be slow from now on must be measured by it at once. */
function withImprovement(input: ShiftInput): Series {
  const { series, rules } = input;
  const samples = samplesOf(input);
  const recent = ascending(samples.map(({ ms }) => ms));
  const wasMs = median(samples.map(({ slotMs }) => usualAt(series.cells, slotMs, rules.runsAnHour)?.centreMs ?? 0));
  // Nearly all of them, so that a series of two modes is not taken for its faster one.
  return isNoticeable(quantile(recent, 0.9), wasMs, rules)
    ? { ...series, cells: rescaled(series.cells, quantile(recent, 0.5) / wasMs) }
    : series;
}

function followDrift({ name, series, slotMs, revisions, rules }: ShiftInput): Followed {
  const level = settledLevel(series, rules);
  if (level === null) {
    return { series, events: [] };
  }
  const { anchor } = series;
  const revision = revisionAt(revisions, slotMs);
  const moved: Series = { ...series, anchor: { centreMs: level, atMs: slotMs, revision } };
  if (anchor === null || isNoticeable(level, anchor.centreMs, rules)) {
    return { series: moved, events: [] };
  }
  if (!isNoticeable(anchor.centreMs, level, rules)) {
    return { series, events: [] };
  }
  const shift: LatencyShift = {
    phase: name,
    fromMs: Math.round(anchor.centreMs),
    toMs: Math.round(level),
    sinceMs: anchor.atMs,
    revisionBefore: anchor.revision,
    revisionAfter: revision,
  };
  return { series: moved, events: [{ kind: 'drifted', shift }] };
}

/** The level of the whole profile; null until there is a week of it. */
function settledLevel({ count, cells }: Series, { runsAnHour }: ShiftRules): number | null {
  const { centreMs, known } = levelOf(cells);
  const weekRuns = (anchorAfterMs / hourMs) * runsAnHour;
  return count < knownHoursMin * weekRuns || known < knownHoursMin ? null : centreMs;
}
