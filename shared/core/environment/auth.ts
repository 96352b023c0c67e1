/** Settings of the `auth` step. Login and token are also what `websocket` and `agent` come in with. */
import * as v from 'valibot';

import { headerName, integer, jsonPath, path, secretName, slug, text } from './values.ts';

const responsePaths = {
  /** Where the response of a login holds the token. */
  accessTokenPath: v.optional(jsonPath, 'access_token'),
  refreshTokenPath: v.optional(jsonPath, 'refresh_token'),
  expiresInPath: v.optional(jsonPath, 'expires_in'),
  /** Where the response names the user; compared with the token's `sub` if it is there. */
  subjectPath: v.optional(jsonPath, 'user.id'),
};

/** The product's own endpoint for synthetic users, opened by a key in a header. */
const syntheticUserLogin = v.strictObject({
  kind: v.literal('synthetic_user'),
  path: v.optional(path, '/auth/e2e/test-auth'),
  keySecret: secretName,
  keyHeader: v.optional(headerName, 'X-E2E-Bypass-Key'),
  email: text,
  name: v.optional(text, 'Golden Path'),
  permissions: v.optional(v.array(text), ['read', 'write']),
  ...responsePaths,
});

const passwordLogin = v.strictObject({
  kind: v.literal('password'),
  path: v.optional(path, '/auth/login'),
  email: text,
  passwordSecret: secretName,
  ...responsePaths,
});

/** OAuth 2.0 client credentials grant (RFC 6749, section 4.4). */
const clientCredentialsLogin = v.strictObject({
  kind: v.literal('client_credentials'),
  path: path,
  clientIdSecret: secretName,
  clientSecretSecret: secretName,
  clientAuthentication: v.optional(v.picklist(['basic', 'post']), 'basic'),
  scope: v.exactOptional(text),
  audience: v.exactOptional(text),
  ...responsePaths,
});

/** Last resort: a token made here. It says nothing about login and is reported as such. */
const selfSignedLogin = v.strictObject({
  kind: v.literal('self_signed'),
  secret: secretName,
  algorithm: v.optional(v.picklist(['HS256', 'HS384', 'HS512', 'RS256', 'ES256']), 'HS256'),
  subject: text,
  lifetimeSeconds: v.optional(integer(30, 86_400), 900),
  claims: v.optional(v.record(text, text), {}),
});

const verification = v.variant('kind', [
  v.strictObject({ kind: v.literal('shared_secret'), secret: secretName }),
  /** PEM-encoded public key; public, so the file may hold it, or an environment variable. */
  v.strictObject({ kind: v.literal('public_key'), secret: secretName }),
  /** JWK Set (RFC 7517) of the auth service. */
  v.strictObject({ kind: v.literal('jwks'), path: path }),
  /** The key is not ours to have: claims are checked, the signature is not. */
  v.strictObject({ kind: v.literal('none') }),
]);

const token = v.strictObject({
  algorithms: v.optional(
    v.pipe(
      v.array(v.picklist(['HS256', 'HS384', 'HS512', 'RS256', 'RS384', 'RS512', 'PS256', 'ES256', 'ES384', 'EdDSA'])),
      v.minLength(1, 'at least one algorithm'),
    ),
    ['HS256'],
  ),
  verification: verification,
  issuer: v.exactOptional(text),
  /** Any one of these must be in the token's `aud`. */
  audiences: v.optional(v.array(text), []),
  requiredClaims: v.optional(v.array(text), ['sub', 'exp', 'iat']),
  /** Further claims with the value that they must have, such as `env: staging`. */
  claims: v.optional(v.record(text, text), {}),
  lifetimeSecondsMin: v.optional(integer(10, 31_536_000), 60),
  lifetimeSecondsMax: v.optional(integer(10, 31_536_000), 86_400),
  /** How far the response's word on the lifetime may be from `exp` - `iat`. */
  lifetimeDriftSecondsMax: v.optional(integer(0, 31_536_000), 60),
  clockSkewSecondsMax: v.optional(integer(0, 600), 60),
});

export const authRefusals = ['no_token', 'tampered', 'alg_none', 'expired', 'wrong_key', 'wrong_password'] as const;

export const authSettings = v.strictObject({
  service: v.optional(slug, 'auth'),
  deadlineSeconds: v.optional(integer(2, 300), 30),
  login: v.variant('kind', [syntheticUserLogin, passwordLogin, clientCredentialsLogin, selfSignedLogin]),
  token: token,
  /** A resource that only a valid token opens. */
  protectedResource: v.strictObject({
    service: v.exactOptional(slug),
    path: v.optional(path, '/auth/me'),
    subjectPath: v.optional(jsonPath, 'user_id'),
  }),
  refresh: v.exactOptional(
    v.strictObject({
      path: v.optional(path, '/auth/refresh'),
      accessTokenPath: v.optional(jsonPath, 'access_token'),
    }),
  ),
  /** What must be refused with 401 or 403. `expired` needs a shared secret, `wrong_password` the login it belongs to. */
  refusals: v.optional(v.array(v.picklist(authRefusals)), ['no_token', 'tampered', 'alg_none', 'wrong_key']),
  loginMsMax: v.exactOptional(integer(1, 300_000)),
});

export type AuthSettings = v.InferOutput<typeof authSettings>;
export type LoginSettings = AuthSettings['login'];
export type TokenSettings = AuthSettings['token'];
export type AuthRefusal = (typeof authRefusals)[number];
