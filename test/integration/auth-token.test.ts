/** The auth probe and the token that a login gives: its claims, its lifetime, its clock, its signature. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';

import { exportJWK, generateKeyPair, SignJWT, UnsecuredJWT } from 'jose';

import type { ProbeMemory } from '../../shared/core/outcome.ts';
import type { Reason } from '../../shared/core/reasons.ts';
import { Secret } from '../../shared/core/secret.ts';
import { type Routes, user } from '../support/auth-product.ts';
import { checkOf, type Claims, issuing, measureAuth, noRefresh, seconds, troubles } from '../support/measure-auth.ts';

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
      const { measurement } = await measureAuth({ routes: issuing(claims), auth: { token, ...noRefresh } });
      const check = checkOf(measurement, 'auth.token_claims');
      assert.equal(check.reason, 'token_invalid');
      assert.equal(check.evidence['claim'], name);
      assert.match(check.detail, new RegExp(`\`${name}\``));
    });
  }

  it('that is no JWT is token_invalid, and everything else is still tried', async () => {
    const { measurement } = await measureAuth({
      routes: () => ({ 'POST /login/key': () => ({ status: 200, body: { access_token: 'opaque' } }) }),
      auth: noRefresh,
    });
    assert.equal(checkOf(measurement, 'auth.token_signature').reason, 'token_invalid');
    assert.equal(checkOf(measurement, 'auth.token_claims').reason, 'token_invalid');
    assert.equal(checkOf(measurement, 'auth.protected_resource').reason, 'unauthorized');
    assert.equal(checkOf(measurement, 'auth.refuses_wrong_key').reason, null);
  });

  it('for another user than the response names is a subject_mismatch', async () => {
    const { measurement } = await measureAuth({
      routes: issuing({}, { user: { id: 'user-43' } }),
      auth: { ...noRefresh, refusals: [] },
    });
    assert.deepEqual(troubles(measurement), { 'auth.token_claims': 'subject_mismatch' });
  });

  it('whose lifetime is not what the response says has a token_lifetime', async () => {
    const { measurement, summary } = await measureAuth({
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
      const { measurement } = await measureAuth({ auth: { token, refusals: [] } });
      assert.deepEqual(troubles(measurement), { 'auth.token_lifetime': 'token_lifetime' });
    }
  });

  it('whose lifetime fell since earlier runs has a token_lifetime, until that is usual', async () => {
    const auth = { ...noRefresh, refusals: [] };
    const routes = issuing({ exp: seconds() + 300, iat: seconds() });
    let memory: ProbeMemory = { lifetime_seconds: 3_600, lifetime_departed_runs: 0 };
    const reasons: (Reason | null)[] = [];
    for (let run = 0; run < 13; run += 1) {
      const { measurement } = await measureAuth({ routes, auth, memory });
      reasons.push(checkOf(measurement, 'auth.token_lifetime').reason);
      memory = measurement.memory;
    }
    assert.deepEqual(reasons, [...Array.from({ length: 12 }, () => 'token_lifetime'), null]);
    assert.equal(memory['lifetime_seconds'], 300);
  });

  it('of a product whose clock is off is judged by that clock, and the clock is told', async () => {
    const aheadMs = 600_000;
    const { measurement, summary } = await measureAuth({ nowMs: () => Date.now() - aheadMs, auth: { refusals: [] } });
    assert.deepEqual(troubles(measurement), { 'auth.clock_skew': 'clock_skew' });
    assert.equal(summary.verdict, 'degraded');
    assert.ok(Math.abs((measurement.gauges.clock_skew_seconds ?? 0) - 600) < 5);
  });
});

describe('The signature of a token', () => {
  it('by another key is token_invalid', async () => {
    const { measurement } = await measureAuth({
      secrets: { JWT_SECRET: new Secret('another-secret-of-thirty-two-characters') },
    });
    assert.equal(checkOf(measurement, 'auth.token_signature').reason, 'token_invalid');
    assert.deepEqual(Object.keys(troubles(measurement)), ['auth.token_signature']);
  });

  it('by an algorithm that is not agreed is token_invalid', async () => {
    const token = { algorithms: ['HS512'], verification: { kind: 'shared_secret', secret: 'JWT_SECRET' } };
    const { measurement } = await measureAuth({ auth: { token, refusals: ['tampered', 'wrong_key'] } });
    assert.deepEqual(troubles(measurement), { 'auth.token_signature': 'token_invalid' });
    assert.match(checkOf(measurement, 'auth.token_signature').detail, /HS256.*HS512/);
  });

  it('that is none at all is token_invalid', async () => {
    const unsigned = new UnsecuredJWT({ sub: user, iat: seconds(), exp: seconds() + 900 }).encode();
    const { measurement } = await measureAuth({
      routes: () => ({ 'POST /login/key': () => ({ status: 200, body: { access_token: unsigned } }) }),
      auth: noRefresh,
    });
    assert.equal(checkOf(measurement, 'auth.token_signature').reason, 'token_invalid');
  });

  it('cannot be checked without the secret: config_invalid', async () => {
    const token = { verification: { kind: 'shared_secret', secret: 'NOT_THERE' } };
    const { measurement } = await measureAuth({ auth: { token, refusals: [] } });
    assert.deepEqual(troubles(measurement), { 'auth.token_signature': 'config_invalid' });
  });

  it('cannot be checked with a public key that is none: config_invalid', async () => {
    const token = { algorithms: ['RS256'], verification: { kind: 'public_key', secret: 'PASSWORD' } };
    const { publicKey, privateKey } = await generateKeyPair('RS256');
    assert.ok(publicKey);
    const { measurement } = await measureAuth({
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
    const { measurement } = await measureAuth({ auth, routes: serving(key.token, [{ keys: [old.jwk, key.jwk] }]) });
    assert.deepEqual(troubles(measurement), {});
    assert.equal(checkOf(measurement, 'auth.token_signature').evidence['key_set_fetches'], 1);
    assert.equal(checkOf(measurement, 'auth.token_signature').evidence['key_set_keys'], 2);
  });

  it('is fetched once more for a key that has just been rotated in', async () => {
    const [old, key] = [await keyed('k-0'), await keyed('k-1')];
    const routes = serving(key.token, [{ keys: [old.jwk] }, { keys: [old.jwk, key.jwk] }]);
    const { measurement } = await measureAuth({ auth, routes });
    assert.deepEqual(troubles(measurement), {});
    assert.equal(checkOf(measurement, 'auth.token_signature').evidence['key_set_fetches'], 2);
  });

  it('without the key is token_invalid after two fetches', async () => {
    const [old, key] = [await keyed('k-0'), await keyed('k-1')];
    const { measurement, asked } = await measureAuth({ auth, routes: serving(key.token, [{ keys: [old.jwk] }]) });
    assert.deepEqual(troubles(measurement), { 'auth.token_signature': 'token_invalid' });
    assert.equal(asked.filter(({ path }) => path === '/jwks').length, 2);
  });

  it('with several keys that may fit is tried through', async () => {
    const [other, key] = [await keyed(undefined), await keyed(undefined)];
    const { measurement } = await measureAuth({ auth, routes: serving(key.token, [{ keys: [other.jwk, key.jwk] }]) });
    assert.deepEqual(troubles(measurement), {});
  });

  it('with the right name on the wrong key is token_invalid', async () => {
    const [other, key] = [await keyed('k-1'), await keyed('k-1')];
    const { measurement } = await measureAuth({ auth, routes: serving(key.token, [{ keys: [other.jwk] }]) });
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
      const { measurement } = await measureAuth({ auth, routes });
      assert.deepEqual(troubles(measurement), { 'auth.token_signature': reason });
    });
  }
});
