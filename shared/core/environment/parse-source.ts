/**
 * From a text that has been read to an environment, or to everything that is wrong with it. The way for JSON is here,
 * the one for YAML in `parse.ts`, so that JSON can be read without loading a YAML parser.
 */
import { contradictionsIn } from './contradictions.ts';
import type { Environment } from './definition.ts';
import { type Finding, isError, type Problem } from './finding.ts';
import { readJson } from './json-source.ts';
import { locate, type Located, type Source } from './source.ts';
import { validate } from './validate.ts';

export type Parsed = ParsedEnvironment | { readonly ok: false; readonly problems: readonly Problem[] };

export interface ParsedEnvironment {
  readonly ok: true;
  readonly fileName: string;
  readonly environment: Environment;
  readonly warnings: readonly Problem[];
  /** Gives findings about this environment their places in its text. */
  readonly place: (findings: readonly Finding[]) => readonly Problem[];
}

/** The environments of a JSON text: an object is one, a list holds several. */
export function parseEnvironmentsJson(text: string, fileName: string): readonly Parsed[] {
  const source = readJson(text, fileName);
  if (source.root === null || !Array.isArray(source.root.value)) {
    return [parseSource(source)];
  }
  const [first, ...others] = source.root.children.values();
  if (first === undefined) {
    return [parseSource(source)];
  }
  const silent = { ...source, problems: [] };
  return [parseLocated(source, first), ...others.map((root) => parseLocated(silent, root))];
}

/** The problems of a text that is no document are told alone: what follows from them would only distract. */
export function parseSource(source: Source): Parsed {
  return source.root === null ? { ok: false, problems: source.problems } : parseLocated(source, source.root);
}

function parseLocated(source: Source, root: Located): Parsed {
  const place = (findings: readonly Finding[]): readonly Problem[] => locate(source, root, findings);
  const { environment, findings } = validate(root.value);
  const told = environment === null ? findings : contradictionsIn(environment);
  if (environment === null || source.problems.length > 0 || told.some(isError)) {
    return { ok: false, problems: [...source.problems, ...place(told)] };
  }
  return { ok: true, fileName: source.fileName, environment, warnings: place(told), place };
}
