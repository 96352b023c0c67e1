/** The login as the steps use it that come in with a token. What each answer means is in the tests of the auth probe. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';

import {
  decodeJwt,
  decodeProtectedHeader,
  exportPKCS8,
  exportSPKI,
  generateKeyPair,
  importSPKI,
  jwtVerify,
} from 'jose';

import { Secret } from '../../shared/core/secret.ts';
import { login } from '../../shared/io/login.ts';
import { startStopwatch } from '../../shared/io/stopwatch.ts';
import { authEnvironment, type AuthProduct, clientLogin, startAuthProduct, user } from '../support/auth-product.ts';
import { probeContext } from '../support/run-probe.ts';

async function logIn(
  product: AuthProduct,
  auth: object = {},
  secrets: Readonly<Record<string, Secret>> = product.secrets,
) {
  using context = probeContext({ environment: authEnvironment(product, auth), secrets });
  return await login(context, startStopwatch());
}

describe('A login', () => {
  it('gives token, refresh token, user and claimed lifetime, in a form that cannot be printed', async () => {
    await using product = await startAuthProduct();
    const result = await logIn(product);
    assert.ok(result.ok);
    assert.equal(decodeJwt(result.token.reveal()).sub, user);
    assert.equal(result.refreshToken?.reveal(), 'refresh-1');
    assert.equal(result.subject, user);
    assert.equal(result.namedSubject, user);
    assert.equal(result.expiresInSeconds, 900);
    assert.ok((result.exchange?.latencyMs ?? 0) > 0);
    const { exchange, ...grant } = result;
    assert.ok(exchange);
    assert.doesNotMatch(JSON.stringify(grant), /eyJ|refresh-1/);
  });

  it('takes the user from the token before the response, and from the response when the token names none', async () => {
    for (const [sub, subject] of [
      ['in-token', 'in-token'],
      [undefined, 'in-response'],
    ]) {
      await using product = await startAuthProduct(({ mint }) => ({
        'POST /login/key': async () => ({
          status: 200,
          body: { access_token: await mint({ sub }), user: { id: 'in-response' } },
        }),
      }));
      const result = await logIn(product);
      assert.equal(result.ok && result.subject, subject);
    }
  });

  it('finds everything where the environment file says', async () => {
    await using product = await startAuthProduct(({ mint }) => ({
      'POST /login/client': async () => ({ status: 201, body: { data: { jwt: await mint(), ttl: '60', who: 7 } } }),
    }));
    const paths = { accessTokenPath: 'data.jwt', expiresInPath: 'data.ttl', subjectPath: 'data.who' };
    const result = await logIn(product, { login: { ...clientLogin, ...paths } });
    assert.ok(result.ok);
    assert.equal(result.expiresInSeconds, 60);
    assert.equal(result.namedSubject, '7');
    assert.equal(result.refreshToken, null);
  });

  it('sends client credentials with characters that need care, in either way', async () => {
    await using product = await startAuthProduct();
    for (const clientAuthentication of ['basic', 'post']) {
      const result = await logIn(product, {
        login: { ...clientLogin, clientAuthentication, scope: 'a b', audience: 'x' },
      });
      assert.equal(result.ok, true, clientAuthentication);
    }
    assert.match(product.asked[0]?.body ?? '', /^grant_type=client_credentials&scope=a\+b&audience=x$/);
  });

  it('sends the key in its header alone', async () => {
    await using product = await startAuthProduct();
    await logIn(product);
    const { headers, body } = product.asked[0] ?? assert.fail('nothing was asked');
    const key = product.secrets['LOGIN_KEY']?.reveal() ?? '-';
    assert.deepEqual(
      Object.entries(headers).filter(([, value]) => String(value).includes(key)),
      [['x-key', key]],
    );
    assert.ok(!body.includes(key));
    assert.deepEqual(JSON.parse(body), {
      email: 'gp@example.org',
      name: 'Golden Path',
      permissions: ['read', 'write'],
      simulate_oauth: true,
    });
  });

  it('that fails says why, and keeps the exchange', async () => {
    await using product = await startAuthProduct();
    const result = await logIn(product, {}, { ...product.secrets, LOGIN_KEY: new Secret('wrong-key') });
    assert.ok(!result.ok);
    assert.equal(result.failure.reason, 'credential');
    assert.match(result.failure.detail, /POST http:.*\/login\/key answered HTTP 401 .*Invalid E2E bypass key/);
    assert.equal(result.exchange?.response?.status, 401);
  });

  it('that cannot be tried says why, without an exchange', async () => {
    await using product = await startAuthProduct();
    const missing = await logIn(product, {}, {});
    assert.ok(!missing.ok);
    assert.match(missing.failure.detail, /`LOGIN_KEY` is missing/);
    assert.equal(missing.exchange, null);
    const nowhere = await logIn(product, { service: 'nowhere' });
    assert.equal(!nowhere.ok && nowhere.failure.reason, 'config_invalid');
    using context = probeContext({ environment: authEnvironment(product, {}, { steps: {} }) });
    const unsaid = await login(context, startStopwatch());
    assert.equal(!unsaid.ok && unsaid.failure.reason, 'config_invalid');
    assert.equal(product.asked.length, 0);
  });
});

describe('A self-signed login', () => {
  it('makes a token with a shared secret, for the configured user and time', async () => {
    await using product = await startAuthProduct();
    const settings = {
      kind: 'self_signed',
      secret: 'JWT_SECRET',
      subject: 'u-1',
      claims: { env: 'x' },
      lifetimeSeconds: 60,
    };
    const result = await logIn(product, { login: settings });
    assert.ok(result.ok);
    const { payload } = await jwtVerify(result.token.reveal(), product.key, { algorithms: ['HS256'] });
    assert.equal(payload.sub, 'u-1');
    assert.equal(payload['env'], 'x');
    assert.equal((payload.exp ?? 0) - (payload.iat ?? 0), 60);
    assert.equal(result.exchange, null);
    assert.equal(product.asked.length, 0);
  });

  for (const algorithm of ['RS256', 'ES256'] as const) {
    it(`makes a token with a private key of ${algorithm}`, async () => {
      await using product = await startAuthProduct();
      const { publicKey, privateKey } = await generateKeyPair(algorithm, { extractable: true });
      const secrets = { PEM: new Secret(await exportPKCS8(privateKey)) };
      const result = await logIn(
        product,
        { login: { kind: 'self_signed', secret: 'PEM', algorithm, subject: 'u-1' } },
        secrets,
      );
      assert.ok(result.ok);
      await jwtVerify(result.token.reveal(), await importSPKI(await exportSPKI(publicKey), algorithm));
      assert.equal(decodeProtectedHeader(result.token.reveal()).alg, algorithm);
    });
  }
});
