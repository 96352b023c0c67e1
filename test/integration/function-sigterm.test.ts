/**
 * A function that is told to end in the middle of a run, as Cloud Run does when it takes an instance away. The framework
 * answers at once and ends the process; what the run had done by then is whole, and the next run does the rest.
 */
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, beforeEach, describe, it } from 'node:test';

import * as v from 'valibot';

import { type Environment, environmentSchema } from '../../shared/core/environment/definition.ts';
import { parseEnvironmentRecord } from '../../shared/core/judge/parse.ts';
import type { EnvironmentRecord } from '../../shared/core/judge/state.ts';
import { isoUtc } from '../../shared/core/time.ts';
import { openSqliteStore } from '../../shared/io/state/sqlite.ts';
import { type FunctionProcess, startFunction } from '../../shared/local/function-process.ts';
import { leaseMs } from '../../shared/run/deliver.ts';
import { openOutside, type Outside, runAllSteps } from '../support/full-run.ts';
import { at, root } from '../support/function-world.ts';
import { httpServer, type LoopbackServer } from '../support/loopback-server.ts';

/** Resolves at the first request, and answers none. */
interface SilentServer {
  readonly server: LoopbackServer;
  readonly asked: Promise<void>;
}

async function silentServer(): Promise<SilentServer> {
  const { promise: asked, resolve } = Promise.withResolvers<void>();
  return { server: await httpServer(() => resolve()), asked };
}

describe('a function that is told to end', () => {
  const folder = mkdtempSync(join(tmpdir(), 'golden-path-sigterm-'));
  let outside: Outside;
  let broken: LoopbackServer;
  let cases = 0;
  let statePath = '';
  let slotMs = Math.floor(Date.now() / 300_000) * 300_000 - 3_600_000;

  before(async () => {
    outside = await openOutside();
    broken = await httpServer((_request, response) => {
      response.writeHead(500).end();
    });
  });
  beforeEach(() => {
    cases += 1;
    statePath = join(folder, `${cases}.sqlite`);
  });
  after(async () => {
    await broken[Symbol.asyncDispose]();
    await outside[Symbol.asyncDispose]();
    rmSync(folder, { recursive: true });
  });

  function environment(origin: string): Environment {
    return v.parse(environmentSchema, {
      name: `ended-${cases}`,
      title: `Ended ${cases}`,
      services: { backend: { url: origin } },
      steps: { health: { documents: [{ id: 'backend', service: 'backend' }] } },
      policy: { fire: { failures: 1, of: 1 }, confirmAfterMs: 0 },
      slack: { channel: `#ended-${cases}` },
    });
  }

  /** A function that watches `product` and tells `slackUrl`. */
  function start(product: string, slackUrl = outside.slack.url): Promise<FunctionProcess> {
    return startFunction({
      step: 'health',
      source: root,
      onLine: () => undefined,
      env: {
        PATH: process.env['PATH'],
        FUNCTION_TARGET: 'probe-health',
        GOLDEN_PATH_ENVIRONMENTS: JSON.stringify(environment(product)),
        GOLDEN_PATH_STATE: `sqlite:${statePath}`,
        CLOUD_MONITORING_EMULATOR_HOST: outside.monitoring.address,
        SLACK_API_URL: slackUrl,
        SLACK_BOT_TOKEN: outside.slack.token.reveal(),
      },
    });
  }

  async function trigger({ url }: FunctionProcess): Promise<{ readonly status: number; readonly body: string }> {
    slotMs += 300_000;
    const headers = { 'x-cloudscheduler-scheduletime': isoUtc(slotMs) };
    const response = await fetch(url, { method: 'POST', headers });
    return { status: response.status, body: await response.text() };
  }

  async function stored(): Promise<EnvironmentRecord | null> {
    const store = openSqliteStore(statePath);
    const [document] = await store.load([{ environment: `ended-${cases}`, document: 'environment' }]);
    await store.close();
    return parseEnvironmentRecord(document?.value).record;
  }

  /** The next run, of whatever instance, once the lease of the one that ended has run out. */
  async function runLater(): Promise<void> {
    const store = openSqliteStore(statePath);
    const nowMs = (): number => Date.now() + leaseMs + 1_000;
    slotMs += 300_000;
    await runAllSteps({
      environment: environment(broken.origin),
      secrets: () => null,
      outside,
      store,
      slotMs,
      nowMs,
    });
    await store.close();
  }

  const roots = (): readonly string[] =>
    outside.slack
      .messages()
      .filter(({ channel, threadTs }) => threadTs === null && outside.slack.nameOf(channel) === `ended-${cases}`)
      .map(({ text }) => text);

  it('while it measures has judged nothing, and the next run is judged as if nothing had been', async () => {
    const product = await silentServer();
    const first = await start(product.server.origin);
    const answering = trigger(first);
    await product.asked;
    // The product stays silent until the process is gone: hanging up on it would be a reset, and be judged.
    await first.stop();
    await product.server[Symbol.asyncDispose]();
    const { status, body } = await answering;
    assert.equal(status, 500);
    assert.match(body, /SIGTERM/);
    assert.equal(await stored(), null);

    const second = await start(broken.origin);
    const next = await trigger(second);
    await second.stop();
    assert.equal(next.status, 200);
    assert.equal(at(JSON.parse(next.body), 'judged'), 'judged');
    assert.equal(roots().length, 1);
  });

  it('while Slack is asked has the incident in its state, and the next run tells it once', async () => {
    const slack = await silentServer();
    const first = await start(broken.origin, `${slack.server.origin}/api/`);
    const answering = trigger(first);
    await slack.asked;
    await first.stop();
    await slack.server[Symbol.asyncDispose]();
    assert.equal((await answering).status, 500);
    const left = await stored();
    assert.notEqual(left?.incident, null);
    assert.equal(left?.outbox.length, 1);
    assert.notEqual(left?.lease, null);

    const second = await start(broken.origin);
    const next = await trigger(second);
    await second.stop();
    assert.equal(at(JSON.parse(next.body), 'delivery', 'status'), 'leased', 'it can’t know that the holder is dead');
    assert.deepEqual(roots(), []);

    await runLater();
    assert.equal(roots().length, 1);
    assert.match(roots()[0] ?? '', /may be here twice/);
    const mended = await stored();
    assert.deepEqual([mended?.outbox, mended?.lease], [[], null]);
  });

  it('just after Slack took the message tells it once more and says so, which is the one window for that', async () => {
    const first = await start(broken.origin);
    outside.slack.fail({ kind: 'silence', stored: true });
    const posted = new Promise((resolve) => outside.slack.onMessage(resolve));
    const answering = trigger(first);
    await posted;
    await first.stop();
    assert.equal((await answering).status, 500);

    await runLater();
    assert.equal(roots().length, 2);
    assert.match(roots()[1] ?? '', /may be here twice/);
    assert.equal((await stored())?.outbox.length, 0);
  });

  it('while points are written has told the incident, and the next run does not tell it again', async () => {
    const first = await start(broken.origin);
    const told = new Promise((resolve) => outside.slack.onMessage(resolve));
    outside.monitoring.fail({ kind: 'silent' });
    const answering = trigger(first);
    await told;
    await settled();
    await first.stop();
    outside.monitoring.fail(null);
    assert.equal((await answering).status, 500);

    await runLater();
    assert.equal(roots().length, 1);
    const state = await stored();
    assert.deepEqual([state?.outbox, state?.lease], [[], null]);
  });

  /** Until what was told is written down; the test's own time-out ends the waiting. */
  async function settled(): Promise<void> {
    const state = await stored();
    if (state === null || state.outbox.length > 0 || state.lease !== null) {
      await new Promise((resolve) => {
        setImmediate(resolve);
      });
      await settled();
    }
  }
});
