/** The rules about answers over HTTP, each by itself: where a redirect leads, what a login and an upgrade were answered. */
import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { describe, it } from 'node:test';

import { endpointOf, isFailure } from '../../shared/core/endpoint.ts';
import type { HttpExchange, HttpResponse } from '../../shared/core/exchange.ts';
import { judgeLogin, loginRequest, type RemoteLogin } from '../../shared/core/login.ts';
import { redirectStep } from '../../shared/core/redirect.ts';
import { Secret } from '../../shared/core/secret.ts';
import { traceparent } from '../../shared/core/traceparent.ts';
import { upgradeFailure } from '../../shared/core/upgrade.ts';
import { settingsWith } from '../simulation/samples.ts';

function response(status: number, body = '', headers: Readonly<Record<string, string>> = {}): HttpResponse {
  return { status, headers, body };
}

describe('a redirect', () => {
  const visited = ['https://a.example/start'];
  const step = (location: string | null, changes: Partial<Parameters<typeof redirectStep>[0]> = {}) => {
    const headers = location === null ? {} : { location };
    return redirectStep({ method: 'GET', response: response(302, '', headers), visited, redirectsMax: 2, ...changes });
  };
  const reason = (found: ReturnType<typeof step>) => (found.step === 'stop' ? found.failure.reason : found.step);

  it('is followed to where it leads, without its fragment', () => {
    assert.deepEqual(step('/next#part'), { step: 'follow', url: 'https://a.example/next', sameOrigin: true });
    assert.deepEqual(step('https://b.example/'), { step: 'follow', url: 'https://b.example/', sameOrigin: false });
  });

  it('is an answer like any other when it is not to be followed', () => {
    assert.equal(reason(step('/next', { redirectsMax: 0 })), 'stay');
    assert.equal(reason(step('/next', { method: 'POST' })), 'stay');
    assert.equal(reason(step('/next', { response: response(200) })), 'stay');
  });

  it('is not followed to nowhere, to plain text, in a circle, or too often', () => {
    assert.equal(reason(step('ftp://a.example/')), 'redirected');
    assert.equal(reason(step('/next', { visited: [] })), 'redirected');
    assert.equal(reason(step('https://')), 'redirected');
    assert.equal(reason(step('http://a.example/')), 'redirected');
    assert.equal(reason(step(null)), 'redirect_loop');
    assert.equal(reason(step('/start')), 'redirect_loop');
    assert.equal(
      reason(step('/3', { visited: [...visited, 'https://a.example/1', 'https://a.example/2'] })),
      'redirect_loop',
    );
  });
});

describe('an upgrade that is answered by something else', () => {
  it('is a bad handshake when the answer only looks like one', () => {
    assert.equal(upgradeFailure(response(101), []).reason, 'bad_handshake');
  });

  it('is told with the words and the patience that the server asks for', () => {
    const busy = upgradeFailure(response(503, '{"error":"busy"}', { 'retry-after': '30' }), []);
    assert.equal(busy.reason, 'upgrade_unavailable');
    assert.match(busy.detail, /HTTP 503 \(json body, "busy", retry after 30 s\)/);
    assert.match(upgradeFailure(response(500), []).detail, /HTTP 500 \(no body\)/);
  });
});

describe('a login', () => {
  const key = new Secret(randomBytes(16).toString('hex'));
  const known = (name: string) => (name === 'KEY' || name === 'ID' ? key : null);
  const paths = {
    path: '/login',
    service: 'auth',
    accessTokenPath: 'access_token',
    refreshTokenPath: 'refresh_token',
    subjectPath: 'user.id',
    expiresInPath: 'expires_in',
  };
  const password: RemoteLogin = { ...loginOf('password'), ...paths };
  const client: RemoteLogin = { ...loginOf('client_credentials'), ...paths };

  function loginOf(kind: 'password' | 'client_credentials'): RemoteLogin {
    const login =
      kind === 'password'
        ? { kind, path: '/login', email: 'a@b.example', passwordSecret: 'KEY' }
        : { kind, path: '/token', clientIdSecret: 'ID', clientSecretSecret: 'KEY' };
    const parsed = settingsWith({
      steps: { auth: { login, token: { verification: { kind: 'none' } }, protectedResource: {} } },
    }).steps.auth?.login;
    return parsed === undefined || parsed.kind === 'self_signed' ? assert.fail() : parsed;
  }

  const exchange = (answer: HttpResponse | null): HttpExchange => ({
    method: 'POST',
    shownUrl: 'https://auth.example/login',
    startedMs: 0,
    latencyMs: 10,
    phases: {},
    response: answer,
    failure: null,
    tls: null,
    redirects: [],
  });
  const judged = (login: RemoteLogin, answer: HttpResponse | null) => judgeLogin(login, exchange(answer), [key]);
  const reasonOf = (login: RemoteLogin, status: number, body = '') => {
    const found = judged(login, response(status, body));
    return found.ok ? 'granted' : found.failure.reason;
  };

  it('without its secrets is a mistake of the configuration', () => {
    for (const [login, secrets] of [
      [password, () => null],
      [client, (name: string) => (name === 'KEY' ? key : null)],
    ] as const) {
      const request = loginRequest(login, secrets);
      assert.equal(isFailure(request) && request.reason, 'config_invalid');
    }
  });

  it('sends what its kind asks for', () => {
    const sent = loginRequest(password, known);
    assert.ok(!isFailure(sent) && sent.body.reveal().includes('a@b.example'));
    const asked = loginRequest(client, known);
    assert.ok(!isFailure(asked) && asked.body.reveal().includes('grant_type=client_credentials'));
  });

  it('sends what else the file asks for', () => {
    const user: RemoteLogin = {
      ...password,
      kind: 'synthetic_user',
      keyHeader: 'X-Key',
      keySecret: 'KEY',
      email: 'a@b.example',
      name: 'Probe',
      permissions: ['chat'],
    };
    const sent = loginRequest(user, known);
    assert.ok(!isFailure(sent) && sent.headers['X-Key'] === key && sent.body.reveal().includes('"chat"'));
    const posted = { ...client, scope: 'chat', audience: 'api', clientAuthentication: 'post' } as const;
    const form = loginRequest(posted, known);
    assert.ok(!isFailure(form));
    const fields = new URLSearchParams(form.body.reveal());
    assert.deepEqual([fields.get('scope'), fields.get('audience')], ['chat', 'api']);
    assert.equal(fields.get('client_secret'), key.reveal());
  });

  it('gives a token, and one to refresh it with where there is one', () => {
    const token = randomBytes(8).toString('hex');
    const plain = judged(password, response(200, JSON.stringify({ access_token: token })));
    assert.ok(plain.ok && plain.token.reveal() === token && plain.refreshToken === null);
    const both = judged(password, response(200, JSON.stringify({ access_token: token, refresh_token: 'again' })));
    assert.ok(both.ok && both.refreshToken?.reveal() === 'again');
  });

  it('is refused because of ourselves only when that is what the answer says', () => {
    assert.equal(reasonOf(password, 401), 'credential');
    assert.equal(reasonOf(client, 400, '{"error":"invalid_client"}'), 'credential');
    assert.notEqual(reasonOf(client, 400, '{"error":"other"}'), 'credential');
    assert.notEqual(reasonOf(password, 400, '{"error":"invalid_client"}'), 'credential');
    assert.equal(reasonOf(password, 403, '{}'), 'credential');
    assert.equal(reasonOf(password, 403, '<html>'), 'forbidden');
    assert.equal(reasonOf(password, 503, 'E2E not configured'), 'login_rejected');
    assert.equal(reasonOf(password, 503), 'unavailable');
  });

  it('gives nothing that is no token', () => {
    assert.equal(reasonOf(password, 200, '<html>'), 'not_json');
    assert.equal(reasonOf(password, 200, '{}'), 'token_missing');
    assert.equal(reasonOf(password, 200, '[]'), 'unexpected_shape');
    assert.equal(reasonOf(password, 200, '{"access_token":"a b"}'), 'unexpected_shape');
    const silent = judged(password, null);
    assert.equal(!silent.ok && silent.failure.reason, 'bad_http');
  });
});

describe('an endpoint', () => {
  const environment = settingsWith({
    services: { auth: { url: 'https://auth.example' }, backend: { url: 'https://b.example', authoritiesSecret: 'CA' } },
  });
  const reasonFor = (name: string) => {
    const found = endpointOf({ environment, secrets: () => null }, name);
    return isFailure(found) ? found.reason : found.origin;
  };

  it('is that of the file, with all that it needs', () => {
    assert.equal(reasonFor('auth'), 'https://auth.example');
    assert.equal(reasonFor('backend'), 'config_invalid');
    assert.equal(reasonFor('other'), 'config_invalid');
  });
});

describe('a trace', () => {
  it('is joined by version 00, sampled', () => {
    assert.equal(traceparent('a'.repeat(32), 'b'.repeat(16)), `00-${'a'.repeat(32)}-${'b'.repeat(16)}-01`);
  });
});
