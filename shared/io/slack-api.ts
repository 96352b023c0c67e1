/**
 * One call of the Slack Web API through the official client: quiet, quick and without retries of its own. Comes back
 * with the answer or with the class of its failure, never with a text of Slack's that could hold the token or a page.
 */
import type * as SlackSdk from '@slack/web-api';

import { type DeliveryFailure, failureOf } from '../core/message/slack-errors.ts';
import type { Secret } from '../core/secret.ts';

export type Answer = Readonly<Record<string, unknown>>;
export type Arguments = Readonly<Record<string, unknown>>;
export type CallSlack = (method: string, args: Arguments) => Promise<Answer | DeliveryFailure>;

export interface ApiOptions {
  readonly token: Secret;
  readonly apiUrl?: string | undefined;
  readonly timeoutMs: number;
}

/** Answers of the methods used here are a few KiB; more than this is not read. */
const answerBytesMax = 256 * 1_024;

/** Slack always says how long to wait; this is for something in between that does not. */
const rateLimitSecondsDefault = 30;

/** Loads the client, which takes some 20 ms that only those pay who have something to say. */
export async function openSlackApi({ token, apiUrl, timeoutMs }: ApiOptions): Promise<CallSlack> {
  const sdk = await import('@slack/web-api');
  const client = new sdk.WebClient(token.reveal(), {
    ...(apiUrl !== undefined && { slackApiUrl: apiUrl }),
    retryConfig: { retries: 0 },
    timeout: timeoutMs,
    rejectRateLimitedCalls: true,
    allowAbsoluteUrls: false,
    logger: silent(sdk),
    fetch: fetchBounded,
    // A function sleeps between runs, and a connection that was kept open is dead when it wakes up.
    headers: { connection: 'close' },
  });
  return async (method, args) => {
    try {
      return { ...(await client.apiCall(method, args)) };
    } catch (error) {
      return classify(error, sdk);
    }
  };
}

/** The client's own logger prints requests and answers when something is odd. */
function silent({ LogLevel }: typeof SlackSdk): SlackSdk.Logger {
  const nothing = (): void => {};
  return {
    debug: nothing,
    info: nothing,
    warn: nothing,
    error: nothing,
    setLevel: nothing,
    getLevel: () => LogLevel.ERROR,
    setName: nothing,
  };
}

/** Reads the whole answer while the client's timeout still holds, and no more than is sensible. */
const fetchBounded: SlackSdk.FetchFunction = async (url, init) => {
  const response = await fetch(url, init);
  const body = await readBounded(response);
  const headers = new Headers(response.headers);
  if (response.status === 429 && !/^\d+$/.test(headers.get('retry-after') ?? '')) {
    headers.set('retry-after', String(rateLimitSecondsDefault));
  }
  return {
    ok: response.ok,
    status: response.status,
    statusText: response.statusText,
    url: response.url,
    headers,
    text: async () => body.toString('utf8'),
    json: async () => JSON.parse(body.toString('utf8')),
    arrayBuffer: async () => new Uint8Array(body).buffer,
  };
};

async function readBounded(response: Response): Promise<Buffer> {
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of response.body ?? []) {
    bytes += chunk.byteLength;
    if (bytes > answerBytesMax) {
      throw new Error('the answer is larger than any answer of Slack');
    }
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

function classify(error: unknown, sdk: typeof SlackSdk): DeliveryFailure {
  if (error instanceof sdk.WebAPIRateLimitedError) {
    return failureOf('ratelimited', { retryAfterMs: error.retryAfter * 1_000 });
  }
  if (error instanceof sdk.WebAPIHTTPError) {
    return statusFailure(error.statusCode);
  }
  if (error instanceof sdk.WebAPIPlatformError) {
    const data: Answer = { ...error.data };
    const needs = scopeIn(data['needed']);
    return failureOf(wordIn(data['error']) ?? 'not_json', needs === null ? {} : { needs });
  }
  return failureOf(requestFailure(error));
}

/** A gateway that gave up waiting has passed the request on; after every other status it was not taken. */
function statusFailure(status: number): DeliveryFailure {
  const failure = failureOf(`http_${status}`);
  return status === 504 ? { ...failure, result: 'ambiguous' } : failure;
}

/** What happens before a byte of the request is sent. Whatever is not in here may have arrived. */
const unsent: readonly (readonly [codes: RegExp, word: string])[] = [
  [/^ECONNREFUSED$/, 'connection_refused'],
  [/^(?:ENOTFOUND|EAI_AGAIN)$/, 'host_not_found'],
  [/^(?:EHOSTUNREACH|ENETUNREACH|ENETDOWN|UND_ERR_CONNECT_TIMEOUT)$/, 'no_route'],
  [/^(?:EPROTO|ERR_TLS_|ERR_SSL_|CERT_|UNABLE_TO_|DEPTH_ZERO_|SELF_SIGNED_)/, 'tls_failed'],
];

/** Errors are wrapped twice, by the client and by fetch; the innermost one knows. */
const causesMax = 6;

function requestFailure(error: unknown): string {
  let cause = error;
  for (let depth = 0; depth < causesMax && cause instanceof Error; depth += 1) {
    const { name, message } = cause;
    const code = 'code' in cause ? String(cause.code) : '';
    const word = unsent.find(([codes]) => codes.test(code))?.[1];
    if (word !== undefined) {
      return word;
    }
    if (name === 'TimeoutError') {
      return 'timeout';
    }
    if (message === 'unexpected redirect') {
      return 'redirected';
    }
    cause = cause.cause;
  }
  return 'no_answer';
}

/** One of Slack's words. Anything else is no answer of Slack's: the client passes a whole web page on as its word. */
function wordIn(value: unknown): string | null {
  return typeof value === 'string' && /^[a-z][a-z0-9_]{0,63}$/.test(value) ? value : null;
}

function scopeIn(value: unknown): string | null {
  return typeof value === 'string' && /^[a-z][a-z0-9_:.,]{0,99}$/.test(value) ? value : null;
}

/** The scopes of the token, which the client takes from a header of every answer. */
export function scopesOf({ response_metadata: metadata }: Answer): readonly string[] {
  const scopes = typeof metadata === 'object' && metadata !== null && 'scopes' in metadata ? metadata.scopes : [];
  return Array.isArray(scopes) ? scopes.map(scopeIn).filter((scope) => scope !== null) : [];
}
