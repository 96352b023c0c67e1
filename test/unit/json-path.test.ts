/** Paths into JSON of any shape: exact where they lead somewhere, and nothing where they do not. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';

import fc from 'fast-check';

import { numberAt, textAt, valueAt, valuesAt } from '../../shared/core/json-path.ts';

const document: unknown = JSON.parse(
  '{"a":{"b":[10,{"c":"x"}],"0":"zero","":"empty"},"list":[{"n":1},{"n":2},{"m":3}],"t":true,"z":null,"__proto__":{"p":1}}',
);

describe('A path', () => {
  const cases: readonly (readonly [string, readonly unknown[]])[] = [
    ['a.b.0', [10]],
    ['a.b.1.c', ['x']],
    ['a.0', ['zero']],
    ['list.*.n', [1, 2]],
    ['list.2.m', [3]],
    ['*.b.0', [10]],
    ['t', [true]],
    ['z', [null]],
    ['$', [document]],
    ['$.t', [true]],
    ['__proto__.p', [1]],
    ['a.missing', []],
    ['a.b.2', []],
    ['a.b.-1', []],
    ['a.b.length', []],
    ['t.x', []],
    ['z.x', []],
    ['constructor', []],
    ['a.constructor.name', []],
    ['a.toString', []],
  ];
  for (const [path, values] of cases) {
    it(`${path} leads to ${JSON.stringify(values)}`, () => {
      assert.deepEqual(valuesAt(document, path), values);
      assert.deepEqual(valueAt(document, path), values[0]);
    });
  }

  it('gives text where there is text, and whole numbers as text', () => {
    assert.equal(textAt({ id: 'u-1' }, 'id'), 'u-1');
    assert.equal(textAt({ id: 42 }, 'id'), '42');
    for (const id of ['', 1.5, true, null, {}, [], undefined]) {
      assert.equal(textAt({ id }, 'id'), null);
    }
  });

  it('gives numbers, also those that are written as text', () => {
    assert.equal(numberAt({ n: 2.5 }, 'n'), 2.5);
    assert.equal(numberAt({ n: '-2.5' }, 'n'), -2.5);
    for (const n of ['', '1e5', ' 1', '0x10', 'NaN', null, true, {}, Number.NaN]) {
      assert.equal(numberAt({ n }, 'n'), null);
    }
  });

  it('is total, and bounded however wide the document is', () => {
    const segment = fc.constantFrom('*', 'a', 'b', '0', '1', '__proto__', 'constructor', 'length', '$');
    const path = fc.array(segment, { minLength: 1, maxLength: 6 }).map((keys) => keys.join('.'));
    fc.assert(
      fc.property(fc.anything({ maxDepth: 5 }), path, (anything, where) => {
        assert.ok(valuesAt(anything, where).length <= 1_000);
      }),
      { numRuns: 500 },
    );
    const wide = Array.from({ length: 2_000 }, () => Array.from({ length: 50 }, () => 0));
    assert.equal(valuesAt(wide, '*.*').length, 1_000);
  });

  it('finds every value that was put there', () => {
    const key = fc.stringMatching(/^[A-Za-z0-9_-]{1,8}$/);
    fc.assert(
      fc.property(fc.array(key, { minLength: 1, maxLength: 6 }), fc.jsonValue(), (keys, value) => {
        const nested = keys.reduceRight<unknown>((inner, name) => Object.fromEntries([[name, inner]]), value);
        assert.deepEqual(valueAt(nested, keys.join('.')), value);
      }),
      { numRuns: 300 },
    );
  });
});
