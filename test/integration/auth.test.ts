/** The auth probe of a product that works, and every way in which a login fails. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';

import { probeAuth } from '../../functions/auth/probe.ts';
import type { Reason } from '../../shared/core/reasons.ts';
import { Secret } from '../../shared/core/secret.ts';
import { authEnvironment, clientLogin, passwordLogin, startAuthProduct, user } from '../support/auth-product.ts';
import { checkOf, measureAuth, troubles } from '../support/measure-auth.ts';
import { runProbe } from '../support/run-probe.ts';

describe('The auth probe of a product that works', () => {
  const logins = {
    'a synthetic user': {},
    'a password': { login: passwordLogin },
    'client credentials in the header': { login: clientLogin },
    'client credentials in the body': { login: { ...clientLogin, clientAuthentication: 'post', scope: 'a b' } },
  };
  for (const [what, auth] of Object.entries(logins)) {
    it(`passes all checks with ${what}, in twelve requests at most`, async () => {
      const { measurement, summary, asked } = await measureAuth({ auth });
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
    const { measurement, summary } = await measureAuth({
      auth: { login, refusals: ['no_token', 'wrong_key'] },
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
      const { measurement, asked } = await measureAuth({
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

  it('shows the words of the product without the key that it repeats, also when it does not look like one', async () => {
    const { measurement } = await measureAuth({
      secrets: { LOGIN_KEY: new Secret('open sesame') },
      routes: () => ({ 'POST /login/key': () => ({ status: 401, body: { detail: 'No such key: open sesame' } }) }),
    });
    assert.match(checkOf(measurement, 'auth.login').detail, /HTTP 401 .*No such key: \[redacted\]$/);
  });

  it('says config_invalid when the key is missing', async () => {
    const { measurement, asked } = await measureAuth({
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
    assert.deepEqual(troubles((await measureAuth({ auth: { login } })).measurement), {
      'auth.login': 'config_invalid',
    });
  });

  it('says first_byte_timeout when the login hangs, and leaves half of the time', async () => {
    await using product = await startAuthProduct(() => ({ 'POST /login/key': () => new Promise(() => {}) }));
    const environment = authEnvironment(product);
    const measurement = await runProbe(probeAuth, { environment, secrets: product.secrets, deadlineMs: 2_200 });
    assert.deepEqual(troubles(measurement), { 'auth.login': 'first_byte_timeout' });
    assert.ok(checkOf(measurement, 'auth.login').latencyMs < 1_500);
  });

  it('is slow when it takes longer than its bound', async () => {
    const { measurement, summary } = await measureAuth({
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
