/** What of an HTTP exchange is shown to people: where, what came back, which instance, which certificate; no bodies. */
import { bodyKind, isJsonObject, parseJson } from './body.ts';
import type { HttpExchange, HttpResponse, TlsFacts } from './exchange.ts';
import type { Evidence } from './outcome.ts';
import { redact } from './redact.ts';
import type { Secret } from './secret.ts';
import { isoUtc } from './time.ts';

/** Headers that lead to the logs of the product, under the key of the evidence that they become. */
const tracks = {
  'x-cloud-trace-context': 'server_trace',
  traceresponse: 'server_trace',
  'x-request-id': 'request_id',
  'retry-after': 'retry_after',
  server: 'server',
  via: 'via',
} as const;

/** Trace contexts and UUIDs look like keys, and they are what leads to the logs: these very forms stay. */
const idForm =
  /^(?:[\da-f]{32}(?:\/\d{1,20})?(?:;o=\d)?|[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}|00-[\da-f]{32}-[\da-f]{16}-\d\d)$/i;

export function evidenceOf(exchange: HttpExchange): Evidence {
  const { response, tls } = exchange;
  return {
    request: `${exchange.method} ${exchange.shownUrl}`,
    ...(response === null ? {} : responseEvidence(response)),
    ...(exchange.redirects.length === 0 ? {} : { redirects: exchange.redirects }),
    ...(tls === null ? {} : tlsEvidence(tls)),
  };
}

/**
 * What the product itself says is wrong, for people: the first text in the usual places of an error body, redacted
 * and cut to 120 units; null when there is none. Never used to judge.
 */
export function errorWords(response: HttpResponse, secrets: readonly Secret[] = []): string | null {
  const body = parseJson(response.body);
  if (!isJsonObject(body)) {
    return bodyKind(response.body) === 'text' ? redact(response.body, secrets, 120) : null;
  }
  const inner = isJsonObject(body['detail']) ? body['detail'] : body;
  const places = [inner['error_description'], inner['detail'], inner['message'], inner['reason'], inner['error']];
  const words = places.find((place) => typeof place === 'string' && place !== '');
  return typeof words === 'string' ? redact(words, secrets, 120) : null;
}

function responseEvidence(response: HttpResponse): Evidence {
  const evidence: Record<string, string | number> = {
    status: response.status,
    body: bodyKind(response.body),
    body_length: response.body.length,
  };
  for (const [header, key] of Object.entries(tracks)) {
    const value = response.headers[header];
    if (value !== undefined && !Object.hasOwn(evidence, key)) {
      evidence[key] = idForm.test(value) ? value : redact(value, [], 80);
    }
  }
  return evidence;
}

function tlsEvidence(tls: TlsFacts): Evidence {
  return {
    tls_protocol: tls.protocol,
    tls_issuer: redact(tls.issuer, [], 80),
    tls_subject: redact(tls.subject, [], 80),
    tls_valid_to: isoUtc(tls.validToMs),
  };
}
