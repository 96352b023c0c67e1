/**
 * One row a rule of the API, each with a series that breaks just this rule and its nearest relative that does not.
 * All go through Google's client, so that what is judged is what arrives.
 */
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';

import type { MetricServiceClient } from '@google-cloud/monitoring';

import { rules } from '../../shared/local/monitoring/store.ts';
import { type LocalMonitoring, startMonitoringServer, type WriteEvent } from '../../shared/local/monitoring/server.ts';
import { at, genericTask, openMonitoringClient, project, type Series } from '../support/monitoring-client.ts';

const nowMs = Date.parse('2026-11-24T20:05:00Z');
const hourMs = 3_600_000;

interface Row {
  readonly rule: string;
  readonly what: string;
  /** Written first, one call each. */
  readonly given?: readonly Series[];
  readonly refused: Series;
  /** The text of the refusal, or what it must contain. */
  readonly message: string | RegExp;
  readonly taken: Series;
}

/** A metric of its own for each row, so that rows do not meet. */
function metricOf(rule: string, labels: Record<string, string> = {}) {
  return { type: `custom.googleapis.com/rules/${rule}`, labels };
}

function gauge(rule: string, different: Series = {}, endMs = nowMs): Series {
  const point = { interval: { endTime: at(endMs) }, value: { doubleValue: 1 } };
  return { metric: metricOf(rule), resource: genericTask, points: [point], ...different };
}

function counter(rule: string, startMs: number, endMs: number): Series {
  const point = { interval: { startTime: at(startMs), endTime: at(endMs) }, value: { int64Value: 1 } };
  return { metric: metricOf(rule), resource: genericTask, metricKind: 'CUMULATIVE', points: [point] };
}

type Distribution = NonNullable<NonNullable<NonNullable<Series['points']>[number]['value']>['distributionValue']>;

const oneInTwo: Distribution = {
  count: 1,
  mean: 7,
  bucketOptions: { explicitBuckets: { bounds: [5, 10] } },
  bucketCounts: [0, 1, 0],
};

function histogram(rule: string, different: Distribution = {}): Series {
  const value = { distributionValue: { ...oneInTwo, ...different } };
  return gauge(rule, { points: [{ interval: { endTime: at(nowMs) }, value }] });
}

function withResource(rule: string, type: string, labels: Record<string, string>): Series {
  return gauge(rule, { resource: { type, labels } });
}

function withValue(rule: string, value: object, different: Series = {}): Series {
  return gauge(rule, { points: [{ interval: { endTime: at(nowMs) }, value }], ...different });
}

const { task_id: _taskId, namespace: _namespace, ...incomplete } = genericTask.labels;
const manyLabels = (count: number) =>
  Object.fromEntries(Array.from({ length: count }, (_, at) => [`label_${at}`, 'x']));

const rows: readonly Row[] = [
  {
    rule: 'metric_type_form',
    what: 'a metric type without a domain',
    refused: gauge('', { metric: { type: 'up' } }),
    message:
      'Field timeSeries[0].metric.type had an invalid value of "up": The metric type must be a URL-formatted string with a domain and non-empty path.',
    taken: gauge('metric_type_form'),
  },
  {
    rule: 'metric_type_writable',
    what: "a metric type of Google's own",
    refused: gauge('', { metric: { type: 'run.googleapis.com/request_count' } }),
    message: /^Field timeSeries\[0\]\.metric\.type had an invalid value of "run\.googleapis\.com\/request_count"/,
    taken: gauge('', { metric: { type: 'workload.googleapis.com/rules/metric_type_writable' } }),
  },
  {
    rule: 'metric_type_length',
    what: 'a metric name of 101 characters',
    refused: gauge('', { metric: { type: `custom.googleapis.com/${'x'.repeat(101)}` } }),
    message: /at most 100 characters/,
    taken: gauge('', { metric: { type: `custom.googleapis.com/${'x'.repeat(100)}` } }),
  },
  {
    rule: 'label_keys',
    what: 'a label key with a hyphen',
    refused: gauge('', { metric: metricOf('label_keys', { 'a-b': 'x' }) }),
    message: 'Field timeSeries[0].metric.labels[0] had an invalid value: Invalid metric label key.',
    taken: gauge('', { metric: metricOf('label_keys', { a_b: 'x' }) }),
  },
  {
    rule: 'label_count',
    what: 'thirty-one labels',
    refused: gauge('', { metric: metricOf('label_count', manyLabels(31)) }),
    message: /at most 30 labels/,
    taken: gauge('', { metric: metricOf('label_count', manyLabels(30)) }),
  },
  {
    rule: 'label_values',
    what: 'a label value of 1,025 characters',
    refused: gauge('', { metric: metricOf('label_values', { text: 'x'.repeat(1_025) }) }),
    message: /at most 1024 characters/,
    taken: gauge('', { metric: metricOf('label_values', { text: 'x'.repeat(1_024) }) }),
  },
  {
    rule: 'resource_writable',
    what: "the monitored resource of the function's own revision",
    refused: withResource('resource_writable', 'cloud_run_revision', { project_id: project }),
    message: /^Metrics cannot be written to cloud_run_revision\. See https:/,
    taken: withResource('resource_writable', 'global', { project_id: project }),
  },
  {
    rule: 'resource_labels_complete',
    what: 'a resource without all of its labels',
    refused: withResource('resource_labels_complete', 'generic_task', incomplete),
    message: 'The set of resource labels is incomplete. Missing labels: (namespace task_id).',
    taken: gauge('resource_labels_complete'),
  },
  {
    rule: 'resource_labels_known',
    what: 'a resource label that the resource does not have',
    refused: withResource('resource_labels_known', 'global', { project_id: project, step: 'auth' }),
    message: /Unrecognized resource label/,
    taken: withResource('resource_labels_known', 'global', { project_id: project }),
  },
  {
    rule: 'location_known',
    what: 'a location that is no region',
    refused: withResource('location_known', 'generic_task', { ...genericTask.labels, location: 'laptop' }),
    message: 'Unrecognized region or location.',
    taken: withResource('location_known', 'generic_task', { ...genericTask.labels, location: 'europe-west12' }),
  },
  {
    rule: 'kind_writable',
    what: 'a delta',
    refused: { ...counter('kind_writable', nowMs - 1_000, nowMs), metricKind: 'DELTA' },
    message: /but is DELTA/,
    taken: counter('kind_writable', nowMs - 1_000, nowMs),
  },
  {
    rule: 'kind_matches',
    what: 'a gauge for a metric that is a counter',
    given: [counter('kind_matches', nowMs - 2_000, nowMs - 1_000)],
    refused: { ...gauge('kind_matches'), metricKind: 'GAUGE' },
    message: 'Metric kind for metric custom.googleapis.com/rules/kind_matches must be CUMULATIVE, but is GAUGE.',
    taken: { ...counter('kind_matches', nowMs - 999, nowMs + 5_000), metricKind: 'METRIC_KIND_UNSPECIFIED' },
  },
  {
    rule: 'labels_known',
    what: 'a label that the metric does not have',
    given: [gauge('', { metric: metricOf('labels_known', { phase: 'dns' }) })],
    refused: gauge('', { metric: metricOf('labels_known', { phase: 'tcp', url: 'x' }) }),
    message: 'Field timeSeries[0].metric.labels[1] had an invalid value of "url": Unrecognized metric label.',
    taken: gauge('', { metric: metricOf('labels_known', { phase: 'tcp' }) }),
  },
  {
    rule: 'one_point',
    what: 'two points in one series',
    refused: gauge('one_point', {
      points: [gauge('').points, gauge('', {}, nowMs + 9_000).points].flatMap((it) => it ?? []),
    }),
    message:
      'Field timeSeries[0].points had an invalid value: Only one point can be written per TimeSeries per request.',
    taken: gauge('one_point'),
  },
  {
    rule: 'value_present',
    what: 'a point without a value',
    refused: withValue('value_present', {}),
    message: /A value is required/,
    taken: withValue('value_present', { doubleValue: 0 }),
  },
  {
    rule: 'value_type_said',
    what: 'a value of another type than the series says',
    refused: withValue('value_type_said', { doubleValue: 1 }, { valueType: 'INT64' }),
    message: 'Value type for metric custom.googleapis.com/rules/value_type_said must be INT64, but is DOUBLE.',
    taken: withValue('value_type_said', { int64Value: 1 }, { valueType: 'INT64' }),
  },
  {
    rule: 'value_type_matches',
    what: 'a value of another type than the metric has',
    given: [withValue('value_type_matches', { int64Value: 1 })],
    refused: gauge('value_type_matches', {}, nowMs + 6_000),
    message:
      'Value type for metric custom.googleapis.com/rules/value_type_matches conflicts with the existing value type (INT64).',
    taken: gauge('value_type_matches', {
      points: [{ interval: { endTime: at(nowMs + 6_000) }, value: { int64Value: 2 } }],
    }),
  },
  {
    rule: 'value_type_writable',
    what: 'a boolean counter',
    refused: {
      ...counter('value_type_writable', nowMs - 1_000, nowMs),
      points: [{ interval: { startTime: at(nowMs - 1_000), endTime: at(nowMs) }, value: { boolValue: true } }],
    },
    message: /Value type BOOL is not supported for the CUMULATIVE metric/,
    taken: withValue('value_type_writable', { boolValue: true }),
  },
  {
    rule: 'value_type_writable',
    what: 'a text for a metric that nobody has described',
    refused: withValue('value_type_writable_text', { stringValue: 'x' }),
    message: /Value type STRING is not supported/,
    taken: withValue('value_type_writable_text', { boolValue: true }),
  },
  {
    rule: 'end_time_present',
    what: 'a point without an end',
    refused: gauge('end_time_present', { points: [{ interval: {}, value: { doubleValue: 1 } }] }),
    message: /An end time is required/,
    taken: gauge('end_time_present'),
  },
  {
    rule: 'gauge_is_instant',
    what: 'a gauge that has a length',
    refused: { ...counter('gauge_is_instant', nowMs - 1, nowMs), metricKind: 'GAUGE' },
    message: /start_time had an invalid value of "2026-11-24T20:04:59\.999Z": The start time must be equal/,
    taken: { ...counter('gauge_is_instant', nowMs, nowMs), metricKind: 'GAUGE' },
  },
  {
    rule: 'cumulative_has_length',
    what: 'a counter that has no length',
    refused: counter('cumulative_has_length', nowMs, nowMs),
    message:
      'Field timeSeries[0].points[0].interval.start_time had an invalid value of "2026-11-24T20:05:00.000Z": The start time ' +
      "must be before the end time (2026-11-24T20:05:00.000Z) for the non-gauge metric 'custom.googleapis.com/rules/cumulative_has_length'.",
    taken: counter('cumulative_has_length', nowMs - 1, nowMs),
  },
  {
    rule: 'not_too_old',
    what: 'a point of more than 25 hours ago',
    refused: gauge('not_too_old', {}, nowMs - 25 * hourMs - 1),
    message: /end_time had an invalid value of "[^"]+": Data points cannot be written more than 25h0s in the past\.$/,
    taken: gauge('not_too_old', {}, nowMs - 25 * hourMs),
  },
  {
    rule: 'not_in_the_future',
    what: 'a point of more than five minutes ahead',
    refused: gauge('not_in_the_future', {}, nowMs + 300_001),
    message: /5m0s in the future/,
    taken: gauge('not_in_the_future', {}, nowMs + 300_000),
  },
  {
    rule: 'ends_in_order',
    what: 'a point that ends when the newest one did',
    given: [gauge('ends_in_order')],
    refused: gauge('ends_in_order'),
    message:
      'Points must be written in order. One or more of the points specified had an older end time than the most recent point.',
    taken: gauge('ends_in_order', {}, nowMs + 5_000),
  },
  {
    rule: 'starts_in_order',
    what: 'a counter that starts anew when the last stretch ended',
    given: [counter('starts_in_order', nowMs - 9_000, nowMs - 8_000)],
    refused: counter('starts_in_order', nowMs - 8_000, nowMs),
    message:
      'Points must be written in order. One or more of the points specified had an older start time than the most recent point.',
    taken: counter('starts_in_order', nowMs - 7_999, nowMs),
  },
  {
    rule: 'starts_in_order',
    what: 'a counter that starts before the last stretch, where the same start would be right',
    given: [counter('starts_in_order_same', nowMs - 9_000, nowMs - 8_000)],
    refused: counter('starts_in_order_same', nowMs - 9_001, nowMs),
    message: /older start time/,
    taken: counter('starts_in_order_same', nowMs - 9_000, nowMs),
  },
  {
    rule: 'sampling_period',
    what: 'a point less than five seconds after the last',
    given: [gauge('sampling_period')],
    refused: gauge('sampling_period', {}, nowMs + 4_999),
    message:
      'One or more points were written more frequently than the maximum sampling period configured for the metric.',
    taken: gauge('sampling_period', {}, nowMs + 5_000),
  },
  {
    rule: 'counts_not_negative',
    what: 'a distribution with a negative count',
    refused: histogram('counts_not_negative', { bucketCounts: [-1, 1, 1] }),
    message: /must not be negative/,
    taken: histogram('counts_not_negative', { bucketCounts: [0, 0, 1] }),
  },
  {
    rule: 'empty_is_zero',
    what: 'an empty distribution with a mean',
    refused: histogram('empty_is_zero', { count: 0, mean: 1, bucketCounts: [] }),
    message: /when \|count\| is zero/,
    taken: histogram('empty_is_zero', { count: 0, mean: 0, bucketCounts: [] }),
  },
  {
    rule: 'bounds_present',
    what: 'a histogram without bounds',
    refused: histogram('bounds_present', { bucketOptions: { explicitBuckets: { bounds: [] } }, bucketCounts: [1] }),
    message: /at least one entry/,
    taken: histogram('bounds_present', { bucketOptions: { explicitBuckets: { bounds: [5] } }, bucketCounts: [1] }),
  },
  {
    rule: 'bounds_rise',
    what: 'a histogram with two equal bounds',
    refused: histogram('bounds_rise', { bucketOptions: { explicitBuckets: { bounds: [5, 5] } } }),
    message:
      /\|explicit_buckets\.bounds\| entry 1 has a value of 5 which is less than or equal to the value of entry 0/,
    taken: histogram('bounds_rise', { bucketOptions: { explicitBuckets: { bounds: [5, 5.1] } } }),
  },
  {
    rule: 'linear_buckets',
    what: 'linear buckets without a width',
    refused: histogram('linear_buckets', { bucketOptions: { linearBuckets: { numFiniteBuckets: 1, width: 0 } } }),
    message: /\|linear_buckets\|/,
    taken: histogram('linear_buckets', { bucketOptions: { linearBuckets: { numFiniteBuckets: 1, width: 5 } } }),
  },
  {
    rule: 'exponential_buckets',
    what: 'exponential buckets that do not grow',
    refused: histogram('exponential_buckets', {
      bucketOptions: { exponentialBuckets: { numFiniteBuckets: 1, growthFactor: 1, scale: 1 } },
    }),
    message: /\|exponential_buckets\|/,
    taken: histogram('exponential_buckets', {
      bucketOptions: { exponentialBuckets: { numFiniteBuckets: 1, growthFactor: 1.1, scale: 1 } },
    }),
  },
  {
    rule: 'bucket_limit',
    what: 'a histogram of more than 200 buckets',
    refused: histogram('bucket_limit', { bucketOptions: { linearBuckets: { numFiniteBuckets: 199, width: 1 } } }),
    message: /at most 200 buckets/,
    taken: histogram('bucket_limit', { bucketOptions: { linearBuckets: { numFiniteBuckets: 198, width: 1 } } }),
  },
  {
    rule: 'bucket_counts_fit',
    what: 'more counts than buckets',
    refused: histogram('bucket_counts_fit', { bucketCounts: [0, 1, 0, 0] }),
    message: /4 \|bucket_counts\|, more than the 3 buckets/,
    taken: histogram('bucket_counts_fit', { bucketCounts: [0, 1] }),
  },
  {
    rule: 'bucket_counts_sum',
    what: 'counts that do not add up',
    refused: histogram('bucket_counts_sum', { bucketCounts: [0, 1, 1] }),
    message: /fields that sum to 2, which does not equal the \|count\| field value of 1/,
    taken: histogram('bucket_counts_sum', { bucketCounts: [0, 1, 0] }),
  },
];

describe('the local Cloud Monitoring', () => {
  let server: LocalMonitoring;
  let client: MetricServiceClient;
  let newest: WriteEvent | null = null;

  before(async () => {
    server = await startMonitoringServer({ nowMs: () => nowMs, described: false });
    server.onWrite((event) => (newest = event));
    client = openMonitoringClient(server.address);
  });
  after(async () => {
    await client.close();
    await server.close();
  });

  /** The rule that a request's only series broke, with the text; null when it was taken. */
  async function write(...timeSeries: Series[]): Promise<{ rule: string; message: string } | null> {
    await client.createTimeSeries({ name: `projects/${project}`, timeSeries }).catch(() => undefined);
    const judged = newest?.judged.at(-1);
    return judged === undefined || judged.accepted ? null : { rule: judged.rule, message: judged.message };
  }

  for (const { rule, what, given = [], refused, message, taken } of rows) {
    it(`refuses ${what} (${rule})`, async () => {
      for (const series of given) {
        assert.equal(await write(series), null);
      }
      const verdict = await write(refused);
      assert.equal(verdict?.rule, rule);
      if (typeof message === 'string') {
        assert.equal(verdict.message, message);
      } else {
        assert.match(verdict.message, message);
      }
      assert.equal(await write(taken), null);
    });
  }

  it('refuses the same series twice in one request, whatever the order of its labels, and takes the first', async () => {
    const one = gauge('', { metric: metricOf('no_repeats', { a: '1', b: '2' }) });
    const other = gauge('', { metric: metricOf('no_repeats', { b: '2', a: '1' }) });
    const verdict = await write(one, other);
    assert.deepEqual(verdict, {
      rule: 'no_repeats',
      message:
        'Field timeSeries[1] had an invalid value: Duplicate TimeSeries encountered. Only one point can be written per TimeSeries per request.',
    });
    assert.equal(newest?.judged[0]?.accepted, true);
  });

  it('has a row here for every rule', () => {
    const covered = new Set([...rows.map(({ rule }) => rule), 'no_repeats']);
    assert.deepEqual(
      rules.map(({ id }) => id).filter((id) => !covered.has(id)),
      [],
    );
  });
});

describe('a request as a whole', () => {
  const cases = [
    {
      what: 'more than 200 series',
      name: `projects/${project}`,
      timeSeries: Array.from({ length: 201 }, (_, index) => gauge(`many_${index}`)),
      details: 'Field timeSeries had an invalid value: A maximum of 200 TimeSeries can be written in a single request.',
    },
    {
      what: 'no series',
      name: `projects/${project}`,
      timeSeries: [],
      details: 'Field timeSeries had an invalid value: At least one TimeSeries is required.',
    },
    {
      what: 'no project',
      name: project,
      timeSeries: [gauge('no_project')],
      details: `Field name had an invalid value of "${project}": The name must be projects/[PROJECT_ID_OR_NUMBER].`,
    },
  ];
  for (const { what, name, timeSeries, details } of cases) {
    it(`is refused, and nothing of it written, when it has ${what}`, async () => {
      await using server = await startMonitoringServer({ nowMs: () => nowMs });
      const client = openMonitoringClient(server.address);
      const error: unknown = await client.createTimeSeries({ name, timeSeries }).catch((thrown: unknown) => thrown);
      await client.close();
      assert.ok(error instanceof Error && 'code' in error && 'details' in error);
      assert.deepEqual([error.code, error.details], [3, details]);
      assert.deepEqual(server.series(), []);
    });
  }
});
