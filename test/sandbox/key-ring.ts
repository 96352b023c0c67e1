/**
 * The RSA keys of the RS256 variant. Making one takes up to a second and all threads that sign, so they are made
 * before anybody asks for a token, once a process, and only if the variant is set.
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

/** Keys that are published at a time. */
const publishedCount = 3;

/** Of the whole process; the last one is never published. */
const made: Promise<KeyPair>[] = [];

/** The first so many keys, made one after the other where they are not there yet. */
async function firstPairs(count: number): Promise<readonly KeyPair[]> {
  const pairs: KeyPair[] = [];
  for (let at = 0; at < count; at += 1) {
    pairs.push(await (made[at] ??= createPair()));
  }
  return pairs;
}

export function createKeyRing(): KeyRing {
  let pairs: readonly KeyPair[] = [];
  let signed = 0;

  return {
    async prepare({ algorithm }) {
      if (algorithm === 'RS256') {
        pairs = await firstPairs(publishedCount + 1);
      }
    },
    signer({ rotates, key }) {
      signed += rotates ? 1 : 0;
      const pair = pairs[key === 'unknown' ? publishedCount : signed % publishedCount];
      if (pair === undefined) {
        throw new Error('the key ring was not prepared for this behaviour');
      }
      return pair;
    },
    published: () => pairs.slice(0, publishedCount),
  };
}

async function createPair(): Promise<KeyPair> {
  const { privateKey, publicKey } = await generateKeyPair('RS256');
  const { kty = '', n = '', e = '' } = await exportJWK(publicKey);
  const id = await calculateJwkThumbprint({ kty, n, e });
  const jwk = { kty, n, e, kid: id, alg: 'RS256', use: 'sig' };
  return { id, privateKey, publicKey, jwk, pem: await exportSPKI(publicKey) };
}
