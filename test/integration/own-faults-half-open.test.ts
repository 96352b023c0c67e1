/** Connections that die without a word while a function sleeps between two runs: the next run gets through all the same. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';

import type { Point } from '../../shared/core/metrics/points.ts';
import { openMetricSink } from '../../shared/io/monitoring.ts';
import { startMonitoringServer } from '../../shared/local/monitoring/server.ts';
import { startTcpProxy } from '../support/tcp-proxy.ts';

function pointAt(endMs: number): Point {
  return {
    metric: 'up',
    labels: {},
    task: { location: 'us-central1', namespace: 'half-open', job: 'golden-path', taskId: 'auth' },
    value: { kind: 'int64', value: 1 },
    startMs: null,
    endMs,
  };
}

describe('a connection that is half-open', () => {
  it('costs Cloud Monitoring’s client half of its time once, and no point', async () => {
    await using server = await startMonitoringServer();
    await using proxy = await startTcpProxy(server.address);
    const sink = openMetricSink({ project: 'p', emulator: proxy.address, budgetMs: 4_000 });
    const startMs = Date.now() - 60_000;
    assert.equal((await sink.write([pointAt(startMs)])).written, 1);
    proxy.kill();
    assert.deepEqual(await sink.write([pointAt(startMs + 10_000)]), { written: 1, refused: [] });
    assert.equal(proxy.connections(), 2);
    assert.deepEqual(await sink.write([pointAt(startMs + 20_000)]), { written: 1, refused: [] });
    assert.equal(proxy.connections(), 2, 'the new connection is kept');
    await sink.close();
  });
});
