/** Text from outside never becomes markup, whatever it is; our own words always do. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';

import * as fc from 'fast-check';

import {
  bold,
  escape,
  join,
  link,
  localTime,
  mention,
  phrase,
  unescapeEntities,
} from '../../shared/core/message/escape.ts';
import { hostileText } from '../support/hostile-text.ts';

describe('escape', () => {
  const rows = [
    ['a mention of everyone becomes text', '<!channel> look', '&lt;!channel&gt; look'],
    ['a mention of a person becomes text', '<@U123ABC>', '&lt;@U123ABC&gt;'],
    ['a link becomes text', '<https://evil.example|Runbook>', '&lt;https://evil.example|Runbook&gt;'],
    ['an escaped character is escaped again', '&lt;!here&gt;', '&amp;lt;!here&amp;gt;'],
    ['lines become one', 'first\r\n\tsecond\u2028third', 'first second third'],
    ['formatting loses its marks', '*bold* ~gone~ `code`', '∗bold∗ ∼gone∼ ˋcodeˋ'],
    ['writing from right to left is not turned on', 'abc\u202Egpj.exe', 'abcgpj.exe'],
    ['half a character becomes a replacement', 'x\uD83Dy', 'x\uFFFDy'],
    ['an underscore inside a name stays', 'agent_started', 'agent_started'],
  ] as const;
  for (const [name, from, to] of rows) {
    it(name, () => assert.equal(escape(from), to));
  }

  it('leaves nothing that Slack would take for markup, in any text', () => {
    fc.assert(
      fc.property(hostileText(), (text) => {
        const escaped = escape(text);
        assert.doesNotMatch(escaped, /[<>*~`\p{Cc}\p{Cf}]/u);
        assert.doesNotMatch(escaped, /&(?!(?:amp|lt|gt);)/);
        assert.ok(escaped.isWellFormed());
      }),
    );
  });

  it('is undone by what clients do', () => {
    fc.assert(
      fc.property(fc.stringMatching(/^[\x21-\x29\x2b-\x5f\x61-\x7d]{0,80}$/), (text) => {
        assert.equal(unescapeEntities(escape(text)), text);
      }),
    );
  });
});

describe('phrase', () => {
  it('escapes what is put in and keeps its own words', () => {
    const { markup, plain } = phrase`*Seen:* ${'<!here> & *now*'} ${3}`;
    assert.equal(markup, '*Seen:* &lt;!here&gt; &amp; ∗now∗ 3');
    assert.equal(plain, markup);
  });

  it('keeps phrases, in both of their forms', () => {
    const inner = phrase`${bold('a & b')} since ${localTime('20:05 UTC', 1_795_550_700_999)}`;
    assert.equal(
      inner.markup,
      '*a &amp; b* since 20:05 UTC (<!date^1795550700^{date_short_pretty}, {time}|20:05 UTC> your time)',
    );
    assert.equal(inner.plain, 'a &amp; b since 20:05 UTC');
    assert.deepEqual(join([phrase`x`, inner], '; ').plain, `x; ${inner.plain}`);
  });
});

describe('link', () => {
  it('names an address, and encodes what would end the link', () => {
    assert.equal(
      link('Logs <1>', 'https://x.example/a?b=1&c=<2>|3').markup,
      '<https://x.example/a?b=1&amp;c=%3C2%3E%7C3|Logs &lt;1&gt;>',
    );
  });

  for (const address of ['javascript:alert(1)', '!channel', '@U123', 'https://x.example/a b', '']) {
    it(`is only its name for the address “${address}”`, () => assert.equal(link('Runbook', address).markup, 'Runbook'));
  }
});

describe('mention', () => {
  for (const whom of ['<!subteam^S0123>', '<@U0AB12>', '<@W0AB12>', '<!here>', '<!channel>', '<!everyone>']) {
    it(`calls ${whom}`, () => assert.equal(mention(whom).markup, whom));
  }
  for (const whom of ['@here', '<!subteam^S1> <!channel>', '<https://evil.example>', '<!date^1^x|y>']) {
    it(`takes ${whom} for text`, () => assert.equal(mention(whom).markup, escape(whom)));
  }
});
