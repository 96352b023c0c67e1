/** The readable view of a schema, and the reference that is written from it, on small schemas made here. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';

import * as v from 'valibot';

import { referenceText } from '../../shared/core/environment/reference.ts';
import type { Schema } from '../../shared/core/environment/schema-forms.ts';
import { allowed, listed, shapeAt, shapeOf, variantFor } from '../../shared/core/environment/shape.ts';
import { about, instantMs, integer, text } from '../../shared/core/environment/values.ts';

const small = v.strictObject({
  port: about('Where it listens.', v.optional(integer(1, 9), 3)),
  silent: v.exactOptional(v.boolean()),
  way: about(
    'How.',
    v.variant('by', [
      v.strictObject({ by: about('On foot.', v.literal('foot')) }),
      v.strictObject({ by: about('By train.', v.literal('train')), seat: about('Which.', text) }),
    ]),
  ),
  bounds: about('Both ends.', v.record(v.string(), v.strictObject({ low: about('The low one.', v.number()) }))),
});

describe('what is allowed', () => {
  const table: readonly [schema: Schema, says: string][] = [
    [v.string(), 'a text'],
    [v.number(), 'a number'],
    [v.boolean(), '`true` or `false`'],
    [v.union([v.string(), v.number()], 'a text or a number'), 'a text or a number'],
    [v.literal('a'), '`a`'],
    [v.picklist(['a', 'b', 'c']), '`a`, `b` or `c`'],
    [v.record(v.string(), v.string()), 'an object'],
    [v.array(v.string()), 'a list'],
    [v.pipe(v.array(v.string()), v.minLength(2, 'at least two')), 'a list, at least two'],
    [v.strictObject({ a: v.string(), b: v.string() }), 'an object with `a` and `b`'],
    [integer(2, 5), 'a whole number from 2 to 5'],
    [v.optional(v.exactOptional(integer(2, 5))), 'a whole number from 2 to 5'],
    [v.pipe(integer(2, 9), v.maxValue(5, 'at most 5')), 'a whole number from 2 to 9, at most 5'],
    [small.entries.way, 'an object with `by`: `foot` or `train`'],
  ];
  for (const [schema, says] of table) {
    it(`is said as: ${says}`, () => {
      assert.equal(allowed(shapeOf(schema)), says);
    });
  }

  it('is not guessed for forms that are not known', () => {
    assert.throws(() => shapeOf(v.date()), /a form that is not known here: date/);
    const noLiteral = v.variant('by', [v.strictObject({ by: v.picklist(['a', 'b']) })]);
    assert.throws(() => shapeOf(noLiteral), /a variant whose `by` is not a literal/);
    const nested = v.variant('by', [v.variant('by', [v.strictObject({ by: v.literal('a') })])]);
    assert.throws(() => shapeOf(nested), /a variant whose `by` is not a literal/);
  });

  it('is listed as people list things', () => {
    assert.deepEqual([listed([]), listed(['a']), listed(['a', 'b'], 'or')], ['', '`a`', '`a` or `b`']);
  });
});

describe('the shape at a key', () => {
  const shape = shapeOf(small);

  it('is found through objects, variants, records and lists', () => {
    const way = shapeAt(shape, {}, 'way');
    assert.ok(way !== null);
    assert.equal(shapeAt(way, { by: 'train' }, 'seat')?.kind, 'scalar');
    assert.equal(shapeAt(way, { by: 'foot' }, 'seat'), null);
    assert.equal(shapeAt(way, { by: 'plane' }, 'seat'), null);
    assert.equal(shapeAt(way, 'train', 'seat'), null);
    assert.equal(shapeAt(shapeOf(v.record(v.string(), v.string())), {}, 'x')?.kind, 'scalar');
    assert.equal(shapeAt(shapeOf(v.array(v.string())), [], 4)?.kind, 'scalar');
  });

  it('is none where there is no key', () => {
    assert.equal(shapeAt(shape, {}, 'nothing'), null);
    assert.equal(shapeAt(shapeOf(v.string()), 'x', 0), null);
    assert.equal(shapeAt(shapeOf(v.picklist(['a'])), 'a', 0), null);
  });

  it('of a variant is the one that the value names', () => {
    const way = shapeOf(small.entries.way);
    assert.ok(way.kind === 'variant');
    assert.equal(variantFor(way, { by: 'foot' })?.kind, 'object');
    assert.equal(variantFor(way, { by: 1 }), null);
  });
});

describe('the reference', () => {
  it('has a section an object, a line a key, and a list of forms', () => {
    const [, body] = referenceText(shapeOf(small)).split('## Top level');
    assert.equal(
      body,
      [
        '',
        '',
        '- **`port`** Where it listens. (a whole number from 1 to 9; default: `3`)',
        '- **`silent`** (`true` or `false`)',
        '- **`way`** How. (required; `by` is `foot` or `train`)',
        '- **`bounds`** Both ends. (required)',
        '',
        '## `way`',
        '',
        'With `by: foot`. On foot.',
        '',
        'With `by: train`. By train.',
        '',
        '- **`seat`** Which. (required; _text_)',
        '',
        '## `bounds.<name>`',
        '',
        '- **`low`** The low one. (required; a number)',
        '',
        '## Forms of values',
        '',
        '- _text_: a text that is not empty, at most 300 characters',
        '',
      ].join('\n'),
    );
  });
});

describe('an instant', () => {
  it('is a number of milliseconds', () => {
    assert.equal(instantMs('2026-11-24T20:00:00Z'), 1_795_550_400_000);
    assert.equal(instantMs('2026-11-24T21:00+01:00'), 1_795_550_400_000);
  });

  it('is none without a zone', () => {
    assert.equal(instantMs('2026-11-24T20:00:00'), Number.NaN);
  });
});
