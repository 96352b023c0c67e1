/**
 * Turns whatever was thrown, and every HTTP status, into a reason. Total and silent about messages: libraries put
 * headers, URLs and bodies into them, so only names and codes of a fixed form are ever shown.
 */
import { bodyKind } from './body.ts';
import type { HttpResponse } from './exchange.ts';
import type { Failure } from './outcome.ts';
import { type Reason, reasonEntry } from './reasons.ts';

/** Names come before codes: an elapsed `AbortSignal.timeout` has the code 23 (a number), and its name says more. */
const reasonByName: ReadonlyMap<unknown, Reason> = new Map([
  ['TimeoutError', 'deadline_exceeded'],
  ['AbortError', 'deadline_exceeded'],
  ['HTTPParserError', 'bad_http'],
]);

/** Codes of the system, of getaddrinfo and c-ares, of OpenSSL's chain verification, of Node and of undici. */
const codes: readonly (readonly [Reason, string])[] = [
  ['dns', 'ENOTFOUND EAI_AGAIN EAI_FAIL EAI_NODATA EAI_NONAME EAI_SERVICE EAI_SYSTEM EAI_FAMILY EAI_ADDRFAMILY'],
  ['dns', 'ENODATA EFORMERR ESERVFAIL ENOTIMP EREFUSED EBADQUERY EBADNAME EBADRESP ETIMEOUT'],
  ['refused', 'ECONNREFUSED'],
  ['unreachable', 'EHOSTUNREACH ENETUNREACH EHOSTDOWN ENETDOWN'],
  ['reset', 'ECONNRESET ECONNABORTED EPIPE ENOTCONN UND_ERR_SOCKET UND_ERR_CLOSED UND_ERR_DESTROYED'],
  ['connect_timeout', 'UND_ERR_CONNECT_TIMEOUT ERR_SOCKET_CONNECTION_TIMEOUT'],
  ['tls_timeout', 'ERR_TLS_HANDSHAKE_TIMEOUT'],
  ['tls_expired', 'CERT_HAS_EXPIRED'],
  ['tls_not_yet_valid', 'CERT_NOT_YET_VALID'],
  ['tls_name_mismatch', 'ERR_TLS_CERT_ALTNAME_INVALID HOSTNAME_MISMATCH'],
  ['tls_untrusted', 'DEPTH_ZERO_SELF_SIGNED_CERT SELF_SIGNED_CERT_IN_CHAIN UNABLE_TO_VERIFY_LEAF_SIGNATURE'],
  [
    'tls_untrusted',
    'UNABLE_TO_GET_ISSUER_CERT UNABLE_TO_GET_ISSUER_CERT_LOCALLY CERT_SIGNATURE_FAILURE CERT_UNTRUSTED',
  ],
  ['tls_untrusted', 'CERT_REJECTED CERT_CHAIN_TOO_LONG INVALID_CA INVALID_PURPOSE PATH_LENGTH_EXCEEDED'],
  ['tls_not_spoken', 'ERR_SSL_WRONG_VERSION_NUMBER ERR_SSL_PACKET_LENGTH_TOO_LONG ERR_SSL_HTTP_REQUEST'],
  ['tls_not_spoken', 'ERR_SSL_BAD_RECORD_TYPE'],
  ['tls_other', 'EPROTO CERT_REVOKED'],
  ['first_byte_timeout', 'UND_ERR_HEADERS_TIMEOUT'],
  ['body_timeout', 'UND_ERR_BODY_TIMEOUT'],
  ['body_cut', 'UND_ERR_RES_CONTENT_LENGTH_MISMATCH'],
  ['body_too_large', 'UND_ERR_RES_EXCEEDED_MAX_SIZE'],
  ['bad_http', 'UND_ERR_HEADERS_OVERFLOW'],
  ['config_invalid', 'UND_ERR_INVALID_ARG ERR_INVALID_URL ERR_INVALID_CHAR ERR_INVALID_HTTP_TOKEN'],
];

const reasonByCode: ReadonlyMap<string, Reason> = new Map(
  codes.flatMap(([reason, list]) => list.split(' ').map((code): [string, Reason] => [code, reason])),
);

/** Families of codes, for the members that the table does not name. */
const reasonByPrefix: readonly (readonly [string, Reason])[] = [
  ['HPE_', 'bad_http'],
  ['ERR_SSL_', 'tls_other'],
  ['ERR_TLS_', 'tls_other'],
];

/** How many causes and members of aggregates are looked at; real errors have two or three. */
const causesMax = 32;

/** The reason behind anything that can be thrown. What is not recognised is `unclassified`, never a pass. */
export function classify(thrown: unknown): Failure {
  const queue = [thrown];
  for (let index = 0; index < queue.length && index < causesMax; index += 1) {
    const reason = reasonOf(queue[index]);
    if (reason !== null) {
      return { reason, detail: sentenceOf(reason, queue[index]) };
    }
    queue.push(...causesOf(queue[index]));
  }
  return { reason: 'unclassified', detail: sentenceOf('unclassified', thrown) };
}

const reasonByStatus: ReadonlyMap<number, Reason> = new Map([
  [304, 'unexpected_status'],
  [401, 'unauthorized'],
  [403, 'forbidden'],
  [404, 'not_found'],
  [429, 'rate_limited'],
  [502, 'gateway'],
  [503, 'unavailable'],
  [504, 'gateway'],
]);

/** The meaning of a status that should not be there. */
export function reasonOfStatus(status: number): Reason {
  const named = reasonByStatus.get(status);
  if (named !== undefined) {
    return named;
  }
  switch (Math.floor(status / 100)) {
    case 3:
      return 'redirected';
    case 4:
      return 'client_error';
    case 5:
      return 'server_error';
    default:
      return 'unexpected_status';
  }
}

/** The failure behind a complete response whose status is not the one that was wanted. `from` names the endpoint. */
export function httpFailure(response: HttpResponse, from: string): Failure {
  const kind = bodyKind(response.body);
  const facts = [kind === 'empty' ? 'no body' : `${kind} body`];
  const retryAfter = response.headers['retry-after'];
  if (retryAfter !== undefined && /^\d{1,6}$/.test(retryAfter)) {
    facts.push(`retry after ${retryAfter} s`);
  }
  return {
    reason: reasonOfStatus(response.status),
    detail: `${from} answered HTTP ${response.status} (${facts.join(', ')})`,
  };
}

function reasonOf(error: unknown): Reason | null {
  const byName = reasonByName.get(fieldOf(error, 'name'));
  const code = fieldOf(error, 'code');
  if (byName !== undefined || typeof code !== 'string') {
    return byName ?? null;
  }
  if (code === 'ETIMEDOUT') {
    // One code for a connection that never came about and for a peer that vanished from a living one.
    return fieldOf(error, 'syscall') === 'read' ? 'reset' : 'connect_timeout';
  }
  return reasonByCode.get(code) ?? reasonByPrefix.find(([prefix]) => code.startsWith(prefix))?.[1] ?? null;
}

/** The cause first, then the members of an aggregate, as when each address of a host failed in its own way. */
function causesOf(error: unknown): readonly unknown[] {
  const members = fieldOf(error, 'errors');
  return [fieldOf(error, 'cause'), ...(Array.isArray(members) ? members.slice(0, causesMax) : [])];
}

/** Reads a property of anything; a getter that throws counts as absent. */
function fieldOf(value: unknown, key: string): unknown {
  if (typeof value !== 'object' || value === null) {
    return undefined;
  }
  try {
    return Reflect.get(value, key);
  } catch {
    return undefined;
  }
}

/** Names and codes are shown only in the form that they have by convention, so that no other text slips through. */
function sentenceOf(reason: Reason, error: unknown): string {
  const { sentence } = reasonEntry(reason);
  const mark = [fieldOf(error, 'code'), fieldOf(error, 'name')].find(
    (candidate) =>
      typeof candidate === 'string' && /^(?:[A-Z][A-Z0-9_]{2,50}|(?:[A-Z][A-Za-z]{0,40})?Error)$/.test(candidate),
  );
  return typeof mark === 'string' ? `${sentence} (${mark})` : sentence;
}
