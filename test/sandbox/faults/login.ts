/** Faults of the login. */
import type { Reason } from '../../../shared/core/reasons.ts';
import { type Answer, inRealTime, intercept } from '../behaviour.ts';
import { bytes, delay, flood, html, json, text } from '../wire/answers.ts';
import { loginPath, onlyAuth, withoutField } from './auth-parts.ts';
import { clientCredentialsLogin, passwordLogin, selfSignedLogin, step } from './environments.ts';
import { finds, loginBroken, type Row, rows } from './row.ts';

/** Longer than a login may take, shorter than its deadline. */
const slowMs = 1_400;

function login(title: string, reason: Reason, answer: Answer): Row {
  return { title, change: intercept('auth', loginPath, answer), expected: loginBroken(reason) };
}

export const loginFaults = rows('auth', {
  login_key_wrong: login(
    "The product refuses the monitor's own login key, as after a rotation that the monitor missed.",
    'credential',
    json(401, { detail: 'Invalid E2E bypass key' }),
  ),
  login_403: login(
    'The service says that synthetic users may not log in here, as it does in production.',
    'credential',
    json(403, { detail: 'E2E login is not available here' }),
  ),
  login_403_firewall: login(
    'A firewall takes the login for an attack and blocks it.',
    'forbidden',
    html(403, '<!doctype html><title>403</title>403 Forbidden'),
  ),
  login_404: login('The login endpoint is gone.', 'not_found', json(404, { detail: 'Not Found' })),
  login_429: login(
    'The login is refused for too many requests, with Retry-After.',
    'rate_limited',
    json(429, { detail: 'Too many requests' }, { 'retry-after': '600' }),
  ),
  login_500: login('The login ends in 500.', 'server_error', json(500, { detail: 'Internal Server Error' })),
  login_502: login('The load balancer answers the login with 502.', 'gateway', html(502, '<html>502</html>')),
  login_503: login('The load balancer has no instance for the login.', 'unavailable', text(503, 'Service Unavailable')),
  login_unconfigured: login(
    "The login's own key is missing in the product.",
    'login_rejected',
    json(503, { detail: 'E2E authentication not configured' }),
  ),
  login_not_http: login(
    'The login is answered with something else than HTTP.',
    'bad_http',
    bytes('220 mail ESMTP\r\n'),
  ),
  login_endless: login('The answer to the login has no end.', 'body_too_large', flood),
  login_html: login(
    'The login answers with a web page, with 200.',
    'not_json',
    html(200, '<!doctype html><html><body>Sign in</body></html>'),
  ),
  login_array: login(
    'The login answers with a JSON array.',
    'unexpected_shape',
    text(200, '[]', { 'content-type': 'application/json' }),
  ),
  login_without_token: {
    title: 'The login succeeds and gives no token.',
    change: withoutField(loginPath, 'access_token'),
    expected: loginBroken('token_missing'),
  },
  login_slow: onlyAuth(
    'The login takes longer than it may.',
    'slow',
    inRealTime(intercept('auth', loginPath, delay(slowMs))),
  ),
  password_rejected: {
    title: "The product refuses the monitor's own password.",
    change: intercept('auth', '/auth/login', json(401, { detail: 'Invalid credentials' })),
    environment: passwordLogin,
    expected: loginBroken('credential'),
  },
  password_ignored: {
    title: 'The login takes any password.',
    change: (behaviour) => ({ ...behaviour, loginChecked: false }),
    environment: (environment, origins) =>
      step('auth', (settings) => ({ ...settings, refusals: [...settings.refusals, 'wrong_password'] }))(
        passwordLogin(environment, origins),
        origins,
      ),
    expected: { auth: finds('auth_bypassed') },
  },
  client_rejected: {
    title: "The product refuses the monitor's own client credentials.",
    change: intercept('auth', '/auth/token', json(401, { error: 'invalid_client' })),
    environment: clientCredentialsLogin,
    expected: loginBroken('credential'),
  },
  self_signed_login: {
    title: 'Nothing is broken, but the token is self-made and no login was tried.',
    environment: selfSignedLogin,
    expected: { auth: finds('self_signed_login') },
  },
});
