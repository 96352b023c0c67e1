/** The pure half of the auth probe: what the answers of the product mean, for good tokens and for forged ones. */
import { isJsonObject, parseJson } from '../../shared/core/body.ts';
import { httpFailure } from '../../shared/core/classify.ts';
import type { HttpExchange, HttpResponse } from '../../shared/core/exchange.ts';
import { textAt } from '../../shared/core/json-path.ts';
import type { Failure } from '../../shared/core/outcome.ts';
import { subjectOf } from '../../shared/core/token.ts';

/** A good token must open the resource, and the resource must belong to the token's user. */
export function judgeProtected(exchange: HttpExchange, subjectPath: string, subject: string | null): Failure | null {
  const { response } = exchange;
  const from = fromOf(exchange);
  if (exchange.failure !== null || response === null) {
    return stopped(exchange);
  }
  if (response.status !== 200) {
    return httpFailure(response, from);
  }
  const body = parseJson(response.body);
  if (body === undefined) {
    return { reason: 'not_json', detail: `${from} answered HTTP 200, and the body is no JSON` };
  }
  if (denies(body)) {
    return {
      reason: 'unauthorized',
      detail: `${from} answered HTTP 200, and the body says that the token is not valid`,
    };
  }
  const user = textAt(body, subjectPath);
  if (user === null) {
    return { reason: 'unexpected_shape', detail: `${from} answered HTTP 200 without a user at \`${subjectPath}\`` };
  }
  return subject === null || user === subject ? null : otherUser(from);
}

/** What the refresh endpoint gives must be a token of the same user. */
export function judgeRefresh(exchange: HttpExchange, accessTokenPath: string, subject: string | null): Failure | null {
  const { response } = exchange;
  const from = fromOf(exchange);
  if (exchange.failure !== null || response === null) {
    return stopped(exchange);
  }
  if (response.status !== 200) {
    const failure = httpFailure(response, from);
    // 4xx other than a rate limit or a missing route is the endpoint's own word on the refresh token.
    return [400, 401, 403, 422].includes(response.status) ? { ...failure, reason: 'refresh_failed' } : failure;
  }
  const token = textAt(parseJson(response.body), accessTokenPath);
  if (token === null) {
    return { reason: 'refresh_failed', detail: `${from} answered HTTP 200 without a token at \`${accessTokenPath}\`` };
  }
  const user = subjectOf(token);
  return subject === null || user === null || user === subject ? null : otherUser(from);
}

/** A forged or missing token must be refused. What is neither refused nor let in speaks for itself. */
export function judgeRefusal(exchange: HttpExchange, subjectPath: string): Failure | null {
  const { response } = exchange;
  if (exchange.failure !== null || response === null) {
    return stopped(exchange);
  }
  if (isRefusal(response)) {
    return null;
  }
  const from = fromOf(exchange);
  if (response.status < 200 || response.status > 299) {
    return httpFailure(response, from);
  }
  const body = parseJson(response.body);
  if (denies(body)) {
    return null;
  }
  return textAt(body, subjectPath) === null
    ? {
        reason: 'unexpected_status',
        detail: `${from} answered HTTP ${response.status} with neither a user nor a refusal`,
      }
    : { reason: 'auth_bypassed', detail: `${from} answered HTTP ${response.status} with a user` };
}

/** A login with a wrong credential must be refused. Success with a token is the gravest finding of all. */
export function judgeWrongLogin(exchange: HttpExchange, accessTokenPath: string): Failure | null {
  const { response } = exchange;
  if (exchange.failure !== null || response === null) {
    return stopped(exchange);
  }
  const body = parseJson(response.body);
  // RFC 6749, section 5.2: a wrong client or grant may also be refused with 400.
  const error = isJsonObject(body) ? body['error'] : null;
  if (isRefusal(response) || (response.status === 400 && (error === 'invalid_client' || error === 'invalid_grant'))) {
    return null;
  }
  const from = fromOf(exchange);
  if (response.status < 200 || response.status > 299) {
    return httpFailure(response, from);
  }
  return textAt(body, accessTokenPath) === null
    ? {
        reason: 'unexpected_status',
        detail: `${from} answered HTTP ${response.status} with neither a token nor a refusal`,
      }
    : { reason: 'auth_bypassed', detail: `${from} gave a token for a wrong credential` };
}

function isRefusal({ status }: HttpResponse): boolean {
  return status === 401 || status === 403;
}

/** Some endpoints always answer 200 and put the refusal into the body. */
function denies(body: unknown): boolean {
  if (!isJsonObject(body)) {
    return false;
  }
  const { valid, active, authenticated, success, error } = body;
  return [valid, active, authenticated, success].includes(false) || (typeof error === 'string' && error !== '');
}

function otherUser(from: string): Failure {
  return { reason: 'subject_mismatch', detail: `${from} answered for another user than the one who logged in` };
}

function stopped({ failure }: HttpExchange): Failure {
  return failure ?? { reason: 'bad_http', detail: 'the request has no answer' };
}

function fromOf({ method, shownUrl }: HttpExchange): string {
  return `${method} ${shownUrl}`;
}
