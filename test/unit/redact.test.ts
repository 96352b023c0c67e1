/** No secret survives redaction in any of its spellings, and ordinary words do. */
import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { describe, it } from 'node:test';

import fc from 'fast-check';

import { redact, showUrl } from '../../shared/core/redact.ts';
import { Secret } from '../../shared/core/secret.ts';

const header = Buffer.from('{"alg":"HS256"}').toString('base64url');
const jwt = `${header}.${Buffer.from('{"sub":"u"}').toString('base64url')}.${randomBytes(32).toString('base64url')}`;

describe('redact', () => {
  const gone: readonly (readonly [string, string])[] = [
    [`token ${jwt} expired`, 'token [redacted] expired'],
    [`jwt.${Buffer.from(jwt).toString('base64url')}`, 'jwt.[redacted]'],
    [`${header}.`, '[redacted]'],
    ['Authorization: Bearer abc', 'Authorization: Bearer [redacted]'],
    [`key ${'a1'.repeat(16)} unknown`, 'key [redacted] unknown'],
    ['user golden.path@example.org unknown', 'user [redacted] unknown'],
    ['a'.repeat(40), '[redacted]'],
  ];
  for (const [text, clean] of gone) {
    it(`makes ${JSON.stringify(clean)} of what looks like a key, a token or an address`, () => {
      assert.equal(redact(text), clean);
    });
  }

  const stays = [
    'Invalid E2E bypass key',
    'E2E authentication not configured',
    'Startup in progress: phase database, 40 %',
    'no subprotocols supported',
    'Connection to 10.166.204.83:6379 failed: Error -3',
    'Invalid or expired token',
    'Größe überschritten 🙈',
    'internationalisation-of-components',
  ];
  for (const text of stays) {
    it(`leaves ${JSON.stringify(text)} as it is`, () => {
      assert.equal(redact(text), text);
    });
  }

  it('leaves one line', () => {
    assert.equal(redact('a\r\n{"severity":"ERROR"}\u0000\u202Eb'), 'a {"severity":"ERROR"} b');
  });

  it('cuts', () => {
    assert.equal(redact('ab '.repeat(500)).length, 300);
    assert.equal(redact('one two three', [], 8), 'one two…');
  });

  it('does not show half of a secret at the end of an overlong text', () => {
    const secret = new Secret('hunter-two');
    const text = `${' '.repeat(3_994)}hunter-two`;
    assert.equal(redact(text, [secret]), '');
  });

  it('removes known secrets in every spelling', () => {
    const value = fc
      .string({ unit: 'grapheme', minLength: 6, maxLength: 40 })
      .filter((text) => text.trim().length >= 6);
    fc.assert(
      fc.property(value, fc.lorem({ maxCount: 5 }), (plain, words) => {
        const secret = new Secret(plain);
        const spellings = [
          plain,
          encodeURIComponent(plain.toWellFormed()),
          Buffer.from(plain).toString('base64'),
          Buffer.from(plain).toString('base64url'),
          JSON.stringify(plain).slice(1, -1),
        ];
        for (const spelling of spellings) {
          const clean = redact(`${words} ${spelling} ${words}`, [secret]);
          assert.ok(
            !clean.includes(spelling.trim()) || '[redacted]'.includes(spelling.trim()),
            `${spelling} in ${clean}`,
          );
        }
      }),
      { numRuns: 500 },
    );
  });

  it('is total, one line, bounded, and lets no token through', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 2_000 }), fc.nat(2_000), (text, at) => {
        const clean = redact(`${text.slice(0, at)} ${jwt} ${text.slice(at)}`);
        assert.ok(clean.length <= 300);
        assert.doesNotMatch(clean, /[\p{Cc}\p{Cf}]/u);
        assert.ok(!clean.includes(jwt.slice(0, 30)));
      }),
      { numRuns: 300 },
    );
  });

  it('takes linear time on texts made to slow it down', () => {
    for (const unit of ['eyJ', 'a@', 'bearer ', 'a1', '=', ' ']) {
      const startedAt = performance.now();
      redact(unit.repeat(200_000 / unit.length));
      assert.ok(performance.now() - startedAt < 500, unit);
    }
  });
});

describe('showUrl', () => {
  const cases: readonly (readonly [string, string])[] = [
    ['https://user:pass@api.example.com/health?deep=1&token=abc#part', 'https://api.example.com/health?deep=…&token=…'],
    [
      'https://netra-backend-staging-pnovr5vsba-uc.a.run.app/ws',
      'https://netra-backend-staging-pnovr5vsba-uc.a.run.app/ws',
    ],
    ['http://[::1]:8080/', 'http://[::1]:8080/'],
    [`https://a.example/reset/${'k3'.repeat(12)}/done`, 'https://a.example/reset/[redacted]/done'],
    [`https://a.example/?${jwt}`, 'https://a.example/?[redacted]=…'],
    ['not a url', '[not a URL]'],
  ];
  for (const [url, shown] of cases) {
    it(`shows ${shown}`, () => {
      assert.equal(showUrl(url), shown);
    });
  }
});
