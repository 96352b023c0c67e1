/**
 * Reads JSON (RFC 8259) together with the places of its values, which `JSON.parse` keeps to itself. Doubled keys
 * are problems here. It is what the deployed functions read, so that they never load a YAML parser.
 */
import type { Problem } from './finding.ts';
import { type Located, problemAt, type Source, sourceDepthMax, sourceLengthMax, tooLong } from './source.ts';

const space = /[ \t\r\n]*/y;
const number = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y;
// oxlint-disable-next-line no-control-regex -- JSON forbids exactly these inside a text.
const string = /"[^"\\\u0000-\u001f]*(?:\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4})[^"\\\u0000-\u001f]*)*"/y;
const word = /true|false|null/y;

export function readJson(text: string, fileName: string): Source {
  const problems: Problem[] = [];
  const source = { fileName, text, problems };
  if (text.length > sourceLengthMax) {
    return { ...source, root: null, problems: [tooLong(source)] };
  }
  const reader = { text, at: 0, complain };
  const root = readValue(reader, 0, null);
  if (root !== null) {
    skipSpace(reader);
    if (reader.at < text.length) {
      complain(reader.at, 'something follows the end of the document; allowed: one document');
      return { ...source, root: null };
    }
  }
  return { ...source, root };

  function complain(offset: number, message: string): null {
    problems.push(problemAt(source, offset, message));
    return null;
  }
}

interface Reader {
  readonly text: string;
  at: number;
  /** Notes a problem. Returns null, which ends the reading when it is passed on. */
  readonly complain: (offset: number, message: string) => null;
}

function readValue(reader: Reader, depth: number, keyOffset: number | null): Located | null {
  skipSpace(reader);
  const offset = reader.at;
  const next = reader.text.charAt(offset);
  if (next === '{' || next === '[') {
    if (depth === sourceDepthMax) {
      return reader.complain(offset, `is nested too deeply, allowed: ${sourceDepthMax} levels`);
    }
    return next === '{' ? readObject(reader, depth, keyOffset) : readList(reader, depth, keyOffset);
  }
  const token = take(reader, next === '"' ? string : word) ?? take(reader, number);
  if (token === null) {
    return reader.complain(offset, next === '' ? 'the document ends too early' : 'is not JSON: a value should be here');
  }
  return { value: JSON.parse(token), offset, keyOffset: keyOffset ?? offset, children: new Map() };
}

function readObject(reader: Reader, depth: number, keyOffset: number | null): Located | null {
  const offset = reader.at;
  const value: Record<string, unknown> = Object.create(null);
  const children = new Map<string, Located>();
  reader.at += 1;
  for (let closed = takeMark(reader, '}'); !closed;) {
    skipSpace(reader);
    const keyAt = reader.at;
    const token = take(reader, string);
    if (token === null || !takeMark(reader, ':')) {
      return reader.complain(reader.at, 'is not JSON: a key in double quotes and a colon should be here');
    }
    const key = String(JSON.parse(token));
    if (children.has(key)) {
      reader.complain(keyAt, 'this key has been given before; each key only once');
    }
    const child = readValue(reader, depth + 1, keyAt);
    if (child === null) {
      return null;
    }
    value[key] = child.value;
    children.set(key, child);
    closed = takeMark(reader, '}');
    if (!closed && !takeMark(reader, ',')) {
      return reader.complain(reader.at, 'is not JSON: a comma or the closing brace should be here');
    }
  }
  return { value, offset, keyOffset: keyOffset ?? offset, children };
}

function readList(reader: Reader, depth: number, keyOffset: number | null): Located | null {
  const offset = reader.at;
  const value: unknown[] = [];
  const children = new Map<string, Located>();
  reader.at += 1;
  for (let closed = takeMark(reader, ']'); !closed;) {
    const child = readValue(reader, depth + 1, null);
    if (child === null) {
      return null;
    }
    children.set(String(value.length), child);
    value.push(child.value);
    closed = takeMark(reader, ']');
    if (!closed && !takeMark(reader, ',')) {
      return reader.complain(reader.at, 'is not JSON: a comma or the closing bracket should be here');
    }
  }
  return { value, offset, keyOffset: keyOffset ?? offset, children };
}

/** Takes the token that stands here; null when another one does. */
function take(reader: Reader, token: RegExp): string | null {
  token.lastIndex = reader.at;
  const found = token.exec(reader.text)?.[0] ?? null;
  reader.at += found?.length ?? 0;
  return found;
}

function takeMark(reader: Reader, mark: string): boolean {
  skipSpace(reader);
  const isHere = reader.text.charAt(reader.at) === mark;
  reader.at += isHere ? 1 : 0;
  return isHere;
}

function skipSpace(reader: Reader): void {
  take(reader, space);
}
