/** What was written to the local Cloud Monitoring, as people read it: series with their newest value, and refusals. */
import type { LocalMonitoring, WriteEvent } from '../monitoring/server.ts';
import type { StoredPoint, StoredSeries, StoredValue } from '../monitoring/store.ts';
import type { Metrics, MetricSeries, RefusedWrite } from './model/contract.ts';

export interface MetricsView {
  hear(write: WriteEvent): void;
  now(): Metrics;
}

/** Refused points that are remembered, the newest. */
const refusedMax = 200;

export function openMetricsView(monitoring: Pick<LocalMonitoring, 'series'>): MetricsView {
  let refused: readonly RefusedWrite[] = [];
  let taken = 0;
  return {
    hear: ({ judged, atMs }) => {
      const fresh = judged.flatMap((each) => {
        if (each.accepted) {
          return [];
        }
        const { metricType, labels, rule, message } = each;
        return [{ atMs, metric: metricType, labels, rule, message }];
      });
      taken += judged.length - fresh.length;
      refused = [...fresh, ...refused].slice(0, refusedMax);
    },
    now: () => ({ series: monitoring.series().map(seriesView).toSorted(byName), refused, taken }),
  };
}

function seriesView({
  metricType,
  labels,
  resourceLabels,
  metricKind,
  valueType,
  unit,
  points,
}: StoredSeries): MetricSeries {
  const newest: StoredPoint | undefined = points.at(-1);
  return {
    metric: metricType,
    step: resourceLabels['task_id'] ?? '',
    labels,
    kind: `${metricKind} ${valueType}`,
    unit,
    points: points.length,
    value: newest === undefined ? '' : valueText(newest.value),
    atMs: newest?.endMs ?? 0,
  };
}

function byName(a: MetricSeries, b: MetricSeries): number {
  const key = ({ metric, step, labels }: MetricSeries): string =>
    `${metric} ${step} ${Object.values(labels).join(' ')}`;
  return key(a) < key(b) ? -1 : 1;
}

function valueText(value: StoredValue): string {
  if (typeof value === 'number') {
    return String(Number(value.toFixed(3)));
  }
  return typeof value === 'object' ? `${value.count} × mean ${Number(value.mean.toFixed(3))}` : String(value);
}
