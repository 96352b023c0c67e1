/** Settings of the `auth` step. Login and token are also what `websocket` and `agent` come in with. */
import * as v from 'valibot';

import { about, headerName, integer, jsonPath, path, secretName, slug, text } from './values.ts';

const responsePaths = {
  accessTokenPath: about('Where the response of the login holds the token.', v.optional(jsonPath, 'access_token')),
  refreshTokenPath: about('Where it holds the refresh token.', v.optional(jsonPath, 'refresh_token')),
  expiresInPath: about('Where it says how many seconds the token lives.', v.optional(jsonPath, 'expires_in')),
  subjectPath: about(
    'Where it names the user; compared with the `sub` of the token if it is there.',
    v.optional(jsonPath, 'user.id'),
  ),
};

const syntheticUserLogin = v.strictObject({
  kind: about(
    "The product's own endpoint for synthetic users, opened by a key in a header.",
    v.literal('synthetic_user'),
  ),
  path: about('Endpoint of the login.', v.optional(path, '/auth/e2e/test-auth')),
  keySecret: about('Secret that holds the key.', secretName),
  keyHeader: about('Header that carries the key.', v.optional(headerName, 'X-E2E-Bypass-Key')),
  email: about('Address of the synthetic user; one that no person has.', text),
  name: about('Name of the synthetic user.', v.optional(text, 'Golden Path')),
  permissions: about('Permissions that are asked for.', v.optional(v.array(text), ['read', 'write'])),
  ...responsePaths,
});

const passwordLogin = v.strictObject({
  kind: about('Login with address and password.', v.literal('password')),
  path: about('Endpoint of the login.', v.optional(path, '/auth/login')),
  email: about('Address of the synthetic user.', text),
  passwordSecret: about('Secret that holds the password.', secretName),
  ...responsePaths,
});

const clientCredentialsLogin = v.strictObject({
  kind: about('OAuth 2.0 client credentials grant (RFC 6749, section 4.4).', v.literal('client_credentials')),
  path: about('Token endpoint.', path),
  clientIdSecret: about('Secret that holds the client id.', secretName),
  clientSecretSecret: about('Secret that holds the client secret.', secretName),
  clientAuthentication: about(
    'How the client proves itself: in the Authorization header or in the body.',
    v.optional(v.picklist(['basic', 'post']), 'basic'),
  ),
  scope: about('Scopes that are asked for, separated by blanks.', v.exactOptional(text)),
  audience: about('Audience that is asked for.', v.exactOptional(text)),
  ...responsePaths,
});

const selfSignedLogin = v.strictObject({
  kind: about(
    'Last resort: a token made here. It says nothing about login and is reported as such.',
    v.literal('self_signed'),
  ),
  secret: about('Secret that holds the signing key: the shared secret, or a private key in PEM.', secretName),
  algorithm: about(
    'Algorithm of the signature.',
    v.optional(v.picklist(['HS256', 'HS384', 'HS512', 'RS256', 'ES256']), 'HS256'),
  ),
  subject: about('The `sub` of the token.', text),
  lifetimeSeconds: about('Time from `iat` to `exp`.', v.optional(integer(30, 86_400), 900)),
  claims: about('Further claims of the token.', v.optional(v.record(text, text), {})),
});

const verification = v.variant('kind', [
  v.strictObject({
    kind: about('The key that signs also verifies (HS algorithms).', v.literal('shared_secret')),
    secret: about('Secret that holds the key.', secretName),
  }),
  v.strictObject({
    kind: about('A public key.', v.literal('public_key')),
    secret: about('Environment variable that holds the key in PEM.', secretName),
  }),
  v.strictObject({
    kind: about('The JWK Set (RFC 7517) of the auth service.', v.literal('jwks')),
    path: about('Where the auth service publishes it.', path),
  }),
  v.strictObject({
    kind: about('The key is not ours to have: claims are checked, the signature is not.', v.literal('none')),
  }),
]);

export const tokenAlgorithms = [
  'HS256',
  'HS384',
  'HS512',
  'RS256',
  'RS384',
  'RS512',
  'PS256',
  'ES256',
  'ES384',
  'EdDSA',
] as const;

const token = v.strictObject({
  algorithms: about(
    'The algorithms that a token may be signed with. Shared-secret (HS) and public-key ones never together.',
    v.optional(v.pipe(v.array(v.picklist(tokenAlgorithms)), v.minLength(1, 'at least one algorithm')), ['HS256']),
  ),
  verification: about('What the signature is checked with.', verification),
  issuer: about('What the `iss` of the token must be.', v.exactOptional(text)),
  audiences: about('Any one of these must be in the `aud` of the token.', v.optional(v.array(text), [])),
  requiredClaims: about('Claims that must be there.', v.optional(v.array(text), ['sub', 'exp', 'iat'])),
  claims: about(
    'Further claims with the value that they must have, such as `env: staging`.',
    v.optional(v.record(text, text), {}),
  ),
  lifetimeSecondsMin: about('Shortest life of a token, by its claims.', v.optional(integer(10, 31_536_000), 60)),
  lifetimeSecondsMax: about('Longest life of a token, by its claims.', v.optional(integer(10, 31_536_000), 86_400)),
  lifetimeDriftSecondsMax: about(
    "How far the response's word on the lifetime may be from `exp` - `iat`.",
    v.optional(integer(0, 31_536_000), 60),
  ),
  clockSkewSecondsMax: about("How far the product's clock may be from ours.", v.optional(integer(0, 600), 60)),
});

export const authRefusals = ['no_token', 'tampered', 'alg_none', 'expired', 'wrong_key', 'wrong_password'] as const;

export const authSettings = v.strictObject({
  service: about('The service that logs users in.', v.optional(slug, 'auth')),
  deadlineSeconds: about('Time for one attempt, refusals included.', v.optional(integer(2, 300), 30)),
  login: about(
    'How the synthetic user gets a token.',
    v.variant('kind', [syntheticUserLogin, passwordLogin, clientCredentialsLogin, selfSignedLogin]),
  ),
  token: about('What a good token is.', token),
  protectedResource: about(
    'A resource that only a valid token opens.',
    v.strictObject({
      service: about('The service that has it; default: the one that logs users in.', v.exactOptional(slug)),
      path: about('Where it is.', v.optional(path, '/auth/me')),
      subjectPath: about('Where it names the user; compared with `sub`.', v.optional(jsonPath, 'user_id')),
    }),
  ),
  refresh: about(
    'The endpoint that changes a refresh token for a new token; left out, refreshing is not checked.',
    v.exactOptional(
      v.strictObject({
        path: about('Where it is.', v.optional(path, '/auth/refresh')),
        accessTokenPath: about('Where its response holds the new token.', v.optional(jsonPath, 'access_token')),
      }),
    ),
  ),
  refusals: about(
    'What must be refused with 401 or 403. `expired` needs a shared secret, `wrong_password` a login with a credential.',
    v.optional(v.array(v.picklist(authRefusals)), ['no_token', 'tampered', 'alg_none', 'wrong_key']),
  ),
  loginMsMax: about('A login that takes longer is `slow`.', v.exactOptional(integer(1, 300_000))),
});

export type AuthSettings = v.InferOutput<typeof authSettings>;
export type LoginSettings = AuthSettings['login'];
export type TokenSettings = AuthSettings['token'];
export type AuthRefusal = (typeof authRefusals)[number];
