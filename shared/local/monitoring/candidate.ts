/** One series of a request together with all that the rules of Cloud Monitoring judge it against. */
import type { ReceivedPoint, ReceivedSeries } from './received.ts';

export type MetricKind = 'GAUGE' | 'CUMULATIVE';
export type ValueType = 'BOOL' | 'INT64' | 'DOUBLE' | 'STRING' | 'DISTRIBUTION';

export interface Descriptor {
  readonly type: string;
  readonly metricKind: MetricKind;
  readonly valueType: ValueType;
  readonly unit: string;
  readonly displayName: string;
  readonly description: string;
  readonly labels: readonly string[];
}

/** Times are Unix milliseconds; a point without a start is an instant. */
export interface Interval {
  readonly startMs: number;
  readonly endMs: number;
}

export interface Candidate {
  /** Place in the request. */
  readonly index: number;
  readonly series: ReceivedSeries;
  /** The series' first point; `one_point` sees to it that there is no other. */
  readonly point: ReceivedPoint;
  readonly kind: MetricKind | 'DELTA';
  /** The type of the point's value; null when it has none. */
  readonly valueType: ValueType | null;
  /** null: the metric is new, and its descriptor will be made of this series. */
  readonly descriptor: Descriptor | null;
  /** The newest point of the series; null when there is none. */
  readonly newest: Interval | null;
  /** The request has the same series further up. */
  readonly repeated: boolean;
  readonly nowMs: number;
}

/** A rule of the API. `broken` is the text of the refusal, or null when the series keeps the rule. */
export interface Rule {
  readonly id: string;
  readonly broken: (candidate: Candidate) => string | null;
}

export function candidateOf(
  series: ReceivedSeries,
  against: Omit<Candidate, 'series' | 'point' | 'kind' | 'valueType'>,
): Candidate {
  const point = series.points[0] ?? { interval: {}, value: {} };
  const said = series.metricKind === 'METRIC_KIND_UNSPECIFIED' ? undefined : series.metricKind;
  const kind = said ?? against.descriptor?.metricKind ?? 'GAUGE';
  return { ...against, series, point, kind, valueType: valueTypeOf(point) };
}

function valueTypeOf({ value }: ReceivedPoint): ValueType | null {
  const { boolValue, int64Value, doubleValue, stringValue, distributionValue } = value;
  const types: readonly (readonly [ValueType, unknown])[] = [
    ['BOOL', boolValue],
    ['INT64', int64Value],
    ['DOUBLE', doubleValue],
    ['STRING', stringValue],
    ['DISTRIBUTION', distributionValue],
  ];
  return types.find(([, found]) => found !== undefined)?.[0] ?? null;
}

/** The API's way of naming what is wrong with a field, with the found value when there is one worth showing. */
export function fieldError(path: string, message: string, found?: string): string {
  return `Field ${path} had an invalid value${found === undefined ? '' : ` of "${found}"`}: ${message}`;
}
