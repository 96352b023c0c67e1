/**
 * The whole path as `npm start` runs it: sandbox and four functions in processes of their own, scheduler, Cloud Monitoring,
 * Slack, state. Four steps pass, a fault becomes one incident with the right first step and reason, mending resolves it.
 */
import assert from 'node:assert/strict';
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';

import type { Environment } from '../../shared/core/environment/definition.ts';
import { steps } from '../../shared/core/step.ts';
import { loadEnvironments } from '../../shared/io/environment-files.ts';
import { freePort } from '../../shared/local/free-port.ts';
import { type Stack, type StackEvent, startStack } from '../../shared/local/stack.ts';

const root = new URL('../..', import.meta.url).pathname;

/** The sandbox's environment on free ports, at a quick cadence. */
async function writeEnvironment(folder: string): Promise<{ file: string; environment: Environment }> {
  const loaded = await loadEnvironments(join(root, 'infra/environments/sandbox.yaml'));
  assert.ok(loaded.ok);
  const { environment } = loaded.environments[0] ?? assert.fail('no environment');
  const { auth, backend } = environment.services;
  assert.ok(auth !== undefined && backend !== undefined);
  const origin = async (): Promise<string> => `http://127.0.0.1:${await freePort()}`;
  const moved: Environment = {
    ...environment,
    services: { auth: { ...auth, url: await origin() }, backend: { ...backend, url: await origin() } },
    control: { url: `${await origin()}/alive`, statuses: [200, 204] },
    cadenceSeconds: 6,
  };
  const file = join(folder, 'sandbox.json');
  writeFileSync(file, JSON.stringify(moved));
  return { file, environment: moved };
}

describe('the stack', () => {
  const folder = mkdtempSync(join(tmpdir(), 'golden-path-stack-'));
  const events: StackEvent[] = [];
  const waiting = new Set<() => void>();
  let stack: Stack;

  /** Resolves with what `find` finds in the events, now or later; the test's own time-out ends it. */
  function until<T>(find: () => T | undefined): Promise<T> {
    const { promise, resolve } = Promise.withResolvers<T>();
    const look = (): void => {
      const found = find();
      if (found !== undefined) {
        waiting.delete(look);
        resolve(found);
      }
    };
    waiting.add(look);
    look();
    return promise;
  }

  before(async () => {
    const { file, environment } = await writeEnvironment(folder);
    stack = await startStack({
      root,
      folder,
      environment,
      environmentFile: file,
      sandbox: true,
      onEvent: (event) => {
        events.push(event);
        waiting.forEach((look) => look());
      },
    });
  });
  after(async () => {
    await stack.stop();
    rmSync(folder, { recursive: true });
  });

  const runs = (from = 0) => events.slice(from).flatMap((event) => (event.kind === 'run' ? [event.record] : []));

  it('has four passing steps, and their points are taken by Cloud Monitoring', async () => {
    await until(() => steps.every((step) => runs().some(({ outcome }) => outcome.step === step)) || undefined);
    for (const step of steps) {
      const record = runs().find(({ outcome }) => outcome.step === step);
      assert.deepEqual([step, record?.outcome.verdict, record?.outcome.reason], [step, 'pass', null]);
      assert.deepEqual(record?.trouble, []);
      assert.equal(record?.points?.refused, 0);
      assert.ok((record?.points?.written ?? 0) > 5);
    }
    const types = new Set(stack.monitoring.series().map(({ metricType }) => metricType));
    assert.ok(types.has('custom.googleapis.com/golden_path/up'));
    assert.ok(types.has('custom.googleapis.com/golden_path/latency_distribution'));
    assert.deepEqual(stack.slack.messages(), []);
  });

  it('tells Slack once of a broken step, with first step and reason, and resolves it when it is mended', async () => {
    const control = stack.sandbox?.control ?? assert.fail('no sandbox');
    assert.equal((await control('POST', '/faults/no_subprotocol')).status, 200);
    const root = await until(() => stack.slack.messages().find(({ threadTs }) => threadTs === null));
    assert.match(root.text, /WebSocket is broken/);
    assert.match(root.text, /none of the offered subprotocols/);
    const agent = await until(() => runs().findLast(({ outcome }) => outcome.verdict === 'blocked'));
    assert.deepEqual([agent.outcome.step, agent.outcome.blockedBy], ['agent', 'websocket']);

    assert.equal((await control('DELETE', '/faults')).status, 200);
    const over = await until(() =>
      stack.slack.messages().find(({ threadTs, edits }) => threadTs === null && edits.length > 0),
    );
    const resolved = await until(() =>
      stack.slack.messages().find(({ ts, text }) => ts === over.ts && /works again/.test(text)),
    );
    assert.equal(resolved.ts, root.ts);
    assert.equal(stack.slack.messages().filter(({ threadTs }) => threadTs === null).length, 1);
  });

  it('removes its secrets when it stops', async () => {
    await stack.stop();
    assert.deepEqual(readdirSync(join(folder, 'secrets')), []);
    assert.ok(!events.some(({ kind }) => kind === 'ended'));
  });
});
