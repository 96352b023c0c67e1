/**
 * One HTTP exchange over a connection of its own: the request, the redirects that it may follow, the answer, and a
 * time for each phase. Ends by the run's deadline at the latest, in bounded memory, with its socket closed; what can
 * be expected to go wrong is a value. The Authorization header and other secrets never go to another origin.
 */
import type { SecureContext } from 'node:tls';

import type { HttpExchange } from '../core/exchange.ts';
import type { Failure } from '../core/outcome.ts';
import type { Deadline } from '../core/probe.ts';
import { redirectStep } from '../core/redirect.ts';
import { showUrl } from '../core/redact.ts';
import { Secret } from '../core/secret.ts';
import { traceparent } from '../core/traceparent.ts';
import { type Connect, type ConnectionTarget, prepareConnection, trustIn } from './connection.ts';
import { type Answer, openSender, type Sender, type WireRequest } from './http-send.ts';
import { randomId } from './random-id.ts';
import type { ElapsedMs } from './stopwatch.ts';
import { startTimeLimit, type TimeLimit } from './time-limit.ts';
import { userAgent } from './user-agent.ts';

/** Largest body that is taken in, in bytes, as sent and as decoded. */
const bodyBytesMaxDefault = 256 * 1_024;

export interface HttpRequest {
  /** @defaultValue GET */
  readonly method?: 'GET' | 'POST';
  /** Absolute, http or https. */
  readonly url: string;
  /** Values that open doors are `Secret`: they are dropped when a redirect leads to another origin. */
  readonly headers?: Readonly<Record<string, string | Secret>>;
  readonly body?: string | Secret;
  /** PEM roots to trust instead of the public ones. */
  readonly authorities?: Secret | null;
  readonly socketPath?: ConnectionTarget['socketPath'];
  /** Time for the whole exchange; the run's deadline holds besides. */
  readonly timeoutMs?: number;
  /** @defaultValue 262144 */
  readonly bodyBytesMax?: number;
  /** How many redirects are followed, for GET only. 0: a redirect is the answer. @defaultValue 0 */
  readonly redirectsMax?: number;
}

export interface ExchangeContext {
  readonly deadline: Deadline;
  /** 32 hexadecimal digits. */
  readonly traceId: string;
  /** The clock of the attempt; `startedMs` is read from it. */
  readonly elapsedMs: ElapsedMs;
}

/** Phases are those of the last request when redirects were followed; `latencyMs` covers all of them. */
export async function exchange(request: HttpRequest, context: ExchangeContext): Promise<HttpExchange> {
  const method = request.method ?? 'GET';
  const shownUrl = showUrl(request.url);
  const limit = startTimeLimit(context.deadline, context.elapsedMs, request.timeoutMs);
  const first = prepare(request, method, context);
  const startedMs = context.elapsedMs();
  try {
    const { answer, redirects } = await follow({ request, method, first }, { ...context, limit });
    const { endedMs, ...came } = answer;
    const failure = came.failure && withPlace(came.failure, `${method} ${shownUrl}`);
    return { ...came, failure, method, shownUrl, startedMs, latencyMs: endedMs - startedMs, redirects };
  } finally {
    limit.release();
  }
}

interface Limited extends ExchangeContext {
  readonly limit: TimeLimit;
}

/** The answer of one request together with the certificate that came first. */
type Hop = Answer & Pick<HttpExchange, 'tls'>;

interface Journey {
  readonly request: HttpRequest;
  readonly method: string;
  readonly first: Prepared;
}

async function follow(
  { request, method, first }: Journey,
  context: Limited,
): Promise<{ readonly answer: Hop; readonly redirects: readonly string[] }> {
  const visited: string[] = [];
  let { headers = {}, url } = request;
  for (let prepared = first; ; prepared = prepare({ ...request, url, headers }, method, context)) {
    const answer = await ask(prepared, context);
    visited.push(URL.parse(url)?.href ?? url);
    const redirects = visited.slice(1).map(showUrl);
    if (answer.failure !== null || answer.response === null) {
      return { answer, redirects };
    }
    const redirect = redirectStep({
      method,
      response: answer.response,
      visited,
      redirectsMax: request.redirectsMax ?? 0,
    });
    if (redirect.step !== 'follow') {
      return { answer: redirect.step === 'stop' ? { ...answer, failure: redirect.failure } : answer, redirects };
    }
    headers = redirect.sameOrigin ? headers : withoutSecrets(headers);
    url = redirect.url;
  }
}

/** Everything that can be made ready before the first packet; a sentence when the request cannot be made at all. */
type Prepared = { readonly connect: Connect; readonly sender: Sender } | { readonly problem: string };

function prepare(request: HttpRequest, method: string, { traceId, elapsedMs }: ExchangeContext): Prepared {
  const url = URL.parse(request.url);
  if (url === null || !/^https?:$/.test(url.protocol)) {
    return { problem: 'the URL of a request is not one of http or https' };
  }
  const trust = trustOf(url, request.authorities ?? null);
  if (trust === 'unreadable') {
    return { problem: 'the PEM bundle of trusted authorities cannot be read' };
  }
  return {
    connect: prepareConnection({ url, trust, socketPath: request.socketPath }),
    sender: openSender(toWire(request, url, { method, traceId }), elapsedMs),
  };
}

async function ask(prepared: Prepared, { limit, elapsedMs }: Limited): Promise<Hop> {
  if ('problem' in prepared) {
    const failure: Failure = { reason: 'config_invalid', detail: prepared.problem };
    return { response: null, failure, phases: {}, tls: null, endedMs: elapsedMs() };
  }
  const { connect, sender } = prepared;
  const { socket, failure, phases, tls } = await connect(limit, elapsedMs);
  if (socket === null) {
    const endedMs = elapsedMs();
    await sender.close();
    return { response: null, failure, phases, tls, endedMs };
  }
  const answer = await sender.send(socket, limit);
  return { ...answer, phases: { ...phases, ...answer.phases }, tls };
}

/** Who is trusted; null for plain HTTP, where nobody has to be. */
function trustOf(url: URL | null, authorities: Secret | null): SecureContext | null | 'unreadable' {
  try {
    const plain = url?.protocol !== 'https:' && authorities === null;
    return plain ? null : trustIn(authorities?.reveal() ?? null);
  } catch {
    return 'unreadable';
  }
}

function toWire(request: HttpRequest, url: URL, { method, traceId }: { method: string; traceId: string }): WireRequest {
  const headers: Record<string, string> = {
    'user-agent': userAgent,
    accept: 'application/json, */*;q=0.5',
    // An encoded body would be timed together with its decoding.
    'accept-encoding': 'identity',
    'cache-control': 'no-cache',
    // W3C Trace Context: sampled, so that the product's trace of this very request can be found.
    traceparent: traceparent(traceId, randomId(8)),
  };
  for (const [name, value] of Object.entries(request.headers ?? {})) {
    headers[name.toLowerCase()] = plain(value);
  }
  return {
    method,
    url,
    headers,
    body: request.body === undefined ? null : plain(request.body),
    bodyBytesMax: request.bodyBytesMax ?? bodyBytesMaxDefault,
  };
}

function plain(value: string | Secret): string {
  return value instanceof Secret ? value.reveal() : value;
}

function withoutSecrets(headers: Readonly<Record<string, string | Secret>>): Readonly<Record<string, string | Secret>> {
  return Object.fromEntries(Object.entries(headers).filter(([, value]) => typeof value === 'string'));
}

function withPlace({ reason, detail }: Failure, place: string): Failure {
  return { reason, detail: `${detail}: ${place}` };
}
