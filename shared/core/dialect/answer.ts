/**
 * Finds the answer in the frame that completes a run: a text or an object, in any of the known places. Total and
 * bounded, whatever the frame holds. The product cuts texts of its bridge at 500 characters and adds three dots.
 */
import { isJsonObject, type JsonObject } from '../body.ts';
import { valuesAt } from '../json-path.ts';

export interface Answer {
  /** What each place that is there holds, best place first; empty where it holds nothing. Never without one. */
  readonly candidates: readonly string[];
  /** Every text inside the places. */
  readonly texts: readonly string[];
}

/** Keys under which a result keeps what it is about, best first. */
const innerKeys = [
  'results',
  'result',
  'answer',
  'final_response',
  'response',
  'content',
  'text',
  'output',
  'message',
  'summary',
];

/** Values under such keys are ids, measures and states, whose digits could pass for an answer. */
const bookkeeping = /(?:^|_)(?:id|ids|at|ms|timestamp|status|step|score|version|duration|tokens)$/i;

const textLengthMax = 20_000;
const textsMax = 100;
const depthMax = 6;

/** Null when none of the places is there. */
export function findAnswer(frame: JsonObject, places: readonly string[]): Answer | null {
  const found = places
    .flatMap((place) => valuesAt(frame, place).slice(0, 1))
    .filter((value) => value !== null && value !== undefined);
  if (found.length === 0) {
    return null;
  }
  const texts = found.flatMap((value) => leaves(value, depthMax)).slice(0, textsMax);
  return { candidates: found.map((value) => mainText(value, depthMax)), texts };
}

/** Whether the product itself has cut the text. */
export function isCutShort(text: string): boolean {
  return text.length >= 500 && /(?:\.{3}|…)$/.test(text);
}

function mainText(value: unknown, depth: number): string {
  if (!isJsonObject(value)) {
    return leaves(value, depth).join('\n').slice(0, textLengthMax);
  }
  const key = innerKeys.find((candidate) => Object.hasOwn(value, candidate));
  return key === undefined || depth === 0 ? leaves(value, depth).join('\n') : mainText(value[key], depth - 1);
}

/** All texts and numbers inside a value that are no bookkeeping. */
function leaves(value: unknown, depth: number): readonly string[] {
  if (typeof value === 'string') {
    return [value.slice(0, textLengthMax)];
  }
  if (typeof value === 'number') {
    return [String(value)];
  }
  if (depth === 0 || typeof value !== 'object' || value === null) {
    return [];
  }
  return Object.entries(value)
    .slice(0, textsMax)
    .flatMap(([key, inner]) => (bookkeeping.test(key) ? [] : leaves(inner, depth - 1)))
    .slice(0, textsMax);
}
