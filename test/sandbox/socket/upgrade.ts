/** The way from an upgrade request to a session: origin, negotiation, accept, token, greeting. */
import { randomUUID } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';

import { type WebSocket, WebSocketServer } from 'ws';

import type { Behaviour } from '../behaviour.ts';
import type { Clock } from '../clock.ts';
import type { CountersRecorder } from '../counters.ts';
import { demoUser, type Tokens, type User } from '../tokens.ts';
import { text } from '../wire/answers.ts';
import { commonHeaders, headerText, requestUrl } from '../wire/http-service.ts';
import { genericConversation } from './generic.ts';
import { netraConversation } from './netra.ts';
import { createSession, type Session } from './session.ts';
import { tokenPrefixes, versions } from './versions.ts';

/** Where the product's own page is served; other origins are refused. */
export const ownOrigin = 'https://app.sandbox.example';

/** The paths that have a socket. */
const socketPath = /^\/(?:ws(?:\/\w+)?|api\/v1\/websocket)$/;

/** Frames of a client that are kept while its token is being checked; more of them are dropped. */
const earlyFramesMax = 100;

/** Largest frame that is read from a client, as in the product. */
const frameBytesMax = 5 * 1024 * 1024;

export interface SocketServerOptions {
  readonly tokens: Tokens;
  readonly behaviour: () => Behaviour;
  readonly counters: CountersRecorder;
  readonly clock: Clock;
}

export interface SocketServer {
  upgrade(request: IncomingMessage, stream: Duplex, rest: Buffer): void;
  close(): void;
}

/** What answers the frames of one session. */
export interface Conversation {
  greet(): void;
  receive(text: string): void;
}

export function createSocketServer(options: SocketServerOptions): SocketServer {
  const { behaviour, clock } = options;
  const server = new WebSocketServer({
    noServer: true,
    maxPayload: frameBytesMax,
    handleProtocols: (offered) => {
      const choice = chosen(options, [...offered]);
      return choice === 'refused' || choice.chosen === null ? false : choice.chosen;
    },
  });
  server.on('headers', (lines, request) => {
    const own = Object.entries(commonHeaders('backend', request, behaviour())).map(
      ([name, value]) => `${name}: ${value}`,
    );
    lines.splice(0, lines.length, ...behaviour().socket.responseHead([...lines, ...own]));
  });

  return {
    upgrade(request, stream, rest) {
      const refusal = refusalOf(options, request);
      if (refusal === null) {
        server.handleUpgrade(request, stream, rest, (socket) => void welcome(options, { request, stream, socket }));
      } else {
        text(403, refusal)({ request, socket: stream, clock }, () => {});
      }
    },
    close() {
      for (const socket of server.clients) {
        socket.terminate();
      }
      server.close();
    },
  };
}

/** A server that closes before it accepts shows itself as HTTP 403. */
function refusalOf(options: SocketServerOptions, request: IncomingMessage): string | null {
  const { origin } = request.headers;
  if (!socketPath.test(requestUrl(request).pathname)) {
    return 'No such socket';
  }
  if (options.behaviour().socket.originChecked && origin !== undefined && origin !== ownOrigin) {
    return 'Origin not allowed';
  }
  return chosen(options, offeredBy(request)) === 'refused' ? 'No supported subprotocols' : null;
}

function chosen({ behaviour }: SocketServerOptions, offered: readonly string[]) {
  const { socket } = behaviour();
  return socket.choose(offered, versions[socket.version].choose(offered));
}

interface Accepted {
  readonly request: IncomingMessage;
  readonly stream: Duplex;
  readonly socket: WebSocket;
}

async function welcome(options: SocketServerOptions, accepted: Accepted): Promise<void> {
  const { tokens, behaviour, clock } = options;
  const { socket, stream, request } = accepted;
  const { takenFor, guard, authorization, accepted: onAccepted, dialect, greetingDelayMs } = behaviour().socket;
  // Frames that arrive while the token is being checked are kept for the conversation.
  const early: string[] = [];
  let receive = (frame: string): void => {
    if (early.length < earlyFramesMax) {
      early.push(frame);
    }
  };
  socket.on('message', (data: Buffer) => receive(data.toString('utf8')));
  socket.on('error', () => socket.terminate());

  const sessionOf = (user: User): Session =>
    createSession({ socket, stream, clock, user, connection: connectionOf(user) });
  if (onAccepted(sessionOf(demoUser)) === 'handled') {
    return;
  }
  const token = tokenOf(offeredBy(request), authorization(headerText(request.headers.authorization)));
  const identity = await tokens.identify(token, guard);
  if (identity === null) {
    const stranger = sessionOf(demoUser);
    stranger.send(authenticationFailed());
    stranger.close(1008, 'Authentication failed');
    return;
  }
  const session = sessionOf(takenFor(identity));
  const open = dialect === 'netra' ? netraConversation : genericConversation;
  const conversation = open(session, options);
  const begin = (): void => {
    conversation.greet();
    receive = (frame) => conversation.receive(frame);
    early.forEach(receive);
  };
  if (greetingDelayMs === 0) {
    begin();
  } else {
    clock.later(greetingDelayMs, begin);
  }
}

function connectionOf(user: User) {
  const id = randomUUID().replaceAll('-', '');
  return { id: `main_${id.slice(0, 12)}`, userId: user.id, threadId: `thread_${id}`, runId: `run_${id.slice(0, 16)}` };
}

function authenticationFailed() {
  return {
    type: 'error_message',
    error_code: 'AUTH_FAILED',
    error_message: 'Authentication failed',
    details: {},
    timestamp: Date.now() / 1_000,
    recovery_suggestions: null,
  };
}

function offeredBy(request: IncomingMessage): readonly string[] {
  const header = headerText(request.headers['sec-websocket-protocol']);
  return header === '' ? [] : header.split(',').map((value) => value.trim());
}

/** `Authorization` comes before the subprotocols, and the first form that carries a token decides. */
function tokenOf(offered: readonly string[], authorization: string): string | null {
  const bearer = /^Bearer (.+)$/i.exec(authorization)?.[1];
  if (bearer !== undefined) {
    return bearer;
  }
  for (const value of offered) {
    const prefix = tokenPrefixes.find((candidate) => value.startsWith(candidate));
    if (prefix !== undefined) {
      return rawToken(value.slice(prefix.length));
    }
  }
  return null;
}

/** The token as it is, or behind base64url; anything else is passed on to be refused. */
function rawToken(carried: string): string {
  const parts = carried.split('.').length;
  return parts === 3 ? carried : Buffer.from(carried, 'base64url').toString('utf8');
}
