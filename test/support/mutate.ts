/** Damages that fuzz tests do to good bytes and good texts, as values that shrink. */
import assert from 'node:assert/strict';

import fc from 'fast-check';

/** One damage to bytes. `at` fits any length. */
export interface ByteEdit {
  readonly kind: 'put' | 'bit' | 'drop' | 'double' | 'cut';
  readonly at: number;
  readonly byte: number;
}

/** `kinds` as often as they are named. */
export function byteEdits(
  maxLength: number,
  kinds: readonly ByteEdit['kind'][] = ['put', 'put', 'bit', 'bit', 'drop', 'drop', 'double', 'cut'],
): fc.Arbitrary<readonly ByteEdit[]> {
  const edit = fc.record({ kind: fc.constantFrom(...kinds), at: fc.nat(65_535), byte: fc.nat(255) });
  return fc.array(edit, { maxLength });
}

export function edited(bytes: Buffer, edits: readonly ByteEdit[]): Buffer {
  return edits.reduce(editedOnce, bytes);
}

function editedOnce(bytes: Buffer, { kind, at, byte }: ByteEdit): Buffer {
  const index = at % Math.max(1, bytes.length);
  const [before, after] = [bytes.subarray(0, index), bytes.subarray(index + 1)];
  switch (kind) {
    case 'put':
      return Buffer.concat([before, Buffer.from([byte]), after]);
    case 'bit':
      return Buffer.concat([before, Buffer.from([(bytes[index] ?? 0) ^ (1 << (byte % 8))]), after]);
    case 'drop':
      return Buffer.concat([before, after]);
    case 'double':
      return Buffer.concat([before, bytes.subarray(index, index + 9), bytes.subarray(index)]);
    case 'cut':
      return before;
  }
}

/** One blow to a text. Places are parts of the whole, so that they fit any text. */
export interface Blow {
  readonly kind: 'cut' | 'insert' | 'move' | 'double' | 'swap' | 'number';
  readonly from: number;
  readonly to: number;
  readonly piece: string;
}

const nastyPieces = [
  '{',
  '}',
  '[',
  ']',
  ':',
  ': ',
  '- ',
  '? ',
  '&a ',
  '*a',
  '!!str ',
  '<<: ',
  '"',
  "'",
  '|',
  '>',
  '#',
  '%',
  '@',
  '`',
  ',',
  '\t',
  '\n',
  '\r',
  '\n\n',
  '---\n',
  '...\n',
  '\0',
  '\u{feff}',
  '\u{2028}',
  '\u{1f600}',
  '\ud800',
  '  ',
  'null',
  'true',
  '~',
  '.inf',
  '.nan',
  '0x10',
  '1e400',
  '-0',
  '2026-02-30',
  '__proto__: ',
  'constructor: ',
  '=',
  '\\',
  '\\u0000',
] as const;

const part = fc.double({ min: 0, max: 1, noNaN: true });
export const blow: fc.Arbitrary<Blow> = fc.record({
  kind: fc.constantFrom('cut', 'insert', 'move', 'double', 'swap', 'number'),
  from: part,
  to: part,
  piece: fc.oneof(fc.constantFrom(...nastyPieces), fc.string({ maxLength: 8 })),
});

export function struck(text: string, { kind, from, to, piece }: Blow): string {
  const [start, end] = [from, to].map((place) => Math.floor(place * text.length)).toSorted((a, b) => a - b);
  assert.ok(start !== undefined && end !== undefined);
  const near = Math.min(end, start + 60);
  const lines = text.split('\n');
  const [one, other] = [from, to].map((place) => Math.floor(place * (lines.length - 1)));
  switch (kind) {
    case 'cut':
      return text.slice(0, start) + text.slice(near);
    case 'insert':
      return text.slice(0, start) + piece + text.slice(start);
    case 'move':
      return text.slice(0, start) + text.slice(near) + text.slice(start, near);
    case 'double':
      return text.slice(0, near) + text.slice(start);
    case 'swap':
      return lines
        .with(one ?? 0, lines[other ?? 0] ?? '')
        .with(other ?? 0, lines[one ?? 0] ?? '')
        .join('\n');
    case 'number':
      return text.replace(/\d+/g, (digits, offset: number) =>
        offset > start ? String(Number(digits) * 7 - 3) : digits,
      );
  }
}
