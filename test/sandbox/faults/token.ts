/** Faults of the token that a login gives. */
import { intercept, token } from '../behaviour.ts';
import { json } from '../wire/answers.ts';
import { claims, field, loginPath, onlyAuth } from './auth-parts.ts';
import { publishedKeys } from './environments.ts';
import { blockedBy, type Expected, finds, rows } from './row.ts';

/** The token is bad enough that the backend does not take it either. */
const refusedToken: Partial<Expected> = {
  auth: finds('token_invalid'),
  websocket: finds('welcome_error'),
  agent: blockedBy('welcome_error'),
};

function lifetime(seconds: number) {
  return claims((before) => ({ ...before, exp: (before.iat ?? 0) + seconds }));
}

export const tokenFaults = rows('auth', {
  token_expired: {
    title: 'The login gives out a token that has already expired.',
    change: claims((before) => ({ ...before, iat: (before.iat ?? 0) - 7_200, exp: (before.exp ?? 0) - 7_200 })),
    expected: refusedToken,
  },
  token_not_yet_valid: {
    title: 'The token is valid only an hour from now.',
    change: claims((before) => ({ ...before, nbf: (before.iat ?? 0) + 3_600 })),
    expected: refusedToken,
  },
  token_wrong_issuer: {
    title: 'The token names another issuer.',
    change: claims((before) => ({ ...before, iss: 'somebody-else' })),
    expected: refusedToken,
  },
  token_wrong_audience: {
    title: 'The token is meant for another audience.',
    change: claims((before) => ({ ...before, aud: 'netra-admin' })),
    expected: refusedToken,
  },
  token_wrong_environment: {
    title: 'The token belongs to another environment.',
    change: claims((before) => ({ ...before, env: 'production' })),
    expected: refusedToken,
  },
  token_without_subject: {
    title: 'The token names no user.',
    change: claims(({ sub: _gone, ...rest }) => rest),
    expected: refusedToken,
  },
  token_without_id: onlyAuth(
    'The token has no `jti`, by which it could be revoked.',
    'token_invalid',
    claims(({ jti: _gone, ...rest }) => rest),
  ),
  token_wrong_key: {
    title: 'The token is signed with a key that nobody knows.',
    change: token({ key: 'unknown' }),
    expected: refusedToken,
  },
  token_unsigned: {
    title: 'The token is not signed at all (alg none).',
    change: token({ key: 'none' }),
    expected: refusedToken,
  },
  token_wrong_algorithm: onlyAuth(
    'The token is signed with an algorithm that was not agreed.',
    'token_invalid',
    token({ algorithm: 'RS256' }),
  ),
  token_garbage: {
    title: 'The token is no JWT.',
    change: field(loginPath, 'access_token', 'this-is-no-token'),
    expected: refusedToken,
  },
  token_unknown_key_id: {
    title: 'The published key set does not have the key that signed the token.',
    change: token({ algorithm: 'RS256', key: 'unknown' }),
    environment: publishedKeys,
    expected: refusedToken,
  },
  key_set_gone: {
    title: 'The published key set is gone.',
    change: (behaviour) =>
      intercept('auth', '/auth/jwks', json(404, { detail: 'Not Found' }))(token({ algorithm: 'RS256' })(behaviour)),
    environment: publishedKeys,
    expected: { auth: finds('not_found') },
  },
  token_short_lived: onlyAuth('The token lives for half a minute.', 'token_lifetime', lifetime(30)),
  token_long_lived: onlyAuth('The token lives for thirty days.', 'token_lifetime', lifetime(30 * 86_400)),
  token_lifetime_drift: onlyAuth(
    'The token lives for 1800 seconds while the login says 900.',
    'token_lifetime',
    lifetime(1_800),
  ),
  token_of_other_user: {
    title: 'The login names one user and its token another.',
    change: claims((before) => ({ ...before, sub: 'user-somebody-else' })),
    expected: { auth: finds('subject_mismatch') },
  },
  clock_ahead: onlyAuth("The product's clock is five minutes ahead.", 'clock_skew', (behaviour) => ({
    ...behaviour,
    clockAheadMs: 300_000,
  })),
  clock_behind: onlyAuth("The product's clock is five minutes behind.", 'clock_skew', (behaviour) => ({
    ...behaviour,
    clockAheadMs: -300_000,
  })),
});
