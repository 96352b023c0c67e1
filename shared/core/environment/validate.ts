/**
 * Holds a value against the definition and finds everything that is wrong with it, each time with the key, what was
 * found and what is allowed. Valibot judges the values; unknown keys are looked for here, because valibot tells
 * only the first one of an object.
 */
import * as v from 'valibot';

import { type Environment, environmentSchema } from './definition.ts';
import { errorAt, type Finding, keyErrorAt, type KeyPath, pathText } from './finding.ts';
import { found } from './found.ts';
import { nearest } from './nearest.ts';
import { allowed, isPlainObject, listed, type Shape, shapeAt, shapeOf, variantFor } from './shape.ts';

const environmentShape = shapeOf(environmentSchema);

/** Names that valibot drops from a record without a word, because they mean something to JavaScript. */
const reservedNames: ReadonlySet<string> = new Set(['__proto__', 'prototype', 'constructor']);

export type Validated =
  | { readonly environment: Environment; readonly findings: readonly [] }
  | { readonly environment: null; readonly findings: readonly Finding[] };

export function validate(value: unknown): Validated {
  const judged = v.safeParse(environmentSchema, value, { abortPipeEarly: true });
  const misplaced = listsForObjects(environmentShape, value, []);
  const isMisplaced = isWithin(misplaced);
  const others = [...unknownKeys(environmentShape, value, []), ...(judged.issues ?? []).flatMap(issueFinding)];
  const findings = [...misplaced, ...others.filter((other) => !isMisplaced(other))];
  if (judged.success && findings.length === 0) {
    return { environment: judged.output, findings: [] };
  }
  const told = new Map(findings.map((finding) => [`${pathText(finding.path)}: ${finding.message}`, finding]));
  return { environment: null, findings: [...told.values()] };
}

function issueFinding(issue: v.BaseIssue<unknown>): readonly Finding[] {
  const items = issue.path ?? [];
  const path = items.map(keyOf);
  const isAboutKey = items.at(-1)?.origin === 'key';
  if (isAboutKey && issue.expected === 'never') {
    return [];
  }
  if (isAboutKey && issue.type !== 'strict_object') {
    return [keyErrorAt(path, `this name is not allowed; allowed: ${issue.message}`)];
  }
  const expected = issue.kind === 'validation' ? issue.message : allowedAt(items);
  const what = issue.input === undefined ? 'is missing' : `found ${found(issue.input, path.at(-1) ?? '')}`;
  return [errorAt(path, `${what}, allowed: ${expected}`)];
}

function keyOf({ key }: v.IssuePathItem): string | number {
  return typeof key === 'number' ? key : String(key);
}

/** What the definition allows at the path of an issue. */
function allowedAt(items: readonly v.IssuePathItem[]): string {
  let shape: Shape = environmentShape;
  for (const item of items) {
    const inner = shapeAt(shape, item.input, keyOf(item));
    if (inner === null) {
      return shape.kind === 'variant' ? listed([...shape.variants.keys()], 'or') : allowed(shape);
    }
    shape = inner;
  }
  return allowed(shape);
}

/** Valibot takes a list for an object without keys; people should hear that it is a list. */
function listsForObjects(shape: Shape, value: unknown, path: KeyPath): readonly Finding[] {
  const isObjectShape = shape.kind === 'object' || shape.kind === 'record' || shape.kind === 'variant';
  if (isObjectShape && Array.isArray(value)) {
    return [errorAt(path, `found ${found(value, '')}, allowed: ${allowed(shape)}`)];
  }
  return childrenOf(value).flatMap(([key, child]) => {
    const inner = shapeAt(shape, value, key);
    return inner === null ? [] : listsForObjects(inner, child, [...path, key]);
  });
}

function childrenOf(value: unknown): readonly (readonly [string | number, unknown])[] {
  return Array.isArray(value) ? [...value.entries()] : isPlainObject(value) ? Object.entries(value) : [];
}

/** Whether a finding is about something inside of what others are about. */
function isWithin(outer: readonly Finding[]): (finding: Finding) => boolean {
  const paths = new Set(outer.map(({ path }) => JSON.stringify(path)));
  return ({ path }) => [...path, null].some((_, depth) => paths.has(JSON.stringify(path.slice(0, depth))));
}

function unknownKeys(shape: Shape, value: unknown, path: KeyPath): readonly Finding[] {
  if (shape.kind === 'variant') {
    const chosen = variantFor(shape, value);
    return chosen === null ? [] : unknownKeys(chosen, value, path);
  }
  return childrenOf(value).flatMap(([key, child]) => {
    const innerPath = [...path, key];
    if (shape.kind === 'object' && !shape.keys.has(String(key))) {
      return [keyErrorAt(innerPath, `is not known here; ${hint(String(key), [...shape.keys.keys()])}`)];
    }
    if (shape.kind === 'record' && reservedNames.has(String(key))) {
      return [keyErrorAt(innerPath, 'this name is reserved; allowed: any other')];
    }
    const inner = shapeAt(shape, value, key);
    return inner === null ? [] : unknownKeys(inner, child, innerPath);
  });
}

function hint(key: string, known: readonly string[]): string {
  const meant = nearest(key, known);
  return meant === null ? `allowed: ${listed(known)}` : `did you mean \`${meant}\`?`;
}
