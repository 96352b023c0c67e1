/**
 * Solves the monitor's questions from their wording alone, as a model would. It shares nothing with the code that
 * makes them: a question that the monitor gets wrong is answered rightly here, and that shows.
 */

export type Solution =
  | { readonly kind: 'number'; readonly value: number }
  | { readonly kind: 'word'; readonly word: string }
  /** `month` counts from 1. */
  | { readonly kind: 'date'; readonly month: number; readonly day: number }
  | { readonly kind: 'time'; readonly hour: number; readonly minute: number }
  | { readonly kind: 'unknown' };

/** The first method that understands the question solves it. */
const methods: readonly ((question: string) => Solution | null)[] = [
  readBackwards,
  clockLater,
  weeksLater,
  boxesLessLost,
  sum,
];

export function solve(question: string): Solution {
  for (const method of methods) {
    const solution = method(question);
    if (solution !== null) {
      return solution;
    }
  }
  return { kind: 'unknown' };
}

function readBackwards(question: string): Solution | null {
  const spelling = /\bspelled ((?:[A-Za-z]-)+[A-Za-z])\b/.exec(question)?.[1];
  if (spelling === undefined || !/backwards|revers|from behind/.test(question)) {
    return null;
  }
  return { kind: 'word', word: spelling.toLowerCase().split('-').toReversed().join('') };
}

function clockLater(question: string): Solution | null {
  const [, hour, minute] = /\b(\d{1,2}):(\d{2})\b/.exec(question) ?? [];
  const [, hours = '0'] = /\b(\d+) hours?\b/.exec(question) ?? [];
  const [, minutes = '0'] = /\b(\d+) minutes?\b/.exec(question) ?? [];
  if (hour === undefined || minute === undefined) {
    return null;
  }
  const total = (Number(hour) + Number(hours)) * 60 + Number(minute) + Number(minutes);
  return { kind: 'time', hour: Math.floor(total / 60) % 24, minute: total % 60 };
}

const monthWords = 'January February March April May June July August September October November December'.split(' ');
const countWords = 'zero one two three four five six seven eight nine ten'.split(' ');

function weeksLater(question: string): Solution | null {
  const [, day, monthWord = ''] = new RegExp(`\\b(\\d{1,2}) (${monthWords.join('|')})\\b`).exec(question) ?? [];
  const [, count = ''] = /\b(\w+) weeks?\b/.exec(question) ?? [];
  const weeks = /^\d+$/.test(count) ? Number(count) : countWords.indexOf(count);
  if (day === undefined || weeks < 1) {
    return null;
  }
  // A year without a leap day, as the question names none.
  const date = new Date(Date.UTC(2_025, monthWords.indexOf(monthWord), Number(day) + weeks * 7));
  return { kind: 'date', month: date.getUTCMonth() + 1, day: date.getUTCDate() };
}

/** So many boxes with so many in each, less the few that were lost. */
function boxesLessLost(question: string): Solution | null {
  const [boxes, each, lost, more] = wholeNumbers(question);
  const containers = /\b(?:in each of them|in every \w+|of \d+ \w+ each)\b/.test(question);
  if (!containers || boxes === undefined || each === undefined || lost === undefined || more !== undefined) {
    return null;
  }
  return { kind: 'number', value: boxes * each - lost };
}

function sum(question: string): Solution | null {
  const [first, second, more] = wholeNumbers(question);
  if (first === undefined || second === undefined || more !== undefined) {
    return null;
  }
  const together = /whole weekend|added up|altogether|over both|in total|in all/.test(question);
  return together ? { kind: 'number', value: first + second } : null;
}

function wholeNumbers(question: string): readonly number[] {
  return (question.match(/\b\d+\b/g) ?? []).map(Number);
}

/** The answer as a sentence, the way a model would put it. */
export function phrase(solution: Solution): string {
  switch (solution.kind) {
    case 'number':
      return `I worked it out step by step: the answer is ${solution.value}.`;
    case 'word':
      return `Read from the last letter to the first, it becomes "${solution.word}".`;
    case 'date':
      return `Counting the weeks from the first day, it is ${solution.day} ${monthWords[solution.month - 1]}.`;
    case 'time':
      return `Adding the time on, it will be ${solution.hour}:${String(solution.minute).padStart(2, '0')}.`;
    case 'unknown':
      return 'I am sorry, I could not work this out.';
  }
}
