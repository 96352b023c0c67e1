/**
 * Keeps the bundle ASCII, so that it can be read without decoding and held with one byte a character. esbuild escapes
 * what stands in texts; in patterns it does not, so our own sources are escaped before it sees them.
 */
import { readFileSync } from 'node:fs';

import type { Plugin } from 'esbuild';

export const escapeSources: Plugin = {
  name: 'ascii',
  setup: (build) => {
    build.onLoad({ filter: /\/(?:functions|shared)\/.*\.ts$/ }, ({ path }) => ({
      contents: escaped(readFileSync(path, 'utf8')),
      loader: 'ts',
    }));
  },
};

/** Escapes mean the same in texts and patterns; in comments they mean nothing. */
export function escaped(source: string): string {
  return source.replaceAll(/[^\0-\x7f]/g, (unit) => String.raw`\u` + unit.charCodeAt(0).toString(16).padStart(4, '0'));
}

/** Throws when a character is left that is not ASCII: it would be read as another one. */
export function assertAscii(file: string, code: Uint8Array): void {
  const at = code.findIndex((byte) => byte > 0x7f);
  if (at >= 0) {
    const around = Buffer.from(code.subarray(Math.max(0, at - 60), at + 20)).toString('utf8');
    throw new Error(`${file} is not ASCII: ${around}`);
  }
}
