/**
 * The RSA keys of the RS256 variant. Making one takes up to a second, so they are made before anybody asks for a
 * token, and only if the variant is set.
 */
import { calculateJwkThumbprint, type CryptoKey, exportJWK, exportSPKI, generateKeyPair } from 'jose';

import type { TokenBehaviour } from './behaviour.ts';
import type { JsonObject } from './json.ts';

export interface KeyPair {
  readonly id: string;
  readonly privateKey: CryptoKey;
  readonly publicKey: CryptoKey;
  readonly jwk: JsonObject;
  readonly pem: string;
}

export interface KeyRing {
  /** Resolves when there are keys for tokens of this behaviour. */
  prepare(behaviour: TokenBehaviour): Promise<void>;
  /** The key for the next token; a service that rotates takes another one each time. */
  signer(behaviour: TokenBehaviour): KeyPair;
  published(): readonly KeyPair[];
}

/** Keys that are published at a time, and one more that never is. */
const publishedCount = 3;

export function createKeyRing(): KeyRing {
  let pairs: readonly KeyPair[] = [];
  let stranger: KeyPair | null = null;
  let signed = 0;

  return {
    async prepare({ algorithm, rotates, key }) {
      const wanted = algorithm === 'HS256' ? 0 : rotates ? publishedCount : 1;
      const missing = Array.from({ length: Math.max(0, wanted - pairs.length) }, createPair);
      pairs = [...pairs, ...(await Promise.all(missing))];
      if (algorithm === 'RS256' && key === 'unknown') {
        stranger ??= await createPair();
      }
    },
    signer({ rotates, key }) {
      signed += rotates ? 1 : 0;
      const pair = key === 'unknown' ? stranger : pairs[signed % pairs.length];
      if (pair === undefined || pair === null) {
        throw new Error('the key ring was not prepared for this behaviour');
      }
      return pair;
    },
    published: () => pairs,
  };
}

async function createPair(): Promise<KeyPair> {
  const { privateKey, publicKey } = await generateKeyPair('RS256');
  const { kty = '', n = '', e = '' } = await exportJWK(publicKey);
  const id = await calculateJwkThumbprint({ kty, n, e });
  const jwk = { kty, n, e, kid: id, alg: 'RS256', use: 'sig' };
  return { id, privateKey, publicKey, jwk, pem: await exportSPKI(publicKey) };
}
