/**
 * Ways to answer an HTTP request, written onto the raw socket: whole answers with any status, and every way
 * of not giving one. They serve requests and WebSocket upgrades alike.
 */
import { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { gzipSync } from 'node:zlib';

import type { Answer } from '../behaviour.ts';
import type { JsonObject } from '../json.ts';

export type HeaderLines = Readonly<Record<string, string>>;

const jsonType = { 'content-type': 'application/json' };

/** The head of an answer. Without `content-length` among the headers the body ends with the connection. */
export function head(status: number, headers: HeaderLines): string {
  const lines = Object.entries({ connection: 'close', ...headers }).map(([name, value]) => `${name}: ${value}\r\n`);
  return `HTTP/1.1 ${status} Sandbox\r\n${lines.join('')}\r\n`;
}

/** A whole answer with a body of text. */
export function text(status: number, body: string, headers: HeaderLines = {}): Answer {
  return whole(status, body, { 'content-type': 'text/plain; charset=utf-8', ...headers });
}

export function html(status: number, body: string): Answer {
  return whole(status, body, { 'content-type': 'text/html; charset=utf-8' });
}

export function json(status: number, body: JsonObject, headers: HeaderLines = {}): Answer {
  return whole(status, JSON.stringify(body), { ...jsonType, ...headers });
}

/** Redirects to another place; `{path}` stands for the path that was asked for. */
export function redirect(location: string): Answer {
  return ({ request, socket }) => {
    const target = location.replace('{path}', request.url ?? '/');
    socket.end(head(302, { location: target, 'content-length': '0' }));
  };
}

/** Bytes as they are, whatever they mean, and then the end. */
export function bytes(raw: string): Answer {
  return ({ socket }) => socket.end(raw);
}

/** Never answers. The connection stays open. */
export const silence: Answer = ({ request }) => {
  request.resume();
};

/** Answers as usual, so much later. */
export function delay(delayMs: number): Answer {
  return ({ clock }, proceed) => {
    clock.later(delayMs, proceed);
  };
}

/** Tears the connection down instead of answering. */
export const reset: Answer = ({ socket }) => tearDown(socket);

/** Sends some bytes and tears the connection down. */
export function resetAfter(raw: string): Answer {
  return ({ socket, clock }) => {
    socket.write(raw);
    // The bytes must have left the kernel before the reset, which would discard them.
    clock.later(20, () => tearDown(socket));
  };
}

/** Sends some bytes and closes in an orderly way, as a server does that crashed in the middle of an answer. */
export function endAfter(raw: string): Answer {
  return ({ socket }) => socket.end(raw);
}

/** Sends some bytes and then nothing more. */
export function stallAfter(raw: string): Answer {
  return ({ socket }) => {
    socket.write(raw);
  };
}

/** Sends a body one character at a time, for ever as far as a client is concerned. */
export function drip(periodMs: number): Answer {
  return ({ socket, clock }) => {
    socket.write(head(200, { ...jsonType, 'content-length': '1000' }));
    const stop = clock.every(periodMs, () => socket.write(' '));
    socket.once('close', stop);
  };
}

/** A body without end, as fast as the client takes it. */
export const flood: Answer = ({ socket }) => {
  const chunk = Buffer.alloc(64 * 1024, '{"padding":"');
  socket.write(head(200, jsonType));
  const pour = (): void => {
    while (!socket.destroyed && socket.write(chunk)) {
      // Writes until the socket asks for a pause.
    }
  };
  socket.on('drain', pour);
  pour();
};

/** A few kilobytes that unpack to many megabytes. */
export const gzipBomb: Answer = ({ socket }) => {
  const body = gzipSync(Buffer.alloc(64 * 1024 * 1024, ' '));
  socket.write(head(200, { ...jsonType, 'content-encoding': 'gzip', 'content-length': String(body.length) }));
  socket.end(body);
};

/** Drops the connection with a TCP reset where the transport allows it. */
export function tearDown(socket: Duplex): void {
  if (socket instanceof Socket && !('encrypted' in socket)) {
    socket.resetAndDestroy();
  } else {
    socket.destroy();
  }
}

function whole(status: number, body: string, headers: HeaderLines): Answer {
  return ({ request, socket }) => {
    request.resume();
    socket.end(head(status, { ...headers, 'content-length': String(Buffer.byteLength(body)) }) + body);
  };
}
