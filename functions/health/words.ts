/** What the status words of health documents mean: those of the environment file first, then the usual ones. */
import { defaultWords, type WordMeaning } from '../../shared/core/environment/health.ts';
import { redact } from '../../shared/core/redact.ts';

type Words = Readonly<Record<string, WordMeaning>>;

/** A value in the place of a status word: the word as it is shown, and its meaning, or null when nobody knows it. */
export interface Word {
  readonly shown: string;
  readonly meaning: WordMeaning | null;
}

/** The word in a value; null when the value is none. A boolean says up or down. */
export function wordIn(value: unknown, words: Words): Word | null {
  if (typeof value === 'boolean') {
    return { shown: String(value), meaning: value ? 'pass' : 'fail' };
  }
  if (typeof value !== 'string' || value.trim() === '') {
    return null;
  }
  const word = value.trim();
  const meaning = meaningIn(words, word) ?? meaningIn(defaultWords, word);
  return { shown: redact(word, [], 40), meaning };
}

/** Words are compared without regard to case: products write `OK`, `ok` and `Healthy`. */
function meaningIn(words: Words, word: string): WordMeaning | null {
  const lower = word.toLowerCase();
  return Object.entries(words).find(([known]) => known.toLowerCase() === lower)?.[1] ?? null;
}
