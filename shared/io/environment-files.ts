/**
 * Loads environments: from a file, from all files of a directory, or from JSON that is given as it is. Everything that
 * is wrong with any of them is reported at once. The YAML parser is loaded only when there is a YAML file.
 */
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { extname, join } from 'node:path';

import { errorAt, type Problem } from '../core/environment/finding.ts';
import { type Parsed, type ParsedEnvironment, parseEnvironmentsJson } from '../core/environment/parse-source.ts';
import { sourceLengthMax } from '../core/environment/source.ts';

export type Loaded =
  | { readonly ok: true; readonly environments: readonly ParsedEnvironment[]; readonly warnings: readonly Problem[] }
  | { readonly ok: false; readonly problems: readonly Problem[] };

/** Environments that one set of functions may serve. */
export const environmentsMax = 50;

/** A character of the longest allowed text takes at most this many bytes of UTF-8. */
const bytesMax = 3 * sourceLengthMax;

/** Stands for a file name where there is no file. */
const variable = 'GOLDEN_PATH_ENVIRONMENTS';

const readable = /\.(?:ya?ml|json)$/;

/** Lies beside the environment files, and is none. */
const schemaName = 'schema.json';

/**
 * Loads what `GOLDEN_PATH_ENVIRONMENTS` names: the path of a file or directory, or JSON that begins with `{` (one
 * environment) or `[` (several). Resolves with all problems when there are any; never rejects.
 */
export async function loadEnvironments(source: string): Promise<Loaded> {
  const parsed = await parseEnvironments(source);
  const environments = parsed.filter((each) => each.ok);
  const warnings = environments.flatMap((each) => each.warnings);
  const problems = [...parsed.flatMap((each) => (each.ok ? [] : each.problems)), ...sameNames(environments)];
  return problems.length > 0
    ? { ok: false, problems: [...warnings, ...problems] }
    : { ok: true, environments, warnings };
}

/** The same, each environment by itself: good ones are there although others are not. */
export async function parseEnvironments(source: string): Promise<readonly Parsed[]> {
  if (source.trim() === '') {
    return [problemWith(variable, 'is empty, allowed: a path, or JSON')];
  }
  return /^\s*[[{]/.test(source) ? parseEnvironmentsJson(source, variable) : load(source);
}

/** A problem for each environment whose name an earlier one has. */
export function sameNames(environments: readonly ParsedEnvironment[]): readonly Problem[] {
  const firstFile = new Map<string, string>();
  return environments.flatMap(({ environment: { name }, fileName, place }) => {
    const first = firstFile.get(name);
    firstFile.set(name, first ?? fileName);
    return first === undefined ? [] : place([errorAt(['name'], `\`${name}\` is also the name of the one in ${first}`)]);
  });
}

async function load(path: string): Promise<readonly Parsed[]> {
  try {
    const facts = statSync(path);
    if (facts.isDirectory()) {
      return await loadDirectory(path);
    }
    return facts.isFile() ? await loadFile(path, facts.size) : [problemWith(path, 'is neither a file nor a directory')];
  } catch (error) {
    return [problemWith(path, `cannot be read (${codeOf(error)})`)];
  }
}

async function loadDirectory(path: string): Promise<readonly Parsed[]> {
  const names = readdirSync(path)
    .filter((name) => readable.test(name) && name !== schemaName)
    .toSorted();
  if (names.length === 0) {
    return [problemWith(path, 'has no *.yaml, *.yml or *.json file')];
  }
  if (names.length > environmentsMax) {
    return [problemWith(path, `has ${names.length} files, allowed: at most ${environmentsMax}`)];
  }
  const parsed = await Promise.all(names.map((name) => load(join(path, name))));
  return parsed.flat();
}

async function loadFile(path: string, bytes: number): Promise<readonly Parsed[]> {
  if (bytes > bytesMax) {
    return [problemWith(path, `has ${bytes} bytes, allowed: at most ${bytesMax}`)];
  }
  const text = decoded(readFileSync(path));
  if (text === null) {
    return [problemWith(path, 'is not UTF-8')];
  }
  if (extname(path) === '.json') {
    return parseEnvironmentsJson(text, path);
  }
  const { parseEnvironment } = await import('../core/environment/parse.ts');
  return [parseEnvironment(text, path)];
}

function decoded(bytes: Uint8Array): string | null {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    return null;
  }
}

function problemWith(path: string, message: string): Parsed {
  return { ok: false, problems: [{ severity: 'error', file: path, line: 1, column: 1, path: '', message }] };
}

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : 'unknown error';
}
