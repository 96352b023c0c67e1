/**
 * Asks a server of its own in the very way in which the probe will ask the product, so that no parser is compiled and no
 * module loaded while the first run of a process is measured. It never fails: a process that cannot
 * warm up measures its first run as it is, and the run is marked as cold in any case.
 */
import { once } from 'node:events';
import { createServer, type Socket } from 'node:net';
import process from 'node:process';
import { setFlagsFromString } from 'node:v8';

import { offerWith } from '../core/negotiation.ts';
import type { Step } from '../core/step.ts';
import { loadTls } from './connection.ts';
import { exchange, type ExchangeContext } from './http.ts';
import { startStopwatch } from './stopwatch.ts';

/** All that a warm-up may take; it takes some 10 ms. */
const budgetMs = 1_000;

/**
 * Over a Unix socket: to listen at an address, Node compiles its pattern of IPv6 addresses, a third of the whole warm-up.
 * On Linux it is a name and no file.
 */
const socketPath = `${process.platform === 'linux' ? '\0' : '/tmp/'}golden-path-warm-up-${process.pid}`;

/** Nobody can be there. */
const url = 'http://0.0.0.0:0/';
const request = { url, socketPath, method: 'POST', body: '{}' } as const;

/** `secure`: whether anything is asked by https. */
export async function warmUp(step: Step, secure: boolean): Promise<void> {
  const timeUp = AbortSignal.timeout(budgetMs);
  try {
    if (secure) {
      // So that what loading brings with it is over before the measurement.
      loadTls();
    }
    const server = createServer(answer).listen(socketPath);
    await once(server, 'listening', { signal: timeUp });
    try {
      await askAs(step, timeUp);
    } finally {
      server.close();
    }
    // What is left to be done for these connections is not to be done during the first measurement.
    await once(server, 'close', { signal: timeUp });
  } catch {
    return;
  }
}

async function askAs(step: Step, signal: AbortSignal): Promise<void> {
  const elapsedMs = startStopwatch();
  const deadline = { signal, remainingMs: () => Math.max(0, budgetMs - elapsedMs()) };
  const context: ExchangeContext = { deadline, elapsedMs, traceId: '0'.repeat(32) };
  await withPlainParser(() => exchange(request, context));
  if (step === 'websocket' || step === 'agent') {
    // A second one makes the first that counts truer; a second request does not.
    await upgradeAs(context);
    await upgradeAs(context);
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

async function upgradeAs(context: ExchangeContext): Promise<void> {
  const { openWebsocket } = await import('./websocket.ts');
  const opening = await openWebsocket(
    {
      url: new URL(url),
      socketPath,
      trust: null,
      offer: offerWith(['warm-up'], null),
      authorization: false,
      headers: {},
      upgradeMsMax: budgetMs,
      negotiation: 'strict',
    },
    context,
  );
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
    const { createHash } = process.getBuiltinModule('node:crypto');
    const accept = createHash('sha1').update(`${key}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`).digest('base64');
    const head = ['HTTP/1.1 101 Switching Protocols', 'Upgrade: websocket', 'Connection: Upgrade'];
    socket.write(
      `${[...head, `Sec-WebSocket-Accept: ${accept}`, 'Sec-WebSocket-Protocol: warm-up'].join('\r\n')}\r\n\r\n`,
    );
    // Whatever the client says next is its goodbye: a close frame without a reason is the answer.
    socket.once('data', () => socket.end(Buffer.from([0x88, 0])));
  });
}
