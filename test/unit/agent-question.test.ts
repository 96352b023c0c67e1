/**
 * Goal: the question of a run cannot be answered by repeating it, its answer is recognised however it is spelled,
 * and nothing that is merely close passes. Method: 10,000 seeds a property, tables for spellings.
 */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';

import fc from 'fast-check';

import { monthNames } from '../../shared/core/agent/calendar.ts';
import { diceBytes } from '../../shared/core/agent/dice.ts';
import { type Expectation, isAnswered } from '../../shared/core/agent/expectation.ts';
import { makeQuestion } from '../../shared/core/agent/question.ts';
import { phrase, solve } from '../sandbox/agent/solver.ts';

const seeds = fc.uint8Array({ minLength: diceBytes, maxLength: diceBytes });
const settings = { numRuns: 10_000, seed: Number(process.env['FC_SEED'] ?? Date.now() % 2 ** 31) };
console.log(`fast-check seed ${settings.seed}`);

describe('a question', () => {
  it('never contains its answer', () => {
    fc.assert(
      fc.property(seeds, (bytes) => {
        const { text, expects } = makeQuestion(bytes);
        assert.ok(!isAnswered(text, expects), text);
        assert.ok(!isAnswered(`Agent response for: ${text}`, expects), text);
      }),
      settings,
    );
  });

  it('can be answered from its text alone', () => {
    fc.assert(
      fc.property(seeds, (bytes) => {
        const { text, expects } = makeQuestion(bytes);
        const answer = phrase(solve(text));
        assert.ok(isAnswered(answer, expects), `${text} -> ${answer}`);
      }),
      settings,
    );
  });

  it('reads like a person, and never like a rehearsal', () => {
    fc.assert(
      fc.property(seeds, (bytes) => {
        const { text } = makeQuestion(bytes);
        assert.ok(!/test|e2e/i.test(text), text);
        assert.ok(text.length >= 90 && text.length <= 240, `${text.length}: ${text}`);
        assert.match(text, /^[A-Z].*[a-z]\?$/);
        assert.ok(text.split(' ').length >= 18, text);
      }),
      settings,
    );
  });

  it('is answered in every spelling that a model may choose', () => {
    fc.assert(
      fc.property(seeds, (bytes) => {
        const { expects } = makeQuestion(bytes);
        for (const spelling of spellings(expects)) {
          for (const sentence of [spelling, `It is ${spelling}.`, `**${spelling}**`, `Sure! (${spelling}) is right`]) {
            assert.ok(isAnswered(sentence, expects), `${sentence} for ${JSON.stringify(expects)}`);
          }
        }
      }),
      settings,
    );
  });

  it('is not answered by anything that is merely close', () => {
    fc.assert(
      fc.property(seeds, (bytes) => {
        const { expects } = makeQuestion(bytes);
        for (const miss of nearMisses(expects)) {
          for (const sentence of [miss, `It is ${miss}.`, `**${miss}**`]) {
            assert.ok(!isAnswered(sentence, expects), `${sentence} for ${JSON.stringify(expects)}`);
          }
        }
      }),
      settings,
    );
  });

  it('is the same for the same bytes and varies with them', () => {
    const bytes = Uint8Array.from({ length: diceBytes }, (_, index) => index);
    assert.deepEqual(makeQuestion(bytes), makeQuestion(bytes));
    const texts = new Set(
      Array.from({ length: 500 }, (_, index) => makeQuestion(bytes.with(0, index % 256).with(1, index >> 8)).text),
    );
    assert.ok(texts.size > 480, `${texts.size} different questions of 500`);
  });

  it('comes in every kind, also from bytes that are all alike', () => {
    const kinds = new Set(
      Array.from({ length: 256 }, (_, value) => makeQuestion(new Uint8Array(diceBytes).fill(value)).expects.kind),
    );
    assert.deepEqual([...kinds].toSorted(), ['date', 'number', 'time', 'word']);
  });
});

describe('an answer', () => {
  const number = (value: number): Expectation => ({ kind: 'number', value });
  const date = (month: number, day: number): Expectation => ({ kind: 'date', month, day });
  const time = (hour: number, minute: number): Expectation => ({ kind: 'time', hour, minute });
  const word = (value: string): Expectation => ({ kind: 'word', word: value });

  const right: readonly (readonly [string, Expectation])[] = [
    ['812 + 535 = 1347', number(1347)],
    ['$1{,}347$', number(1347)],
    ['\\boxed{1347}', number(1347)],
    ['1.347 Brötchen', number(1347)],
    ['1 347', number(1347)],
    ["1'347", number(1347)],
    ['１３４７', number(1347)],
    ['1347.00', number(1347)],
    ['"1347"', number(1347)],
    ['rolls:1347', number(1347)],
    ['One thousand, three hundred and forty-seven rolls', number(1347)],
    ['thirteen hundred forty seven', number(1347)],
    ['the total — one thousand three hundred forty-seven — is', number(1347)],
    ['the 24th of March', date(3, 24)],
    ['Tuesday, 24 Mar. 2026', date(3, 24)],
    ['24-Mar-2026', date(3, 24)],
    ['the 24th day of March', date(3, 24)],
    ['March the 24th', date(3, 24)],
    ['March 24, 2026', date(3, 24)],
    ['2026-03-24T00:00:00Z', date(3, 24)],
    ['24.03.2026', date(3, 24)],
    ['24.3.', date(3, 24)],
    ['3/24', date(3, 24)],
    ['11:32', time(11, 32)],
    ['at 11.32 a.m.', time(11, 32)],
    ['11h32', time(11, 32)],
    ['11:32am', time(11, 32)],
    ['11:32:00', time(11, 32)],
    ['12:05 PM', time(12, 5)],
    ['09:16', time(9, 16)],
    ['"Levor"', word('levor')],
    ["Levor's", word('levor')],
    ['L-E-V-O-R', word('levor')],
    ['l, e, v, o, r', word('levor')],
    ['It reads: L E V O R', word('levor')],
    ['**l·e·v·o·r**', word('levor')],
  ];
  for (const [text, expected] of right) {
    it(`is right: ${text}`, () => assert.ok(isAnswered(text, expected)));
  }

  const wrong: readonly (readonly [string, Expectation])[] = [
    ['', number(1347)],
    ['21,347', number(1347)],
    ['1,347,000', number(1347)],
    ['1347.5', number(1347)],
    ['-1347', number(1347)],
    ['minus one thousand three hundred forty-seven', number(1347)],
    ['twenty-one thousand three hundred forty-seven', number(1347)],
    ['one thousand three hundred forty', number(1347)],
    ['one thousand three hundred and forty-seven', number(347)],
    ['1,347', number(347)],
    ['347', number(1347)],
    ['13:47', number(1347)],
    ['run_1347', number(1347)],
    ['1347th', number(1347)],
    ['id-1347', number(1347)],
    ['2026-11-24T20:45:13.1347Z', number(1347)],
    ['14 March', date(3, 24)],
    ['124 March', date(3, 24)],
    ['March 240', date(3, 24)],
    ['24 May', date(3, 24)],
    ['24 Marching bands', date(3, 24)],
    ['2026-04-24', date(3, 24)],
    ['1/24/3', date(3, 24)],
    ['11:33', time(11, 32)],
    ['11:32 p.m.', time(11, 32)],
    ['1:32', time(11, 32)],
    ['11:320', time(11, 32)],
    ['211:32', time(11, 32)],
    ['10:11:32', time(11, 32)],
    ['levors', word('levor')],
    ['clevor', word('levor')],
    ['levor-na', word('levor')],
    ['l e v o', word('levor')],
    ['l e v r o', word('levor')],
  ];
  for (const [text, expected] of wrong) {
    it(`is wrong: ${text === '' ? '(nothing)' : text}, asked for ${JSON.stringify(expected)}`, () =>
      assert.ok(!isAnswered(text, expected)));
  }

  it('is judged in bounded time, whatever is sent', () => {
    const long = [
      '1,'.repeat(20_000),
      'l e '.repeat(20_000),
      'one hundred '.repeat(10_000),
      ' '.repeat(50_000),
      '24 '.repeat(20_000),
    ];
    for (const text of long) {
      for (const expected of [number(7), date(3, 24), time(11, 32), word('levor')]) {
        const startedMs = performance.now();
        isAnswered(text, expected);
        assert.ok(performance.now() - startedMs < 2_000, text.slice(0, 10));
      }
    }
  });
});

const units =
  'zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen'.split(
    ' ',
  );
const decades = '_ _ twenty thirty forty fifty sixty seventy eighty ninety'.split(' ');

function inWords(value: number, and: string): string {
  if (value >= 1_000) {
    const rest = value % 1_000;
    return `${inWords(Math.floor(value / 1_000), and)} thousand${rest === 0 ? '' : ` ${rest < 100 ? and : ''}${inWords(rest, and)}`}`;
  }
  if (value >= 100) {
    const rest = value % 100;
    return `${units[Math.floor(value / 100)]} hundred${rest === 0 ? '' : ` ${and}${inWords(rest, and)}`}`;
  }
  return value < 20
    ? `${units[value]}`
    : `${decades[Math.floor(value / 10)]}${value % 10 === 0 ? '' : `-${units[value % 10]}`}`;
}

function spellings(expected: Expectation): readonly string[] {
  switch (expected.kind) {
    case 'number': {
      const { value } = expected;
      return [
        String(value),
        value.toLocaleString('en-US'),
        value.toLocaleString('de-DE'),
        inWords(value, ''),
        inWords(value, 'and '),
      ];
    }
    case 'date': {
      const month = monthNames[expected.month - 1] ?? '';
      const { day } = expected;
      return [
        `${day} ${month}`,
        `${month} ${day}`,
        `${day}th of ${month}`,
        `${month} ${day}th, 2026`,
        `2026-${two(expected.month)}-${two(day)}`,
      ];
    }
    case 'time': {
      const minute = two(expected.minute);
      return [
        `${expected.hour}:${minute}`,
        `${two(expected.hour)}:${minute}`,
        `${expected.hour}.${minute}`,
        `${expected.hour}:${minute} ${expected.hour < 12 ? 'a.m.' : 'p.m.'}`,
      ];
    }
    case 'word': {
      const letters = expected.word.split('');
      return [expected.word, expected.word.toUpperCase(), letters.join('-'), letters.join(' '), letters.join(', ')];
    }
  }
}

function nearMisses(expected: Expectation): readonly string[] {
  switch (expected.kind) {
    case 'number': {
      const { value } = expected;
      const digits = String(value);
      const near = [value + 1, value - 1, value + 10, value * 10, value + 100_000, -value];
      return [
        ...near.flatMap((miss) =>
          spellings({ kind: 'number', value: Math.abs(miss) }).map((text) => (miss < 0 ? `-${digits}` : text)),
        ),
        `${digits}7`,
        `7${digits}`,
        `${digits}.5`,
        digits.slice(1),
        digits.slice(0, -1),
      ];
    }
    case 'date': {
      const day = expected.day === 15 ? 16 : 30 - expected.day;
      return [
        ...spellings({ ...expected, day: Math.max(1, day) }),
        `1${expected.day} ${monthNames[(expected.month + 3) % 12]}`,
        `${monthNames[expected.month - 1]} ${expected.day}0`,
      ];
    }
    case 'time':
      return [
        ...spellings({ ...expected, minute: (expected.minute + 1) % 60 }),
        ...spellings({ ...expected, hour: expected.hour + 1 }),
        `${expected.hour}:${two(expected.minute)}0`,
      ];
    case 'word': {
      const [a = '', b = '', c = '', d = '', e = ''] = expected.word;
      return [
        `${expected.word}s`,
        `s${expected.word}`,
        expected.word.slice(1),
        expected.word.slice(0, 4),
        [b, a, c, d, e].join(''),
        `${a} ${b} ${c} ${d}`,
        `${expected.word}${e}`,
      ];
    }
  }
}

function two(value: number): string {
  return String(value).padStart(2, '0');
}
