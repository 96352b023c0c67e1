/**
 * The history of a step's latencies in one region. Takes in only runs whose times are those of the product: not the first
 * of a process, not a repeated one, not a failed one, not one during which this process itself stood still.
 */
import type { Environment } from '../environment/definition.ts';
import type { Outcome } from '../outcome.ts';
import { phases } from '../outcome.ts';
import { dayMs, hourMs } from '../time.ts';
import { cadenceMs } from './policy.ts';
import { median } from './quantile.ts';
import { emptyCells, hoursOfDay, hoursOfWeek, levelOf, rescaled, takeInto } from './season.ts';
import { courseOf, findShift, isNoticeable, type ShiftInput, type ShiftRules, suspectedRunsMax } from './shift.ts';
import {
  type Latencies,
  type LatencyName,
  type LatencyShift,
  sampledRunsMax,
  type SampledRun,
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
const refreshRuns = 12;

export function learn(before: Latencies, outcome: Outcome, settings: Environment): Learned {
  const { slower } = settings.policy;
  if (!slower.enabled || outcome.latencyMs === null || !isSample(outcome, slower.msMin)) {
    return { latencies: before, events: [] };
  }
  const now: SampledRun = { slotMs: outcome.slotMs, revision: outcome.revision };
  const runs = pushed(before.runs, now);
  const rules: ShiftRules = { ...slower, runsAnHour: Math.max(1, hourMs / cadenceMs(settings)) };
  const events: LatencyEvent[] = [];
  const series: Partial<Record<LatencyName, Series>> = {};
  for (const name of names) {
    const ms = name === 'total' ? outcome.latencyMs : (outcome.phases[name] ?? null);
    const known = before.series[name];
    if (known !== undefined || ms !== null) {
      const next = follow({ name, runs, now, rules, series: withValue(known ?? emptySeries(name, before), ms) });
      series[name] = next.series;
      events.push(...next.events);
    }
  }
  return { latencies: { runs, series }, events };
}

const names: readonly LatencyName[] = ['total', ...phases];

function isSample(outcome: Outcome, msMin: number): boolean {
  const { verdict, reason, cold, flaky, stalledMs } = outcome;
  // A step that is slow by its own bound is told of already.
  const works = verdict === 'pass' || (verdict === 'degraded' && reason !== 'slow' && reason !== 'component_slow');
  return works && !cold && !flaky && 2 * stalledMs <= msMin;
}

function emptySeries(name: LatencyName, { runs }: Latencies): Series {
  return {
    recent: runs.map(() => null),
    count: 0,
    usualMs: 0,
    learnedMs: 0,
    cells: emptyCells(name === 'total' ? hoursOfWeek : hoursOfDay),
    anchor: null,
    shift: null,
  };
}

function pushed<T>(list: readonly T[], item: T): readonly T[] {
  return [...list.slice(Math.max(0, list.length + 1 - sampledRunsMax)), item];
}

function withValue(series: Series, ms: number | null): Series {
  const recent = pushed(series.recent, ms === null ? null : Math.round(ms));
  if (ms === null) {
    return { ...series, recent };
  }
  const count = series.count + 1;
  const stale = count % refreshRuns === 0 && series.shift === null;
  return { ...series, recent, count, usualMs: stale ? median(recent.filter((each) => each !== null)) : series.usualMs };
}

interface Followed {
  readonly series: Series;
  readonly events: readonly LatencyEvent[];
}

function follow(input: ShiftInput): Followed {
  const { series } = input;
  if (series.recent.at(-1) === null) {
    return { series, events: [] };
  }
  if (series.shift !== null) {
    return followShift(series.shift, input);
  }
  const shift = findShift(input);
  return shift === null
    ? followDrift({ ...input, series: withOlderRuns(input) })
    : { series: { ...series, shift }, events: [{ kind: 'moved', shift }] };
}

/** While a shift is on, nothing is learned: its end is measured by what was usual before it. */
function followShift(shift: LatencyShift, input: ShiftInput): Followed {
  const { series, now } = input;
  const course = courseOf(shift, input);
  if (course.kind === 'over') {
    return { series: { ...series, shift: null }, events: [{ kind: 'recovered', shift }] };
  }
  if (course.kind === 'further') {
    return { series: { ...series, shift: course.shift }, events: [{ kind: 'further', shift: course.shift }] };
  }
  if (now.slotMs - shift.sinceMs < relearnAfterMs) {
    return { series, events: [] };
  }
  const relearned: Series = {
    ...series,
    shift: null,
    usualMs: shift.toMs,
    learnedMs: now.slotMs,
    cells: rescaled(series.cells, shift.toMs / Math.max(1, shift.fromMs)),
    anchor: { centreMs: shift.toMs, atMs: now.slotMs, revision: now.revision },
  };
  return { series: relearned, events: [{ kind: 'relearned', shift }] };
}

/**
 * Learns the runs that have grown too old to be suspected, so that no run is ever a part of what it is measured by. What
 * came and went is learned as well: office hours are news on the first Monday only.
 */
function withOlderRuns({ series, runs }: ShiftInput): Series {
  let { cells, learnedMs } = series;
  for (const [at, { slotMs }] of runs.slice(0, Math.max(0, runs.length - suspectedRunsMax)).entries()) {
    if (slotMs > learnedMs) {
      const ms = series.recent[at] ?? null;
      cells = ms === null ? cells : takeInto(cells, slotMs, ms);
      learnedMs = slotMs;
    }
  }
  return { ...series, cells, learnedMs };
}

/** Once a day, looks whether the level has crept away from where it was. */
function followDrift({ name, series, runs, now, rules }: ShiftInput): Followed {
  const before = runs.at(-2);
  const sameDay = before !== undefined && Math.floor(before.slotMs / dayMs) === Math.floor(now.slotMs / dayMs);
  const level = sameDay ? null : settledLevel(series, rules);
  if (level === null) {
    return { series, events: [] };
  }
  const { anchor } = series;
  const moved: Series = { ...series, anchor: { centreMs: level, atMs: now.slotMs, revision: now.revision } };
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
    revisionAfter: now.revision,
  };
  return { series: moved, events: [{ kind: 'drifted', shift }] };
}

/** The level of the whole profile; null until there is a week of it. */
function settledLevel({ count, cells }: Series, { runsAnHour }: ShiftRules): number | null {
  const { centreMs, known } = levelOf(cells);
  const weekRuns = (anchorAfterMs / hourMs) * runsAnHour;
  return count < knownHoursMin * weekRuns || known < knownHoursMin ? null : centreMs;
}
