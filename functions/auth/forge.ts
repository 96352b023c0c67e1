/** Makes the tokens that a product must refuse out of the one that it has just issued. They differ in one thing each. */
import { generateKeyPair } from 'jose';

import { missingSecret } from '../../shared/core/endpoint.ts';
import type { AuthRefusal, AuthSettings } from '../../shared/core/environment/auth.ts';
import type { Failure } from '../../shared/core/outcome.ts';
import type { Secrets } from '../../shared/core/probe.ts';
import { Secret } from '../../shared/core/secret.ts';
import { decodeToken } from '../../shared/core/token.ts';
import { tampered, unsigned } from '../../shared/core/token-forgery.ts';
import { sharedKey, signToken } from '../../shared/io/self-signed.ts';

export type Forgery = Exclude<AuthRefusal, 'no_token' | 'wrong_password'>;

export interface ForgeryContext {
  readonly settings: AuthSettings;
  readonly secrets: Secrets;
  readonly nowMs: () => number;
}

/** The forged token, or why it cannot be made. */
export async function forge(kind: Forgery, token: Secret, context: ForgeryContext): Promise<Secret | Failure> {
  switch (kind) {
    case 'tampered':
      return new Secret(tampered(token.reveal()));
    case 'alg_none':
      return new Secret(unsigned(token.reveal()));
    case 'expired':
      return expired(token, context);
    case 'wrong_key':
      return signedByStranger(token, context.settings);
  }
}

/** How long ago the expired token expired: far beyond any tolerance for clocks. */
const expiredSeconds = 86_400;

/** Signed with the product's own key, so that nothing but the time is wrong with it. */
async function expired(token: Secret, { settings, secrets, nowMs }: ForgeryContext): Promise<Secret | Failure> {
  const { verification } = settings.token;
  if (verification.kind !== 'shared_secret') {
    const detail = 'an expired token can be made only with the shared secret of `token.verification`';
    return { reason: 'config_invalid', detail };
  }
  const secret = secrets(verification.secret);
  if (secret === null) {
    return missingSecret(verification.secret);
  }
  const { header, claims } = headerAndClaims(token, settings);
  const exp = Math.floor(nowMs() / 1_000) - expiredSeconds;
  const past = { ...claims, iat: exp - 900, exp, ...(claims['nbf'] === undefined ? {} : { nbf: exp - 900 }) };
  return signToken(header, past, sharedKey(secret));
}

/** The same claims under the same algorithm and key id, signed with a key that was made just now. */
async function signedByStranger(token: Secret, settings: AuthSettings): Promise<Secret> {
  const { header, claims } = headerAndClaims(token, settings);
  const bits = /^HS(\d{3})$/.exec(header.alg)?.[1];
  const key =
    bits === undefined
      ? (await generateKeyPair(header.alg)).privateKey
      : crypto.getRandomValues(new Uint8Array(Number(bits) / 8));
  return signToken(header, claims, key);
}

/** An algorithm that is not agreed is not imitated: its failure is told by the check of the signature. */
function headerAndClaims(token: Secret, { token: { algorithms } }: AuthSettings) {
  const decoded = decodeToken(token.reveal());
  const { alg, kid } = decoded?.header ?? {};
  return {
    header: {
      alg: algorithms.find((allowed) => allowed === alg) ?? algorithms[0] ?? 'HS256',
      typ: 'JWT',
      ...(typeof kid === 'string' ? { kid } : {}),
    },
    claims: decoded?.claims ?? {},
  };
}
