/**
 * Tokens that nobody should be taken in by: changed anywhere, signed by anyone or no one, huge, nested, and with every
 * confusion of algorithms. Whether a signature holds is told by Node's own crypto, apart from the code under test.
 */
import assert from 'node:assert/strict';
import { Buffer } from 'node:buffer';
import { createHmac, createPublicKey, type KeyObject, timingSafeEqual, verify } from 'node:crypto';
import { describe, it } from 'node:test';

import fc from 'fast-check';
import { exportSPKI, generateKeyPair, SignJWT } from 'jose';
import * as v from 'valibot';

import { tokenChecks } from '../../functions/auth/token-checks.ts';
import { type VerificationContext, verifySignature } from '../../functions/auth/verify.ts';
import { authSettings, type TokenSettings } from '../../shared/core/environment/auth.ts';
import { evidenceTextMax } from '../../shared/core/outcome.ts';
import { Secret } from '../../shared/core/secret.ts';
import { decodeToken, subjectOf } from '../../shared/core/token.ts';
import { tampered, unsigned } from '../../shared/core/token-forgery.ts';
import { judgeClaims, timesOf } from '../../shared/core/token-judge.ts';
import { exchangeContext } from '../support/exchange-context.ts';
import { assertBoundedHeap, assertProductReason, fuzzed, fuzzName } from '../support/fuzz.ts';
import { blow, byteEdits, edited, struck } from '../support/mutate.ts';

const nowSeconds = 1_700_000_000;
const sharedSecret = Buffer.from(crypto.getRandomValues(new Uint8Array(32))).toString('hex');
const pair = await generateKeyPair('ES256', { extractable: true });
const publicPem = await exportSPKI(pair.publicKey);
const publicKey = createPublicKey(publicPem);
const goodClaims = { sub: 'u-1', iss: 'i', aud: ['a'], iat: nowSeconds - 10, exp: nowSeconds + 900 };
const goodTokens = [
  await new SignJWT(goodClaims).setProtectedHeader({ alg: 'HS256', typ: 'JWT' }).sign(Buffer.from(sharedSecret)),
  await new SignJWT(goodClaims).setProtectedHeader({ alg: 'ES256', kid: 'k' }).sign(pair.privateKey),
] as const;

const algorithms = ['HS256', 'HS384', 'HS512', 'ES256', 'RS256', 'PS256', 'EdDSA', 'none', 'None', 'hs256', 'HS256 '];
const algorithm = fc.oneof(
  { weight: 6, arbitrary: fc.constantFrom('HS256', 'ES256') },
  { weight: 3, arbitrary: fc.constantFrom(...algorithms) },
  { weight: 1, arbitrary: fc.constantFrom<unknown>(null, ['HS256'], { alg: 'HS256' }, 0, '', 'toString') },
);
const headerMember = fc.oneof(
  fc.constantFrom<readonly [string, unknown]>(
    ['typ', 'JWT'],
    ['kid', '../../etc/passwd'],
    ['b64', false],
    ['crit', ['b64']],
    ['crit', ['exp']],
    ['crit', []],
    ['jwk', { kty: 'oct', k: '' }],
    ['jku', 'http://127.0.0.1:9/keys'],
    ['zip', 'DEF'],
    ['alg', 'none'],
  ),
  fc.tuple(fc.constantFrom('kid', 'typ', '__proto__', 'constructor'), fc.jsonValue({ maxDepth: 2 })),
);
const header = fc
  .tuple(algorithm, fc.array(headerMember, { maxLength: 2 }))
  .map(([alg, members]) => JSON.stringify({ alg, ...Object.fromEntries(members) }));

const instant = fc.oneof(
  fc.integer({ min: nowSeconds - 4_000, max: nowSeconds + 4_000 }),
  fc.constantFrom<unknown>(0, -1, 1e308, -1e308, 2 ** 53, '1700000000', null, [], {}, true),
);
const claims = fc.oneof(
  fc
    .dictionary(fc.constantFrom('sub', 'iss', 'aud', 'exp', 'iat', 'nbf', 'env', '__proto__'), fc.jsonValue())
    .map((changes) => JSON.stringify({ ...goodClaims, ...changes })),
  fc.record({ exp: instant, iat: instant, nbf: instant }, { requiredKeys: [] }).map((times) => {
    return JSON.stringify({ ...goodClaims, ...times });
  }),
  fc.tuple(fc.constantFrom('[', '{"a":'), fc.nat(5_000)).map(([open, depth]) => open.repeat(depth)),
  fc.string({ unit: 'binary' }),
);

/** Who signs: the ones with the keys, an intruder with what everybody can know, or nobody. */
const signers: Readonly<Record<string, (input: string) => string>> = {
  owner: (input) => createHmac('sha256', sharedSecret).update(input).digest('base64url'),
  public_key_as_secret: (input) => createHmac('sha256', publicPem).update(input).digest('base64url'),
  empty_secret: (input) => createHmac('sha256', '').update(input).digest('base64url'),
  other_hash: (input) => createHmac('sha512', sharedSecret).update(input).digest('base64url'),
  nobody: () => '',
  zeros: () => Buffer.alloc(64).toString('base64url'),
  another_token: () => goodTokens[1].split('.')[2] ?? '',
};

const made = fc
  .tuple(header, claims, fc.constantFrom('owner', 'owner', ...Object.keys(signers)))
  .map(([head, body, signer]) => {
    const input = `${Buffer.from(head).toString('base64url')}.${Buffer.from(body).toString('base64url')}`;
    return `${input}.${signers[signer]?.(input) ?? ''}`;
  });
/** Oddities of base64url that some decoders let pass, and parts that change their places. */
const respelled: fc.Arbitrary<(token: string) => string> = fc.constantFrom(
  (token) => token,
  (token) => `${token}=`,
  (token) => `${token}\n`,
  (token) => ` ${token}`,
  (token) => token.replaceAll('-', '+').replaceAll('_', '/'),
  (token) => token.replace('.', '..'),
  (token) => token.split('.').toReversed().join('.'),
  (token) => `${token}.${token}`,
  (token) => token.toLowerCase(),
  (token) => `${token.slice(0, -1)}${token.endsWith('A') ? 'B' : 'A'}`,
  (token) => `Bearer ${token}`,
  (token) => token.padEnd(40_000, 'A'),
);
const token = fc.oneof(
  { weight: 2, arbitrary: made },
  { weight: 1, arbitrary: fc.tuple(made, respelled).map(([text, respell]) => respell(text)) },
  {
    weight: 2,
    arbitrary: fc
      .tuple(fc.constantFrom(...goodTokens), byteEdits(3))
      .map(([text, edits]) => edited(Buffer.from(text, 'latin1'), edits).toString('latin1')),
  },
  {
    weight: 1,
    arbitrary: fc
      .tuple(fc.oneof(made, fc.constantFrom(...goodTokens)), fc.array(blow, { maxLength: 3 }))
      .map(([text, blows]) => blows.reduce(struck, text)),
  },
  { weight: 1, arbitrary: fc.string({ unit: 'binary', maxLength: 200 }) },
);

function settings(more: object = {}): TokenSettings {
  const login = { kind: 'self_signed', secret: 'S', subject: 's' };
  const written = { login, protectedResource: {}, token: { verification: { kind: 'none' }, ...more } };
  return v.parse(authSettings, written).token;
}

/** Whether the signature of a token is that of the key, whatever its header says. */
function holds(text: string, key: 'secret' | 'public'): boolean {
  const [head, body, signature = ''] = text.split('.');
  const input = Buffer.from(`${head}.${body}`);
  const given = Buffer.from(signature, 'base64url');
  const right = createHmac('sha256', sharedSecret).update(input).digest();
  return key === 'secret'
    ? given.length === right.length && timingSafeEqual(given, right)
    : verify('sha256', input, es256(publicKey), given);
}

function es256(key: KeyObject) {
  return { key, dsaEncoding: 'ieee-p1363' as const };
}

describe(fuzzName('A token, whatever it is'), () => {
  it('is read and forged without a throw, and a forgery is another token unless it was one', () => {
    fc.assert(
      fc.property(token, (text) => {
        const decoded = decodeToken(text);
        const subject = subjectOf(text);
        assert.ok(subject === null || decoded?.claims['sub'] === subject);
        assert.ok(decoded === null || (text.length <= 16_384 && text.split('.').length === 3));
        assert.notEqual(tampered(text), text);
        assert.ok(unsigned(text) !== text || text.endsWith('.'));
        for (const forged of [tampered(text), unsigned(text)]) {
          assert.ok(forged.length <= text.length * 4 + 200);
        }
        assert.equal(decodeToken(unsigned(text))?.header['alg'] ?? 'none', 'none');
      }),
      fuzzed(3_000),
    );
  });

  it('has claims that are judged, briefly, and pass only when they are all right', () => {
    const strict = settings({ issuer: 'i', audiences: ['a'] });
    fc.assert(
      fc.property(token, (text) => {
        const decoded = decodeToken(text);
        const failure = judgeClaims(decoded, strict, nowSeconds);
        if (failure !== null) {
          assert.equal(failure.reason, 'token_invalid');
          assert.ok(failure.detail.length <= evidenceTextMax);
          return;
        }
        const { sub, iss } = decoded?.claims ?? {};
        const { exp, nbf, iat } = timesOf(decoded?.claims ?? {});
        assert.ok(typeof sub === 'string' && iss === 'i');
        assert.ok(exp !== null && exp > nowSeconds - 60);
        assert.ok(iat !== null && iat <= nowSeconds + 60 && (nbf ?? 0) <= nowSeconds + 60);
      }),
      fuzzed(3_000),
    );
  });

  it('gives findings with numbers that are some, and remembers only such', () => {
    const facts = { settings: settings(), receivedAtMs: nowSeconds * 1_000, productMs: null, atMs: 1 };
    let memory = {};
    fc.assert(
      fc.property(token, fc.option(fc.double({ noNaN: true, noDefaultInfinity: true })), (text, expiresInSeconds) => {
        const grant = {
          ok: true,
          token: new Secret(text),
          refreshToken: null,
          subject: subjectOf(text),
          namedSubject: null,
          expiresInSeconds,
        } as const;
        const found = tokenChecks({ ...facts, grant, memory });
        memory = found.memory;
        for (const [name, value] of [...Object.entries(found.gauges), ...Object.entries(found.memory)]) {
          assert.ok(Number.isFinite(value), `${name} is ${String(value)}`);
        }
        for (const { reason, detail } of found.checks) {
          assert.ok(detail.length <= evidenceTextMax);
          assert.ok(!detail.includes('Infinity') && !detail.includes('NaN'), detail);
          assert.ok(reason === null || ['token_invalid', 'token_lifetime', 'clock_skew'].includes(reason));
        }
      }),
      fuzzed(2_000),
    );
  });
});

describe(fuzzName('The signature of a token, whatever it is'), () => {
  const secrets: Readonly<Record<string, Secret>> = { KEY: new Secret(sharedSecret), PEM: new Secret(publicPem) };
  const keys = [
    ['secret', settings({ algorithms: ['HS256'], verification: { kind: 'shared_secret', secret: 'KEY' } })],
    ['public', settings({ algorithms: ['ES256'], verification: { kind: 'public_key', secret: 'PEM' } })],
    ['public', settings({ algorithms: ['ES256', 'HS256'], verification: { kind: 'public_key', secret: 'PEM' } })],
  ] as const;
  const endpoint = { service: { url: 'http://127.0.0.1:9' }, origin: 'http://127.0.0.1:9', authorities: null };

  async function tryTokens(context: VerificationContext, usual: number): Promise<{ good: number; bad: number }> {
    const counts = { good: 0, bad: 0 };
    await fc.assert(
      fc.asyncProperty(token, fc.constantFrom(...keys), async (text, [key, agreed]) => {
        const { failure, evidence, exchanges } = await verifySignature(new Secret(text), agreed, context);
        assert.deepEqual(exchanges, []);
        assert.ok(JSON.stringify(evidence).length <= 200);
        if (failure === null) {
          counts.good += 1;
          assert.ok(holds(text, key), `accepted without a right signature: ${text}`);
          assert.ok(agreed.algorithms.some((allowed) => allowed === decodeToken(text)?.header['alg']));
        } else {
          counts.bad += 1;
          assert.ok(failure.detail.length <= evidenceTextMax);
          assertProductReason(failure.reason, failure.detail);
        }
      }),
      fuzzed(usual),
    );
    return counts;
  }

  it('is accepted only when it holds, and nothing is asked or kept for it', async () => {
    using asking = exchangeContext(7_200_000);
    const context: VerificationContext = { ...asking, endpoint, secrets: (name) => secrets[name] ?? null };
    await assertBoundedHeap(
      async () => void (await tryTokens(context, 200)),
      async () => {
        const { good, bad } = await tryTokens(context, 3_000);
        assert.ok(good > 0 && bad > good, `${good} good ones and ${bad} bad ones say little`);
      },
    );
  });

  it('is accepted as it was issued', async () => {
    using asking = exchangeContext();
    const context: VerificationContext = { ...asking, endpoint, secrets: (name) => secrets[name] ?? null };
    assert.equal((await verifySignature(new Secret(goodTokens[0]), keys[0][1], context)).failure, null);
    assert.equal((await verifySignature(new Secret(goodTokens[1]), keys[1][1], context)).failure, null);
  });
});
