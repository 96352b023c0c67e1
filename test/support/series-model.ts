/**
 * What Cloud Monitoring does with points, once more and in the fewest words, so that proofs do not rest on the code
 * that they judge: which points a series takes, and how much a counter has counted.
 */
import type { Point } from '../../shared/core/metrics/points.ts';

interface Newest {
  /** null for gauges. */
  readonly startMs: number | null;
  readonly endMs: number;
  readonly value: number;
}

export interface SeriesModel {
  /** Writes the points of one call; gives the refusals. */
  write(points: readonly Point[], nowMs: number): readonly string[];
  /** What all series of a metric have counted together. */
  counted(metric: Point['metric']): number;
}

export function createSeriesModel(): SeriesModel {
  const series = new Map<string, Newest>();
  const totals = new Map<string, number>();

  function take(point: Point, nowMs: number): string | null {
    const key = JSON.stringify([point.metric, point.labels, point.task]);
    const newest = series.get(key) ?? null;
    const refusal = timeRefusal(point, nowMs) ?? orderRefusal(point, newest);
    if (refusal === null) {
      const value = point.value.kind === 'distribution' ? 1 : point.value.value;
      const before = newest !== null && point.startMs === newest.startMs ? newest.value : 0;
      series.set(key, { startMs: point.startMs, endMs: point.endMs, value });
      totals.set(point.metric, (totals.get(point.metric) ?? 0) + value - before);
    }
    return refusal;
  }

  return {
    write(points, nowMs) {
      const keys = points.map(({ metric, labels, task }) => JSON.stringify([metric, labels, task]));
      const refusals = points.map((point, index) => {
        const refusal = keys.indexOf(keys[index] ?? '') < index ? 'repeated in one call' : take(point, nowMs);
        return refusal === null ? null : `${point.metric} ${JSON.stringify(point.labels)}: ${refusal}`;
      });
      return refusals.filter((refusal) => refusal !== null);
    },
    counted: (metric) => totals.get(metric) ?? 0,
  };
}

function timeRefusal({ startMs, endMs }: Point, nowMs: number): string | null {
  if (startMs !== null && startMs >= endMs) {
    return 'empty interval';
  }
  if (endMs > nowMs + 5 * 60_000) {
    return 'in the future';
  }
  return endMs < nowMs - 25 * 3_600_000 ? 'too old' : null;
}

function orderRefusal({ startMs, endMs }: Point, newest: Newest | null): string | null {
  if (newest === null) {
    return null;
  }
  if (endMs < newest.endMs + 5_000) {
    return endMs <= newest.endMs ? 'older end' : 'too frequent';
  }
  return startMs !== null && startMs !== newest.startMs && startMs <= newest.endMs ? 'overlap' : null;
}
