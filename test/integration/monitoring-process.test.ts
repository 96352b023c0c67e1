/** What the sink does to the process that it runs in: each case in a process of its own, with its own environment. */
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { promisify } from 'node:util';

import { startMonitoringServer } from '../../shared/local/monitoring/server.ts';
import { httpServer, tcpServer } from '../support/loopback-server.ts';

const run = promisify(execFile);
const sinkModule = new URL('../../shared/io/monitoring.ts', import.meta.url);

/** Runs a script that has `openMetricSink`, `points` and `loaded` (is a package loaded?); gives what it printed. */
async function inProcess(script: string, env: Record<string, string> = {}): Promise<{ out: unknown; all: string }> {
  const head = `
    import { createRequire } from 'node:module';
    const { openMetricSink } = await import(${JSON.stringify(sinkModule.href)});
    const require = createRequire(${JSON.stringify(sinkModule.href)});
    const loaded = (name) => Object.keys(require.cache).some((path) => path.includes('/node_modules/' + name + '/'));
    const task = { location: 'us-central1', namespace: 'staging', job: 'golden-path', taskId: 'auth' };
    const value = { kind: 'int64', value: 1 };
    const points = [{ metric: 'up', labels: {}, task, value, startMs: null, endMs: Date.now() }];
  `;
  const { PATH = '' } = process.env;
  const options = { env: { PATH, HOME: '/nonexistent', ...env }, timeout: 30_000 };
  const { stdout, stderr } = await run(process.execPath, ['--input-type=module', '--eval', head + script], options);
  return { out: JSON.parse(stdout), all: stdout + stderr };
}

describe('the process of a metric sink', () => {
  it('loads the client with the first need and not before, and only the one that is needed', async () => {
    await using server = await startMonitoringServer();
    const { out } = await inProcess(`
      const sink = openMetricSink({ project: 'p', emulator: '${server.address}', budgetMs: 20000 });
      const before = ['google-gax', '@google-cloud/monitoring', '@grpc/grpc-js'].map(loaded);
      await sink.prepare();
      const after = ['google-gax', '@google-cloud/monitoring'].map(loaded);
      const others = Object.keys(require.cache).filter((path) => path.includes('alert_policy_service_client')).length;
      const { written } = await sink.write(points);
      await sink.close();
      console.log(JSON.stringify({ before, after, others, written }));
    `);
    assert.deepEqual(out, { before: [false, false, false], after: [true, true], others: 0, written: 1 });
  });

  it('asks no metadata server and needs no credentials for a local server', async () => {
    await using server = await startMonitoringServer();
    let asked = 0;
    await using metadata = await httpServer((_request, response) => {
      asked += 1;
      response.end();
    });
    const { out } = await inProcess(
      `
      const sink = openMetricSink({ project: 'p', emulator: '${server.address}', budgetMs: 20000 });
      console.log(JSON.stringify(await sink.write(points)));
      await sink.close();
    `,
      { GCE_METADATA_HOST: `127.0.0.1:${metadata.port}` },
    );
    assert.deepEqual(out, { written: 1, refused: [] });
    assert.equal(asked, 0);
  });

  it('lives on without credentials, and does not say what was wrong with them', async () => {
    const credentials = '/nonexistent/key-with-a-telling-name.json';
    const { out, all } = await inProcess(
      `
      process.on('unhandledRejection', () => process.exit(16));
      const sink = openMetricSink({ project: 'p', emulator: null, budgetMs: 20000 });
      await sink.prepare();
      const reports = [await sink.write(points), await sink.write(points)];
      console.log(JSON.stringify(reports));
      await sink.close();
    `,
      { GOOGLE_APPLICATION_CREDENTIALS: credentials },
    );
    const refused = { code: 16, message: 'no usable credentials for Cloud Monitoring', points: 1, metrics: ['up'] };
    assert.deepEqual(out, [
      { written: 0, refused: [refused] },
      { written: 0, refused: [refused] },
    ]);
    assert.ok(!all.includes('telling-name'));
  });

  it('asks the real API as soon as there are credentials, although there were none at first', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'monitoring-'));
    const credentials = join(folder, 'credentials.json');
    const asked: string[] = [];
    await using proxy = await tcpServer((socket) => {
      socket.on('error', () => socket.destroy());
      socket.once('data', (bytes) => {
        asked.push(String(bytes).split('\r\n')[0] ?? '');
        socket.end('HTTP/1.1 503 Service Unavailable\r\n\r\n');
      });
    });
    const user = { type: 'authorized_user', client_id: 'id', client_secret: 'none', refresh_token: 'none' };
    const { out } = await inProcess(
      `
      import { writeFileSync } from 'node:fs';
      const sink = openMetricSink({ project: 'p', emulator: null, budgetMs: 5000 });
      const codes = [(await sink.write(points)).refused[0].code];
      writeFileSync(${JSON.stringify(credentials)}, ${JSON.stringify(JSON.stringify(user))});
      codes.push((await sink.write(points)).refused[0].code);
      console.log(JSON.stringify(codes));
      process.exit();
    `,
      { GOOGLE_APPLICATION_CREDENTIALS: credentials, grpc_proxy: `http://127.0.0.1:${proxy.port}` },
    );
    await rm(folder, { recursive: true });
    assert.deepEqual(out, [16, 14]);
    assert.deepEqual(new Set(asked), new Set(['CONNECT monitoring.googleapis.com:443 HTTP/1.1']));
  });

  it('ends a write in time when the metadata server is silent', async () => {
    await using silent = await tcpServer((socket) => socket.on('error', () => socket.destroy()));
    const { out } = await inProcess(
      `
      const sink = openMetricSink({ project: 'p', emulator: null, budgetMs: 1500 });
      const startedMs = performance.now();
      const { refused } = await sink.write(points);
      console.log(JSON.stringify({ code: refused[0].code, inTime: performance.now() - startedMs < 3000 }));
      process.exit();
    `,
      { GCE_METADATA_HOST: `127.0.0.1:${silent.port}`, METADATA_SERVER_DETECTION: 'ping-only' },
    );
    assert.deepEqual(out, { code: 4, inTime: true });
  });
});
