/** What is shown of a value that was found, and which word someone probably meant. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';

import { pathText } from '../../shared/core/environment/finding.ts';
import { couldBeSecret, found } from '../../shared/core/environment/found.ts';
import { nearest } from '../../shared/core/environment/nearest.ts';

describe('what was found', () => {
  const table: readonly [value: unknown, key: string, shown: string][] = [
    [null, 'a', 'nothing'],
    [undefined, 'a', 'nothing'],
    [0, 'a', 'the number 0'],
    [false, 'a', '`false`'],
    [[1, 2], 'a', 'a list of 2'],
    [{}, 'a', 'an object'],
    ['', 'a', 'an empty text'],
    ['a"b', 'a', '"a\\"b"'],
    ['word '.repeat(20), 'a', `"${'word '.repeat(11)}word…"`],
    ['word '.repeat(12), 'a', `"${'word '.repeat(12)}"`],
    ['short', 'keySecret', 'a text of 5 characters that is not repeated here'],
    ['short', 'password', 'a text of 5 characters that is not repeated here'],
    ['short', 'secretary', '"short"'],
  ];
  for (const [value, key, shown] of table) {
    it(`is shown as ${shown}`, () => {
      assert.equal(found(value, key), shown);
    });
  }
});

describe('a text that could be a secret', () => {
  const secrets = [
    'eyJhbGciOiJIUzI1NiJ9',
    '-----BEGIN EC PRIVATE KEY-----',
    'https://user:word@host.example',
    'xoxb-1234',
    'sk-live',
    'ghp_abc',
    'AKIAABCD',
    '0123456789abcdef',
    'c29tZSBzZWNyZXQ=',
    '6f1c2b9e-7d44-4a10-9c5e-1f2e3d4c5b6a',
    'abcdefghijklmnopqrstuvwxyzabcdef',
  ];
  for (const text of secrets) {
    it(`is ${text.slice(0, 8)}…`, () => {
      assert.ok(couldBeSecret(text));
    });
  }

  const words = [
    'https://netra-backend-staging-pnovr5vsba-uc.a.run.app/health',
    'checks.postgresql.response_time_ms',
    'golden-path@staging.netrasystems.ai',
    '2026-11-24T20:00:00Z',
    'checkAuthorizationCarrier',
    'us-central1',
    '/api/v1/websocket',
    '',
  ];
  for (const text of words) {
    it(`is not ${JSON.stringify(text)}`, () => {
      assert.ok(!couldBeSecret(text));
    });
  }
});

describe('a path', () => {
  it('is shown with dots and places', () => {
    assert.equal(pathText(['steps', 'health', 'documents', 0, 'path']), 'steps.health.documents[0].path');
    assert.equal(pathText([]), '');
  });

  it('is shown with long keys cut and secret ones hidden', () => {
    assert.equal(pathText(['long '.repeat(10), 'a']), `${'long '.repeat(7)}long…`.replace(/$/, '.a'));
    assert.equal(pathText(['long '.repeat(8)]), 'long '.repeat(8));
    assert.equal(pathText(['a', '0123456789abcdef']), 'a.(a key of 16 characters)');
  });
});

describe('the word that was meant', () => {
  const known = ['keySecret', 'keyHeader', 'email', 'name', 'path', 'permissions', 'bay'];
  const table: readonly [word: string, meant: string | null][] = [
    ['keySecert', 'keySecret'],
    ['keysecret', 'keySecret'],
    ['key_secret', 'keySecret'],
    ['emial', 'email'],
    ['emai', 'email'],
    ['names', 'name'],
    ['permission', 'permissions'],
    ['abx', null],
    ['colour', null],
    ['x', null],
    ['', null],
  ];
  for (const [word, meant] of table) {
    it(`${meant === null ? 'is none' : `is ${meant}`} for ${JSON.stringify(word)}`, () => {
      assert.equal(nearest(word, known), meant);
    });
  }

  it('is the first one of several that are as near', () => {
    assert.equal(nearest('patx', ['path', 'pats']), 'path');
  });

  it('is the nearest one of several', () => {
    assert.equal(nearest('keySecretx', ['keySecretary', 'keySecret']), 'keySecret');
  });
});
