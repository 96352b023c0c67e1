/**
 * Opens a WebSocket over a connection of its own, with a time for each phase, and gives what came of it as a value:
 * an open session, a refusal by HTTP, or a failure.
 */
import type { HttpExchange } from '../core/exchange.ts';
import { headersWithToken, type Offer, type Selection, selectionOf } from '../core/negotiation.ts';
import type { Failure } from '../core/outcome.ts';
import { showUrl } from '../core/redact.ts';
import { prepareConnection } from './connection.ts';
import type { ExchangeContext } from './http.ts';
import { startTimeLimit } from './time-limit.ts';
import type { WebsocketRequest } from './websocket-request.ts';
import type { WebsocketSession } from './websocket-session.ts';
import { upgradeConnection } from './websocket-upgrade.ts';

interface Opening {
  /** What happened up to the answer to the upgrade; its body, if it has one, is cut at 4 KiB. */
  readonly exchange: HttpExchange;
  /** Null when no answer came that switches protocols. */
  readonly selection: Selection | null;
  /** Names of the response headers that repeat the token. */
  readonly echoes: readonly string[];
}

export type WebsocketOpening =
  | (Opening & { readonly kind: 'open'; readonly session: WebsocketSession })
  /** `refused`: the server answered by HTTP. `failed`: no answer, or one that is no good. */
  | (Opening & { readonly kind: 'refused' | 'failed'; readonly failure: Failure });

export async function openWebsocket(request: WebsocketRequest, context: ExchangeContext): Promise<WebsocketOpening> {
  const { elapsedMs, deadline } = context;
  const connect = prepareConnection(request);
  const startedMs = elapsedMs();
  const limit = startTimeLimit(deadline, elapsedMs, request.upgradeMsMax);
  try {
    const connection = await connect(limit, elapsedMs);
    const answer =
      connection.socket === null
        ? { failure: connection.failure, response: null, session: null, phases: {} }
        : await upgradeConnection(connection.socket, request, { ...context, limit });
    const exchange: HttpExchange = {
      method: 'GET',
      shownUrl: showUrl(request.url.href),
      startedMs,
      latencyMs: (answer.session?.openedMs ?? elapsedMs()) - startedMs,
      phases: { ...connection.phases, ...answer.phases },
      response: answer.response,
      failure: answer.failure,
      tls: connection.tls,
      redirects: [],
    };
    return toOpening(request.offer, exchange, answer.session);
  } finally {
    limit.release();
  }
}

function toOpening(offer: Offer, exchange: HttpExchange, session: WebsocketSession | null): WebsocketOpening {
  const { response, failure } = exchange;
  const switched = response?.status === 101 ? response.headers : null;
  const facts = {
    exchange,
    selection: switched && selectionOf(offer, switched['sec-websocket-protocol'] ?? null),
    echoes: switched === null || offer.token === null ? [] : headersWithToken(switched, offer.token),
  };
  if (session !== null) {
    return { ...facts, kind: 'open', session };
  }
  return {
    ...facts,
    kind: response === null || switched !== null ? 'failed' : 'refused',
    failure: failure ?? { reason: 'unclassified', detail: 'the upgrade ended in an unknown way' },
  };
}
