/** No message can break a limit that Slack documents, whatever is put into it. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';

import * as fc from 'fast-check';

import { compose, type Part } from '../../shared/core/message/compose.ts';
import { phrase } from '../../shared/core/message/escape.ts';
import {
  codeMarkup,
  context,
  cutMarkup,
  fields,
  header,
  section,
  slackLimits,
} from '../../shared/core/message/limits.ts';
import { refusalOf } from '../../shared/local/slack/rules.ts';
import { hostileText } from '../support/hostile-text.ts';

describe('slackLimits', () => {
  it('are the documented numbers', () => {
    assert.deepEqual(
      { ...slackLimits, blocksCharacters: undefined },
      {
        text: 4_000,
        blocks: 50,
        header: 150,
        sectionText: 3_000,
        fields: 10,
        field: 2_000,
        contextElements: 10,
        contextText: 3_000,
        blocksCharacters: undefined,
      },
    );
    assert.ok(
      slackLimits.blocksCharacters <= 13_172,
      'the least at which Slack was seen to answer msg_blocks_too_long',
    );
  });
});

describe('cutMarkup', () => {
  const rows = [
    ['leaves what is short enough', 'abc', 3, 'abc'],
    ['cuts and says so', 'abcd', 3, 'ab…'],
    ['never cuts an escaped character', 'ab&amp;cd', 6, 'ab…'],
    ['never cuts a link', 'a<https://x.example|name>b', 20, 'a…'],
    ['never cuts a pair of surrogates', 'a😀b', 3, 'a…'],
    ['never cuts an accent off its letter', 'ae\u0301\u0301b', 4, 'a…'],
  ] as const;
  for (const [name, from, max, to] of rows) {
    it(name, () => assert.equal(cutMarkup(from, max), to));
  }
});

describe('makers of blocks', () => {
  it('fill what would be empty, and Slack takes it', () => {
    const blocks = [header(''), section(''), fields(['']), context([''])];
    assert.equal(refusalOf({ text: 'x', blocksJson: JSON.stringify(blocks) }), null);
  });

  it('stay inside the bounds at their very edge', () => {
    const long = 'x'.repeat(5_000);
    const blocks = [header(long), section(long), fields(Array.from({ length: 20 }, () => long.slice(0, 300)))];
    assert.equal(refusalOf({ text: 'x', blocksJson: JSON.stringify(blocks) }), null);
    assert.equal(refusalOf({ text: 'x', blocksJson: JSON.stringify([fields([long])]) }), null);
    assert.equal(refusalOf({ text: 'x', blocksJson: JSON.stringify([context(Array(12).fill('x'))]) }), null);
  });

  it('keep an end to the code, and no way out of it', () => {
    const code = codeMarkup(['one', '``` <!channel>', 'x'.repeat(200)], 60);
    assert.equal(code, '```\none\nˋˋˋ &lt;!channel&gt;\n```');
    assert.equal(codeMarkup(['x'.repeat(100)], 60), '', 'no code rather than half a line');
  });
});

const body = hostileText().map((text) => phrase`${text}`);
const part: fc.Arbitrary<Part> = fc.oneof(
  fc.record({ kind: fc.constant('headline' as const), text: hostileText() }),
  fc.record({ kind: fc.constant('paragraph' as const), label: hostileText(3), body }),
  fc.record({
    kind: fc.constant('facts' as const),
    facts: fc.array(fc.record({ label: fc.string({ maxLength: 20 }), value: body }), { maxLength: 14 }),
  }),
  fc.record({
    kind: fc.constant('code' as const),
    label: fc.string({ minLength: 1, maxLength: 20 }),
    lines: fc.array(hostileText(), { maxLength: 40 }),
  }),
  fc.record({ kind: fc.constant('note' as const), body }),
);

describe('compose', () => {
  it('makes only messages that Slack takes, out of any parts', () => {
    fc.assert(
      fc.property(fc.array(part, { minLength: 1, maxLength: 70 }), (parts) => {
        const message = compose(parts);
        assert.equal(refusalOf({ text: message.text || 'x', blocksJson: JSON.stringify(message.blocks) }), null);
        assert.ok(message.text.length <= 4_000);
        assert.ok(message.text.isWellFormed());
        assert.doesNotMatch(JSON.stringify(message), /<[!@#]|<https?:/);
        for (const block of message.blocks) {
          const code = 'text' in block && block.text.type === 'mrkdwn' ? block.text.text.split('```').length : 1;
          assert.ok(code === 1 || code === 3, 'code begins and ends');
        }
      }),
      { numRuns: 300 },
    );
  });

  it('leaves out what would make the whole too long, and goes on with what still fits', () => {
    const long = phrase`${'x'.repeat(2_900)}`;
    const parts: Part[] = Array.from({ length: 6 }, () => ({ kind: 'paragraph', body: long }));
    const { blocks } = compose([...parts, { kind: 'note', body: phrase`last` }]);
    assert.equal(refusalOf({ text: 'x', blocksJson: JSON.stringify(blocks) }), null);
    assert.deepEqual(
      blocks.map(({ type }) => type),
      ['section', 'section', 'section', 'section', 'context'],
    );
  });

  it('gives up evidence before anything else when the text gets long', () => {
    const lines = Array.from({ length: 100 }, (_, at) => `line ${at} ${'x'.repeat(60)}`);
    const { text } = compose([
      { kind: 'headline', text: 'first' },
      { kind: 'code', label: 'Evidence:', lines },
      { kind: 'note', body: phrase`last` },
    ]);
    assert.ok(text.length <= 4_000 && text.length > 3_900);
    assert.match(text, /^first\nEvidence:\n {2}line 0 /);
    assert.match(text, /\nlast$/);
  });

  it('says in the text whatever stands in the blocks', () => {
    const { text, blocks } = compose([
      { kind: 'headline', text: 'Head' },
      { kind: 'paragraph', label: 'Label:', body: phrase`body` },
      { kind: 'facts', facts: [{ label: 'Since', value: phrase`noon` }] },
      { kind: 'code', label: 'Run:', lines: ['ls'] },
      { kind: 'note', body: phrase`note` },
    ]);
    assert.equal(text, 'Head\nLabel: body\nSince: noon\nRun:\n  ls\nnote');
    assert.deepEqual(
      blocks.map(({ type }) => type),
      ['header', 'section', 'section', 'section', 'context'],
    );
  });

  it('leaves out parts that have nothing to say', () => {
    const { text, blocks } = compose([
      { kind: 'facts', facts: [] },
      { kind: 'code', label: 'Run:', lines: [] },
      { kind: 'note', body: phrase`note` },
    ]);
    assert.equal(text, 'note');
    assert.equal(blocks.length, 1);
  });
});
