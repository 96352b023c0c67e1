/** One accepted connection as the rest of the sandbox sees it, and how sockets behave: the words for socket faults. */
import type { Duplex } from 'node:stream';

import type { WebSocket } from 'ws';

import { type Guard, strictGuard } from '../behaviour.ts';
import type { Clock } from '../clock.ts';
import type { JsonObject } from '../json.ts';
import type { User } from '../tokens.ts';
import { tearDown } from '../wire/answers.ts';
import type { Choice, Connection, VersionId } from './versions.ts';

export interface Session {
  readonly user: User;
  readonly connection: Connection;
  readonly clock: Clock;
  send(frame: JsonObject): void;
  /** A text frame as it is, whether it is JSON or not. */
  sendText(text: string): void;
  sendBinary(bytes: Buffer): void;
  /** Bytes onto the wire, past the WebSocket library. */
  sendRaw(bytes: Buffer): void;
  close(code: number, reason: string): void;
  /** Drops the connection without a close frame. */
  cut(): void;
  /** Reads nothing more, so that not even the transport answers. */
  stopReading(): void;
  onClose(action: () => void): void;
}

/** `handled`: nothing more happens with it. */
export type Handling = 'handled' | 'continue';

export interface SocketBehaviour {
  readonly version: VersionId;
  readonly dialect: 'netra' | 'generic';
  readonly guard: Guard;
  /** Whom the server takes a user for. */
  readonly takenFor: (user: User) => User;
  readonly choose: (offered: readonly string[], choice: Choice) => Choice;
  /** The lines of the response's head, before they are sent. */
  readonly responseHead: (lines: readonly string[]) => readonly string[];
  /** What a load balancer makes of the client's `Authorization`. */
  readonly authorization: (header: string) => string;
  readonly originChecked: boolean;
  /** Right after the upgrade, before the token is looked at. */
  readonly accepted: (session: Session) => Handling;
  readonly greetings: (frames: readonly JsonObject[], session: Session) => readonly JsonObject[];
  readonly greetingDelayMs: number;
  /** For every frame of the client, before it is understood. */
  readonly received: (session: Session, type: string) => Handling;
  readonly tellsHandshakeComplete: boolean;
  /** Time from the acknowledged handshake until messages count; earlier ones are lost. */
  readonly processingDelayMs: number;
  readonly heartbeatMs: number;
}

export const healthySocket: SocketBehaviour = {
  version: 'oct2025',
  dialect: 'netra',
  guard: strictGuard,
  takenFor: (user) => user,
  choose: (_offered, choice) => choice,
  responseHead: (lines) => lines,
  authorization: (header) => header,
  originChecked: true,
  accepted: () => 'continue',
  greetings: (frames) => frames,
  greetingDelayMs: 0,
  received: () => 'continue',
  tellsHandshakeComplete: true,
  processingDelayMs: 0,
  heartbeatMs: 15_000,
};

export interface SessionParts {
  readonly socket: WebSocket;
  readonly stream: Duplex;
  readonly clock: Clock;
  readonly user: User;
  readonly connection: Connection;
}

export function createSession({ socket, stream, clock, user, connection }: SessionParts): Session {
  /** A frame for somebody who has left is dropped, as any server does. */
  function whileOpen(act: () => void): void {
    if (socket.readyState === socket.OPEN) {
      act();
    }
  }
  return {
    user,
    connection,
    clock,
    send: (frame) => whileOpen(() => socket.send(JSON.stringify(frame))),
    sendText: (text) => whileOpen(() => socket.send(text)),
    sendBinary: (bytes) => whileOpen(() => socket.send(bytes, { binary: true })),
    sendRaw: (bytes) => whileOpen(() => stream.write(bytes)),
    close: (code, reason) => whileOpen(() => socket.close(code, reason)),
    cut: () => tearDown(stream),
    stopReading: () => socket.pause(),
    onClose: (action) => void socket.once('close', action),
  };
}
