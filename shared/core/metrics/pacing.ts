/**
 * Keeps the points of one process apart where slots alone cannot: triggers by hand between two slots, a changed
 * cadence, a burst of duplicates. Such a point is moved on by seconds, so that it is counted and not refused.
 */
import { samplingPeriodMs } from './interval.ts';
import type { Point } from './points.ts';

/** Farthest that a point is moved; the API takes ends up to five minutes ahead. Beyond it the point is dropped. */
const moveMsMax = 240_000;

/** Series that are remembered; a process writes some dozens an environment. */
const seriesMax = 10_000;

/** The last point of a series: its start as it was asked for, and both times as they were given out. */
interface LastPoint {
  readonly askedStartMs: number | null;
  readonly startMs: number | null;
  readonly endMs: number;
}

/** Gives a point the time at which its series can take it; null when that is too far off. */
export type Pacer = (point: Point) => Point | null;

export function createPacer(): Pacer {
  const lastPoints = new Map<string, LastPoint>();
  return (point) => {
    const key = seriesKey(point);
    const paced = pace(point, lastPoints.get(key));
    if (paced !== null) {
      if (lastPoints.size >= seriesMax) {
        lastPoints.clear();
      }
      lastPoints.set(key, { askedStartMs: point.startMs, startMs: paced.startMs, endMs: paced.endMs });
    }
    return paced;
  };
}

function seriesKey({ metric, labels, task }: Point): string {
  const sorted = Object.entries(labels).toSorted(([a], [b]) => (a < b ? -1 : 1));
  return JSON.stringify([metric, sorted, task.location, task.namespace, task.job, task.taskId]);
}

function pace(point: Point, last: LastPoint | undefined): Point | null {
  if (last === undefined) {
    return point;
  }
  const endMs = Math.max(point.endMs, last.endMs + samplingPeriodMs);
  return endMs - point.endMs > moveMsMax ? null : { ...point, startMs: pacedStart(point, last), endMs };
}

/** The same start is the same run told again and has to stay the same; any other start begins after the last end. */
function pacedStart(point: Point, last: LastPoint): number | null {
  if (point.startMs === null) {
    return null;
  }
  return point.startMs === last.askedStartMs ? last.startMs : Math.max(point.startMs, last.endMs + 1);
}
