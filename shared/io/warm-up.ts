/**
 * Asks a server of its own on the loopback in the very way in which the probe will ask the product, so that no parser
 * is compiled and no module loaded while the first run of a process is measured. It never fails: a process that cannot
 * warm up measures its first run as it is, and the run is marked as cold in any case.
 */
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type Socket } from 'node:net';
import { setFlagsFromString } from 'node:v8';

import { offerWith } from '../core/negotiation.ts';
import type { Step } from '../core/step.ts';
import { exchange, type ExchangeContext } from './http.ts';
import { startStopwatch } from './stopwatch.ts';

/** All that a warm-up may take; it takes some 20 ms. */
const budgetMs = 1_000;

export async function warmUp(step: Step): Promise<void> {
  const timeUp = AbortSignal.timeout(budgetMs);
  try {
    const server = createServer(answer).listen(0, '127.0.0.1');
    await once(server, 'listening', { signal: timeUp });
    const address = server.address();
    const port = typeof address === 'object' && address !== null ? address.port : 0;
    try {
      await askAs(step, `http://127.0.0.1:${port}/`, timeUp);
    } finally {
      server.close();
    }
  } catch {
    return;
  }
}

async function askAs(step: Step, url: string, signal: AbortSignal): Promise<void> {
  const elapsedMs = startStopwatch();
  const deadline = { signal, remainingMs: () => Math.max(0, budgetMs - elapsedMs()) };
  const context: ExchangeContext = { deadline, elapsedMs, traceId: '0'.repeat(32) };
  await withPlainParser(() => exchange({ url, method: 'POST', body: '{}' }, context));
  await exchange({ url, method: 'POST', body: '{}' }, context);
  if (step === 'websocket' || step === 'agent') {
    await upgradeAs(url, context);
    await upgradeAs(url, context);
  }
}

/**
 * undici parses with a WebAssembly module, which V8 compiles quickly at the first request and, after the third, once
 * more and better, on another thread: 45 ms of processor time and 13 MiB that a handful of small answers never bring
 * back, taken from the one processor in the middle of a measurement. What holds when a module is compiled holds for
 * its life; everything else is compiled as ever.
 */
async function withPlainParser(firstRequest: () => Promise<unknown>): Promise<void> {
  setFlagsFromString('--no-wasm-tier-up');
  setFlagsFromString('--no-wasm-dynamic-tiering');
  try {
    await firstRequest();
  } finally {
    setFlagsFromString('--wasm-dynamic-tiering');
    setFlagsFromString('--wasm-tier-up');
  }
}

async function upgradeAs(url: string, context: ExchangeContext): Promise<void> {
  const { openWebsocket } = await import('./websocket.ts');
  const request = {
    url: new URL(url),
    trust: null,
    offer: offerWith(['warm-up'], null),
    authorization: false,
    headers: {},
    upgradeMsMax: budgetMs,
    negotiation: 'strict',
  } as const;
  const opening = await openWebsocket(request, context);
  if (opening.kind === 'open') {
    await opening.session.close();
  }
}

/** As little of a server as both clients are content with. */
function answer(socket: Socket): void {
  socket.setNoDelay(true);
  socket.on('error', () => socket.destroy());
  socket.once('data', (bytes: Buffer) => {
    const key = /sec-websocket-key: *(\S+)/i.exec(bytes.toString('latin1'))?.[1];
    if (key === undefined) {
      socket.end(
        'HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 2\r\nConnection: close\r\n\r\n{}',
      );
      return;
    }
    // RFC 6455, section 4.2.2.
    const accept = createHash('sha1').update(`${key}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`).digest('base64');
    const head = ['HTTP/1.1 101 Switching Protocols', 'Upgrade: websocket', 'Connection: Upgrade'];
    socket.write(
      `${[...head, `Sec-WebSocket-Accept: ${accept}`, 'Sec-WebSocket-Protocol: warm-up'].join('\r\n')}\r\n\r\n`,
    );
    // Whatever the client says next is its goodbye: a close frame without a reason is the answer.
    socket.once('data', () => socket.end(Buffer.from([0x88, 0])));
  });
}
