/** From a point to the `TimeSeries` of google.monitoring.v3, as plain data that the client encodes. */
import { metricEntry, metricType, type MetricKind, resourceType, type ValueType } from './catalogue.ts';
import type { Point, PointValue } from './points.ts';

export interface Timestamp {
  readonly seconds: number;
  readonly nanos: number;
}

/** A distribution that holds one value; bucket `i` counts from bound `i - 1`, included, to bound `i`. */
export interface Distribution {
  readonly count: number;
  readonly mean: number;
  readonly sumOfSquaredDeviation: number;
  readonly bucketOptions: { readonly explicitBuckets: { readonly bounds: number[] } };
  readonly bucketCounts: number[];
}

export type TypedValue =
  | { readonly int64Value: number }
  | { readonly doubleValue: number }
  | { readonly distributionValue: Distribution };

/** The arrays are the client's own types and therefore not readonly; nobody writes to them. */
export interface TimeSeries {
  readonly metric: { readonly type: string; readonly labels: Record<string, string> };
  readonly resource: { readonly type: string; readonly labels: Record<string, string> };
  readonly metricKind: MetricKind;
  readonly valueType: ValueType;
  readonly unit: string;
  readonly points: {
    readonly interval: { readonly startTime?: Timestamp; readonly endTime: Timestamp };
    readonly value: TypedValue;
  }[];
}

export function timeSeriesOf(point: Point, project: string): TimeSeries {
  const { metricKind, valueType, unit, bounds } = metricEntry(point.metric);
  const { location, namespace, job, taskId } = point.task;
  const start = point.startMs === null ? {} : { startTime: timestampOf(point.startMs) };
  return {
    metric: { type: metricType(point.metric), labels: { ...point.labels } },
    resource: { type: resourceType, labels: { project_id: project, location, namespace, job, task_id: taskId } },
    metricKind,
    valueType,
    unit,
    points: [{ interval: { ...start, endTime: timestampOf(point.endMs) }, value: typedValue(point.value, bounds) }],
  };
}

function timestampOf(unixMs: number): Timestamp {
  const seconds = Math.floor(unixMs / 1_000);
  return { seconds, nanos: Math.round(unixMs - seconds * 1_000) * 1_000_000 };
}

function typedValue(value: PointValue, bounds: readonly number[]): TypedValue {
  switch (value.kind) {
    case 'int64':
      return { int64Value: value.value };
    case 'double':
      return { doubleValue: value.value };
    case 'distribution':
      return { distributionValue: distributionOf(value.value, bounds) };
  }
}

function distributionOf(value: number, bounds: readonly number[]): Distribution {
  const bucket = bounds.filter((bound) => bound <= value).length;
  return {
    count: 1,
    mean: value,
    sumOfSquaredDeviation: 0,
    bucketOptions: { explicitBuckets: { bounds: [...bounds] } },
    bucketCounts: Array.from({ length: bounds.length + 1 }, (_, index) => (index === bucket ? 1 : 0)),
  };
}
