/**
 * Tells an answer of a model from what stands in for one: an echo of the question, a stock phrase, a filler, an
 * apology, a refusal; and a run that took time from one that was played. Consulted where the answer is not right.
 */
import type { Dialect } from '../dialect/dialect.ts';
import type { Answer } from '../dialect/answer.ts';
import { completion, type Run } from './run.ts';

export const answerClasses = ['plausible', 'empty', 'filler', 'stock', 'echo', 'refusal', 'apology'] as const;

export type AnswerClass = (typeof answerClasses)[number];

/** Words with which software fills the place of an answer. */
const fillers =
  /^(?:(?:the )?(?:task|request|agent|agent execution|processing|orchestration|analysis|workflow|run)?(?: is| has| was| has been)? ?(?:completed?|done|finished|processed|success(?:ful(?:ly)?)?)(?: successfully)?|ok|okay|success|none|null|undefined|n\/?a|no (?:response|result|results|answer)|response|result)$/i;

const refusals =
  /\b(?:i(?:'m| am) (?:not able|unable) to|i can(?:'t|not|not) (?:help|assist|answer|do)|cannot (?:help|assist|answer)|as an ai(?: language)? model|not (?:allowed|permitted) to answer|against my guidelines)\b/i;

const apologies =
  /\b(?:(?:i(?:'m| am) |we(?:'re| are) )?sorry|apologi[sz]e|apologies|something went wrong|an? (?:internal |unexpected )?error (?:has )?occurred|(?:please )?try again|temporarily unavailable|technical difficult(?:y|ies)|unable to process|could(?:n't| not) process|service (?:is )?(?:un|not )available|timed out)\b/i;

/** Only the beginning of a long text is looked at: stock phrases are short. */
const lookedAtMax = 2_000;

export function classifyAnswer(text: string, question: string, dialect: Dialect): AnswerClass {
  const plain = text.slice(0, lookedAtMax).trim();
  if (plain === '') {
    return 'empty';
  }
  if (fillers.test(plain.replace(/[.!…\s]+$/, ''))) {
    return 'filler';
  }
  if (dialect.stockPhrases.some((phrase) => phrase.test(plain))) {
    return 'stock';
  }
  if (isEcho(plain, question)) {
    return 'echo';
  }
  if (refusals.test(plain)) {
    return 'refusal';
  }
  return apologies.test(plain) ? 'apology' : 'plausible';
}

/** What a person would take for the answer: the first place, unless only software speaks there. */
export function shownAnswer({ candidates: [first = '', ...others] }: Answer, dialect: Dialect): string {
  const isSpoken = (text: string): boolean => !['empty', 'filler'].includes(classifyAnswer(text, '', dialect));
  return classifyAnswer(first, '', dialect) === 'filler' ? (others.find(isSpoken) ?? first) : first;
}

/** Words of its own that an answer may have around the question and still be an echo. */
const ownWordsMax = 10;

/** An answer that consists of the question or most of it, with hardly a word of its own. */
function isEcho(text: string, question: string): boolean {
  const [said, asked] = [wordsOf(text), wordsOf(question)];
  const repeated = longestRepeat(said, asked);
  return asked.length > 0 && repeated >= asked.length / 2 && said.length - repeated <= ownWordsMax;
}

function wordsOf(text: string): readonly string[] {
  return text.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? [];
}

/** Length of the longest run of words that both have in common. */
function longestRepeat(said: readonly string[], asked: readonly string[]): number {
  let longest = 0;
  let before: readonly number[] = [];
  for (const word of said) {
    const here = asked.map((other, index) => (other === word ? (before[index - 1] ?? 0) + 1 : 0));
    longest = Math.max(longest, ...here);
    before = here;
  }
  return longest;
}

/** A sign that no agent worked and something else spoke in its place. */
export function fellBack({ entries }: Run): boolean {
  return entries.some(({ event }) => event.kind === 'fallback');
}

/**
 * All events of a run within a time in which no model answers, and no sign of one. A right answer is such a sign,
 * unless the product itself says that no model was used.
 */
export function isFaked(run: Run, isRight: boolean, fakedRunMsMax: number): boolean {
  const [first] = run.entries;
  const last = completion(run);
  if (first === undefined || last === null || last.atMs - first.atMs >= fakedRunMsMax) {
    return false;
  }
  const denied = run.entries.some(({ event }) => event.modelUsed === false);
  const shown = isRight || run.entries.some(({ event }) => event.modelUsed === true);
  return denied || !shown;
}
