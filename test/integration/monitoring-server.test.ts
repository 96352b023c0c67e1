import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, it } from 'node:test';

import type { MetricServiceClient } from '@google-cloud/monitoring';

import { metricNames, metricType } from '../../shared/core/metrics/catalogue.ts';
import { timeSeriesOf } from '../../shared/core/metrics/series.ts';
import { type LocalMonitoring, startMonitoringServer } from '../../shared/local/monitoring/server.ts';
import { pointsWith, slotMs } from '../support/metric-run.ts';
import { at, genericTask, openMonitoringClient, project, type Series } from '../support/monitoring-client.ts';

const name = `projects/${project}`;
const upType = metricType('up');

function up(endMs: number, step = 'auth'): Series {
  return {
    metric: { type: upType },
    resource: { type: 'generic_task', labels: { ...genericTask.labels, task_id: step } },
    points: [{ interval: { endTime: at(endMs) }, value: { int64Value: 1 } }],
  };
}

describe('the local Cloud Monitoring', () => {
  let nowMs = slotMs;
  let server: LocalMonitoring;
  let client: MetricServiceClient;

  beforeEach(async () => {
    nowMs = slotMs;
    server = await startMonitoringServer({ nowMs: () => nowMs, pointsMax: 3, seriesMax: 20 });
    client = openMonitoringClient(server.address);
  });
  afterEach(async () => {
    await client.close();
    await server.close();
  });

  function write(...timeSeries: Series[]) {
    return client.createTimeSeries({ name, timeSeries });
  }

  it('gives back what a run has written, newest first, as the API would', async () => {
    const written = pointsWith().map((point) => timeSeriesOf(point, project));
    await client.createTimeSeries({ name, timeSeries: written });
    nowMs += 300_000;
    await write(up(slotMs + 300_000));
    const [read] = await client.listTimeSeries({
      name,
      filter: `metric.type = "${upType}" AND resource.labels.task_id = "auth"`,
      interval: { startTime: at(slotMs), endTime: at(nowMs) },
    });
    assert.deepEqual(
      read.map((series) => [
        series.metric?.type,
        series.resource?.labels,
        series.metricKind,
        series.valueType,
        series.points?.map((point) => [Number(point.interval?.endTime?.seconds), point.value?.int64Value]),
      ]),
      [
        [
          upType,
          genericTask.labels,
          'GAUGE',
          'INT64',
          [
            [slotMs / 1_000 + 300, '1'],
            [slotMs / 1_000 + 3, '1'],
          ],
        ],
      ],
    );
  });

  it('gives back a distribution bucket by bucket', async () => {
    const points = pointsWith().filter(({ metric }) => metric === 'latency_distribution');
    await client.createTimeSeries({ name, timeSeries: points.map((point) => timeSeriesOf(point, project)) });
    const [[series]] = await client.listTimeSeries({
      name,
      filter: `metric.type="${metricType('latency_distribution')}"`,
    });
    const distribution = series?.points?.[0]?.value?.distributionValue;
    assert.deepEqual([distribution?.count, distribution?.mean], ['1', 180]);
    assert.equal(distribution?.bucketCounts?.indexOf('1'), 8);
  });

  it('reads only what the filter and the interval ask for', async () => {
    await write(up(slotMs), up(slotMs, 'agent'));
    const counts = await Promise.all(
      [
        { filter: `metric.type = "${upType}"` },
        { filter: `metric.type = "${upType}" AND resource.label.task_id = "agent"` },
        { filter: `metric.type = "${upType}" AND resource.labels.task_id = "health"` },
        { filter: `metric.type = "${upType}"`, interval: { startTime: at(slotMs), endTime: at(slotMs + 1) } },
        { filter: `metric.type = "${metricType('cold')}"` },
      ].map(async (request) => (await client.listTimeSeries({ name, ...request }))[0].length),
    );
    assert.deepEqual(counts, [2, 1, 0, 0, 0]);
  });

  for (const filter of ['', 'resource.type = "generic_task"', `metric.type = starts_with("${upType}")`]) {
    it(`refuses the filter ${JSON.stringify(filter)}, which does not name one metric`, async () => {
      await assert.rejects(client.listTimeSeries({ name, filter }), { code: 3 });
    });
  }

  it('has the descriptors of the catalogue, as after terraform apply', async () => {
    const [descriptors] = await client.listMetricDescriptors({ name });
    assert.deepEqual(
      descriptors.map(({ type }) => type),
      metricNames.map((metric) => metricType(metric)),
    );
  });

  it('makes a descriptor of the first series of a metric, or takes one that is given', async () => {
    const described = { metricKind: 'GAUGE', valueType: 'STRING', labels: [{ key: 'phase' }] } as const;
    const metricDescriptor = { type: 'custom.googleapis.com/given', ...described, labels: [...described.labels] };
    await client.createMetricDescriptor({ name, metricDescriptor });
    await write({
      ...up(slotMs),
      metric: { type: 'custom.googleapis.com/given', labels: { phase: 'dns' } },
      points: [{ interval: { endTime: at(slotMs) }, value: { stringValue: 'text' } }],
    });
    await write({ ...up(slotMs), metric: { type: 'custom.googleapis.com/made', labels: { a: '1' } }, unit: 'ms' });
    const [descriptors] = await client.listMetricDescriptors({ name });
    const made = descriptors.find(({ type }) => type === 'custom.googleapis.com/made');
    assert.deepEqual(
      [made?.metricKind, made?.valueType, made?.unit, made?.labels?.[0]?.key],
      ['GAUGE', 'INT64', 'ms', 'a'],
    );
    assert.deepEqual(
      server.series().map(({ points }) => points[0]?.value),
      ['text', 1],
    );
  });

  it('keeps the newest points of the series that were written last, and no more', async () => {
    for (let index = 0; index < 5; index += 1) {
      nowMs = slotMs + index * 5_000;
      await write(up(nowMs));
    }
    assert.deepEqual(
      server.series()[0]?.points.map(({ endMs }) => endMs - slotMs),
      [10_000, 15_000, 20_000],
    );
    await write(up(nowMs, 'oldest'), ...Array.from({ length: 18 }, (_, index) => up(nowMs, `step-${index}`)));
    nowMs += 5_000;
    await write(up(nowMs), up(nowMs, 'newest'));
    const steps = server.series().map(({ resourceLabels }) => resourceLabels['task_id']);
    assert.equal(steps.length, 20);
    assert.ok(steps.includes('auth') && steps.includes('newest') && !steps.includes('oldest'));
  });

  it('tells listeners of every write, accepted and refused, until they have had enough', async () => {
    const heard: unknown[] = [];
    const stop = server.onWrite(({ atMs, judged }) =>
      heard.push([atMs, judged.map((each) => (each.accepted ? each.series.metricType : each.rule))]),
    );
    await assert.rejects(write(up(slotMs), up(slotMs - 26 * 3_600_000, 'agent')));
    stop();
    await write(up(slotMs, 'health'));
    assert.deepEqual(heard, [[slotMs, [upType, 'not_too_old']]]);
  });

  it('says in one error how many series it took and why it refused the others', async () => {
    const elsewhere = { type: 'generic_task', labels: { ...genericTask.labels, location: 'laptop' } };
    const refused = [
      { ...up(slotMs, 'health'), resource: elsewhere },
      { ...up(slotMs, 'agent'), resource: { ...elsewhere, labels: { ...elsewhere.labels, task_id: 'agent' } } },
    ];
    const old = ['login', 'chat'].map((step) => up(slotMs - 26 * 3_600_000, step));
    const error: unknown = await write(up(slotMs), ...refused, ...old).catch((thrown: unknown) => thrown);
    assert.ok(error instanceof Error && 'statusDetails' in error && 'details' in error);
    const locationMessage = 'Unrecognized region or location.';
    const oldMessage =
      'Field timeSeries[3].points[0].interval.end_time had an invalid value of "2026-11-23T18:05:00.000Z": ' +
      'Data points cannot be written more than 25h0s in the past.';
    assert.equal(
      error.details,
      `One or more TimeSeries could not be written: ${locationMessage}: timeSeries[1,2]; ${oldMessage}: timeSeries[3,4]`,
    );
    assert.partialDeepStrictEqual(error.statusDetails, [
      {
        totalPointCount: 5,
        successPointCount: 1,
        errors: [
          { status: { code: 3, message: locationMessage }, pointCount: 2 },
          { status: { code: 3, message: oldMessage }, pointCount: 2 },
        ],
      },
    ]);
  });

  describe('told to fail', () => {
    const deadline = { timeout: 300 };

    it('refuses with the status that it was given, as often as it was told', async () => {
      server.fail({ kind: 'status', code: 8, message: 'Quota exceeded' }, 2);
      await assert.rejects(write(up(slotMs)), { code: 8, details: 'Quota exceeded' });
      await assert.rejects(write(up(slotMs)), { code: 8 });
      await write(up(slotMs));
      assert.equal(server.series().length, 1);
    });

    it('fails until it is told to stop', async () => {
      server.fail({ kind: 'status', code: 14, message: 'down' });
      await assert.rejects(write(up(slotMs)));
      server.fail(null);
      await write(up(slotMs));
    });

    it('stays silent and writes nothing', async () => {
      server.fail({ kind: 'silent' }, 1);
      await assert.rejects(client.createTimeSeries({ name, timeSeries: [up(slotMs)] }, deadline), { code: 4 });
      assert.equal(server.series().length, 0);
    });

    it('stays silent after writing', async () => {
      server.fail({ kind: 'lost_answer' }, 1);
      await assert.rejects(client.createTimeSeries({ name, timeSeries: [up(slotMs)] }, deadline), { code: 4 });
      assert.equal(server.series().length, 1);
    });

    it('answers late', async () => {
      server.fail({ kind: 'slow', delayMs: 100 }, 1);
      const startedMs = performance.now();
      await write(up(slotMs));
      assert.ok(performance.now() - startedMs >= 95);
    });

    it('takes a part', async () => {
      server.fail({ kind: 'partial', every: 2 }, 1);
      await assert.rejects(write(up(slotMs), up(slotMs, 'health'), up(slotMs, 'agent')), { code: 3 });
      assert.deepEqual(
        server.series().map(({ resourceLabels }) => resourceLabels['task_id']),
        ['auth', 'agent'],
      );
    });
  });
});
