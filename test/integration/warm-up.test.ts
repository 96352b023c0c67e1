/** Before its first measurement a process asks itself, quickly, and leaves nothing behind. */
import assert from 'node:assert/strict';
import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import process from 'node:process';
import { describe, it } from 'node:test';
import { setImmediate as tick } from 'node:timers/promises';

import { exchange } from '../../shared/io/http.ts';
import { startStopwatch } from '../../shared/io/stopwatch.ts';
import { warmUp } from '../../shared/io/warm-up.ts';
import { exchangeContext } from '../support/exchange-context.ts';
import { httpServer } from '../support/loopback-server.ts';

/** Sockets and servers that are open. */
function openNow(): readonly string[] {
  return process.getActiveResourcesInfo().filter((name) => /TCP|Pipe|Timeout/.test(name));
}

/** Where requests went to meanwhile, with the status of each answer, by undici's own account. */
async function askedDuring(work: () => Promise<void>): Promise<readonly string[]> {
  const asked: string[] = [];
  const listen = (message: unknown): void => {
    const { request, response } = Object(message);
    asked.push(`${Object(request).origin} ${Object(response).statusCode}`);
  };
  subscribe('undici:request:headers', listen);
  await work();
  unsubscribe('undici:request:headers', listen);
  return asked;
}

describe('The warm-up', () => {
  for (const step of ['auth', 'health', 'websocket', 'agent'] as const) {
    it(`of ${step} asks nobody but this machine, and leaves no socket behind`, async () => {
      const before = openNow();
      const asked = await askedDuring(() => warmUp(step, true));
      // No address at all: whoever answered was asked over a socket of this machine.
      assert.deepEqual(asked, ['http://0.0.0.0:0 200']);
      // What is closed is gone a turn of the loop later.
      await tick();
      await tick();
      assert.deepEqual(openNow(), before);
    });
  }

  it('does not change how answers are read', async () => {
    await warmUp('health', false);
    const body = JSON.stringify({ list: Array.from({ length: 20_000 }, (_, index) => `item ${index}`) });
    await using server = await httpServer((_request, response) => {
      response.end(body);
    });
    const found = await exchange(
      { url: server.origin, bodyBytesMax: 1_000_000 },
      { ...exchangeContext(), elapsedMs: startStopwatch() },
    );
    assert.equal(found.failure, null);
    assert.equal(found.response?.body, body);
  });
});
