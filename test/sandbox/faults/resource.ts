/** Faults of what a token opens, and of its renewal. */
import { edit, intercept, resourceGuard } from '../behaviour.ts';
import { html, json, text } from '../wire/answers.ts';
import { field, onlyAuth, withoutField } from './auth-parts.ts';
import { rows } from './row.ts';

const mePath = '/auth/me';

export const resourceFaults = rows('auth', {
  me_401: onlyAuth(
    'The protected resource refuses the token that was just issued.',
    'unauthorized',
    resourceGuard({ secretDrifted: true }),
  ),
  me_403: onlyAuth('The protected resource is forbidden.', 'forbidden', intercept('auth', mePath, html(403, 'No'))),
  me_404: onlyAuth(
    'The protected resource is gone.',
    'not_found',
    intercept('auth', mePath, json(404, { detail: 'Not Found' })),
  ),
  me_500: onlyAuth(
    'The protected resource ends in 500.',
    'server_error',
    intercept('auth', mePath, text(500, 'Internal Server Error')),
  ),
  me_of_other_user: onlyAuth(
    'The protected resource shows another user.',
    'subject_mismatch',
    field(mePath, 'user_id', 'user-somebody-else'),
  ),
  me_open: onlyAuth('The protected resource opens without a token.', 'auth_bypassed', resourceGuard({ token: false })),
  me_ignores_signature: onlyAuth(
    'The protected resource takes a token whose claims were changed.',
    'auth_bypassed',
    resourceGuard({ signature: false }),
  ),
  me_takes_unsigned: onlyAuth(
    'The protected resource takes an unsigned token (alg none).',
    'auth_bypassed',
    resourceGuard({ algorithm: false }),
  ),
  me_takes_expired: onlyAuth(
    'The protected resource takes an expired token.',
    'auth_bypassed',
    resourceGuard({ expiry: false }),
  ),
  refresh_401: onlyAuth(
    'The refresh token that was just issued is refused.',
    'refresh_failed',
    intercept('auth', '/auth/refresh', json(401, { detail: 'Invalid refresh token' })),
  ),
  refresh_500: onlyAuth(
    'The refresh ends in 500.',
    'server_error',
    intercept('auth', '/auth/refresh', text(500, 'Internal Server Error')),
  ),
  refresh_without_token: onlyAuth(
    'The refresh succeeds and gives no token.',
    'refresh_failed',
    withoutField('/auth/refresh', 'access_token'),
  ),
  refresh_error_inside: onlyAuth(
    'The refresh is answered with an error inside a 200.',
    'refresh_failed',
    edit('auth', '/auth/refresh', () => ({ status: 200, body: { error: 'Token refresh failed' } })),
  ),
});
