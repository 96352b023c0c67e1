/** The deployable itself runs: under the stock framework and under its own, with and without a code cache that fits. */
import assert from 'node:assert/strict';
import { appendFileSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';

import { type LocalGoogle, startGoogle } from '../../shared/build/google.ts';
import { type LocalProduct, startProduct } from '../../shared/build/product.ts';
import { startMonitoringServer } from '../../shared/local/monitoring/server.ts';
import type { Answered } from '../../shared/local/ask.ts';
import { type BundleFolder, bundleFolder, serveBundle, type ServeOptions } from '../support/bundle-process.ts';

const cachedFolder = await bundleFolder();
const said = cachedFolder.makeCache();
const plainFolder = await bundleFolder();

let google: LocalGoogle;
let product: LocalProduct;

before(async () => {
  google = await startGoogle();
  product = await startProduct();
});

after(async () => {
  await google[Symbol.asyncDispose]();
  await product[Symbol.asyncDispose]();
  cachedFolder[Symbol.dispose]();
  plainFolder[Symbol.dispose]();
});

/** Each test has an environment of its own, so that none finds what another one left. */
function envOf(name: string, changes: Readonly<Record<string, string>> = {}): Readonly<Record<string, string>> {
  const environment = { ...Object(JSON.parse(product.environment)), name };
  return {
    ...product.secrets,
    GOLDEN_PATH_ENVIRONMENTS: JSON.stringify(environment),
    GOLDEN_PATH_STATE: 'firestore',
    GOOGLE_CLOUD_PROJECT: 'test',
    FIRESTORE_EMULATOR_HOST: google.address,
    CLOUD_MONITORING_EMULATOR_HOST: google.address,
    METADATA_SERVER_DETECTION: 'none',
    ...changes,
  };
}

interface Shown {
  readonly status: number;
  readonly verdict: unknown;
  readonly reason: unknown;
  readonly judged: unknown;
  readonly trouble: unknown;
  readonly written: unknown;
  readonly refused: unknown;
}

function shown({ status, body }: Answered): Shown {
  const record: Record<string, unknown> = Object(JSON.parse(body));
  const { verdict, reason } = Object(record['outcome']);
  const { written, refused } = Object(record['points']);
  return { status, verdict, reason, judged: record['judged'], trouble: record['trouble'], written, refused };
}

const health = (
  name: string,
  folder: BundleFolder,
  framework: ServeOptions['framework'] = 'registry',
): ServeOptions => ({
  folder: folder.path,
  target: 'probe-health',
  env: envOf(name),
  framework,
});

describe('The bundle serves', () => {
  it('after its builder has rehearsed all four functions without trouble', () => {
    assert.match(
      said,
      /rehearsed: probe-auth pass, probe-health pass, probe-websocket pass, probe-agent fail wrong_answer\n$/,
    );
    assert.equal(cachedFolder.caches().length, 2);
  });

  for (const framework of ['registry', 'bundled'] as const) {
    for (const [target, verdict] of [
      ['probe-auth', 'pass'],
      ['probe-health', 'pass'],
      ['probe-websocket', 'pass'],
      ['probe-agent', 'fail'],
    ] as const) {
      it(`${target} under the framework ${framework === 'registry' ? 'of the registry' : 'that is in it'}`, async () => {
        const env = envOf(`${framework}-${target}`);
        await using served = await serveBundle({ folder: cachedFolder.path, target, env, framework });
        const first = shown(await served.post('{}'));
        assert.deepEqual(
          [first.status, first.verdict, first.judged],
          [200, verdict, 'judged'],
          served.lines.join('\n'),
        );
        assert.deepEqual([first.trouble, first.refused], [[], 0]);
        assert.ok(Number(first.written) > 10);
        assert.equal((await served.get()).status, 405);
      });
    }
  }

  it('with two documents read in one call, one write and one metric call a run', async () => {
    await using served = await serveBundle({
      ...health('steady', cachedFolder),
      // A slot every five seconds, so that the second run has points that the API takes.
      env: envOf('steady'),
    });
    const slot = (seconds: number) => ({
      'x-cloudscheduler-scheduletime': new Date(Date.now() - 3_600_000 + seconds * 1_000).toISOString(),
    });
    await served.post('{}', slot(0));
    const before = new Map(google.calls);
    const more = 3;
    for (let run = 1; run <= more; run += 1) {
      assert.equal(shown(await served.post('{}', slot(run * 10))).judged, 'judged');
    }
    const made = (name: string) => (google.calls.get(name) ?? 0) - (before.get(name) ?? 0);
    assert.equal(made('BatchGetDocuments'), more);
    assert.equal(made('Commit'), more);
    assert.ok(made('CreateTimeSeries') <= more);
  });

  it('a duplicate from memory, without a write', async () => {
    await using served = await serveBundle(health('duplicate', cachedFolder));
    const slot = { 'x-cloudscheduler-scheduletime': new Date(Date.now() - 60_000).toISOString() };
    await served.post('{}', slot);
    const commits = google.calls.get('Commit');
    assert.equal(shown(await served.post('{}', slot)).judged, 'duplicate');
    assert.equal(google.calls.get('Commit'), commits);
  });

  it('and still understands what Cloud Monitoring refuses', async () => {
    await using monitoring = await startMonitoringServer();
    monitoring.fail({ kind: 'partial', every: 4 });
    const env = envOf('refused', { CLOUD_MONITORING_EMULATOR_HOST: monitoring.address });
    await using served = await serveBundle({ ...health('refused', cachedFolder), env });
    const run = shown(await served.post('{}'));
    assert.equal(run.status, 500);
    assert.ok(Number(run.refused) >= 3 && Number(run.written) > Number(run.refused));
  });

  it('without the clients of the cloud until they are needed', async () => {
    using folder = await bundleFolder();
    rmSync(join(folder.path, 'later.js'));
    await using served = await serveBundle(health('early', folder));
    const measured = await served.post('{}', { 'synthetic-execution-id': 'test' });
    assert.deepEqual(Object(JSON.parse(measured.body)).synthetic_generic_result_v1, { ok: true });
    const run = shown(await served.post('{}'));
    assert.equal(run.verdict, 'pass', 'the product is measured, whatever is missing of our own');
    assert.equal(run.status, 500);
  });

  it('as well without a code cache', async () => {
    await using served = await serveBundle(health('no-cache', plainFolder, 'bundled'));
    assert.equal(shown(await served.post('{}')).verdict, 'pass');
  });

  const damages: readonly (readonly [string, (path: string) => void])[] = [
    ['of another V8', (path) => writeFileSync(path, flipped(readFileSync(path), 4))],
    ['that is cut off', (path) => writeFileSync(path, readFileSync(path).subarray(0, 1_000))],
    ['that is empty', (path) => writeFileSync(path, '')],
    ['that is something else', (path) => writeFileSync(path, 'no cache at all'.repeat(100))],
  ];
  for (const [what, damage] of damages) {
    it(`as well with a code cache ${what}`, async () => {
      using folder = await bundleFolder();
      folder.makeCache();
      const caches = folder.caches();
      assert.equal(caches.length, 2);
      caches.forEach(damage);
      await using served = await serveBundle(health('damaged', folder, 'bundled'));
      assert.equal(shown(await served.post('{}')).verdict, 'pass', served.lines.join('\n'));
    });
  }

  it('the present code, when a cache of an earlier bundle lies about', async () => {
    using folder = await bundleFolder();
    folder.makeCache();
    const path = join(folder.path, 'functions.js');
    const code = readFileSync(path, 'latin1');
    // As long as before, which is all that V8 compares.
    const changed = code.replace('is not allowed: POST', 'is not allowed; POST');
    assert.notEqual(changed, code);
    const index = join(folder.path, 'index.cjs');
    // The build would put the new hash in.
    writeFileSync(index, readFileSync(index, 'utf8').replace(/functions:"[0-9a-f]+"/, 'functions:"0123456789abcdef"'));
    writeFileSync(path, changed, 'latin1');
    await using served = await serveBundle(health('changed', folder));
    assert.match((await served.get()).body, /is not allowed; POST/);
  });

  it('nobody when it is not in order, and says why', async () => {
    using folder = await bundleFolder();
    appendFileSync(join(folder.path, 'functions.js'), ')');
    await assert.rejects(serveBundle(health('broken', folder)), /ended by itself .*shutting down/);
  });
});

function flipped(bytes: Buffer, at: number): Buffer {
  bytes.writeUInt32LE((bytes.readUInt32LE(at) ^ 0xffff) >>> 0, at);
  return bytes;
}
