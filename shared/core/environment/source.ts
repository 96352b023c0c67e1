/**
 * A text that was read, together with where each of its values stands. Both readers (`yaml-source.ts`,
 * `json-source.ts`) make this, so that everything after them tells a problem the same way.
 */
import { type Finding, pathText, type Position, type Problem, problemsMax } from './finding.ts';

/** A value of the text. Objects have no prototype, so that no key of a file means anything to JavaScript. */
export interface Located {
  readonly value: unknown;
  readonly offset: number;
  /** Where the key stands that leads here; for list items and the root the value itself. */
  readonly keyOffset: number;
  readonly children: ReadonlyMap<string, Located>;
}

export interface Source {
  readonly fileName: string;
  readonly text: string;
  /** Null when the text is no document. */
  readonly root: Located | null;
  /** What is wrong with the text itself. */
  readonly problems: readonly Problem[];
}

/** Longest text of an environment file, in UTF-16 units; the longest real one has a fortieth of it. */
export const sourceLengthMax = 256 * 1_024;

/** Levels of objects and lists; the definition needs nine. */
export const sourceDepthMax = 64;

type Text = Pick<Source, 'fileName' | 'text'>;

/** A problem of the text itself. */
export function problemAt(source: Text, offset: number, message: string): Problem {
  return placed(source, offset, { severity: 'error', path: [], message });
}

export function tooLong(source: Text): Problem {
  const found = `has ${source.text.length} characters`;
  return problemAt(source, sourceLengthMax, `${found}, allowed: at most ${sourceLengthMax}`);
}

/** Gives findings their places, in the order of the text, at most `problemsMax` of them. */
export function locate(source: Source, root: Located, findings: readonly Finding[]): readonly Problem[] {
  const found = findings.map((finding) => ({ finding, offset: offsetOf(root, finding) }));
  found.sort((a, b) => a.offset - b.offset);
  const problems = found.slice(0, problemsMax).map(({ finding, offset }) => placed(source, offset, finding));
  const untold = found.length - problems.length;
  return untold > 0 ? [...problems, problemAt(source, source.text.length, `and ${untold} more problems`)] : problems;
}

function placed(source: Text, offset: number, finding: Finding): Problem {
  const { severity, path, message } = finding;
  return { severity, file: source.fileName, ...positionOf(source.text, offset), path: pathText(path), message };
}

/**
 * A plain value is pointed at itself, an object or list at its key; what is not in the text, at the nearest
 * thing around it that is.
 */
function offsetOf(root: Located, { path, ofKey }: Finding): number {
  let at = root;
  for (const key of path) {
    const child = at.children.get(String(key));
    if (child === undefined) {
      return at.keyOffset;
    }
    at = child;
  }
  const isContainer = typeof at.value === 'object' && at.value !== null;
  return ofKey === true || isContainer ? at.keyOffset : at.offset;
}

function positionOf(text: string, offset: number): Position {
  const before = text.slice(0, offset);
  const lineStart = before.lastIndexOf('\n') + 1;
  return { line: before.split('\n').length, column: before.length - lineStart + 1 };
}
