/**
 * Asks over a connection that is ready for the upgrade to WebSocket, by the `ws` client, and takes in the answer.
 * Compression is not offered: it costs memory, and nothing that is measured here needs it.
 */
import type { IncomingMessage } from 'node:http';
import type { Socket } from 'node:net';

import { WebSocket } from 'ws';

import type { HttpResponse } from '../core/exchange.ts';
import { type Offer, offeredValues } from '../core/negotiation.ts';
import type { Failure, Phases } from '../core/outcome.ts';
import { timeUpFailure } from '../core/time-up.ts';
import { traceparent } from '../core/traceparent.ts';
import { upgradeFailure } from '../core/upgrade.ts';
import type { ExchangeContext } from './http.ts';
import { randomId } from './random-id.ts';
import { startTimeLimit, type TimeLimit } from './time-limit.ts';
import { userAgent } from './user-agent.ts';
import { handshakeFailure } from './websocket-failure.ts';
import type { WebsocketRequest } from './websocket-request.ts';
import { createWebsocketSession, type WebsocketSession } from './websocket-session.ts';

/** Largest frame that is taken in, in bytes; a larger one ends the connection as a protocol error. */
const frameBytesMax = 1_024 * 1_024;

/** How much of a refusal's body is read, and for how long. */
const bodyBytesMax = 4_096;
const bodyMsMax = 1_000;

export interface UpgradeContext extends ExchangeContext {
  readonly limit: TimeLimit;
}

export interface UpgradeAnswer {
  /** Null when no complete head came. */
  readonly response: HttpResponse | null;
  readonly failure: Failure | null;
  /** `request`: until it is on the wire. `upgrade`: from then to the complete head of the answer. */
  readonly phases: Phases;
  /** Null exactly when there is a failure. */
  readonly session: WebsocketSession | null;
}

/** Resolves when the socket is open, or will not be; it is closed then. */
export async function upgradeConnection(
  connection: Socket,
  request: WebsocketRequest,
  context: UpgradeContext,
): Promise<UpgradeAnswer> {
  const { elapsedMs, limit, deadline } = context;
  const { promise: answered, resolve } = Promise.withResolvers<UpgradeAnswer>();
  const secrets = request.offer.token === null ? [] : [request.offer.token];
  let response: HttpResponse | null = null;
  const startedMs = elapsedMs();
  let writtenMs = startedMs;
  let arrivedMs = startedMs;

  const end = (failure: Failure | null, session: WebsocketSession | null): void => {
    const request = { request: writtenMs - startedMs };
    const phases = response === null ? request : { ...request, upgrade: arrivedMs - writtenMs };
    resolve({ response, failure, phases, session });
  };
  const fail = (failure: Failure): void => end(failure, null);
  // The request goes out right after this, and bytes of the answer come here before any parser sees them.
  const onWriting = (): void => {
    writtenMs = elapsedMs();
    connection.prependListener('data', () => {
      arrivedMs = elapsedMs();
    });
  };

  const socket = startClient(connection, request, { traceId: context.traceId, onWriting });
  if (!(socket instanceof WebSocket)) {
    connection.destroy();
    return { response, failure: socket, phases: {}, session: null };
  }
  const session = createWebsocketSession({ socket, elapsedMs, arrivedMs: () => arrivedMs, deadline, secrets });
  socket.once('upgrade', (message) => {
    response = { ...headOf(message), body: '' };
    if (request.negotiation === 'lenient') {
      satisfyClient(message, request.offer);
    }
  });
  socket.once('open', () => end(null, session));
  socket.once('error', (error) => fail(handshakeFailure(error)));
  socket.once('unexpected-response', (_request, message) => {
    const refuse = (body: string): void => {
      response = { ...headOf(message), body };
      fail(upgradeFailure(response, secrets));
    };
    void bodyStart(message, context).then(refuse);
  });
  limit.whenUp((timeUp) => fail(timeUpFailure('upgrade_timeout', timeUp)));

  const answer = await answered;
  if (answer.session === null) {
    socket.terminate();
    connection.destroy();
  }
  return answer;
}

interface ClientParts {
  readonly traceId: string;
  readonly onWriting: () => void;
}

/** The client throws only for what it cannot put on the wire: an offer or a header that is none. */
function startClient(
  connection: Socket,
  { url, offer, authorization, headers, upgradeMsMax }: WebsocketRequest,
  { traceId, onWriting }: ClientParts,
): WebSocket | Failure {
  const address = new URL(url);
  address.protocol = url.protocol === 'https:' ? 'wss:' : 'ws:';
  const bearer = authorization && offer.token !== null ? { Authorization: `Bearer ${offer.token.reveal()}` } : {};
  try {
    return new WebSocket(address, [...offeredValues(offer)], {
      createConnection: () => connection,
      finishRequest: (request) => {
        request.once('socket', onWriting);
        request.end();
      },
      headers: {
        'User-Agent': userAgent,
        traceparent: traceparent(traceId, randomId(8)),
        ...bearer,
        ...headers,
      },
      handshakeTimeout: upgradeMsMax,
      followRedirects: false,
      maxPayload: frameBytesMax,
      perMessageDeflate: false,
    });
  } catch (error) {
    return handshakeFailure(error);
  }
}

function headOf(message: IncomingMessage): Omit<HttpResponse, 'body'> {
  const entries = Object.entries(message.headers).map(([name, value = '']): [string, string] => [
    name,
    [value].flat().join(', '),
  ]);
  return { status: message.statusCode ?? 0, headers: Object.fromEntries(entries) };
}

/** The client looks at the selection right after this; what it would give up for is put right under its eyes. */
function satisfyClient(message: IncomingMessage, offer: Offer): void {
  const selected = message.headers['sec-websocket-protocol'];
  const values = offeredValues(offer);
  const [first] = values;
  if (first === undefined) {
    delete message.headers['sec-websocket-protocol'];
  } else if (selected === undefined || !values.includes(selected)) {
    message.headers['sec-websocket-protocol'] = first;
  }
}

/** What comes of the body in a short time; a body that breaks off is as good as a short one. */
async function bodyStart(message: IncomingMessage, { deadline, elapsedMs }: UpgradeContext): Promise<string> {
  const limit = startTimeLimit(deadline, elapsedMs, bodyMsMax);
  const { promise: ended, resolve } = Promise.withResolvers<void>();
  const chunks: Buffer[] = [];
  let bytes = 0;
  message.on('data', (chunk: Buffer) => {
    chunks.push(chunk);
    bytes += chunk.length;
    if (bytes >= bodyBytesMax) {
      resolve();
    }
  });
  message
    .once('end', resolve)
    .once('close', resolve)
    .once('error', () => resolve());
  limit.whenUp(() => resolve());
  await ended;
  limit.release();
  return Buffer.concat(chunks).subarray(0, bodyBytesMax).toString('utf8');
}
