/** What the auth service says: the bodies of its replies, in the words of the product. */
import type { Reply } from './behaviour.ts';
import type { JsonObject } from './json.ts';
import { accessSeconds, demoUser, type Identity, refreshSeconds, type TokenPair, type User } from './tokens.ts';

export function pairBody(pair: TokenPair, user: User): JsonObject {
  return {
    access_token: pair.accessToken,
    refresh_token: pair.refreshToken,
    token_type: 'Bearer',
    expires_in: accessSeconds,
    refresh_expires_in: refreshSeconds,
    user: { id: user.id, email: user.email },
  };
}

export function meBody(identity: Identity): JsonObject {
  return {
    user_id: identity.id,
    email: identity.email,
    permissions: [],
    token_expires_at: new Date(identity.expiresAtMs).toISOString(),
    demo: identity.id === demoUser.id,
  };
}

/** This endpoint answers 200 whatever it found; the word is in the body. */
export function verifyBody(identity: Identity | null): JsonObject {
  return identity === null
    ? { valid: false, error: 'Invalid or expired token' }
    : {
        valid: true,
        user_id: identity.id,
        email: identity.email,
        exp: new Date(identity.expiresAtMs).toISOString(),
        permissions: [],
      };
}

export function healthBody(status: string, startedAtMs: number): JsonObject {
  return {
    status,
    service: 'auth-service',
    version: '1.0.0',
    timestamp: new Date().toISOString().replace('Z', '+00:00'),
    uptime_seconds: (Date.now() - startedAtMs) / 1_000,
    database_status: 'connected',
    environment: 'sandbox',
  };
}

export function refused(detail: string): Reply {
  return { status: 401, body: { detail } };
}

export const unprocessable: Reply = { status: 422, body: { detail: 'Invalid request body' } };
