/** A secret shows itself in no way but by `reveal`. */
import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { describe, it } from 'node:test';
import { format, inspect } from 'node:util';

import { Secret } from '../../shared/core/secret.ts';

describe('a secret', () => {
  const value = randomBytes(16).toString('hex');
  const secret = new Secret(value);
  const ways: readonly (readonly [string, () => string])[] = [
    ['String', () => String(secret)],
    ['a template', () => `${secret.toString()} ${secret[Symbol.toPrimitive]()}`],
    ['JSON', () => JSON.stringify({ secret, list: [secret] })],
    ['inspect', () => inspect({ secret }, { depth: 9, showHidden: true })],
    ['format', () => format('%s %o %j', secret, secret, secret)],
    ['its keys and values', () => JSON.stringify(Object.entries(secret))],
    ['an error', () => inspect(new Error('x', { cause: secret }))],
    ['a copy', () => JSON.stringify(Object.assign({}, secret))],
  ];
  for (const [name, show] of ways) {
    it(`stays hidden in ${name}`, () => {
      assert.equal(show().includes(value), false);
    });
  }

  it('is given away by reveal', () => {
    assert.equal(secret.reveal(), value);
  });
});
