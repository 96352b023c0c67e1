/** The control endpoint, asked for one failure, as the steps do that open no documents. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';

import * as v from 'valibot';

import { environmentSchema } from '../../shared/core/environment/definition.ts';
import { failureWithControl } from '../../shared/io/control.ts';
import { startStopwatch } from '../../shared/io/stopwatch.ts';
import { httpServer, tcpServer } from '../support/loopback-server.ts';
import { probeContext } from '../support/run-probe.ts';

const dns = { reason: 'dns', detail: 'no name' } as const;

async function judge(url: string | null, deadlineMs = 5_000, failure: Parameters<typeof failureWithControl>[0] = dns) {
  const environment = v.parse(environmentSchema, {
    name: 'unit',
    title: 'Unit',
    services: { backend: { url: 'http://127.0.0.1:9' } },
    steps: {},
    ...(url === null ? {} : { control: { url } }),
  });
  using context = probeContext({ environment, deadlineMs });
  return await failureWithControl(failure, context, startStopwatch());
}

describe('A failure', () => {
  it("stays the product's while the control endpoint answers", async () => {
    await using control = await httpServer((_request, response) => {
      response.writeHead(204).end();
    });
    assert.deepEqual(await judge(`${control.origin}/`), dns);
  });

  it('is our own when the control endpoint hangs, within its own time', async () => {
    await using control = await tcpServer(() => {});
    const startedAt = performance.now();
    assert.equal((await judge(`${control.origin}/`, 20_000)).reason, 'own_path');
    assert.ok(performance.now() - startedAt < 4_000);
  });

  it('is our own when the control endpoint fails', async () => {
    await using control = await httpServer((_request, response) => {
      response.writeHead(500).end();
    });
    const failure = await judge(`${control.origin}/`);
    assert.equal(failure.reason, 'own_path');
    assert.match(failure.detail, /HTTP 500; before that: no name/);
  });

  it('of another class is never asked about', async () => {
    const failure = { reason: 'server_error', detail: 'oops' } as const;
    assert.deepEqual(await judge('http://127.0.0.1:1/', 5_000, failure), failure);
  });

  it('stays as it is without a control endpoint, and without time', async () => {
    assert.deepEqual(await judge(null), dns);
    assert.deepEqual(await judge('http://127.0.0.1:1/', 100), dns);
  });
});
