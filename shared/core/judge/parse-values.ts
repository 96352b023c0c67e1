/** The value forms of stored documents. */
import * as v from 'valibot';

import { phases, verdicts } from '../outcome.ts';
import { isReason, type Reason } from '../reasons.ts';
import { steps } from '../step.ts';
import type { LatencyName } from './state.ts';

export const stepName = v.picklist(steps);
export const verdict = v.picklist(verdicts);
export const badVerdict = v.picklist(['fail', 'degraded']);
export const latencyName = v.picklist<readonly LatencyName[]>(['total', ...phases]);

/** A reason that another version knew and this one doesn't is no cause to lose what it was the reason of. */
export const reason = v.pipe(
  v.string(),
  v.transform((word): Reason => (isReason(word) ? word : 'unclassified')),
);

export const number = v.pipe(v.number(), v.finite());
export const count = v.pipe(v.number(), v.integer(), v.minValue(0));

function boundedText(max: number) {
  return v.pipe(v.string(), v.maxLength(max));
}

const textMax = 400;

/** Names of environments, regions, incidents, channels. */
export const name = boundedText(100);

/** Names of news and of conversations, which are made of several names. */
export const longName = boundedText(200);

export const shortText = boundedText(textMax);
export const nullableText = v.nullable(boundedText(textMax));

export function list<const T extends v.GenericSchema>(item: T, max: number) {
  return v.pipe(v.array(item), v.maxLength(max), v.readonly());
}

/**
 * Long lists make up most of a document, and a run reads two of those: they are checked by hand, item by item, with one
 * message for the whole list.
 */
export function plainList<T>(max: number, what: string, isItem: (item: Readonly<Record<string, unknown>>) => boolean) {
  return v.custom<readonly T[]>(
    (value) => Array.isArray(value) && value.length <= max && value.every((item) => isObject(item) && isItem(item)),
    `a list of at most ${max} ${what}`,
  );
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null;
}

export function numbers(max: number) {
  return v.custom<readonly number[]>(
    (value) => Array.isArray(value) && value.length <= max && value.every(Number.isFinite),
    `a list of at most ${max} numbers`,
  );
}

export function numbersAndGaps(max: number) {
  return v.custom<readonly (number | null)[]>(
    (value) => Array.isArray(value) && value.length <= max && value.every(isNumberOrNull),
    `a list of at most ${max} numbers and nulls`,
  );
}

export function isNumberOrNull(value: unknown): boolean {
  return value === null || Number.isFinite(value);
}

export function isTextOrNull(value: unknown): boolean {
  return value === null || (typeof value === 'string' && value.length <= textMax);
}

export function isVerdict(value: unknown): boolean {
  return (verdicts as readonly unknown[]).includes(value);
}
