/**
 * Finds out which revision of a service is deployed, from a header that came anyway, from a JSON document, or from the
 * Cloud Run Admin API. Asked at the end of a probe; whatever goes wrong here gives no revision and nothing else.
 */
import { isJsonObject, parseJson } from '../core/body.ts';
import type { Endpoint } from '../core/endpoint.ts';
import type { Service } from '../core/environment/definition.ts';
import type { HttpExchange } from '../core/exchange.ts';
import { textAt } from '../core/json-path.ts';
import { Secret } from '../core/secret.ts';
import { exchange, type ExchangeContext, type HttpRequest } from './http.ts';

/** One request for the revision may take this long, in milliseconds. */
const requestMsMax = 2_000;

/** The revision of a service, or null when the file does not say where to read it or it cannot be read. */
export async function readRevision(
  { service, origin, authorities }: Endpoint,
  exchanges: readonly HttpExchange[],
  context: ExchangeContext,
): Promise<string | null> {
  switch (service.revision?.from) {
    case undefined:
      return null;
    case 'header':
      return plausible(
        fromHeader(
          service.revision.header,
          exchanges.filter((made) => isOf(made, origin)),
        ),
      );
    case 'json': {
      const body = await getJson({ url: `${origin}${service.revision.path}`, authorities }, context);
      return plausible(textAt(body, service.revision.jsonPath));
    }
    case 'cloud_run':
      return plausible(await fromCloudRun(service, context));
  }
}

/** The newest exchange of the service that has the header. */
function fromHeader(header: string, exchanges: readonly HttpExchange[]): string | null {
  const name = header.toLowerCase();
  return exchanges.findLast(({ response }) => response?.headers[name] !== undefined)?.response?.headers[name] ?? null;
}

function isOf(made: HttpExchange, origin: string): boolean {
  return URL.parse(made.shownUrl)?.origin === URL.parse(origin)?.origin;
}

/** The newest revision that is ready (Cloud Run Admin API v2, `services.get`; role `roles/run.viewer` on the service). */
async function fromCloudRun({ cloudRun }: Service, context: ExchangeContext): Promise<string | null> {
  const token = cloudRun === undefined ? null : await metadataToken(context);
  if (cloudRun === undefined || token === null) {
    return null;
  }
  const api = process.env['CLOUD_RUN_API_URL'] ?? 'https://run.googleapis.com';
  const url = `${api}/v2/projects/${cloudRun.project}/locations/${cloudRun.region}/services/${cloudRun.service}`;
  const headers = { authorization: new Secret(`Bearer ${token.reveal()}`) };
  return (
    textAt(await getJson({ url, headers }, context), 'latestReadyRevision')
      ?.split('/')
      .at(-1) ?? null
  );
}

/** An access token of the function's own service account, from the metadata server of Google Cloud. */
async function metadataToken(context: ExchangeContext): Promise<Secret | null> {
  const host = process.env['GCE_METADATA_HOST'] ?? 'metadata.google.internal';
  const url = `http://${host}/computeMetadata/v1/instance/service-accounts/default/token`;
  const token = textAt(await getJson({ url, headers: { 'metadata-flavor': 'Google' } }, context), 'access_token');
  return token === null ? null : new Secret(token);
}

async function getJson(request: HttpRequest, context: ExchangeContext): Promise<unknown> {
  const { response, failure } = await exchange({ ...request, timeoutMs: requestMsMax }, context);
  const body = failure === null && response?.status === 200 ? parseJson(response.body) : null;
  return isJsonObject(body) ? body : null;
}

/**
 * A revision is a commit, a version or a name in parts, such as `api-00413-k2v`; everything else is not taken over. It is
 * shown to people and kept, and a header may hold anything, a token or a key included.
 */
function plausible(text: string | null): string | null {
  return text !== null && text.length <= revisionLengthMax && (isCommit(text) || isNameInParts(text)) ? text : null;
}

const revisionLengthMax = 100;

function isCommit(text: string): boolean {
  return /^(?:[\da-f]{7,12}|[\da-f]{40})$/.test(text);
}

/** Words, numbers, and short mixtures of both. A long mixture is a key, and so is one of all kinds of characters. */
function isNameInParts(text: string): boolean {
  const isKey = text.length > 20 && /[a-z]/.test(text) && /[A-Z]/.test(text) && /\d/.test(text);
  return (
    !isKey &&
    /^\w/.test(text) &&
    text.split(/[-_.:@+]/).every((part) => /^(?:[A-Za-z]{0,24}|\d{1,14}|\w{1,12})$/.test(part))
  );
}
