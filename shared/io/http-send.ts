/** Sends one request over a connection that is ready, and takes in the answer within its bounds. */
import type { Socket } from 'node:net';

import { Client, type Dispatcher, errors } from 'undici';

import { classify } from '../core/classify.ts';
import type { HttpResponse } from '../core/exchange.ts';
import type { Failure, Phases } from '../core/outcome.ts';
import { type Reason, reasonEntry } from '../core/reasons.ts';
import { timeUpFailure } from '../core/time-up.ts';
import { decodeBody } from './content-coding.ts';
import { type ElapsedMs, startLaps } from './stopwatch.ts';
import type { TimeLimit } from './time-limit.ts';

/** Largest head of a response, in bytes; Node's own default. */
const headBytesMax = 16_384;

export interface WireRequest {
  readonly method: string;
  readonly url: URL;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | null;
  readonly bodyBytesMax: number;
}

export interface Answer {
  /** Null when the head was not complete. The body is empty unless the answer is complete. */
  readonly response: HttpResponse | null;
  readonly failure: Failure | null;
  /** `request`, `first_byte` and `body`, as far as they were reached. */
  readonly phases: Phases;
  /** When the answer ended, by the clock of the attempt; closing the socket comes after that. */
  readonly endedMs: number;
}

/** A request that is made before its connection, so that making it is not measured as the product's time. */
export interface Sender {
  /** Resolves when the answer is complete or will not be; the socket is closed then. To be called once. */
  send(socket: Socket, limit: TimeLimit): Promise<Answer>;
  /** For a sender that gets no connection. */
  close(): Promise<void>;
}

export function openSender({ method, url, headers, body, bodyBytesMax }: WireRequest, elapsedMs: ElapsedMs): Sender {
  let connect = (_socket: Socket): void => {};
  const client = new Client(url.origin, {
    // Asked for as soon as there is a request, and answered when the connection is ready.
    connect: (_options, callback) => {
      connect = (socket) => callback(null, socket);
    },
    allowH2: false,
    maxHeaderSize: headBytesMax,
    maxResponseSize: bodyBytesMax,
    // One limit ends everything: undici's own timers are coarse and count from other moments.
    headersTimeout: 0,
    bodyTimeout: 0,
  });
  const receiver = openReceiver(elapsedMs);
  client.dispatch({ method, path: `${url.pathname}${url.search}`, headers, body, reset: true }, receiver.handler);
  return {
    async send(socket, limit) {
      const beganMs = elapsedMs();
      try {
        const received = receiver.begin(socket, limit);
        connect(socket);
        const { endedMs, ...answer } = toAnswer(await received, bodyBytesMax);
        // What undici does not take as a request has ended before.
        return { ...answer, endedMs: Math.max(beganMs, endedMs) };
      } finally {
        await client.destroy();
        await close(socket);
      }
    },
    close: () => client.destroy(),
  };
}

/** To the end, so that none of it is left to be done while the next request is measured; an error of it says no more. */
async function close(socket: Socket): Promise<void> {
  socket.destroy();
  if (!socket.closed) {
    await new Promise((resolve) => socket.once('close', resolve));
  }
}

interface Received {
  readonly head: { readonly status: number; readonly headers: RawHeaders } | null;
  readonly chunks: readonly Buffer[];
  readonly failure: Failure | null;
  readonly phases: Phases;
  readonly endedMs: number;
}

/** As undici gives them: a name that came more than once has a list of values. */
type RawHeaders = Readonly<Record<string, string | string[] | undefined>>;

interface Receiver {
  readonly handler: Dispatcher.DispatchHandler;
  /** The time of the answer's first phase begins here. Resolves when the answer is complete or will not be. */
  begin(socket: Socket, limit: TimeLimit): Promise<Received>;
}

function openReceiver(elapsedMs: ElapsedMs): Receiver {
  const { promise: received, resolve } = Promise.withResolvers<Received>();
  const chunks: Buffer[] = [];
  let laps = startLaps(elapsedMs);
  let head: Received['head'] = null;
  let peerEnded = false;
  let connection: Socket | null = null;

  const end = (failure: Failure | null): void =>
    resolve({ head, chunks, failure, phases: { ...laps.phases }, endedMs: elapsedMs() });
  const fail = (error: unknown): void => {
    const begun = laps.phases.first_byte !== undefined;
    end(peerEnded ? failureOf(begun ? 'body_cut' : 'reset') : classifyAnswer(error));
  };

  const begin = (socket: Socket, limit: TimeLimit): Promise<Received> => {
    connection = socket;
    laps = startLaps(elapsedMs);
    // The socket's own event comes before undici's parser has its turn, so the stamp holds none of the parsing.
    socket.on('readable', () => {
      if (laps.phases.request !== undefined && laps.phases.first_byte === undefined && socket.readableLength > 0) {
        laps.end('first_byte');
      }
    });
    socket.once('end', () => {
      peerEnded = true;
    });
    // A reset ends a body without length as if it were complete, unless it is noticed here.
    socket.once('error', fail);
    limit.whenUp((timeUp) => {
      const reason = laps.phases.first_byte === undefined ? 'first_byte_timeout' : 'body_timeout';
      end(timeUpFailure(reason, timeUp));
    });
    return received;
  };

  const handler: Dispatcher.DispatchHandler = {
    onRequestStart() {},
    onRequestSent: () => laps.end('request'),
    onResponseStart(_controller, status, headers) {
      // Interim responses (1xx) announce the answer; they are not it.
      if (status >= 200) {
        head = { status, headers };
      }
    },
    onResponseData(_controller, chunk) {
      chunks.push(chunk);
    },
    onResponseEnd() {
      laps.end('body');
      end(null);
      // undici would end it with an error, whose stack Node then writes out.
      connection?.destroy();
    },
    onResponseError: (_controller, error) => fail(error),
  };
  return { handler, begin };
}

/**
 * For undici a peer that speaks out of turn is a broken socket, a head that contradicts itself a wrong length, and a
 * status such as 000 a broken assertion. The first two would mean a cut answer only if the peer had hung up; while it
 * has not, it speaks wrongly.
 */
function classifyAnswer(error: unknown): Failure {
  const misspoken =
    error instanceof errors.SocketError ||
    error instanceof errors.ResponseContentLengthMismatchError ||
    (error instanceof Error && 'code' in error && error.code === 'ERR_ASSERTION');
  return misspoken ? failureOf('bad_http') : classify(error);
}

function failureOf(reason: Reason): Failure {
  return { reason, detail: reasonEntry(reason).sentence };
}

function joined(headers: RawHeaders): HttpResponse['headers'] {
  const entries = Object.entries(headers).map(([name, value = '']): [string, string] => [
    name,
    [value].flat().join(', '),
  ]);
  return Object.fromEntries(entries);
}

function toAnswer({ head, chunks, failure, ...times }: Received, bodyBytesMax: number): Answer {
  const bare = head && { status: head.status, headers: joined(head.headers), body: '' };
  if (bare === null || failure !== null) {
    return { response: bare, failure, ...times };
  }
  const body = decodeBody(Buffer.concat(chunks), bare.headers['content-encoding'] ?? '', bodyBytesMax);
  return typeof body === 'string'
    ? { response: bare, failure: failureOf(body), ...times }
    : { response: { ...bare, body: body.toString('utf8') }, failure: null, ...times };
}
