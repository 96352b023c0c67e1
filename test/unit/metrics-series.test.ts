import assert from 'node:assert/strict';
import { describe, it } from 'node:test';

import * as fc from 'fast-check';

import { metricEntry } from '../../shared/core/metrics/catalogue.ts';
import type { Point } from '../../shared/core/metrics/points.ts';
import { timeSeriesOf } from '../../shared/core/metrics/series.ts';

const task = { location: 'us-central1', namespace: 'staging', job: 'golden-path', taskId: 'agent' };

const up: Point = {
  metric: 'up',
  labels: {},
  task,
  value: { kind: 'int64', value: 1 },
  startMs: null,
  endMs: 1_795_550_400_123,
};

function bucketsOf(ms: number): readonly number[] {
  const point: Point = {
    ...up,
    metric: 'latency_distribution',
    value: { kind: 'distribution', value: ms },
    startMs: 1,
  };
  const value = timeSeriesOf(point, 'p').points[0]?.value;
  assert.ok(value !== undefined && 'distributionValue' in value);
  const { count, mean, sumOfSquaredDeviation, bucketCounts, bucketOptions } = value.distributionValue;
  assert.deepEqual([count, mean, sumOfSquaredDeviation], [1, ms, 0]);
  assert.deepEqual(bucketOptions.explicitBuckets.bounds, metricEntry('latency_distribution').bounds);
  return bucketCounts;
}

describe('the time series of a point', () => {
  it('names the metric, the resource with all its labels, kind, type and unit', () => {
    assert.deepEqual(timeSeriesOf(up, 'my-project'), {
      metric: { type: 'custom.googleapis.com/golden_path/up', labels: {} },
      resource: {
        type: 'generic_task',
        labels: {
          project_id: 'my-project',
          location: 'us-central1',
          namespace: 'staging',
          job: 'golden-path',
          task_id: 'agent',
        },
      },
      metricKind: 'GAUGE',
      valueType: 'INT64',
      unit: '1',
      points: [{ interval: { endTime: { seconds: 1_795_550_400, nanos: 123_000_000 } }, value: { int64Value: 1 } }],
    });
  });

  it('has a start exactly for counters', () => {
    const labels = { verdict: 'pass', reason: 'none' };
    const series = timeSeriesOf({ ...up, metric: 'runs', labels, startMs: 1_795_550_400_001 }, 'p');
    assert.deepEqual(series.points[0]?.interval.startTime, { seconds: 1_795_550_400, nanos: 1_000_000 });
    assert.deepEqual([series.metricKind, series.metric.labels], ['CUMULATIVE', labels]);
  });

  it('carries doubles as they are', () => {
    const point: Point = { ...up, metric: 'latency', labels: { phase: 'dns' }, value: { kind: 'double', value: 0.75 } };
    assert.deepEqual(timeSeriesOf(point, 'p').points[0]?.value, { doubleValue: 0.75 });
  });
});

describe('the distribution of one value', () => {
  const bounds = metricEntry('latency_distribution').bounds;
  const places = [
    { ms: 0, bucket: 0, where: 'under the first bound' },
    { ms: 4.999, bucket: 0, where: 'just under the first bound' },
    { ms: 5, bucket: 1, where: 'at the first bound, which belongs to the bucket above' },
    { ms: 299_999, bucket: bounds.length - 1, where: 'under the last bound' },
    { ms: 300_000, bucket: bounds.length, where: 'at the last bound' },
    { ms: 10_000_000, bucket: bounds.length, where: 'far over the last bound' },
  ];
  for (const { ms, bucket, where } of places) {
    it(`counts ${ms} ms ${where}`, () => {
      assert.equal(bucketsOf(ms).indexOf(1), bucket);
    });
  }

  it('counts any value once, in the bucket whose bounds hold it', () => {
    fc.assert(
      fc.property(fc.double({ min: 0, max: 1e6, noNaN: true }), (ms) => {
        const counts = bucketsOf(ms);
        assert.equal(counts.length, bounds.length + 1);
        assert.equal(
          counts.reduce((sum, count) => sum + count, 0),
          1,
        );
        const bucket = counts.indexOf(1);
        assert.ok(ms >= (bounds[bucket - 1] ?? 0) && ms < (bounds[bucket] ?? Number.POSITIVE_INFINITY));
      }),
    );
  });
});
