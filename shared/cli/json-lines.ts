/**
 * Reads the lines of a file one after the other. Synchronous on purpose: half a million lines are read by a command that
 * does nothing else meanwhile, and a promise a line would cost more than the line.
 */
import { closeSync, openSync, readSync } from 'node:fs';

const chunkBytes = 1 << 20;
const newline = 10;

/** Empty lines are left out. `onBytes` hears how many bytes have been read since it last heard. */
export function* linesOf(file: string, onBytes: (count: number) => void): Generator<string> {
  const descriptor = openSync(file, 'r');
  try {
    let rest: Buffer = Buffer.alloc(0);
    for (;;) {
      const chunk = Buffer.allocUnsafe(chunkBytes);
      const count = readSync(descriptor, chunk);
      if (count === 0) {
        break;
      }
      const bytes = Buffer.concat([rest, chunk.subarray(0, count)]);
      const end = bytes.lastIndexOf(newline) + 1;
      yield* linesIn(bytes.subarray(0, end));
      rest = bytes.subarray(end);
      onBytes(count);
    }
    yield* linesIn(rest);
  } finally {
    closeSync(descriptor);
  }
}

function linesIn(bytes: Buffer): readonly string[] {
  return bytes
    .toString('utf8')
    .split('\n')
    .filter((line) => line.trim() !== '');
}
