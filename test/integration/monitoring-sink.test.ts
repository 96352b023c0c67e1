import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, it } from 'node:test';

import type { Point } from '../../shared/core/metrics/points.ts';
import { openMetricSink } from '../../shared/io/monitoring.ts';
import { type LocalMonitoring, startMonitoringServer } from '../../shared/local/monitoring/server.ts';
import { checkWith, pointsWith } from '../support/metric-run.ts';
import { project } from '../support/monitoring-client.ts';

/** The run lies in the present: the server judges by the wall clock. */
const slotMs = Math.floor(Date.now() / 300_000) * 300_000;
const run = { slotMs, startedAtMs: slotMs + 1_000, endedAtMs: slotMs + 3_000 };
const points = pointsWith(run);

const up: Point = {
  metric: 'up',
  labels: {},
  task: { location: 'us-central1', namespace: 'staging', job: 'golden-path', taskId: 'auth' },
  value: { kind: 'int64', value: 1 },
  startMs: null,
  endMs: Date.now(),
};

/** As many series as asked for, all of one metric. */
function series(count: number): readonly Point[] {
  return Array.from({ length: count }, (_, index) => ({
    ...up,
    task: { ...up.task, namespace: `environment-${index}` },
  }));
}

describe('the metric sink', () => {
  let server: LocalMonitoring;
  let calls: number[];

  beforeEach(async () => {
    server = await startMonitoringServer();
    calls = [];
    server.onWrite(({ judged }) => calls.push(judged.length));
  });
  afterEach(() => server.close());

  async function using(
    work: (sink: ReturnType<typeof openMetricSink>) => Promise<void>,
    { budgetMs = 10_000, emulator = server.address } = {},
  ): Promise<void> {
    const sink = openMetricSink({ project, emulator, budgetMs });
    try {
      await work(sink);
    } finally {
      await sink.close();
    }
  }

  it('writes all points of a run in one call', () =>
    using(async (sink) => {
      assert.deepEqual(await sink.write(points), { written: points.length, refused: [] });
      assert.deepEqual(calls, [points.length]);
      assert.deepEqual(
        server.series().map((it) => [it.metricType, it.labels, it.points.map(({ endMs }) => endMs)]),
        points.map((it) => [`custom.googleapis.com/golden_path/${it.metric}`, it.labels, [it.endMs]]),
      );
    }));

  it('has every metric of the catalogue taken as Terraform has described it', () =>
    using(async (sink) => {
      const gauges = { tls_days_left: 20.5, token_lifetime_seconds: 3_600, agent_events: 12, crowd_ready: 20 } as const;
      const components = [{ name: 'redis', verdict: 'pass', word: 'ok', latencyMs: 2 }] as const;
      const everything = { ...run, flaky: true, gauges, components, checks: [checkWith({})] };
      const made = [
        ...pointsWith(everything, { deliveryFailures: 1, stateConflicts: 1 }),
        ...pointsWith({ ...run, late: true }, { atMs: Date.now() }),
        ...pointsWith(run, { atMs: Date.now(), duplicate: true }),
      ];
      assert.deepEqual(await sink.write(made), { written: made.length, refused: [] });
    }));

  it('writes nothing and asks nobody when there are no points', () =>
    using(async (sink) => {
      assert.deepEqual(await sink.write([]), { written: 0, refused: [] });
      assert.deepEqual(calls, []);
    }));

  it('splits what does not fit into one call', () =>
    using(async (sink) => {
      assert.deepEqual(await sink.write(series(450)), { written: 450, refused: [] });
      assert.deepEqual(
        calls.toSorted((a, b) => a - b),
        [50, 200, 200],
      );
    }));

  it('moves the points of a second run on when they come too soon for their series', () =>
    using(async (sink) => {
      await sink.write([up]);
      assert.deepEqual(await sink.write([{ ...up, endMs: up.endMs + 1_000 }]), { written: 1, refused: [] });
      assert.deepEqual(
        server.series()[0]?.points.map(({ endMs }) => endMs),
        [up.endMs, up.endMs + 5_000],
      );
    }));

  it('says what was refused of a call, for which cause and among which metrics', () =>
    using(async (sink) => {
      const nowhere = { ...up.task, location: 'laptop' };
      const mixed = [up, { ...up, task: nowhere }, { ...up, metric: 'cold' as const, task: nowhere }];
      assert.deepEqual(await sink.write(mixed), {
        written: 1,
        refused: [{ code: 3, message: 'Unrecognized region or location.', points: 2, metrics: ['up', 'cold'] }],
      });
    }));

  it('tells the refusals of one call from the success of the others', () =>
    using(async (sink) => {
      server.fail({ kind: 'partial', every: 10 }, 1);
      const report = await sink.write(series(210));
      assert.equal(report.written + (report.refused[0]?.points ?? 0), 210);
      assert.ok([1, 20].includes(report.refused[0]?.points ?? 0));
    }));

  it('does not repeat a call that was answered with a refusal', () =>
    using(async (sink) => {
      server.fail({ kind: 'status', code: 7, message: 'Permission monitoring.timeSeries.create denied' }, 1);
      const [refused] = (await sink.write(points)).refused;
      assert.deepEqual([refused?.code, refused?.points], [7, points.length]);
      assert.deepEqual(calls, []);
    }));

  it('repeats a call once when the API is unavailable', () =>
    using(async (sink) => {
      server.fail({ kind: 'status', code: 14, message: 'The service is currently unavailable.' }, 1);
      assert.deepEqual(await sink.write(points), { written: points.length, refused: [] });
      assert.deepEqual(calls, [points.length]);
    }));

  it('gives up after the second time', () =>
    using(async (sink) => {
      server.fail({ kind: 'status', code: 14, message: 'The service is currently unavailable.' }, 2);
      const report = await sink.write(points);
      assert.deepEqual([report.written, report.refused[0]?.code], [0, 14]);
      assert.deepEqual(await sink.write(points), { written: points.length, refused: [] });
    }));

  it('counts points as written that had arrived although their call was never answered', () =>
    using(
      async (sink) => {
        server.fail({ kind: 'lost_answer' }, 1);
        assert.deepEqual(await sink.write(points), { written: points.length, refused: [] });
        assert.deepEqual(calls, [points.length, points.length]);
        assert.ok(server.series().every((it) => it.points.length === 1));
      },
      { budgetMs: 3_000 },
    ));

  it('ends within its budget when the API never answers', () =>
    using(
      async (sink) => {
        await sink.prepare();
        server.fail({ kind: 'silent' });
        const startedMs = performance.now();
        const report = await sink.write(points);
        assert.deepEqual([report.written, report.refused[0]?.code], [0, 4]);
        assert.ok(performance.now() - startedMs < 2_500);
      },
      { budgetMs: 1_500 },
    ));

  it('says unavailable when nothing listens, and writes again once something does', async () => {
    const port = Number(server.address.split(':')[1]);
    await server.close();
    await using(async (sink) => {
      const report = await sink.write(points);
      assert.deepEqual([report.written, report.refused[0]?.code], [0, 14]);
      server = await startMonitoringServer({ port });
      assert.deepEqual(await sink.write(points), { written: points.length, refused: [] });
    });
  });

  it('passes a fault of our own on', () =>
    using(async (sink) => {
      const unknown = Object.assign({ ...up }, JSON.parse('{ "metric": "nope" }'));
      await assert.rejects(sink.write([unknown]), TypeError);
    }));
});
