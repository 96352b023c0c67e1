/**
 * What the local Cloud Monitoring keeps: metric descriptors, and the newest points of each series. Judges every
 * series of a request by the rules and takes those that keep them. Bounded in series and in points a series.
 */
import {
  type Candidate,
  candidateOf,
  type Descriptor,
  type MetricKind,
  type Rule,
  type ValueType,
} from './candidate.ts';
import { distributionRules } from './distribution-rules.ts';
import { identityRules } from './identity-rules.ts';
import { intervalOf, pointRules } from './point-rules.ts';
import type { ReceivedDistribution, ReceivedSeries } from './received.ts';

/** All rules, in the order of judging; the first broken one speaks. */
export const rules: readonly Rule[] = [...identityRules, ...pointRules, ...distributionRules];

export type StoredValue = number | boolean | string | ReceivedDistribution;

export interface StoredPoint {
  /** Unix milliseconds; equal to the end for gauges. */
  readonly startMs: number;
  readonly endMs: number;
  readonly value: StoredValue;
}

export interface StoredSeries {
  readonly metricType: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly resourceType: string;
  readonly resourceLabels: Readonly<Record<string, string>>;
  readonly metricKind: MetricKind;
  readonly valueType: ValueType;
  readonly unit: string;
  /** Oldest first. */
  readonly points: readonly StoredPoint[];
}

export interface Refused {
  readonly accepted: false;
  /** Place in the request. */
  readonly index: number;
  readonly metricType: string;
  readonly labels: Readonly<Record<string, string>>;
  /** Id of the broken rule. */
  readonly rule: string;
  readonly message: string;
}

/** The verdict on one series of a request. */
export type Judged = { readonly accepted: true; readonly series: StoredSeries; readonly point: StoredPoint } | Refused;

export interface SeriesStore {
  /** Judges the series of one request in their order, by `extra` first, and keeps those that break no rule. */
  write(request: readonly ReceivedSeries[], nowMs: number, extra?: readonly Rule[]): readonly Judged[];
  /** All series, each with its kept points. */
  series(): readonly StoredSeries[];
  descriptors(): readonly Descriptor[];
  describe(descriptor: Descriptor): void;
}

export interface StoreLimits {
  readonly seriesMax: number;
  readonly pointsMax: number;
}

export function createSeriesStore(limits: StoreLimits): SeriesStore {
  const descriptors = new Map<string, Descriptor>();
  const kept = new Map<string, StoredSeries>();

  function judge(candidate: Candidate, key: string, extra: readonly Rule[]): Judged {
    const { index, series } = candidate;
    for (const { id, broken } of [...extra, ...rules]) {
      const message = broken(candidate);
      if (message !== null) {
        const { type: metricType, labels } = series.metric;
        return { accepted: false, index, metricType, labels, rule: id, message };
      }
    }
    const point = { ...intervalOf(candidate), value: valueOf(candidate) };
    return { accepted: true, series: keep(key, candidate, point), point };
  }

  function keep(key: string, candidate: Candidate, point: StoredPoint): StoredSeries {
    const descriptor = candidate.descriptor ?? autoDescriptor(candidate);
    descriptors.set(descriptor.type, descriptor);
    const before = kept.get(key)?.points ?? [];
    const stored = storedSeries(candidate.series, descriptor, [...before, point].slice(-limits.pointsMax));
    kept.delete(key);
    kept.set(key, stored);
    const [oldest] = kept.keys();
    if (kept.size > limits.seriesMax && oldest !== undefined) {
      kept.delete(oldest);
    }
    return stored;
  }

  return {
    write(request, nowMs, extra = []) {
      const seen = new Set<string>();
      return request.map((series, index) => {
        const key = seriesKey(series);
        const repeated = seen.has(key);
        seen.add(key);
        const descriptor = descriptors.get(series.metric.type) ?? null;
        const newest = kept.get(key)?.points.at(-1) ?? null;
        return judge(candidateOf(series, { index, descriptor, newest, repeated, nowMs }), key, extra);
      });
    },
    series: () => [...kept.values()],
    descriptors: () => [...descriptors.values()],
    describe(descriptor) {
      descriptors.set(descriptor.type, descriptor);
    },
  };
}

/** Identity of a series: metric and resource with all labels, whatever their order. */
function seriesKey({ metric, resource }: ReceivedSeries): string {
  const sorted = (labels: Readonly<Record<string, string>>): unknown =>
    Object.entries(labels).toSorted(([a], [b]) => (a < b ? -1 : 1));
  return JSON.stringify([metric.type, sorted(metric.labels), resource.type, sorted(resource.labels)]);
}

/** The descriptor that the API makes for a metric that it has not seen. */
function autoDescriptor({ series: { metric, unit }, kind, valueType }: Candidate): Descriptor {
  return {
    type: metric.type,
    metricKind: kind === 'CUMULATIVE' ? kind : 'GAUGE',
    valueType: valueType ?? 'DOUBLE',
    unit,
    displayName: '',
    description: '',
    labels: Object.keys(metric.labels),
  };
}

function storedSeries(
  { metric, resource, unit }: ReceivedSeries,
  { metricKind, valueType, unit: describedUnit }: Descriptor,
  points: readonly StoredPoint[],
): StoredSeries {
  return {
    metricType: metric.type,
    labels: metric.labels,
    resourceType: resource.type,
    resourceLabels: resource.labels,
    metricKind,
    valueType,
    unit: describedUnit === '' ? unit : describedUnit,
    points,
  };
}

function valueOf({ point: { value } }: Candidate): StoredValue {
  const { boolValue, int64Value, doubleValue, stringValue, distributionValue } = value;
  return boolValue ?? int64Value ?? doubleValue ?? stringValue ?? distributionValue ?? 0;
}
