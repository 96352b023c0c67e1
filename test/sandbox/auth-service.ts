/** The auth service: logins, refresh, the resources that show whether a token counts, and its health documents. */
import { createHash, timingSafeEqual } from 'node:crypto';

import type { Secret } from '../../shared/core/secret.ts';
import { healthBody, meBody, pairBody, refused, unprocessable, verifyBody } from './auth-replies.ts';
import type { Behaviour, Reply } from './behaviour.ts';
import { parseObject, textAt } from './json.ts';
import type { SandboxSecrets } from './secrets.ts';
import { accessSeconds, type Identity, type TokenPair, type Tokens, type User } from './tokens.ts';
import { headerText, type Incoming, type Routes } from './wire/http-service.ts';

export interface AuthServiceOptions {
  readonly secrets: SandboxSecrets;
  readonly tokens: Tokens;
  readonly behaviour: () => Behaviour;
  readonly startedAtMs: number;
}

/** The e-mail address that may log in with the password. */
export const passwordEmail = 'golden-path@sandbox.example';

export function authRoutes(options: AuthServiceOptions): Routes {
  const { tokens, behaviour } = options;
  const session = (user: User): Promise<TokenPair> => tokens.mint(user, behaviour().token);
  const identify = (incoming: Incoming): Promise<Identity | null> =>
    tokens.identify(bearerToken(incoming), behaviour().resourceGuard);

  return {
    'POST /auth/e2e/test-auth': (incoming) => syntheticUserLogin(options, incoming, session),
    'POST /auth/login': (incoming) => passwordLogin(options, incoming, session),
    'POST /auth/token': (incoming) => clientCredentials(options, incoming, session),
    'POST /auth/refresh': async ({ body }) => {
      const sent = parseObject(body);
      if (sent === null) {
        return unprocessable;
      }
      const refreshToken = textAt(sent, 'refresh_token') ?? textAt(sent, 'refreshToken') ?? textAt(sent, 'token');
      const user = refreshToken === null ? null : await tokens.redeem(refreshToken);
      return user === null
        ? refused('Invalid refresh token')
        : { status: 200, body: pairBody(await session(user), user) };
    },
    'GET /auth/me': async (incoming) => {
      const identity = await identify(incoming);
      return identity === null ? refused('Invalid or expired token') : { status: 200, body: meBody(identity) };
    },
    'GET /auth/verify': async (incoming) => ({ status: 200, body: verifyBody(await identify(incoming)) }),
    'POST /auth/verify': async (incoming) => ({ status: 200, body: verifyBody(await identify(incoming)) }),
    'POST /auth/logout': () => ({ status: 200, body: { success: true, message: 'Logged out' } }),
    'GET /auth/jwks': () => ({ status: 200, body: tokens.keySet() }),
    'GET /health': () => ({ status: 200, body: healthBody('healthy', options.startedAtMs) }),
    'GET /health/ready': () => ({ status: 200, body: healthBody('ready', options.startedAtMs) }),
    'GET /readiness': () => ({ status: 200, body: healthBody('ready', options.startedAtMs) }),
  };
}

type OpenSession = (user: User) => Promise<TokenPair>;

async function syntheticUserLogin(
  { secrets, behaviour }: AuthServiceOptions,
  { headers, body }: Incoming,
  session: OpenSession,
): Promise<Reply> {
  const key = headerText(headers['x-e2e-bypass-key']);
  if (key === '') {
    return refused('E2E bypass key required');
  }
  if (behaviour().loginChecked && !equal(key, secrets.SANDBOX_LOGIN_KEY)) {
    return refused('Invalid E2E bypass key');
  }
  const sent = parseObject(body);
  const email = sent && textAt(sent, 'email');
  if (sent === null || email === null) {
    return unprocessable;
  }
  const user = { id: `e2e-${email.split('@')[0]}`, email };
  const shownUser = {
    ...user,
    name: textAt(sent, 'name') ?? '',
    permissions: sent['permissions'] ?? [],
    oauth_simulated: true,
  };
  return { status: 200, body: { ...pairBody(await session(user), user), user: shownUser } };
}

async function passwordLogin(
  { secrets, behaviour }: AuthServiceOptions,
  { body }: Incoming,
  session: OpenSession,
): Promise<Reply> {
  const sent = parseObject(body);
  const email = sent && textAt(sent, 'email');
  const password = sent && textAt(sent, 'password');
  if (email === null || password === null) {
    return unprocessable;
  }
  const known = email === passwordEmail && equal(password, secrets.SANDBOX_PASSWORD);
  if (behaviour().loginChecked && !known) {
    return refused('Invalid credentials');
  }
  const user = { id: 'user-golden-path', email };
  return { status: 200, body: pairBody(await session(user), user) };
}

/** RFC 6749, section 4.4, with either way of client authentication of section 2.3.1. */
async function clientCredentials(
  { secrets, behaviour }: AuthServiceOptions,
  { headers, body }: Incoming,
  session: OpenSession,
): Promise<Reply> {
  const form = new URLSearchParams(body);
  if (form.get('grant_type') !== 'client_credentials') {
    return { status: 400, body: { error: 'unsupported_grant_type' } };
  }
  const [id, secret] = basicCredentials(headerText(headers.authorization)) ?? [
    form.get('client_id') ?? '',
    form.get('client_secret') ?? '',
  ];
  const known = equal(id, secrets.SANDBOX_CLIENT_ID) && equal(secret, secrets.SANDBOX_CLIENT_SECRET);
  if (behaviour().loginChecked && !known) {
    return { status: 401, body: { error: 'invalid_client' }, headers: { 'www-authenticate': 'Basic' } };
  }
  const { accessToken } = await session({ id: 'client-golden-path', email: '' });
  return { status: 200, body: { access_token: accessToken, token_type: 'Bearer', expires_in: accessSeconds } };
}

function basicCredentials(authorization: string): readonly [string, string] | null {
  const encoded = /^Basic ([A-Za-z0-9+/=]+)$/i.exec(authorization)?.[1];
  if (encoded === undefined) {
    return null;
  }
  const [id = '', secret = ''] = Buffer.from(encoded, 'base64').toString('utf8').split(':');
  return [formDecoded(id), formDecoded(secret)];
}

/** RFC 6749, section 2.3.1, wants both form-encoded; what is encoded wrongly is taken as it is. */
function formDecoded(value: string): string {
  return new URLSearchParams(`value=${value}`).get('value') ?? '';
}

function bearerToken({ headers, body }: Incoming): string | null {
  const bearer = /^Bearer (.+)$/i.exec(headerText(headers.authorization))?.[1];
  const sent = bearer === undefined ? parseObject(body) : null;
  return bearer ?? (sent && textAt(sent, 'token'));
}

/** Compares digests, so that the time tells nothing about the secret. */
function equal(given: string, secret: Secret): boolean {
  const digest = (value: string): Buffer => createHash('sha256').update(value).digest();
  return timingSafeEqual(digest(given), digest(secret.reveal()));
}
