/** Verifies the signature of a token by the key that the environment file names. Claims are judged elsewhere. */
import { compactVerify, type CryptoKey, errors, importSPKI } from 'jose';

import { type Endpoint, missingSecret } from '../../shared/core/endpoint.ts';
import type { TokenSettings } from '../../shared/core/environment/auth.ts';
import type { HttpExchange } from '../../shared/core/exchange.ts';
import type { Evidence, Failure } from '../../shared/core/outcome.ts';
import type { ProbeContext } from '../../shared/core/probe.ts';
import { redact } from '../../shared/core/redact.ts';
import type { Secret } from '../../shared/core/secret.ts';
import { decodeToken } from '../../shared/core/token.ts';
import type { ExchangeContext } from '../../shared/io/http.ts';
import { fetchKeySet, type KeySet } from '../../shared/io/jwks.ts';
import { sharedKey } from '../../shared/io/self-signed.ts';

export interface Verification {
  /** Null when the signature is good, or when there is no key to check it with; `detail` says which. */
  readonly failure: Failure | null;
  readonly detail: string;
  readonly evidence: Evidence;
  /** What was asked for the key, newest last. */
  readonly exchanges: readonly HttpExchange[];
}

export interface VerificationContext extends ExchangeContext, Pick<ProbeContext, 'secrets'> {
  /** The auth service, which has the JWK Set. */
  readonly endpoint: Endpoint;
}

export async function verifySignature(
  token: Secret,
  settings: TokenSettings,
  context: VerificationContext,
): Promise<Verification> {
  const header = decodeToken(token.reveal())?.header;
  const algorithm = settings.algorithms.find((allowed) => allowed === header?.['alg']);
  if (algorithm === undefined) {
    const found = redact(JSON.stringify(header?.['alg']) ?? 'missing', [], 40);
    return verification(invalid(`the algorithm is ${found} and should be ${settings.algorithms.join(' or ')}`), {});
  }
  const { verification: by } = settings;
  switch (by.kind) {
    case 'none':
      return verification(null, { algorithm }, `the algorithm is ${algorithm}; no key is configured to verify with`);
    case 'jwks':
      return verifyByKeySet(token, by.path, context);
    case 'shared_secret':
    case 'public_key': {
      const secret = context.secrets(by.secret);
      const failure =
        secret === null ? missingSecret(by.secret) : await verifyByKey(token, secret, { ...by, algorithm });
      return verification(failure, { algorithm });
    }
  }
}

interface OwnKey {
  readonly kind: 'shared_secret' | 'public_key';
  /** Name of the key. */
  readonly secret: string;
  readonly algorithm: string;
}

async function verifyByKey(
  token: Secret,
  secret: Secret,
  { kind, secret: name, algorithm }: OwnKey,
): Promise<Failure | null> {
  if (algorithm.startsWith('HS') !== (kind === 'shared_secret')) {
    return invalid(`its algorithm ${algorithm} does not go with the kind of key that is agreed`);
  }
  try {
    return await judge(
      token,
      kind === 'shared_secret' ? sharedKey(secret) : await importSPKI(secret.reveal(), algorithm),
    );
  } catch {
    return { reason: 'config_invalid', detail: `the secret \`${name}\` is no public key for ${algorithm}` };
  }
}

/** A key that is not in the set may be one that has just been rotated in: the set is fetched once more. */
async function verifyByKeySet(token: Secret, path: string, context: VerificationContext): Promise<Verification> {
  const first = await fetchKeySet(context.endpoint, path, context);
  const failure = await verifyIn(first, token);
  if (failure !== 'unknown_key') {
    return keySetVerification(failure, [first]);
  }
  const second = await fetchKeySet(context.endpoint, path, context);
  const again = await verifyIn(second, token);
  return keySetVerification(again === 'unknown_key' ? invalid('no key of the JWK Set fits it') : again, [
    first,
    second,
  ]);
}

async function verifyIn({ keys, failure }: KeySet, token: Secret): Promise<Failure | 'unknown_key' | null> {
  if (keys === null) {
    return failure;
  }
  try {
    await compactVerify(token.reveal(), keys);
    return null;
  } catch (error) {
    if (error instanceof errors.JWKSNoMatchingKey) {
      return 'unknown_key';
    }
    return error instanceof errors.JWKSMultipleMatchingKeys ? judgeWithAny(token, error) : whyInvalid(error);
  }
}

/** Several keys fit a token without `kid`: one of them has to verify it. */
async function judgeWithAny(token: Secret, keys: AsyncIterable<CryptoKey>): Promise<Failure | null> {
  let failure: Failure | null = invalid('no key of the JWK Set fits it');
  for await (const key of keys) {
    failure = await judge(token, key);
    if (failure === null) {
      return null;
    }
  }
  return failure;
}

async function judge(token: Secret, key: CryptoKey | Uint8Array): Promise<Failure | null> {
  try {
    await compactVerify(token.reveal(), key);
    return null;
  } catch (error) {
    return whyInvalid(error);
  }
}

function whyInvalid(error: unknown): Failure {
  if (error instanceof errors.JWSSignatureVerificationFailed) {
    return invalid('its signature does not fit the key, or our copy of the key is out of date');
  }
  return invalid(error instanceof errors.JOSEError ? `it does not verify (${error.code})` : 'it does not verify');
}

function invalid(what: string): Failure {
  return { reason: 'token_invalid', detail: `the token does not verify: ${what}` };
}

function keySetVerification(failure: Failure | null, fetched: readonly KeySet[]): Verification {
  const evidence = { key_set_fetches: fetched.length, key_set_keys: fetched.at(-1)?.keys?.jwks().keys.length ?? 0 };
  return { ...verification(failure, evidence), exchanges: fetched.map((keySet) => keySet.exchange) };
}

function verification(failure: Failure | null, evidence: Evidence, detail = 'the signature is good'): Verification {
  return { failure, detail: failure?.detail ?? detail, evidence, exchanges: [] };
}
