/** The auth probe against a small real product, right and wrong in every way that a check looks at. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';

import { exportJWK, generateKeyPair, type JWTPayload, SignJWT, UnsecuredJWT } from 'jose';

import { probeAuth } from '../../functions/auth/probe.ts';
import { summarise } from '../../shared/core/check.ts';
import type { CheckIdOf } from '../../shared/core/checks.ts';
import type { Check, Measurement, ProbeMemory } from '../../shared/core/outcome.ts';
import type { Reason } from '../../shared/core/reasons.ts';
import { Secret } from '../../shared/core/secret.ts';
import {
  authEnvironment,
  type AuthProduct,
  clientLogin,
  passwordLogin,
  type Routes,
  startAuthProduct,
  user,
} from '../support/auth-product.ts';
import { runProbe } from '../support/run-probe.ts';

interface Case {
  readonly routes?: (product: AuthProduct) => Routes;
  readonly auth?: object;
  readonly rest?: object;
  readonly secrets?: Readonly<Record<string, Secret>>;
  readonly memory?: ProbeMemory;
  readonly nowMs?: () => number;
}

async function measure({ routes, auth, rest, secrets, ...context }: Case) {
  await using product = await startAuthProduct(routes);
  const measurement = await runProbe(probeAuth, {
    environment: authEnvironment(product, auth, rest),
    secrets: { ...product.secrets, ...secrets },
    ...context,
  });
  for (const secret of Object.values(product.secrets)) {
    assert.ok(!JSON.stringify(measurement).includes(secret.reveal()), 'a secret leaked');
  }
  assert.doesNotMatch(JSON.stringify(measurement), /eyJ/);
  return { measurement, summary: summarise(measurement.checks), asked: product.asked };
}

function checkOf({ checks }: Measurement, id: CheckIdOf<'auth'>): Check {
  const found = checks.find((check) => check.id === id);
  assert.ok(found, `there is no check ${id}`);
  return found;
}

/** Reasons by check, for all that do not simply pass. */
function troubles({ checks }: Measurement): Record<string, Reason | null> {
  return Object.fromEntries(checks.filter(({ reason }) => reason !== null).map(({ id, reason }) => [id, reason]));
}

/** A login that gives a token with other claims. */
type Claims = Readonly<Record<string, unknown>>;

function issuing(claims: Claims, more: object = {}): (product: AuthProduct) => Routes {
  return ({ mint }) => ({
    'POST /login/key': async () => ({ status: 200, body: { access_token: await mint(claims), ...more } }),
  });
}

const seconds = (): number => Math.floor(Date.now() / 1_000);
const noRefresh = { refresh: undefined };

describe('The auth probe of a product that works', () => {
  const logins = {
    'a synthetic user': {},
    'a password': { login: passwordLogin },
    'client credentials in the header': { login: clientLogin },
    'client credentials in the body': { login: { ...clientLogin, clientAuthentication: 'post', scope: 'a b' } },
  };
  for (const [what, auth] of Object.entries(logins)) {
    it(`passes all checks with ${what}, in twelve requests at most`, async () => {
      const { measurement, summary, asked } = await measure({ auth });
      assert.deepEqual(troubles(measurement), {});
      assert.equal(summary.verdict, 'pass');
      assert.deepEqual(
        measurement.checks.map(({ id }) => id),
        [
          'auth.login',
          'auth.token_signature',
          'auth.token_claims',
          'auth.token_lifetime',
          'auth.clock_skew',
          'auth.protected_resource',
          'auth.refresh',
          'auth.refuses_no_token',
          'auth.refuses_tampered',
          'auth.refuses_alg_none',
          'auth.refuses_expired',
          'auth.refuses_wrong_key',
          'auth.refuses_wrong_password',
        ],
      );
      assert.ok(asked.length <= 12);
      assert.equal(asked.length, 9);
      const login = checkOf(measurement, 'auth.login');
      assert.equal(measurement.latencyMs, login.latencyMs);
      assert.deepEqual(measurement.phases, login.phases);
      assert.equal(measurement.gauges.token_lifetime_seconds, 900);
      assert.equal(measurement.gauges.token_lifetime_drift_seconds, 0);
      assert.ok(Math.abs(measurement.gauges.clock_skew_seconds ?? 99) < 5);
    });
  }

  it('reports a self-signed login as such and still checks what the token opens', async () => {
    const login = { kind: 'self_signed', secret: 'JWT_SECRET', subject: user, claims: { iss: 'issuer-1' } };
    const { measurement, summary } = await measure({
      auth: { login, ...noRefresh, refusals: ['no_token', 'wrong_key'] },
    });
    assert.deepEqual(troubles(measurement), { 'auth.login': 'self_signed_login' });
    assert.equal(summary.verdict, 'pass');
    assert.equal(summary.reason, 'self_signed_login');
    assert.deepEqual(
      measurement.checks.map(({ id }) => id),
      ['auth.login', 'auth.protected_resource', 'auth.refuses_no_token', 'auth.refuses_wrong_key'],
    );
    assert.ok(measurement.latencyMs !== null);
  });
});

describe('A login that fails', () => {
  const html = { 'content-type': 'text/html' };
  const cases: readonly (readonly [
    string,
    object,
    { status: number; body?: unknown; headers?: Record<string, string> },
    Reason,
  ])[] = [
    ['a refused key', {}, { status: 401, body: { detail: 'Invalid E2E bypass key' } }, 'credential'],
    [
      'a refused password',
      { login: passwordLogin },
      { status: 401, body: { detail: 'Invalid credentials' } },
      'credential',
    ],
    ['an unknown client', { login: clientLogin }, { status: 400, body: { error: 'invalid_client' } }, 'credential'],
    ['a lost grant', { login: clientLogin }, { status: 400, body: { error: 'invalid_scope' } }, 'credential'],
    [
      'a malformed request',
      { login: clientLogin },
      { status: 400, body: { error: 'invalid_request' } },
      'client_error',
    ],
    [
      '400 for a password',
      { login: passwordLogin },
      { status: 400, body: { error: 'invalid_client' } },
      'client_error',
    ],
    [
      'an endpoint closed by the product',
      {},
      { status: 403, body: { detail: 'Not available in production' } },
      'credential',
    ],
    ['a firewall', {}, { status: 403, body: '<!doctype html><title>403</title>', headers: html }, 'forbidden'],
    [
      'an endpoint that is not configured',
      {},
      { status: 503, body: { detail: 'E2E authentication not configured' } },
      'login_rejected',
    ],
    ['no instance', {}, { status: 503, body: 'Service Unavailable' }, 'unavailable'],
    ['a crash', {}, { status: 500, body: 'Internal Server Error' }, 'server_error'],
    ['a gateway', {}, { status: 502 }, 'gateway'],
    ['a ban', {}, { status: 429, headers: { 'retry-after': '600' } }, 'rate_limited'],
    ['a missing route', {}, { status: 404 }, 'not_found'],
    ['a redirect', {}, { status: 302, headers: { location: '/elsewhere' } }, 'redirected'],
    ['a page', {}, { status: 200, body: '<html>Welcome</html>', headers: html }, 'not_json'],
    ['a list', {}, { status: 200, body: [] }, 'unexpected_shape'],
    ['no token', {}, { status: 200, body: { error: 'sorry' } }, 'token_missing'],
    ['an empty token', {}, { status: 200, body: { access_token: '' } }, 'token_missing'],
    ['a token that no header can carry', {}, { status: 200, body: { access_token: 'a b' } }, 'unexpected_shape'],
  ];
  for (const [what, auth, told, reason] of cases) {
    it(`says ${reason} for ${what}, and makes no further check`, async () => {
      const { measurement, asked } = await measure({
        auth,
        memory: { lifetime_seconds: 900, lifetime_departed_runs: 0 },
        routes: () => ({
          'POST /login/key': () => told,
          'POST /login/password': () => told,
          'POST /login/client': () => told,
        }),
      });
      assert.deepEqual(troubles(measurement), { 'auth.login': reason });
      assert.equal(measurement.checks.length, 1);
      assert.equal(asked.length, 1);
      assert.equal(measurement.latencyMs, null);
      assert.ok(measurement.phases.first_byte !== undefined);
      assert.deepEqual(measurement.memory, { lifetime_seconds: 900, lifetime_departed_runs: 0 });
    });
  }

  it('shows the words of the product without the key that it repeats', async () => {
    const { measurement } = await measure({
      routes: ({ secrets }) => ({
        'POST /login/key': () => ({ status: 401, body: { detail: `Invalid key ${secrets['LOGIN_KEY']?.reveal()}` } }),
      }),
    });
    assert.match(checkOf(measurement, 'auth.login').detail, /HTTP 401 .*Invalid key \[redacted\]/);
  });

  it('says config_invalid when the key is missing', async () => {
    const { measurement, asked } = await measure({
      auth: { login: { kind: 'password', email: 'a', passwordSecret: 'NOT_THERE' } },
    });
    assert.deepEqual(troubles(measurement), { 'auth.login': 'config_invalid' });
    assert.equal(asked.length, 0);
  });

  it('says config_invalid when the environment has no auth step', async () => {
    await using product = await startAuthProduct();
    const environment = authEnvironment(product, {}, { steps: {} });
    assert.deepEqual(troubles(await runProbe(probeAuth, { environment })), { 'auth.login': 'config_invalid' });
  });

  it('says config_invalid when a self-signing key is no key', async () => {
    const login = { kind: 'self_signed', secret: 'PASSWORD', algorithm: 'RS256', subject: user };
    assert.deepEqual(troubles((await measure({ auth: { login } })).measurement), { 'auth.login': 'config_invalid' });
  });

  it('says first_byte_timeout when the login hangs, and leaves half of the time', async () => {
    await using product = await startAuthProduct(() => ({ 'POST /login/key': () => new Promise(() => {}) }));
    const environment = authEnvironment(product);
    const measurement = await runProbe(probeAuth, { environment, secrets: product.secrets, deadlineMs: 2_200 });
    assert.deepEqual(troubles(measurement), { 'auth.login': 'first_byte_timeout' });
    assert.ok(checkOf(measurement, 'auth.login').latencyMs < 1_500);
  });

  it('is slow when it takes longer than its bound', async () => {
    const { measurement, summary } = await measure({
      auth: { loginMsMax: 20, refusals: [] },
      routes: ({ mint }) => ({
        'POST /login/key': async () => {
          await new Promise((resolve) => setTimeout(resolve, 40));
          return { status: 200, body: { access_token: await mint(), refresh_token: 'refresh-1' } };
        },
      }),
    });
    assert.deepEqual(troubles(measurement), { 'auth.login': 'slow' });
    assert.equal(summary.verdict, 'degraded');
  });
});

describe('A token', () => {
  const bad: Readonly<Record<string, readonly [Claims, string]>> = {
    'without a subject': [{ sub: undefined }, 'sub'],
    'with a subject that is no text': [{ sub: 7 }, 'sub'],
    'of another issuer': [{ iss: 'somebody' }, 'iss'],
    'for another audience': [{ aud: 'others' }, 'aud'],
    'without an end': [{ exp: undefined }, 'exp'],
    'that has expired': [{ iat: seconds() - 4_000, exp: seconds() - 3_000 }, 'exp'],
    'that is not valid yet': [{ nbf: seconds() + 3_000 }, 'nbf'],
    'from the future': [{ iat: seconds() + 3_000, exp: seconds() + 4_000 }, 'iat'],
    'of another environment': [{ env: 'production' }, 'env'],
  };
  for (const [what, [claims, name]] of Object.entries(bad)) {
    it(`${what} is token_invalid by the claim ${name}`, async () => {
      const token = {
        verification: { kind: 'shared_secret', secret: 'JWT_SECRET' },
        issuer: 'issuer-1',
        audiences: ['audience-1'],
        claims: name === 'env' ? { env: 'staging' } : {},
      };
      const { measurement } = await measure({ routes: issuing(claims), auth: { token, ...noRefresh } });
      const check = checkOf(measurement, 'auth.token_claims');
      assert.equal(check.reason, 'token_invalid');
      assert.equal(check.evidence['claim'], name);
      assert.match(check.detail, new RegExp(`\`${name}\``));
    });
  }

  it('that is no JWT is token_invalid, and everything else is still tried', async () => {
    const { measurement } = await measure({
      routes: () => ({ 'POST /login/key': () => ({ status: 200, body: { access_token: 'opaque' } }) }),
      auth: noRefresh,
    });
    assert.equal(checkOf(measurement, 'auth.token_signature').reason, 'token_invalid');
    assert.equal(checkOf(measurement, 'auth.token_claims').reason, 'token_invalid');
    assert.equal(checkOf(measurement, 'auth.protected_resource').reason, 'unauthorized');
    assert.equal(checkOf(measurement, 'auth.refuses_wrong_key').reason, null);
  });

  it('for another user than the response names is a subject_mismatch', async () => {
    const { measurement } = await measure({
      routes: issuing({}, { user: { id: 'user-43' } }),
      auth: { ...noRefresh, refusals: [] },
    });
    assert.deepEqual(troubles(measurement), { 'auth.token_claims': 'subject_mismatch' });
  });

  it('whose lifetime is not what the response says has a token_lifetime', async () => {
    const { measurement, summary } = await measure({
      routes: issuing({}, { expires_in: 300 }),
      auth: { ...noRefresh, refusals: [] },
    });
    assert.deepEqual(troubles(measurement), { 'auth.token_lifetime': 'token_lifetime' });
    assert.equal(summary.verdict, 'degraded');
    assert.equal(measurement.gauges.token_lifetime_drift_seconds, 600);
  });

  it('that lives too short or too long has a token_lifetime', async () => {
    for (const bounds of [{ lifetimeSecondsMin: 1_000 }, { lifetimeSecondsMax: 500 }]) {
      const token = { verification: { kind: 'none' }, ...bounds };
      const { measurement } = await measure({ auth: { token, refusals: [] } });
      assert.deepEqual(troubles(measurement), { 'auth.token_lifetime': 'token_lifetime' });
    }
  });

  it('whose lifetime fell since earlier runs has a token_lifetime, until that is usual', async () => {
    const auth = { ...noRefresh, refusals: [] };
    const routes = issuing({ exp: seconds() + 300, iat: seconds() });
    let memory: ProbeMemory = { lifetime_seconds: 3_600, lifetime_departed_runs: 0 };
    const reasons: (Reason | null)[] = [];
    for (let run = 0; run < 13; run += 1) {
      const { measurement } = await measure({ routes, auth, memory });
      reasons.push(checkOf(measurement, 'auth.token_lifetime').reason);
      memory = measurement.memory;
    }
    assert.deepEqual(reasons, [...Array.from({ length: 12 }, () => 'token_lifetime'), null]);
    assert.equal(memory['lifetime_seconds'], 300);
  });

  it('of a product whose clock is off is judged by that clock, and the clock is told', async () => {
    const aheadMs = 600_000;
    const { measurement, summary } = await measure({ nowMs: () => Date.now() - aheadMs, auth: { refusals: [] } });
    assert.deepEqual(troubles(measurement), { 'auth.clock_skew': 'clock_skew' });
    assert.equal(summary.verdict, 'degraded');
    assert.ok(Math.abs((measurement.gauges.clock_skew_seconds ?? 0) - 600) < 5);
  });
});

describe('The signature of a token', () => {
  it('by another key is token_invalid', async () => {
    const { measurement } = await measure({
      secrets: { JWT_SECRET: new Secret('another-secret-of-thirty-two-characters') },
    });
    assert.equal(checkOf(measurement, 'auth.token_signature').reason, 'token_invalid');
    assert.deepEqual(Object.keys(troubles(measurement)), ['auth.token_signature']);
  });

  it('by an algorithm that is not agreed is token_invalid', async () => {
    const token = { algorithms: ['HS512'], verification: { kind: 'shared_secret', secret: 'JWT_SECRET' } };
    const { measurement } = await measure({ auth: { token, refusals: ['tampered', 'wrong_key'] } });
    assert.deepEqual(troubles(measurement), { 'auth.token_signature': 'token_invalid' });
    assert.match(checkOf(measurement, 'auth.token_signature').detail, /HS256.*HS512/);
  });

  it('that is none at all is token_invalid', async () => {
    const unsigned = new UnsecuredJWT({ sub: user, iat: seconds(), exp: seconds() + 900 }).encode();
    const { measurement } = await measure({
      routes: () => ({ 'POST /login/key': () => ({ status: 200, body: { access_token: unsigned } }) }),
      auth: noRefresh,
    });
    assert.equal(checkOf(measurement, 'auth.token_signature').reason, 'token_invalid');
  });

  it('cannot be checked without the secret: config_invalid', async () => {
    const token = { verification: { kind: 'shared_secret', secret: 'NOT_THERE' } };
    const { measurement } = await measure({ auth: { token, refusals: [] } });
    assert.deepEqual(troubles(measurement), { 'auth.token_signature': 'config_invalid' });
  });

  it('cannot be checked with a public key that is none: config_invalid', async () => {
    const token = { algorithms: ['RS256'], verification: { kind: 'public_key', secret: 'PASSWORD' } };
    const { publicKey, privateKey } = await generateKeyPair('RS256');
    assert.ok(publicKey);
    const { measurement } = await measure({
      auth: { token, ...noRefresh, refusals: [] },
      routes: () => ({
        'POST /login/key': async () => ({
          status: 200,
          body: {
            access_token: await new SignJWT({ sub: user, iat: seconds(), exp: seconds() + 900 })
              .setProtectedHeader({ alg: 'RS256' })
              .sign(privateKey),
          },
        }),
        'GET /me': () => ({ status: 200, body: { user_id: user } }),
      }),
    });
    assert.deepEqual(troubles(measurement), { 'auth.token_signature': 'config_invalid' });
  });
});

describe('A JWK Set', () => {
  const auth = {
    ...noRefresh,
    refusals: [],
    token: { algorithms: ['ES256'], verification: { kind: 'jwks', path: '/jwks' } },
  };

  async function keyed(kid: string | undefined) {
    const { publicKey, privateKey } = await generateKeyPair('ES256');
    const jwk = { ...(await exportJWK(publicKey)), alg: 'ES256', ...(kid === undefined ? {} : { kid }) };
    const claims = { sub: user, iat: seconds(), exp: seconds() + 900 };
    const header = { alg: 'ES256', ...(kid === undefined ? {} : { kid }) };
    return { jwk, token: await new SignJWT(claims).setProtectedHeader(header).sign(privateKey) };
  }

  function serving(token: string, sets: readonly unknown[]): () => Routes {
    let fetches = 0;
    return () => ({
      'POST /login/key': () => ({ status: 200, body: { access_token: token } }),
      'GET /me': () => ({ status: 200, body: { user_id: user } }),
      'GET /jwks': () => {
        const body = sets[Math.min(fetches, sets.length - 1)];
        fetches += 1;
        return { status: 200, body };
      },
    });
  }

  it('verifies the token', async () => {
    const [old, key] = [await keyed('k-0'), await keyed('k-1')];
    const { measurement } = await measure({ auth, routes: serving(key.token, [{ keys: [old.jwk, key.jwk] }]) });
    assert.deepEqual(troubles(measurement), {});
    assert.equal(checkOf(measurement, 'auth.token_signature').evidence['key_set_fetches'], 1);
    assert.equal(checkOf(measurement, 'auth.token_signature').evidence['key_set_keys'], 2);
  });

  it('is fetched once more for a key that has just been rotated in', async () => {
    const [old, key] = [await keyed('k-0'), await keyed('k-1')];
    const routes = serving(key.token, [{ keys: [old.jwk] }, { keys: [old.jwk, key.jwk] }]);
    const { measurement } = await measure({ auth, routes });
    assert.deepEqual(troubles(measurement), {});
    assert.equal(checkOf(measurement, 'auth.token_signature').evidence['key_set_fetches'], 2);
  });

  it('without the key is token_invalid after two fetches', async () => {
    const [old, key] = [await keyed('k-0'), await keyed('k-1')];
    const { measurement, asked } = await measure({ auth, routes: serving(key.token, [{ keys: [old.jwk] }]) });
    assert.deepEqual(troubles(measurement), { 'auth.token_signature': 'token_invalid' });
    assert.equal(asked.filter(({ path }) => path === '/jwks').length, 2);
  });

  it('with several keys that may fit is tried through', async () => {
    const [other, key] = [await keyed(undefined), await keyed(undefined)];
    const { measurement } = await measure({ auth, routes: serving(key.token, [{ keys: [other.jwk, key.jwk] }]) });
    assert.deepEqual(troubles(measurement), {});
  });

  it('with the right name on the wrong key is token_invalid', async () => {
    const [other, key] = [await keyed('k-1'), await keyed('k-1')];
    const { measurement } = await measure({ auth, routes: serving(key.token, [{ keys: [other.jwk] }]) });
    assert.deepEqual(troubles(measurement), { 'auth.token_signature': 'token_invalid' });
  });

  const broken: readonly (readonly [unknown, number, Reason])[] = [
    [{ keys: 'none' }, 200, 'unexpected_shape'],
    [{ keys: [{ no: 'kty' }] }, 200, 'unexpected_shape'],
    ['<html>', 200, 'not_json'],
    ['down', 503, 'unavailable'],
    [{}, 404, 'not_found'],
  ];
  for (const [body, status, reason] of broken) {
    it(`that is ${JSON.stringify(body)} with HTTP ${status} says ${reason}`, async () => {
      const key = await keyed('k-1');
      const routes = (): Routes => ({ ...serving(key.token, [])(), 'GET /jwks': () => ({ status, body }) });
      const { measurement } = await measure({ auth, routes });
      assert.deepEqual(troubles(measurement), { 'auth.token_signature': reason });
    });
  }
});

describe('The protected resource', () => {
  const cases: readonly (readonly [string, unknown, number, Reason])[] = [
    ['refuses the token', { detail: 'no' }, 401, 'unauthorized'],
    ['refuses the token in the body', { valid: false, error: 'Invalid' }, 200, 'unauthorized'],
    ['forbids', {}, 403, 'forbidden'],
    ['is not there', {}, 404, 'not_found'],
    ['gives another user', { user_id: 'user-1' }, 200, 'subject_mismatch'],
    ['gives no user', { hello: 'world' }, 200, 'unexpected_shape'],
    ['gives a page', '<html>', 200, 'not_json'],
    ['crashes', 'oops', 500, 'server_error'],
    ['is one request too many', {}, 429, 'rate_limited'],
  ];
  for (const [what, body, status, reason] of cases) {
    it(`that ${what} says ${reason}`, async () => {
      const { measurement } = await measure({
        routes: () => ({ 'GET /me': () => ({ status, body }) }),
        auth: { refusals: [] },
      });
      assert.deepEqual(troubles(measurement), { 'auth.protected_resource': reason });
    });
  }

  it('that is down leaves nothing to refuse', async () => {
    const { measurement } = await measure({ routes: () => ({ 'GET /me': () => ({ status: 503, body: 'x' }) }) });
    assert.deepEqual(troubles(measurement), { 'auth.protected_resource': 'unavailable' });
    assert.ok(measurement.checks.every(({ id }) => !id.startsWith('auth.refuses')));
  });
});

describe('A refresh', () => {
  const cases: readonly (readonly [string, unknown, number, Reason])[] = [
    ['is refused', { detail: 'Invalid refresh token' }, 401, 'refresh_failed'],
    ['is malformed', {}, 422, 'refresh_failed'],
    ['gives no token', {}, 200, 'refresh_failed'],
    ['gives a page', '<html>', 200, 'refresh_failed'],
    ['crashes', 'oops', 500, 'server_error'],
    ['is not there', {}, 404, 'not_found'],
  ];
  for (const [what, body, status, reason] of cases) {
    it(`that ${what} says ${reason}`, async () => {
      const { measurement } = await measure({
        routes: () => ({ 'POST /refresh': () => ({ status, body }) }),
        auth: { refusals: [] },
      });
      assert.deepEqual(troubles(measurement), { 'auth.refresh': reason });
    });
  }

  it('that gives the token of another user is a subject_mismatch', async () => {
    const { measurement } = await measure({
      routes: ({ mint }) => ({
        'POST /refresh': async () => ({ status: 200, body: { access_token: await mint({ sub: 'x' }) } }),
      }),
      auth: { refusals: [] },
    });
    assert.deepEqual(troubles(measurement), { 'auth.refresh': 'subject_mismatch' });
  });

  it('without a refresh token says refresh_failed', async () => {
    const { measurement } = await measure({ routes: issuing({}), auth: { refusals: [] } });
    assert.deepEqual(troubles(measurement), { 'auth.refresh': 'refresh_failed' });
  });
});

describe('A door', () => {
  const refusals = ['no_token', 'tampered', 'alg_none', 'expired', 'wrong_key'] as const;

  it('that is open to everyone is auth_bypassed by every refusal, and says so first', async () => {
    const { measurement, summary } = await measure({
      routes: () => ({ 'GET /me': () => ({ status: 200, body: { user_id: user } }) }),
    });
    for (const refusal of refusals) {
      assert.equal(checkOf(measurement, `auth.refuses_${refusal}`).reason, 'auth_bypassed');
    }
    assert.equal(summary.reason, 'auth_bypassed');
    assert.equal(summary.verdict, 'fail');
  });

  it('that does not look at one thing is auth_bypassed by that refusal alone', async () => {
    const claimsOf = (bearer: string): JWTPayload | null => {
      try {
        return JSON.parse(Buffer.from(bearer.split('.')[1] ?? '', 'base64url').toString());
      } catch {
        return null;
      }
    };
    const withoutExpiry = ({ key }: AuthProduct): Routes => ({
      'GET /me': async ({ bearer }) => {
        const { jwtVerify } = await import('jose');
        try {
          const { payload } = await jwtVerify(bearer, key, { currentDate: new Date(0) });
          return { status: 200, body: { user_id: payload.sub } };
        } catch {
          return { status: 401 };
        }
      },
    });
    const algNone = ({ key }: AuthProduct): Routes => ({
      'GET /me': async ({ bearer }) => {
        const { jwtVerify } = await import('jose');
        if (bearer.endsWith('.')) {
          return { status: 200, body: { user_id: claimsOf(bearer)?.sub } };
        }
        try {
          return { status: 200, body: { user_id: (await jwtVerify(bearer, key)).payload.sub } };
        } catch {
          return { status: 403 };
        }
      },
    });
    const refused = { 'auth.refuses_expired': 'auth_bypassed' };
    assert.deepEqual(troubles((await measure({ routes: withoutExpiry })).measurement), refused);
    assert.deepEqual(troubles((await measure({ routes: algNone })).measurement), {
      'auth.refuses_alg_none': 'auth_bypassed',
    });
  });

  it('that says no in the body of a 200 refuses', async () => {
    const { measurement } = await measure({
      routes: ({ key }) => ({
        'GET /me': async ({ bearer }) => {
          const { jwtVerify } = await import('jose');
          try {
            return { status: 200, body: { valid: true, user_id: (await jwtVerify(bearer, key)).payload.sub } };
          } catch {
            return { status: 200, body: { valid: false, error: 'Invalid or expired token' } };
          }
        },
      }),
    });
    assert.deepEqual(troubles(measurement), {});
  });

  const unclear: readonly (readonly [string, { status: number; body?: unknown }, Reason])[] = [
    ['crashes on a forged token', { status: 500 }, 'server_error'],
    ['is too busy for a forged token', { status: 429 }, 'rate_limited'],
    ['answers 200 with neither user nor refusal', { status: 200, body: { hello: 'world' } }, 'unexpected_status'],
  ];
  for (const [what, told, reason] of unclear) {
    it(`that ${what} is not auth_bypassed but ${reason}`, async () => {
      let requests = 0;
      const { measurement } = await measure({
        auth: { refusals: ['no_token'] },
        routes: () => ({
          'GET /me': () => {
            requests += 1;
            return requests === 1 ? { status: 200, body: { user_id: user } } : told;
          },
        }),
      });
      assert.deepEqual(troubles(measurement), { 'auth.refuses_no_token': reason });
    });
  }

  it('that lets a wrong credential in is auth_bypassed', async () => {
    const { measurement } = await measure({
      auth: { login: passwordLogin },
      routes: ({ mint }) => ({
        'POST /login/password': async () => ({
          status: 200,
          body: { access_token: await mint(), refresh_token: 'refresh-1' },
        }),
      }),
    });
    assert.deepEqual(troubles(measurement), { 'auth.refuses_wrong_password': 'auth_bypassed' });
  });

  it('cannot be tried with an expired token when no shared secret is agreed: config_invalid', async () => {
    const token = { verification: { kind: 'none' } };
    const { measurement } = await measure({ auth: { token, refusals: ['expired'] } });
    assert.deepEqual(troubles(measurement), { 'auth.refuses_expired': 'config_invalid' });
  });
});
