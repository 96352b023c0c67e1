/**
 * Goal: an open socket gives its frames in order with the time of their arrival, is bounded, ends as a value, works over
 * TLS with the environment's own roots, and leaves nothing open behind. Method: real sockets and certificates.
 */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { setImmediate as turn } from 'node:timers/promises';

import { probeAgent } from '../../functions/agent/probe.ts';
import { probeWebsocket } from '../../functions/websocket/probe.ts';
import { isFailure } from '../../shared/core/endpoint.ts';
import { startStopwatch } from '../../shared/io/stopwatch.ts';
import { openWebsocket } from '../../shared/io/websocket.ts';
import { createInbox, type Received } from '../../shared/io/websocket-inbox.ts';
import { socketTarget, websocketRequest } from '../../shared/io/websocket-request.ts';
import type { WebsocketSession } from '../../shared/io/websocket-session.ts';
import { type CertificateKind, createCertificates } from '../sandbox/wire/certificates.ts';
import { answerHttp, type ChatScript, startChatServer } from '../support/chat-server.ts';
import { socketContext } from '../support/socket-environment.ts';
import { greeting, healthySocket, reasons, welcomeFrame } from '../support/socket-probe.ts';

/** Opens a socket on a server of this script, and closes both. */
async function onSession(
  script: ChatScript,
  act: (session: WebsocketSession) => Promise<void>,
  deadlineMs = 10_000,
): Promise<void> {
  await using server = await startChatServer(script);
  using context = socketContext({ url: server.url, deadlineMs });
  const target = socketTarget(context);
  assert.ok(!isFailure(target));
  const opening = await openWebsocket(websocketRequest(target, null), { ...context, elapsedMs: startStopwatch() });
  assert.ok(opening.kind === 'open');
  await act(opening.session);
  await opening.session.close();
}

describe('a session', () => {
  it('gives what came before it was asked, in order, and each with its time', async () => {
    const frames: ChatScript['connected'] = (client) => [1, 2, 3].forEach((number) => client.send({ number }));
    await onSession({ connected: frames }, async (session) => {
      // What was sent before the answer to a ping has arrived before it.
      await session.pingTransport(500);
      const received = [await session.next(500), await session.next(500), await session.next(500)];
      assert.deepEqual(
        received.map((each) => (each.kind === 'frame' ? each.frame : each.kind)),
        [{ number: 1 }, { number: 2 }, { number: 3 }],
      );
      const times = received.map((each) => (each.kind === 'frame' ? each.atMs : 0));
      assert.deepEqual(
        times,
        times.toSorted((a, b) => a - b),
      );
      assert.ok(times.every((atMs) => atMs >= session.openedMs));
      assert.deepEqual(await session.next(20), { kind: 'silent' });
    });
  });

  it('gives its end again and again, and sends nothing after it', async () => {
    await onSession({ connected: (client) => client.socket.close(1001, 'leaving') }, async (session) => {
      for (const received of [await session.next(500), await session.next(500)]) {
        assert.ok(received.kind === 'closed');
        assert.equal(received.closure.code, 1001);
        assert.equal(received.closure.reason, 'leaving');
        assert.equal(received.closure.violation, null);
      }
      assert.ok(session.send({ type: 'ping' }) > 0);
      assert.equal(await session.pingTransport(500), null);
    });
  });

  it('tells a ping of the protocol that is answered from one that is not', async () => {
    await onSession({}, async (session) => {
      const roundTripMs = await session.pingTransport(500);
      assert.ok(roundTripMs !== null && roundTripMs >= 0);
    });
    const deaf: ChatScript['connected'] = (client) => {
      client.socket.pause();
      // An answer to nothing, as RFC 6455 allows it (section 5.5.3).
      client.socket.pong('unasked');
      setTimeout(() => client.socket.pong('unasked'), 20);
    };
    await onSession({ connected: deaf }, async (session) => {
      assert.equal(await session.pingTransport(100), null);
    });
  });

  it('is closed in an orderly way, and in half a second where the server does not answer', async () => {
    const codes: number[] = [];
    await onSession({ connected: (client) => client.socket.once('close', (code) => codes.push(code)) }, async () => {});
    await onSession({ connected: (client) => client.socket.pause() }, async (session) => {
      const startedMs = performance.now();
      await session.close();
      assert.ok(performance.now() - startedMs < 2_000);
    });
    assert.deepEqual(codes, [1000]);
  });

  it('ends with the run, whoever still waits for it', async () => {
    await onSession(
      {},
      async (session) => {
        const received = await session.next(5_000);
        assert.ok(received.kind === 'closed');
      },
      200,
    );
  });

  it('keeps no token that the server puts into the reason of its close', async () => {
    const token = 'eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJhIn0.c2lnbmF0dXJl';
    await onSession({ connected: (client) => client.socket.close(1008, `bad ${token}`) }, async (session) => {
      const received = await session.next(500);
      assert.ok(received.kind === 'closed');
      assert.equal(received.closure.reason, 'bad [redacted]');
    });
  });

  it('does not take in more than it is asked for', async () => {
    const sent = Promise.withResolvers<number>();
    const flood: ChatScript['connected'] = (client) => {
      const text = JSON.stringify({ padding: 'x'.repeat(60_000) });
      let count = 0;
      const pour = setInterval(() => {
        // What the client does not take stays in the buffers between us, and shows here.
        if (client.socket.bufferedAmount > 4_000_000 || count === 2_000) {
          clearInterval(pour);
          sent.resolve(count);
        } else {
          for (let burst = 0; burst < 20; burst += 1) {
            client.socket.send(text);
            count += 1;
          }
        }
      }, 1);
    };
    await onSession({ connected: flood }, async (session) => {
      const count = await sent.promise;
      assert.ok(count < 2_000, 'the client took in everything');
      for (let index = 0; index < count; index += 1) {
        const received = await session.next(2_000);
        assert.equal(received.kind, 'frame');
      }
    });
  });
});

describe('an inbox', () => {
  const frame = (number: number): Received => ({ kind: 'frame', frame: { number }, atMs: number });
  const closed: Received = { kind: 'closed', closure: { code: 1000, reason: '', ageMs: 1, violation: null }, atMs: 99 };

  it('pauses the socket when it is full, and resumes it when it is empty', async () => {
    const calls: string[] = [];
    const inbox = createInbox({ pause: () => calls.push('pause'), resume: () => calls.push('resume') });
    for (let number = 0; number < 32; number += 1) {
      assert.deepEqual(calls, []);
      inbox.put(frame(number));
    }
    assert.deepEqual(calls, ['pause']);
    for (let number = 0; number < 32; number += 1) {
      assert.deepEqual(await inbox.next(0), frame(number));
    }
    assert.deepEqual(calls, ['pause', 'resume']);
  });

  it('gives its end after what came before it', async () => {
    const inbox = createInbox({ pause() {}, resume() {} });
    inbox.put(frame(1));
    inbox.put(closed);
    inbox.put(frame(2));
    assert.deepEqual(await inbox.next(0), frame(1));
    assert.equal((await inbox.next(0)).kind, 'frame');
    assert.deepEqual(await inbox.next(0), closed);
    assert.deepEqual(await inbox.next(0), closed);
  });

  it('keeps nothing but the end once it is discarded', async () => {
    const inbox = createInbox({ pause() {}, resume() {} });
    inbox.put(frame(1));
    inbox.discard();
    inbox.put(frame(2));
    assert.deepEqual(await inbox.next(0), { kind: 'silent' });
    inbox.put(closed);
    assert.deepEqual(await inbox.next(0), closed);
  });
});

const certificates = await createCertificates();

describe('a socket over TLS', () => {
  const probe = async (kind: CertificateKind, authorities = certificates.authorityPem) => {
    await using server = await startChatServer(healthySocket, certificates.context(kind));
    using context = socketContext({ url: server.url, authorities });
    return await probeWebsocket(context);
  };

  it('is trusted by the roots of the environment, and has a phase and a number of days for it', async () => {
    const found = await probe('valid');
    assert.deepEqual(reasons(found), {});
    assert.ok((found.phases.tls ?? 0) > 0);
    assert.ok((found.gauges.tls_days_left ?? 0) > 80);
  });

  const bad: readonly (readonly [CertificateKind, string])[] = [
    ['expired', 'tls_expired'],
    ['wrong_name', 'tls_name_mismatch'],
    ['other_authority', 'tls_untrusted'],
  ];
  for (const [kind, reason] of bad) {
    it(`is not opened with a certificate that is ${kind}`, async () => {
      assert.deepEqual(reasons(await probe(kind)), { 'websocket.upgrade': reason });
    });
  }

  it('is inconclusive when the roots of the environment cannot be read', async () => {
    const found = await probe('valid', 'no PEM');
    assert.deepEqual(
      found.checks.map(({ verdict, reason }) => [verdict, reason]),
      [['inconclusive', 'config_invalid']],
    );
  });
});

describe('the probes', () => {
  const scripts: Readonly<Record<string, ChatScript>> = {
    'a healthy server': healthySocket,
    'a server that never answers the upgrade': { intercept: () => true },
    'a server that refuses and keeps the body open': {
      intercept: (_request, stream) => stream.write('HTTP/1.1 503 S\r\ncontent-length: 100000\r\n\r\nServ') || true,
    },
    'a server that answers by HTTP': { intercept: (_request, stream) => answerHttp(stream, 500, 'no') },
    'a server that never greets': { connected: () => {} },
    'a server that never answers a ping': { connected: greeting(welcomeFrame) },
    'a server that chooses no subprotocol': { ...healthySocket, select: () => false },
    'a server that stops reading after the greeting': {
      connected: (client) => {
        client.send(welcomeFrame);
        client.socket.pause();
      },
    },
  };
  for (const [name, script] of Object.entries(scripts)) {
    it(`leave no socket and no timer open after ${name}`, async () => {
      await turnsOfTheLoop();
      const before = openHandles();
      await using server = await startChatServer(script);
      const bounds = { upgradeMsMax: 300, welcomeMsMax: 300, pongMsMax: 300, refusals: ['no_token'], crowdSockets: 3 };
      {
        using context = socketContext({ url: server.url, websocket: bounds, agent: { firstEventMsMax: 300 } });
        await Promise.all([probeWebsocket(context), probeAgent(context)]);
      }
      await turnsOfTheLoop();
      // What is open now are the server's own ends of the connections, and nothing else.
      assert.deepEqual(openHandles(), { timers: before.timers, sockets: before.sockets + server.openStreams() });
    });
  }
});

function openHandles(): { readonly timers: number; readonly sockets: number } {
  const resources = process.getActiveResourcesInfo();
  const count = (name: string): number => resources.filter((resource) => resource === name).length;
  return { timers: count('Timeout'), sockets: count('TCPSocketWrap') };
}

/** Destroyed handles are gone after some turns of the loop. */
async function turnsOfTheLoop(): Promise<void> {
  for (let count = 0; count < 50; count += 1) {
    await turn();
  }
}
