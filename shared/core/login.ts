/**
 * The pure half of logging in: what is sent for each kind of login, and what the answer means. A credential of ours
 * that is refused is told apart from a product that lets nobody in.
 */
import { bodyKind, isJsonObject, parseJson } from './body.ts';
import { httpFailure, reasonOfStatus } from './classify.ts';
import { missingSecret } from './endpoint.ts';
import type { LoginSettings } from './environment/auth.ts';
import type { HttpExchange, HttpResponse } from './exchange.ts';
import { errorWords } from './exchange-evidence.ts';
import { numberAt, textAt } from './json-path.ts';
import type { Failure } from './outcome.ts';
import type { Secrets } from './probe.ts';
import type { Reason } from './reasons.ts';
import { Secret } from './secret.ts';
import { subjectOf } from './token.ts';

/** The logins that ask the product; a self-signed token asks nobody. */
export type RemoteLogin = Exclude<LoginSettings, { readonly kind: 'self_signed' }>;

export interface LoginRequest {
  readonly path: string;
  readonly headers: Readonly<Record<string, string | Secret>>;
  readonly body: Secret;
  /** What must not be seen in whatever comes back. */
  readonly secrets: readonly Secret[];
}

/** What a login gives. */
export interface Grant {
  readonly ok: true;
  readonly token: Secret;
  readonly refreshToken: Secret | null;
  /** The user: `sub` of the token, else the user that the response names; null when neither tells. */
  readonly subject: string | null;
  /** The user that the response names beside the token. */
  readonly namedSubject: string | null;
  /** The lifetime that the response claims. */
  readonly expiresInSeconds: number | null;
}

export interface NoGrant {
  readonly ok: false;
  readonly failure: Failure;
}

/** The request of a login. `wrong` takes the place of the credential, for the check that it is refused. */
export function loginRequest(login: RemoteLogin, secrets: Secrets, wrong?: Secret): LoginRequest | Failure {
  const name = credentialName(login);
  const credential = wrong ?? secrets(name);
  if (credential === null) {
    return missingSecret(name);
  }
  switch (login.kind) {
    case 'synthetic_user': {
      const { email, permissions } = login;
      const body = { email, name: login.name, permissions, simulate_oauth: true };
      return json(login.path, { [login.keyHeader]: credential }, body, [credential]);
    }
    case 'password':
      return json(login.path, {}, { email: login.email, password: credential.reveal() }, [credential]);
    case 'client_credentials': {
      const id = secrets(login.clientIdSecret);
      return id === null ? missingSecret(login.clientIdSecret) : clientCredentials(login, id, credential);
    }
  }
}

/** Judges the answer to a login. */
export function judgeLogin(login: RemoteLogin, exchange: HttpExchange, sent: readonly Secret[]): Grant | NoGrant {
  const { response } = exchange;
  if (exchange.failure !== null || response === null) {
    return no(exchange.failure ?? { reason: 'bad_http', detail: 'the login has no answer' });
  }
  const from = `${exchange.method} ${exchange.shownUrl}`;
  if (response.status < 200 || response.status > 299) {
    return no(refusal(login, response, { from, sent }));
  }
  const body = parseJson(response.body);
  if (body === undefined) {
    return no({ reason: 'not_json', detail: `${from} answered HTTP ${response.status}, and the body is no JSON` });
  }
  const token = textAt(body, login.accessTokenPath);
  if (token === null) {
    return no({
      reason: isJsonObject(body) ? 'token_missing' : 'unexpected_shape',
      detail: `${from} answered HTTP ${response.status} without a token at \`${login.accessTokenPath}\``,
    });
  }
  if (!/^[\x21-\x7e]{1,16384}$/.test(token)) {
    return no({ reason: 'unexpected_shape', detail: `${from} gave a token that no header can carry` });
  }
  const refreshToken = textAt(body, login.refreshTokenPath);
  const namedSubject = textAt(body, login.subjectPath);
  return {
    ok: true,
    token: new Secret(token),
    refreshToken: refreshToken === null ? null : new Secret(refreshToken),
    subject: subjectOf(token) ?? namedSubject,
    namedSubject,
    expiresInSeconds: numberAt(body, login.expiresInPath),
  };
}

/** Name of the secret that opens the login. */
function credentialName(login: RemoteLogin): string {
  switch (login.kind) {
    case 'synthetic_user':
      return login.keySecret;
    case 'password':
      return login.passwordSecret;
    case 'client_credentials':
      return login.clientSecretSecret;
  }
}

type ClientCredentials = Extract<LoginSettings, { readonly kind: 'client_credentials' }>;

/** RFC 6749, section 4.4.2, with the client's authentication of section 2.3.1. */
function clientCredentials(login: ClientCredentials, id: Secret, secret: Secret): LoginRequest {
  const form = new URLSearchParams({ grant_type: 'client_credentials' });
  if (login.scope !== undefined) {
    form.set('scope', login.scope);
  }
  if (login.audience !== undefined) {
    form.set('audience', login.audience);
  }
  const headers: Record<string, string | Secret> = { 'content-type': 'application/x-www-form-urlencoded' };
  if (login.clientAuthentication === 'basic') {
    const pair = `${encodeURIComponent(id.reveal())}:${encodeURIComponent(secret.reveal())}`;
    headers['authorization'] = new Secret(`Basic ${btoa(pair)}`);
  } else {
    form.set('client_id', id.reveal());
    form.set('client_secret', secret.reveal());
  }
  return { path: login.path, headers, body: new Secret(form.toString()), secrets: [id, secret] };
}

function json(
  path: string,
  headers: Readonly<Record<string, Secret>>,
  body: object,
  secrets: readonly Secret[],
): LoginRequest {
  return {
    path,
    headers: { 'content-type': 'application/json', ...headers },
    body: new Secret(JSON.stringify(body)),
    secrets,
  };
}

interface Place {
  readonly from: string;
  readonly sent: readonly Secret[];
}

function refusal(login: RemoteLogin, response: HttpResponse, { from, sent }: Place): Failure {
  const { detail } = httpFailure(response, from);
  const words = errorWords(response, sent);
  return { reason: refusalReason(login, response), detail: words === null ? detail : `${detail}: ${words}` };
}

/** Errors of RFC 6749, section 5.2, and of its extensions, that mean this client and not the server. */
const clientErrors: ReadonlySet<unknown> = new Set([
  'invalid_client',
  'invalid_grant',
  'invalid_scope',
  'unauthorized_client',
  'access_denied',
]);

function refusalReason(login: RemoteLogin, { status, body }: HttpResponse): Reason {
  const parsed = parseJson(body);
  const error = isJsonObject(parsed) ? parsed['error'] : undefined;
  if (status === 401 || (status === 400 && login.kind === 'client_credentials' && clientErrors.has(error))) {
    return 'credential';
  }
  // With JSON the service itself says that this user, key or way of logging in has no right here (the endpoint for
  // synthetic users does so in production): ours to mend. Pages come from firewalls, which stop users as well.
  if (status === 403) {
    return bodyKind(body) === 'json' ? 'credential' : 'forbidden';
  }
  // The key of the endpoint is missing in the product's own configuration: no key of ours could open it.
  if (status === 503 && /not configured/i.test(body.slice(0, 1_000))) {
    return 'login_rejected';
  }
  return reasonOfStatus(status);
}

function no(failure: Failure): NoGrant {
  return { ok: false, failure };
}
