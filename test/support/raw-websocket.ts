/**
 * A WebSocket server below the protocol: it answers an upgrade rightly or with damage, and then sends any bytes at all.
 * What it sends is data, so that fuzz tests can make it up and shrink it.
 */
import { createHash } from 'node:crypto';
import type { Socket } from 'node:net';
import { setImmediate as turn } from 'node:timers/promises';

import { subjectOf } from '../../shared/core/token.ts';
import { tokenPlace, userPlace } from './frames.ts';
import { type LoopbackServer, tcpServer } from './loopback-server.ts';
import { type ByteEdit, edited } from './mutate.ts';

/** A frame of RFC 6455, section 5.2, of which every field may be wrong. */
export interface WireFrame {
  readonly opcode: number;
  readonly fin: boolean;
  /** The three reserved bits. */
  readonly rsv: number;
  readonly masked: boolean;
  /** Goes before the payload, in two bytes, as in a close frame. */
  readonly code: number | null;
  /** Text, in which the client's token and user come into their places, or bytes. */
  readonly payload: string | Uint8Array;
  /** What the header says of the length: the truth, in too many bytes, or another number altogether. */
  readonly length: 'true' | 'long' | bigint;
  /** How often it is sent. */
  readonly times: number;
}

/** What the server does with one connection. */
export interface WireScript {
  /** Of the answer: the status line, and lines after those of a right upgrade. */
  readonly status: string;
  readonly protocol: 'first' | 'last' | 'other' | 'none';
  readonly lines: readonly string[];
  readonly headEdits: readonly ByteEdit[];
  /** Sent after the head, and once the client has said something. */
  readonly frames: readonly WireFrame[];
  readonly replies: readonly WireFrame[];
  readonly wireEdits: readonly ByteEdit[];
  /** Into how many pieces the bytes are cut on their way. */
  readonly pieces: number;
  /** `stay` keeps the connection until the client says goodbye, `deaf` does not even hear that. */
  readonly end: 'stay' | 'deaf' | 'end' | 'reset';
}

export interface RawWebsocketServer extends LoopbackServer {
  /** The tokens that clients have offered, as they are. */
  readonly tokens: ReadonlySet<string>;
}

/** `next` gives the script for each connection. */
export async function rawWebsocketServer(next: () => WireScript): Promise<RawWebsocketServer> {
  const tokens = new Set<string>();
  const server = await tcpServer((socket) => {
    let request = '';
    const onData = (chunk: Buffer): void => {
      request += chunk.toString('latin1');
      if (request.includes('\r\n\r\n')) {
        socket.off('data', onData);
        const script = next();
        const token = tokenIn(request);
        tokens.add(token);
        void play(socket, script, { request, token });
      }
    };
    socket.on('data', onData);
  });
  return { ...server, tokens, [Symbol.asyncDispose]: () => server[Symbol.asyncDispose]() };
}

interface Client {
  readonly request: string;
  readonly token: string;
}

async function play(socket: Socket, script: WireScript, client: Client): Promise<void> {
  let replied = false;
  socket.on('data', (chunk) => {
    // The opcode of a close frame; the client sends nothing after it.
    if (chunk[0] === 0x88 && script.end !== 'deaf') {
      socket.end();
    } else if (!replied) {
      replied = true;
      void writeInPieces(socket, wireBytes(script.replies, client.token), script.pieces);
    }
  });
  const head = edited(Buffer.from(headOf(script, client), 'latin1'), script.headEdits);
  const sent = edited(wireBytes(script.frames, client.token), script.wireEdits);
  await writeInPieces(socket, Buffer.concat([head, sent]), script.pieces);
  if (script.end === 'end') {
    socket.end();
  } else if (script.end === 'reset') {
    socket.resetAndDestroy();
  }
}

async function writeInPieces(socket: Socket, bytes: Buffer, pieces: number): Promise<void> {
  const size = Math.ceil(bytes.length / pieces);
  for (let at = 0; at < bytes.length && socket.writable; at += size) {
    socket.write(bytes.subarray(at, at + size));
    await turn();
  }
}

function headOf({ status, protocol, lines }: WireScript, { request, token }: Client): string {
  const key = headerIn(request, 'sec-websocket-key');
  const offered = headerIn(request, 'sec-websocket-protocol').split(/, ?/);
  const accept = createHash('sha1').update(`${key}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`).digest('base64');
  const chosen = { first: offered[0], last: offered.at(-1), other: `x.${token}`, none: '' }[protocol] ?? '';
  return [
    `HTTP/1.1 ${status}`,
    'Upgrade: websocket',
    'Connection: Upgrade',
    `Sec-WebSocket-Accept: ${accept}`,
    ...(chosen === '' ? [] : [`Sec-WebSocket-Protocol: ${chosen}`]),
    ...lines.map((line) => line.replaceAll(tokenPlace, token)),
    '\r\n',
  ].join('\r\n');
}

function headerIn(request: string, name: string): string {
  return new RegExp(`^${name}: (.*)$`, 'im').exec(request)?.[1]?.trim() ?? '';
}

function tokenIn(request: string): string {
  const carried = /jwt\.([\w-]+)/.exec(headerIn(request, 'sec-websocket-protocol'))?.[1];
  return carried === undefined ? '' : Buffer.from(carried, 'base64url').toString('latin1');
}

function wireBytes(frames: readonly WireFrame[], token: string): Buffer {
  return Buffer.concat(
    frames.flatMap((frame) => Array.from<Buffer>({ length: frame.times }).fill(frameBytes(frame, token))),
  );
}

function frameBytes({ opcode, fin, rsv, masked, code, payload, length }: WireFrame, token: string): Buffer {
  const content = Buffer.from(typeof payload === 'string' ? filledIn(payload, token) : payload);
  const body = code === null ? content : Buffer.concat([Buffer.from([code >> 8, code & 255]), content]);
  const mask = masked ? Buffer.from([1, 2, 3, 4]) : Buffer.alloc(0);
  const bytes = masked ? body.map((byte, index) => byte ^ (mask[index % 4] ?? 0)) : body;
  const [first, ...rest] = lengthBytes(length, body.length);
  const start = [(fin ? 0x80 : 0) | ((rsv & 7) << 4) | (opcode & 15), (masked ? 0x80 : 0) | (first ?? 0), ...rest];
  return Buffer.concat([Buffer.from(start), mask, bytes]);
}

function filledIn(payload: string, token: string): string {
  return payload.replaceAll(tokenPlace, token).replaceAll(userPlace, () => subjectOf(token) ?? '');
}

function lengthBytes(said: WireFrame['length'], real: number): readonly number[] {
  if (said === 'true' && real <= 125) {
    return [real];
  }
  if (said === 'true' && real <= 65_535) {
    return [126, real >> 8, real & 255];
  }
  const long = Buffer.alloc(8);
  long.writeBigUInt64BE(typeof said === 'bigint' ? said : BigInt(real));
  return [127, ...long];
}
