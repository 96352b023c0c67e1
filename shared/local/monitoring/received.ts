/** The requests that the local Cloud Monitoring reads, as plain data, before anything in them has been judged. */
import * as v from 'valibot';

const timestamp = v.pipe(
  v.object({ seconds: v.optional(v.number(), 0), nanos: v.optional(v.number(), 0) }),
  v.transform(({ seconds, nanos }) => seconds * 1_000 + nanos / 1_000_000),
);

const labels = v.optional(v.record(v.string(), v.string()), {});

const buckets = v.object({
  explicitBuckets: v.exactOptional(v.object({ bounds: v.optional(v.array(v.number()), []) })),
  linearBuckets: v.exactOptional(
    v.object({
      numFiniteBuckets: v.optional(v.number(), 0),
      width: v.optional(v.number(), 0),
      offset: v.optional(v.number(), 0),
    }),
  ),
  exponentialBuckets: v.exactOptional(
    v.object({
      numFiniteBuckets: v.optional(v.number(), 0),
      growthFactor: v.optional(v.number(), 0),
      scale: v.optional(v.number(), 0),
    }),
  ),
});

const distribution = v.object({
  count: v.optional(v.number(), 0),
  mean: v.optional(v.number(), 0),
  sumOfSquaredDeviation: v.optional(v.number(), 0),
  range: v.exactOptional(v.unknown()),
  bucketOptions: v.exactOptional(buckets),
  bucketCounts: v.optional(v.array(v.number()), []),
});

export type ReceivedDistribution = v.InferOutput<typeof distribution>;

const typedValue = v.object({
  boolValue: v.exactOptional(v.boolean()),
  int64Value: v.exactOptional(v.number()),
  doubleValue: v.exactOptional(v.number()),
  stringValue: v.exactOptional(v.string()),
  distributionValue: v.exactOptional(distribution),
});

const point = v.object({
  interval: v.optional(v.object({ startTime: v.exactOptional(timestamp), endTime: v.exactOptional(timestamp) }), {}),
  value: v.optional(typedValue, {}),
});

const timeSeries = v.object({
  metric: v.optional(v.object({ type: v.optional(v.string(), ''), labels }), {}),
  resource: v.optional(v.object({ type: v.optional(v.string(), ''), labels }), {}),
  metricKind: v.optional(v.picklist(['METRIC_KIND_UNSPECIFIED', 'GAUGE', 'DELTA', 'CUMULATIVE'])),
  valueType: v.optional(v.string()),
  unit: v.optional(v.string(), ''),
  points: v.optional(v.array(point), []),
});

export const writeRequest = v.object({
  name: v.optional(v.string(), ''),
  timeSeries: v.optional(v.array(timeSeries), []),
});

export const listTimeSeriesRequest = v.object({
  filter: v.optional(v.string(), ''),
  interval: v.optional(v.object({ startTime: v.exactOptional(timestamp), endTime: v.exactOptional(timestamp) }), {}),
});

export const createDescriptorRequest = v.object({
  metricDescriptor: v.object({
    type: v.string(),
    metricKind: v.picklist(['GAUGE', 'CUMULATIVE']),
    valueType: v.picklist(['BOOL', 'INT64', 'DOUBLE', 'STRING', 'DISTRIBUTION']),
    unit: v.optional(v.string(), ''),
    displayName: v.optional(v.string(), ''),
    description: v.optional(v.string(), ''),
    labels: v.optional(v.array(v.object({ key: v.string() })), []),
  }),
});

export type ListTimeSeriesRequest = v.InferOutput<typeof listTimeSeriesRequest>;
export type ReceivedSeries = v.InferOutput<typeof timeSeries>;
export type ReceivedPoint = v.InferOutput<typeof point>;
export type WriteRequest = v.InferOutput<typeof writeRequest>;
export type CreateDescriptorRequest = v.InferOutput<typeof createDescriptorRequest>;
