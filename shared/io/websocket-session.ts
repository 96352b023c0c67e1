/**
 * An open WebSocket as the probes use it: frames that are JSON objects, one at a time, with the time at which they
 * arrived; its end as a value. Never throws, and never leaves a handle behind once it is closed.
 */
import { randomBytes } from 'node:crypto';

import { type RawData, WebSocket } from 'ws';

import { isJsonObject, type JsonObject, parseJson } from '../core/body.ts';
import type { Deadline } from '../core/probe.ts';
import { redact } from '../core/redact.ts';
import type { Secret } from '../core/secret.ts';
import type { ElapsedMs } from './stopwatch.ts';
import { createInbox, type Received } from './websocket-inbox.ts';

export interface WebsocketSession {
  /** When the upgrade was complete, on the clock of the attempt. */
  readonly openedMs: number;
  /** The next frame, the end, or `silent` after the wait. One call at a time. */
  next(waitMs: number): Promise<Received>;
  /** Gives the time at which the frame was handed to the socket. After the end it does nothing. */
  send(frame: JsonObject): number;
  /** Round trip of a ping of the protocol itself (RFC 6455, section 5.5.2) in milliseconds; null when none came back. */
  pingTransport(waitMs: number): Promise<number | null>;
  /** Says goodbye and closes; a server that does not answer is left after half a second. */
  close(): Promise<void>;
}

export interface SessionParts {
  readonly socket: WebSocket;
  readonly elapsedMs: ElapsedMs;
  /** When the latest bytes came in, on the clock of the attempt. */
  readonly arrivedMs: () => number;
  readonly deadline: Deadline;
  /** Taken out of the server's words. */
  readonly secrets: readonly Secret[];
}

const closeMsMax = 500;

/** Longest reason of a close frame that is kept; the protocol allows 123 bytes. */
const reasonLengthMax = 80;

/** To be called before the socket opens, so that no early frame is missed. */
export function createWebsocketSession(parts: SessionParts): WebsocketSession {
  const { socket, elapsedMs, arrivedMs, deadline, secrets } = parts;
  const inbox = createInbox(socket);
  let openedMs = 0;
  let violation: string | null = null;

  const terminate = (): void => socket.terminate();
  deadline.signal.addEventListener('abort', terminate, { once: true });
  socket.once('open', () => {
    openedMs = arrivedMs();
  });
  socket.on('message', (data, isBinary) => inbox.put(received(data, isBinary, arrivedMs())));
  socket.on('error', (error) => {
    violation = 'code' in error && /^WS_ERR_[A-Z0-9_]+$/.test(String(error.code)) ? String(error.code) : null;
  });
  socket.once('close', (code, reason) => {
    deadline.signal.removeEventListener('abort', terminate);
    const atMs = elapsedMs();
    const words = redact(reason.toString('utf8'), secrets, reasonLengthMax);
    inbox.put({ kind: 'closed', closure: { code, reason: words, ageMs: atMs - openedMs, violation }, atMs });
  });

  return {
    get openedMs() {
      return openedMs;
    },

    next: (waitMs) => inbox.next(waitMs),

    send(frame) {
      if (socket.readyState === WebSocket.OPEN) {
        socket.send(JSON.stringify(frame));
      }
      return elapsedMs();
    },

    async pingTransport(waitMs) {
      const sentMs = elapsedMs();
      return (await transportPong(socket, waitMs)) ? arrivedMs() - sentMs : null;
    },

    async close() {
      inbox.discard();
      await closeInOrder(socket);
    },
  };
}

/** Whether the answer to a ping of the protocol came in time. */
function transportPong(socket: WebSocket, waitMs: number): Promise<boolean> {
  if (socket.readyState !== WebSocket.OPEN) {
    return Promise.resolve(false);
  }
  const { promise, resolve } = Promise.withResolvers<boolean>();
  const mark = randomBytes(8);
  const finish = (answered: boolean): void => {
    clearTimeout(timer);
    socket.off('pong', onPong).off('close', giveUp);
    resolve(answered);
  };
  const giveUp = (): void => finish(false);
  const onPong = (data: Buffer): void => {
    if (data.equals(mark)) {
      finish(true);
    }
  };
  const timer = setTimeout(giveUp, waitMs);
  socket.on('pong', onPong).once('close', giveUp);
  socket.ping(mark);
  return promise;
}

async function closeInOrder(socket: WebSocket): Promise<void> {
  if (socket.readyState === WebSocket.CLOSED) {
    return;
  }
  const { promise: closed, resolve } = Promise.withResolvers<void>();
  socket.once('close', () => resolve());
  socket.close(1000);
  const timer = setTimeout(() => socket.terminate(), closeMsMax);
  await closed;
  clearTimeout(timer);
}

function received(data: RawData, isBinary: boolean, atMs: number): Received {
  const bytes = Buffer.isBuffer(data) ? data : Buffer.alloc(0);
  if (isBinary) {
    return { kind: 'bad_frame', detail: `a binary frame of ${bytes.length} bytes`, atMs };
  }
  const frame = parseJson(bytes.toString('utf8'));
  return isJsonObject(frame)
    ? { kind: 'frame', frame, atMs }
    : { kind: 'bad_frame', detail: `a text frame of ${bytes.length} bytes that is no JSON object`, atMs };
}
