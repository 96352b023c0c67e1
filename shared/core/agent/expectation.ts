/**
 * What an answer must name, and whether it does. Values are compared, not spellings: `1,347`, `1347` and
 * `one thousand three hundred forty-seven` are one number, and `21,347` is another.
 */
import { datesIn, type DayOfYear, type TimeOfDay, timesIn } from './calendar.ts';
import { numbersIn } from './numbers.ts';

export type Expectation =
  | { readonly kind: 'number'; readonly value: number }
  | ({ readonly kind: 'date' } & DayOfYear)
  | ({ readonly kind: 'time' } & TimeOfDay)
  /** A word in lower case, letters a to z. */
  | { readonly kind: 'word'; readonly word: string };

export function isAnswered(text: string, expected: Expectation): boolean {
  const plain = withoutMarkup(text);
  switch (expected.kind) {
    case 'number':
      return numbersIn(plain).includes(expected.value);
    case 'date':
      return datesIn(plain).some(({ month, day }) => month === expected.month && day === expected.day);
    case 'time':
      return timesIn(plain).some(({ hour, minute }) => hour === expected.hour && minute === expected.minute);
    case 'word':
      return wordsIn(plain).includes(expected.word);
  }
}

/** Full-width forms become plain ones, and the marks with which models set off a result go. */
function withoutMarkup(text: string): string {
  return text.normalize('NFKC').replaceAll(/[*_`~$]/g, '');
}

/** Letters told one by one, such as `l-e-v-o-r`, `L, E, V, O, R` or `l e v o r`. */
const spelledWord = /(?<![a-z0-9])[a-z](?:(?:, ?|[-–·.]| ?[-–] ?| )[a-z](?![a-z0-9]))+/g;

function wordsIn(text: string): readonly string[] {
  const lower = text.toLowerCase();
  const spelled = (lower.match(spelledWord) ?? []).map((letters) => letters.replaceAll(/[^a-z]/g, ''));
  // A hyphen joins: the part of a compound is not the word itself.
  const whole = lower.match(/(?<![\p{L}\p{N}-])[a-z]+(?![\p{L}\p{N}]|-[\p{L}\p{N}])/gu) ?? [];
  return [...whole, ...spelled];
}
