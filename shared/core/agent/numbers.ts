/** Reads the numbers that a text names, in figures and in English words, each as a whole and never as a part. */

const smallNumbers =
  'zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen';

const tens = 'twenty thirty forty fifty sixty seventy eighty ninety';

const valueOfSmall = new Map(smallNumbers.split(' ').map((word, value) => [word, value] as const));
const valueOfTens = new Map(tens.split(' ').map((word, index) => [word, (index + 2) * 10] as const));

/** Every number in the text. What can be read in two ways, such as `1.347`, is given in both. */
export function numbersIn(text: string): readonly number[] {
  return [...numbersInFigures(text), ...numbersInWords(text)];
}

/**
 * A figure with optional groups of three behind comma, point, apostrophe or a space, and an optional fraction.
 * Neither side may touch a letter, a digit or a separator with a digit: `347` is not in `1,347`, `x347` or `347.5`.
 */
const figure =
  /(?<![\p{L}\p{N}_]|\d[.,:/'’]|[\p{L}\p{N}][-–−])([-−]?)(\d{1,3}(?:[,.'’ \u00a0\u2009\u202f]\d{3})+|\d+)(?:([.,])(\d+))?(?![\p{L}\p{N}_]|[.,:/'’]\d|[-–−]\p{N})/gu;

function numbersInFigures(text: string): readonly number[] {
  // LaTeX writes a thousands comma as `{,}`.
  const found = text.replaceAll('{,}', ',').matchAll(figure);
  return [...found].flatMap(([, sign = '', whole = '', point, fraction]) => {
    const negative = sign === '' ? 1 : -1;
    const value = Number(whole.replaceAll(/\D/g, ''));
    if (point !== undefined && fraction !== undefined) {
      return [negative * (value + Number(`0.${fraction}`))];
    }
    // One group behind a point may be thousands or a fraction.
    return /^\d{1,3}\.\d{3}$/.test(whole) ? [negative * value, negative * Number(whole)] : [negative * value];
  });
}

interface Spoken {
  readonly total: number;
  readonly current: number;
  readonly negative: boolean;
}

/** Adds a word to the number that is being read; null when the word does not carry it on. */
function carryOn(spoken: Spoken, word: string): Spoken | null {
  const { total, current } = spoken;
  const small = valueOfSmall.get(word);
  if (small !== undefined) {
    const fits = small < 10 ? current % 10 === 0 && current % 100 !== 10 : current % 100 === 0;
    return fits ? { ...spoken, current: current + small } : null;
  }
  const ten = valueOfTens.get(word);
  if (ten !== undefined) {
    return current % 100 === 0 ? { ...spoken, current: current + ten } : null;
  }
  if (word === 'hundred') {
    return current > 0 && current < 100 ? { ...spoken, current: current * 100 } : null;
  }
  if (word === 'thousand') {
    return current > 0 && total === 0 ? { ...spoken, total: current * 1_000, current: 0 } : null;
  }
  return null;
}

function beginsNumber(word: string): boolean {
  return valueOfSmall.has(word) || valueOfTens.has(word);
}

function numbersInWords(text: string): readonly number[] {
  const words = text.toLowerCase().match(/[a-z]+|[^a-z\s-]+/g) ?? [];
  const found: number[] = [];
  let spoken: Spoken | null = null;
  const finish = (): void => {
    if (spoken !== null) {
      const value = spoken.total + spoken.current;
      found.push(spoken.negative ? -value : value);
      spoken = null;
    }
  };
  for (const [index, word] of words.entries()) {
    const joins = word === 'and' || (word === ',' && words[index - 1] === 'thousand');
    if (spoken !== null && joins && beginsNumber(words[index + 1] ?? '')) {
      continue;
    }
    const carried: Spoken | null = spoken === null ? null : carryOn(spoken, word);
    if (carried !== null) {
      spoken = carried;
      continue;
    }
    finish();
    if (beginsNumber(word)) {
      const negative = /^(?:minus|negative)$/.test(words[index - 1] ?? '');
      spoken = carryOn({ total: 0, current: 0, negative }, word);
    }
  }
  finish();
  return found;
}
