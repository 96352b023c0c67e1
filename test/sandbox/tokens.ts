/**
 * Mints and checks the product's JWTs: HS256 with the shared secret, or RS256 with published keys. How strict the
 * check is and what is minted follow from the present behaviour.
 */
import { randomBytes, randomUUID } from 'node:crypto';

import { compactVerify, decodeJwt, decodeProtectedHeader, errors, type JWTPayload, SignJWT, UnsecuredJWT } from 'jose';

import type { Guard, TokenBehaviour } from './behaviour.ts';
import type { JsonObject } from './json.ts';
import { createKeyRing } from './key-ring.ts';
import type { SandboxSecrets } from './secrets.ts';

/** Lifetimes in seconds, as the product's staging has them. */
export const accessSeconds = 900;
export const refreshSeconds = 14 * 86_400;

export interface User {
  readonly id: string;
  readonly email: string;
}

/** Whom a token belongs to and until when. */
export interface Identity extends User {
  readonly expiresAtMs: number;
}

export interface TokenPair {
  readonly accessToken: string;
  readonly refreshToken: string;
}

export interface Tokens {
  /** Resolves when tokens of this behaviour can be minted at once. */
  prepare(behaviour: TokenBehaviour): Promise<void>;
  mint(user: User, behaviour: TokenBehaviour): Promise<TokenPair>;
  /** Null: the token does not open this door. */
  identify(token: string | null, guard: Guard): Promise<Identity | null>;
  /** The user of a refresh token; null when it is not one of ours. */
  redeem(refreshToken: string): Promise<User | null>;
  /** A JWK Set (RFC 7517, section 5); empty while tokens are signed with the shared secret. */
  keySet(): JsonObject;
  /** Null while tokens are signed with the shared secret. */
  publicKeyPem(): string | null;
}

/** Who gets in where no token is asked for. */
export const demoUser: User = { id: 'demo-user-001', email: 'demo@sandbox.example' };

/** `nowMs` is the product's own clock, which may be wrong. */
export function createTokens(secrets: SandboxSecrets, nowMs: () => number): Tokens {
  const sharedKey = new TextEncoder().encode(secrets.SANDBOX_JWT_SECRET.reveal());
  const ring = createKeyRing();
  const strangerKey = randomBytes(32);

  async function sign(claims: JWTPayload, behaviour: TokenBehaviour): Promise<string> {
    if (behaviour.key === 'none') {
      return new UnsecuredJWT(claims).encode();
    }
    if (behaviour.algorithm === 'HS256') {
      return signShared(claims, behaviour.key === 'own' ? sharedKey : strangerKey);
    }
    const { id, privateKey } = ring.signer(behaviour);
    return new SignJWT(claims).setProtectedHeader({ alg: 'RS256', typ: 'JWT', kid: id }).sign(privateKey);
  }

  async function verified(token: string): Promise<JWTPayload> {
    const { alg, kid } = decodeProtectedHeader(token);
    const key = alg === 'RS256' ? ring.published().find(({ id }) => id === kid)?.publicKey : sharedKey;
    if (key === undefined) {
      throw new errors.JWKSNoMatchingKey();
    }
    // The signature only: times are judged apart, so that a door may be left open for one of them.
    await compactVerify(token, key, { algorithms: ['HS256', 'RS256'] });
    return decodeJwt(token);
  }

  async function claimsOf(token: string, guard: Guard): Promise<JWTPayload> {
    const { alg } = decodeProtectedHeader(token);
    const unsigned = alg === 'none' && !guard.algorithm;
    return unsigned || !guard.signature ? decodeJwt(token) : verified(token);
  }

  return {
    prepare: (behaviour) => ring.prepare(behaviour),
    async mint(user, behaviour) {
      const access = behaviour.claims(claimsFor(user, 'access', nowMs()));
      return {
        accessToken: await sign(access, behaviour),
        // Refresh tokens are between the service and itself: the shared secret signs them in any case.
        refreshToken: await signShared(claimsFor(user, 'refresh', nowMs()), sharedKey),
      };
    },
    async identify(token, guard) {
      if (token === null) {
        return guard.token ? null : { ...demoUser, expiresAtMs: nowMs() + accessSeconds * 1_000 };
      }
      if (guard.secretDrifted) {
        return null;
      }
      const claims = await nullIfRefused(() => claimsOf(token, guard));
      return claims && identityOf(claims, guard, nowMs());
    },
    async redeem(refreshToken) {
      const claims = await nullIfRefused(() => verified(refreshToken));
      return claims?.['token_type'] === 'refresh' ? userOf(claims) : null;
    },
    keySet: () => ({ keys: ring.published().map(({ jwk }) => jwk) }),
    publicKeyPem: () => ring.published()[0]?.pem ?? null,
  };
}

function signShared(claims: JWTPayload, key: Uint8Array): Promise<string> {
  return new SignJWT(claims).setProtectedHeader({ alg: 'HS256', typ: 'JWT' }).sign(key);
}

/** The claims of the product's own tokens. */
function claimsFor(user: User, kind: 'access' | 'refresh', nowMs: number): JWTPayload {
  const nowSeconds = Math.floor(nowMs / 1_000);
  return {
    sub: user.id,
    email: user.email,
    permissions: [],
    iat: nowSeconds,
    exp: nowSeconds + (kind === 'access' ? accessSeconds : refreshSeconds),
    token_type: kind,
    type: kind,
    iss: 'netra-auth-service',
    aud: 'netra-platform',
    jti: randomUUID(),
    env: 'sandbox',
  };
}

/** A claim that a token does not have is not held against it, as in the product. */
function identityOf(claims: JWTPayload, guard: Guard, nowMs: number): Identity | null {
  const user = userOf(claims);
  const expiresAtMs = (claims.exp ?? 0) * 1_000;
  const expired = guard.expiry && expiresAtMs <= nowMs;
  const fromFuture = Math.max(claims.iat ?? 0, claims.nbf ?? 0) * 1_000 > nowMs + 60_000;
  const foreign = guard.signature && !isOwn(claims);
  return user === null || expired || fromFuture || foreign ? null : { ...user, expiresAtMs };
}

function isOwn(claims: JWTPayload): boolean {
  const own = { iss: 'netra-auth-service', aud: 'netra-platform', env: 'sandbox', token_type: 'access' };
  return Object.entries(own).every(([name, value]) => (claims[name] ?? value) === value);
}

function userOf(claims: JWTPayload): User | null {
  const { sub, email } = claims;
  return sub === undefined ? null : { id: sub, email: typeof email === 'string' ? email : '' };
}

async function nullIfRefused(claims: () => Promise<JWTPayload>): Promise<JWTPayload | null> {
  try {
    return await claims();
  } catch (error) {
    // What is no JWT at all is a TypeError of jose's decoders.
    if (error instanceof errors.JOSEError || error instanceof TypeError) {
      return null;
    }
    throw error;
  }
}
