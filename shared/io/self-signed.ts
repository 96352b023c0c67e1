/** Makes tokens with a key of ours, for the login of last resort and for the tokens that a product must refuse. */
import { type CryptoKey, importPKCS8, type JWTPayload, SignJWT } from 'jose';

import type { LoginSettings } from '../core/environment/auth.ts';
import type { Grant, NoGrant } from '../core/login.ts';
import { missingSecret } from '../core/endpoint.ts';
import type { ProbeContext } from '../core/probe.ts';
import { Secret } from '../core/secret.ts';

type SelfSigned = Extract<LoginSettings, { readonly kind: 'self_signed' }>;

/** A token for the configured user, valid from now on. A key that cannot be read is a mistake of the configuration. */
export async function selfSignedGrant(
  login: SelfSigned,
  { secrets, nowMs }: Pick<ProbeContext, 'secrets' | 'nowMs'>,
): Promise<Grant | NoGrant> {
  const secret = secrets(login.secret);
  if (secret === null) {
    return { ok: false, failure: missingSecret(login.secret) };
  }
  const issuedAt = Math.floor(nowMs() / 1_000);
  const claims = { ...login.claims, sub: login.subject, iat: issuedAt, exp: issuedAt + login.lifetimeSeconds };
  try {
    const key = login.algorithm.startsWith('HS')
      ? sharedKey(secret)
      : await importPKCS8(secret.reveal(), login.algorithm);
    return {
      ok: true,
      token: await signToken({ alg: login.algorithm, typ: 'JWT' }, claims, key),
      refreshToken: null,
      subject: login.subject,
      namedSubject: null,
      expiresInSeconds: login.lifetimeSeconds,
    };
  } catch {
    const detail = `the secret \`${login.secret}\` is no key for ${login.algorithm}`;
    return { ok: false, failure: { reason: 'config_invalid', detail } };
  }
}

/** A shared secret as the bytes that HMAC takes. */
export function sharedKey(secret: Secret): Uint8Array {
  return new TextEncoder().encode(secret.reveal());
}

export async function signToken(
  header: { readonly alg: string; readonly typ?: string; readonly kid?: string },
  claims: JWTPayload,
  key: CryptoKey | Uint8Array,
): Promise<Secret> {
  return new Secret(await new SignJWT(claims).setProtectedHeader(header).sign(key));
}
