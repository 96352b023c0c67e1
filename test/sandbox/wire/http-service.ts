/**
 * An HTTP server over a table of routes: reads bounded bodies, applies intercepts and edits of the present
 * behaviour, and leaves upgrades to whoever wants them.
 */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';

import type { Behaviour, Exchange, Reply, ServiceName } from '../behaviour.ts';
import type { Clock } from '../clock.ts';
import type { CountersRecorder } from '../counters.ts';

const bodyBytesMax = 64 * 1024;

export interface Incoming {
  readonly method: string;
  readonly path: string;
  readonly query: URLSearchParams;
  readonly headers: IncomingMessage['headers'];
  readonly body: string;
}

/** Handlers by `METHOD path`. */
export type Routes = Readonly<Record<string, (incoming: Incoming) => Reply | Promise<Reply>>>;

export interface HttpServiceOptions {
  readonly service: ServiceName;
  readonly routes: Routes;
  readonly behaviour: () => Behaviour;
  readonly counters: CountersRecorder;
  readonly clock: Clock;
  readonly upgrade?: (request: IncomingMessage, socket: Duplex, rest: Buffer) => void;
}

/** Headers that every answer of the product carries. */
export function commonHeaders(
  service: ServiceName,
  request: IncomingMessage,
  behaviour: Behaviour,
): Record<string, string> {
  const traceId = /^00-([0-9a-f]{32})-/.exec(headerText(request.headers['traceparent']))?.[1];
  return {
    date: new Date(Date.now() + behaviour.clockAheadMs).toUTCString(),
    'x-revision': `sandbox-${service}-00042-abc`,
    ...(traceId === undefined ? {} : { 'x-cloud-trace-context': `${traceId}/1` }),
  };
}

export function createHttpService(options: HttpServiceOptions): Server {
  const server = createServer((request, response) => {
    intercepted(options, request, request.socket, () => {
      serve(options, request, response).catch((error: unknown) => {
        response.destroy();
        // A client that leaves in the middle is no fault of anybody. All else is one of the sandbox, and must not be
        // taken for a planned one.
        if (!request.errored) {
          process.emitWarning(error instanceof Error ? error : new Error(String(error)));
        }
      });
    });
  });
  server.on('upgrade', (request, socket, rest) => {
    // Whoever resets a connection in the middle must not bring the product down.
    socket.on('error', () => socket.destroy());
    intercepted(options, request, socket, () => {
      if (options.upgrade === undefined) {
        socket.destroy();
      } else {
        options.upgrade(request, socket, rest);
      }
    });
  });
  server.on('clientError', (_error, socket) => socket.destroy());
  return server;
}

function intercepted(options: HttpServiceOptions, request: IncomingMessage, socket: Duplex, proceed: () => void): void {
  const { pathname } = requestUrl(request);
  options.counters.request(options.service, request, pathname);
  const exchange: Exchange = { request, socket, clock: options.clock };
  const found = options
    .behaviour()
    .intercepts.find(({ service, path }) => service === options.service && matches(path, pathname));
  if (found === undefined) {
    proceed();
  } else {
    found.answer(exchange, proceed);
  }
}

function matches(pattern: string, path: string): boolean {
  return pattern.endsWith('*') ? path.startsWith(pattern.slice(0, -1)) : path === pattern;
}

async function serve(options: HttpServiceOptions, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const { pathname, searchParams } = requestUrl(request);
  const path = pathname.length > 1 ? pathname.replace(/\/$/, '') : pathname;
  const method = request.method ?? 'GET';
  const handler = options.routes[`${method === 'HEAD' ? 'GET' : method} ${path}`];
  const body = await readBody(request);
  const incoming = { method, path, query: searchParams, headers: request.headers };
  const reply = body === null ? tooLarge : ((await handler?.({ ...incoming, body })) ?? notFound);
  const edited = options.behaviour().edits[`${options.service} ${path}`]?.(reply) ?? reply;
  send(response, {
    ...edited,
    headers: { ...commonHeaders(options.service, request, options.behaviour()), ...edited.headers },
  });
}

const tooLarge: Reply = { status: 413, body: { detail: 'Request body too large' } };
const notFound: Reply = { status: 404, body: { detail: 'Not Found' } };

function send(response: ServerResponse, reply: Reply): void {
  const isText = typeof reply.body === 'string';
  const body = typeof reply.body === 'string' ? reply.body : JSON.stringify(reply.body);
  response.writeHead(reply.status, {
    'content-type': isText ? 'text/plain; charset=utf-8' : 'application/json',
    'content-length': Buffer.byteLength(body),
    ...reply.headers,
  });
  response.end(body);
}

async function readBody(request: IncomingMessage): Promise<string | null> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of request) {
    if (!Buffer.isBuffer(chunk)) {
      throw new TypeError('a request body without an encoding comes in buffers');
    }
    length += chunk.length;
    if (length > bodyBytesMax) {
      return null;
    }
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}

/** A target that is no URL counts as one that leads nowhere. */
export function requestUrl(request: IncomingMessage): URL {
  const base = 'http://sandbox.invalid';
  return URL.parse(request.url ?? '/', base) ?? new URL('/not-a-path', base);
}

export function headerText(value: string | readonly string[] | undefined): string {
  return typeof value === 'string' ? value : (value?.[0] ?? '');
}
