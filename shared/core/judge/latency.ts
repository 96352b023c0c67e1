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
import { courseOf, findShift, isNoticeable, type ShiftInput, type ShiftRules } from './shift.ts';
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
  const runs = pushed<SampledRun>(before.runs, { slotMs: outcome.slotMs, revision: outcome.revision });
  const rules: ShiftRules = { ...slower, runsAnHour: Math.max(1, hourMs / cadenceMs(settings)) };
  const events: LatencyEvent[] = [];
  const series: Partial<Record<LatencyName, Series>> = {};
  for (const name of names) {
    const ms = name === 'total' ? outcome.latencyMs : (outcome.phases[name] ?? null);
    const known = before.series[name];
    if (known !== undefined || ms !== null) {
      const next = follow({ name, runs, rules, series: withValue(known ?? emptySeries(name, before), ms) });
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
  const ms = series.recent.at(-1) ?? null;
  if (ms === null) {
    return { series, events: [] };
  }
  if (series.shift !== null) {
    return followShift(series.shift, input);
  }
  const shift = findShift(input);
  return shift === null ? followDrift(ms, input) : { series: { ...series, shift }, events: [{ kind: 'moved', shift }] };
}

/** While a shift is on, nothing is learned: what was usual before it is what its end is measured by. */
function followShift(shift: LatencyShift, input: ShiftInput): Followed {
  const { series, runs } = input;
  const now = runs.at(-1) ?? { slotMs: shift.sinceMs, revision: null };
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
    cells: rescaled(series.cells, shift.toMs / Math.max(1, shift.fromMs)),
    anchor: { centreMs: shift.toMs, atMs: now.slotMs, revision: now.revision },
  };
  return { series: relearned, events: [{ kind: 'relearned', shift }] };
}

/** Learns the value; once a day, looks whether the level has crept away from where it was. */
function followDrift(ms: number, { name, series, runs, rules }: ShiftInput): Followed {
  const [previous, now] = runs.slice(-2);
  if (now === undefined) {
    return { series, events: [] };
  }
  const learned: Series = { ...series, cells: takeInto(series.cells, now.slotMs, ms) };
  if (Math.floor((previous?.slotMs ?? 0) / dayMs) === Math.floor(now.slotMs / dayMs)) {
    return { series: learned, events: [] };
  }
  const level = levelOf(learned.cells);
  const { anchor } = learned;
  if (learned.count < (anchorAfterMs / hourMs) * rules.runsAnHour * knownHoursMin || level.known < knownHoursMin) {
    return { series: learned, events: [] };
  }
  const here = { centreMs: level.centreMs, atMs: now.slotMs, revision: now.revision };
  if (anchor === null || isNoticeable(level.centreMs, anchor.centreMs, rules)) {
    return { series: { ...learned, anchor: here }, events: [] };
  }
  if (!isNoticeable(anchor.centreMs, level.centreMs, rules)) {
    return { series: learned, events: [] };
  }
  const shift: LatencyShift = {
    phase: name,
    fromMs: Math.round(anchor.centreMs),
    toMs: Math.round(level.centreMs),
    sinceMs: anchor.atMs,
    revisionBefore: anchor.revision,
    revisionAfter: now.revision,
  };
  return { series: { ...learned, anchor: here }, events: [{ kind: 'drifted', shift }] };
}
