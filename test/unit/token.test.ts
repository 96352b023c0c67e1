/** Reading, forging and judging tokens: pure, total, and exact about the claim that is wrong. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';

import fc from 'fast-check';
import { compactVerify, decodeJwt, decodeProtectedHeader, SignJWT } from 'jose';
import * as v from 'valibot';

import { fromBase64url, toBase64url } from '../../shared/core/base64url.ts';
import { authSettings, type TokenSettings } from '../../shared/core/environment/auth.ts';
import { type Habit, learn, settleRuns } from '../../shared/core/habit.ts';
import { decodeToken, subjectOf } from '../../shared/core/token.ts';
import { tampered, unsigned } from '../../shared/core/token-forgery.ts';
import { clockSkewSeconds, judgeClaims, judgeLifetime } from '../../shared/core/token-judge.ts';

const key = crypto.getRandomValues(new Uint8Array(32));
const token = await new SignJWT({ sub: 'ü-1', roles: ['a'] }).setProtectedHeader({ alg: 'HS256', kid: 'k' }).sign(key);

describe('Base64url', () => {
  it('gives back what was put in, and is what Node makes', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), (text) => {
        assert.equal(toBase64url(text), Buffer.from(text).toString('base64url'));
        assert.equal(fromBase64url(toBase64url(text)), text.toWellFormed());
      }),
      { numRuns: 300 },
    );
  });

  it('is null for what is none', () => {
    for (const text of ['a', 'a+b/', 'a=', 'a b', '_w']) {
      assert.equal(fromBase64url(text), null, text);
    }
  });
});

describe('A token', () => {
  it('is decoded as jose does', () => {
    assert.deepEqual(decodeToken(token), { header: decodeProtectedHeader(token), claims: decodeJwt(token) });
    assert.equal(subjectOf(token), 'ü-1');
  });

  it('that is none gives null, whatever it is', () => {
    for (const text of [
      '',
      'a.b',
      'a.b.c',
      '..',
      token.slice(1),
      `${token}.x`,
      `${toBase64url('[]')}.${toBase64url('{}')}.`,
    ]) {
      assert.equal(decodeToken(text), null, text);
    }
    assert.equal(decodeToken(`${'a'.repeat(20_000)}${token}`), null);
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        decodeToken(text);
        decodeToken(`${text}.${text}.${text}`);
      }),
      { numRuns: 300 },
    );
  });
});

describe('A forged token', () => {
  it('that was tampered with keeps its user and loses its signature', async () => {
    const forged = tampered(token);
    assert.deepEqual(decodeProtectedHeader(forged), decodeProtectedHeader(token));
    assert.equal(decodeJwt(forged).sub, 'ü-1');
    assert.notEqual(forged.split('.')[1], token.split('.')[1]);
    assert.equal(forged.split('.')[2], token.split('.')[2]);
    await assert.rejects(compactVerify(forged, key));
  });

  it('without a signature says alg none and nothing else new', () => {
    const forged = unsigned(token);
    assert.deepEqual(decodeProtectedHeader(forged), { alg: 'none', kid: 'k' });
    assert.deepEqual(decodeJwt(forged), decodeJwt(token));
    assert.ok(forged.endsWith('.'));
  });

  it('can be made of anything, and is never the same', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', minLength: 1 }), (text) => {
        assert.notEqual(tampered(text), text);
        assert.notEqual(unsigned(text), text);
      }),
      { numRuns: 300 },
    );
  });
});

function settings(more: object = {}): TokenSettings {
  const login = { kind: 'self_signed', secret: 'S', subject: 's' };
  const written = { login, protectedResource: {}, token: { verification: { kind: 'none' }, ...more } };
  return v.parse(authSettings, written).token;
}

describe('The claims of a token', () => {
  const nowSeconds = 1_700_000_000;
  const good = { sub: 'u', iat: nowSeconds - 10, exp: nowSeconds + 900 };
  const agreed = { issuer: 'i', audiences: ['a', 'b'], claims: { env: 'staging' } };

  const cases: readonly (readonly [string, object, object, string | null])[] = [
    ['are good', {}, {}, null],
    ['may be more than agreed', { iss: 'x', extra: {} }, {}, null],
    ['name one of several audiences', { iss: 'i', aud: ['z', 'b'], env: 'staging' }, agreed, null],
    ['name the audience as a text', { iss: 'i', aud: 'a', env: 'staging' }, agreed, null],
    ['name no audience', { iss: 'i', env: 'staging' }, agreed, 'aud'],
    ['name part of an audience', { iss: 'i', aud: 'ab', env: 'staging' }, agreed, 'aud'],
    ['name no issuer', { aud: 'a', env: 'staging' }, agreed, 'iss'],
    ['lack a further claim', { iss: 'i', aud: 'a' }, agreed, 'env'],
    ['lack a required one', {}, { requiredClaims: ['sub', 'jti'] }, 'jti'],
    ['have null for a required one', { sub: null }, {}, 'sub'],
    ['have an empty subject', { sub: '' }, {}, 'sub'],
    ['have an object for a further claim', { env: { toString: 1 } }, { claims: { env: 'x' } }, 'env'],
    ['may have a number where a text is agreed', { tier: 2 }, { claims: { tier: '2' } }, null],
    ['have a text for a time', { exp: '1' }, {}, 'exp'],
    ['have a time beyond all calendars', { exp: 1e308, iat: -1e308 }, {}, 'exp'],
    ['were issued before all calendars', { iat: -1e308 }, {}, 'iat'],
    ['may live for ever in a calendar', { exp: 253_402_300_799 }, {}, null],
    ['expired within the tolerance', { exp: nowSeconds - 59 }, {}, null],
    ['expired beyond the tolerance', { exp: nowSeconds - 60 }, {}, 'exp'],
    ['begin within the tolerance', { nbf: nowSeconds + 60 }, {}, null],
    ['begin beyond the tolerance', { nbf: nowSeconds + 61 }, {}, 'nbf'],
    ['were issued beyond the tolerance', { iat: nowSeconds + 61 }, {}, 'iat'],
  ];
  for (const [what, claims, more, claim] of cases) {
    it(`${what}: ${claim ?? 'fine'}`, () => {
      const judged = judgeClaims({ header: {}, claims: { ...good, ...claims } }, settings(more), nowSeconds);
      assert.equal(judged?.claim ?? null, claim);
      assert.equal(judged?.reason ?? 'token_invalid', 'token_invalid');
    });
  }

  it('of no token at all are wrong in their format', () => {
    assert.equal(judgeClaims(null, settings(), nowSeconds)?.claim, 'format');
  });

  it('are judged whatever they are', () => {
    fc.assert(
      fc.property(
        fc.dictionary(fc.constantFrom('sub', 'iss', 'aud', 'exp', 'iat', 'nbf', 'env'), fc.jsonValue()),
        (claims) => {
          const judged = judgeClaims({ header: {}, claims }, settings(agreed), nowSeconds);
          assert.ok(judged === null || judged.detail.length < 500);
        },
      ),
      { numRuns: 500 },
    );
  });
});

describe('The lifetime of a token', () => {
  const cases: readonly (readonly [string, number, number | null, number | null, boolean])[] = [
    ['as the response says', 900, 900, 900, true],
    ['with a drift within bounds', 900, 850, 900, true],
    ['with a drift beyond bounds', 900, 839, 900, false],
    ['with a response that says nothing', 900, null, null, true],
    ['too short', 59, null, null, false],
    ['too long', 86_401, null, null, false],
    ['half of the usual', 900, null, 1_800, false],
    ['more than half of the usual', 901, null, 1_800, true],
    ['twice the usual', 1_800, null, 900, false],
  ];
  for (const [what, lifetimeSeconds, expiresInSeconds, usual, fine] of cases) {
    it(`${what} is ${fine ? 'fine' : 'a token_lifetime'}`, () => {
      const habit = usual === null ? null : { usual, departedRuns: 0 };
      const judged = judgeLifetime({ lifetimeSeconds, expiresInSeconds, habit }, settings());
      assert.equal(judged.failure?.reason ?? null, fine ? null : 'token_lifetime');
      assert.equal(judged.driftSeconds, expiresInSeconds === null ? null : lifetimeSeconds - expiresInSeconds);
    });
  }
});

describe('A habit', () => {
  it('takes a departure for usual after it has been told long enough, and forgets one that passes', () => {
    let habit: Habit<string> = { usual: 'a', departedRuns: 0 };
    for (let run = 1; run < settleRuns; run += 1) {
      habit = learn(habit, 'b', true);
      assert.deepEqual(habit, { usual: 'a', departedRuns: run });
    }
    assert.deepEqual(learn(habit, 'a', false), { usual: 'a', departedRuns: 0 });
    assert.deepEqual(learn(habit, 'b', true), { usual: 'b', departedRuns: 0 });
  });
});

describe("The product's clock", () => {
  const ourMs = 1_700_000_000_250;
  const cases: readonly (readonly [string, number | null, number | null, number | null])[] = [
    ['is told by the Date header', 1_700_000_000_000, null, 0.25],
    ['is ahead', 1_700_000_100_000, null, 100.25],
    ['is behind', 1_699_999_900_000, null, -99.75],
    ['is told by the header before the claim', 1_700_000_000_000, 1_800_000_000, 0.25],
    ['is told by a claim from the future', null, 1_700_000_100, 99.75],
    ['is not told by a claim from the past', null, 1_699_999_000, null],
    ['is not told', null, null, null],
  ];
  for (const [what, productMs, issuedAtSeconds, skew] of cases) {
    it(what, () => {
      assert.equal(clockSkewSeconds({ productMs, ourMs, issuedAtSeconds }), skew);
    });
  }
});
