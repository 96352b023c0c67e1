/** Fetches a JWK Set (RFC 7517) through our own exchange, so that it is bounded and measured like everything else. */
import { createLocalJWKSet, type LocalJWKSet } from 'jose';

import { isJsonObject, type JsonObject, parseJson } from '../core/body.ts';
import { httpFailure } from '../core/classify.ts';
import type { Endpoint } from '../core/endpoint.ts';
import type { HttpExchange } from '../core/exchange.ts';
import type { Failure } from '../core/outcome.ts';
import { timeShareMs } from '../core/time-up.ts';
import { exchange, type ExchangeContext } from './http.ts';

export interface KeySet {
  /** Null when there is none; `failure` says why. */
  readonly keys: LocalJWKSet | null;
  readonly failure: Failure | null;
  readonly exchange: HttpExchange;
}

export async function fetchKeySet(endpoint: Endpoint, path: string, context: ExchangeContext): Promise<KeySet> {
  const asked = await exchange(
    {
      url: `${endpoint.origin}${path}`,
      authorities: endpoint.authorities,
      timeoutMs: timeShareMs(context.deadline.remainingMs(), 2),
    },
    context,
  );
  const read = readKeySet(asked);
  return 'reason' in read
    ? { keys: null, failure: read, exchange: asked }
    : { keys: read, failure: null, exchange: asked };
}

function readKeySet({ failure, response, method, shownUrl }: HttpExchange): LocalJWKSet | Failure {
  const from = `${method} ${shownUrl}`;
  if (failure !== null || response === null) {
    return failure ?? { reason: 'bad_http', detail: `${from} has no answer` };
  }
  if (response.status !== 200) {
    return httpFailure(response, from);
  }
  const body = parseJson(response.body);
  if (body === undefined) {
    return { reason: 'not_json', detail: `${from} answered HTTP 200, and the body is no JSON` };
  }
  const keys = isJsonObject(body) ? body['keys'] : undefined;
  if (!Array.isArray(keys) || !keys.every(isKey)) {
    return { reason: 'unexpected_shape', detail: `${from} answered with JSON that is no JWK Set` };
  }
  return createLocalJWKSet({ keys });
}

function isKey(value: unknown): value is JsonObject & { readonly kty: string } {
  return isJsonObject(value) && typeof value['kty'] === 'string';
}
