/**
 * What can be wrong with an environment file, in two forms: a finding knows the key it is about, a problem also
 * knows where that key stands in the text. Neither ever holds a value that could be a secret.
 */
import { couldBeSecret } from './found.ts';

/** Keys and list indices from the root of the file to a value. */
export type KeyPath = readonly (string | number)[];

export type Severity = 'error' | 'warning';

export interface Finding {
  readonly severity: Severity;
  readonly path: KeyPath;
  /** One sentence, without the path and without a full stop. */
  readonly message: string;
  /** The last key of the path itself is wrong, not what stands behind it. */
  readonly ofKey?: true;
}

/** Line and column, both from 1; columns count UTF-16 units, as editors do. */
export interface Position {
  readonly line: number;
  readonly column: number;
}

export interface Problem extends Position {
  readonly severity: Severity;
  readonly file: string;
  /** Dotted, such as `steps.health.documents[0].path`; empty for the file as a whole. */
  readonly path: string;
  readonly message: string;
}

/** Problems that are told of one file; a file with more is broken in one way many times. */
export const problemsMax = 200;

export function errorAt(path: KeyPath, message: string): Finding {
  return { severity: 'error', path, message };
}

/** The last key of the path should not be there. */
export function keyErrorAt(path: KeyPath, message: string): Finding {
  return { severity: 'error', path, message, ofKey: true };
}

export function warningAt(path: KeyPath, message: string): Finding {
  return { severity: 'warning', path, message };
}

/** The finding, if it is one: lists of rules read as tables with this. */
export function when(isWrong: boolean, finding: Finding): readonly Finding[] {
  return isWrong ? [finding] : [];
}

export function isError(found: { readonly severity: Severity }): boolean {
  return found.severity === 'error';
}

/** `steps.health.documents[0].path`. Keys come from the file, so they are cut, and hidden when they could be a secret. */
export function pathText(path: KeyPath): string {
  return path
    .map((key) => (typeof key === 'number' ? `[${key}]` : `.${shownKey(key)}`))
    .join('')
    .replace(/^\./, '');
}

function shownKey(key: string): string {
  if (couldBeSecret(key)) {
    return `(a key of ${key.length} characters)`;
  }
  return key.length > 40 ? `${key.slice(0, 39)}…` : key;
}

/** `file:line:column: error: path: message`, the form that editors and terminals make a link of. */
export function problemText(problem: Problem): string {
  const subject = problem.path === '' ? '' : `${problem.path}: `;
  return `${problem.file}:${problem.line}:${problem.column}: ${problem.severity}: ${subject}${problem.message}`;
}
