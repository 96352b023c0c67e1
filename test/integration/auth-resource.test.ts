/** The auth probe and what a token opens: the protected resource, the refresh, and doors that must stay shut. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';

import { type JWTPayload, jwtVerify } from 'jose';

import type { Reason } from '../../shared/core/reasons.ts';
import { type AuthProduct, passwordLogin, type Routes, user } from '../support/auth-product.ts';
import { checkOf, issuing, measureAuth, troubles } from '../support/measure-auth.ts';

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
      const { measurement } = await measureAuth({
        routes: () => ({ 'GET /me': () => ({ status, body }) }),
        auth: { refusals: [] },
      });
      assert.deepEqual(troubles(measurement), { 'auth.protected_resource': reason });
    });
  }

  for (const [status, reason] of [
    [503, 'unavailable'],
    [429, 'rate_limited'],
  ] as const) {
    it(`that answers ${status} leaves nothing to refuse`, async () => {
      const { measurement } = await measureAuth({ routes: () => ({ 'GET /me': () => ({ status, body: 'x' }) }) });
      assert.deepEqual(troubles(measurement), { 'auth.protected_resource': reason });
      assert.ok(measurement.checks.every(({ id }) => !id.startsWith('auth.refuses')));
    });
  }
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
      const { measurement } = await measureAuth({
        routes: () => ({ 'POST /refresh': () => ({ status, body }) }),
        auth: { refusals: [] },
      });
      assert.deepEqual(troubles(measurement), { 'auth.refresh': reason });
    });
  }

  it('that gives the token of another user is a subject_mismatch', async () => {
    const { measurement } = await measureAuth({
      routes: ({ mint }) => ({
        'POST /refresh': async () => ({ status: 200, body: { access_token: await mint({ sub: 'x' }) } }),
      }),
      auth: { refusals: [] },
    });
    assert.deepEqual(troubles(measurement), { 'auth.refresh': 'subject_mismatch' });
  });

  it('without a refresh token says refresh_failed', async () => {
    const { measurement } = await measureAuth({ routes: issuing({}), auth: { refusals: [] } });
    assert.deepEqual(troubles(measurement), { 'auth.refresh': 'refresh_failed' });
  });
});

describe('A door', () => {
  const refusals = ['no_token', 'tampered', 'alg_none', 'expired', 'wrong_key'] as const;

  it('that is open to everyone is auth_bypassed by every refusal, and says so first', async () => {
    const { measurement, summary } = await measureAuth({
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
    assert.deepEqual(troubles((await measureAuth({ routes: withoutExpiry })).measurement), refused);
    assert.deepEqual(troubles((await measureAuth({ routes: algNone })).measurement), {
      'auth.refuses_alg_none': 'auth_bypassed',
    });
  });

  it('that says no in the body of a 200 refuses', async () => {
    const { measurement } = await measureAuth({
      routes: ({ key }) => ({
        'GET /me': async ({ bearer }) => {
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
      const { measurement } = await measureAuth({
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
    const { measurement } = await measureAuth({
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
    const { measurement } = await measureAuth({ auth: { token, refusals: ['expired'] } });
    assert.deepEqual(troubles(measurement), { 'auth.refuses_expired': 'config_invalid' });
  });
});
