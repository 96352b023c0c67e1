/**
 * Run as a process of its own, under a limit for the size of its files: writes ever larger documents until the disk is
 * full, as far as this process can tell, and prints how that ended and what can still be read and written.
 */
import process from 'node:process';

import { StateError } from '../../shared/core/state-error.ts';
import { openSqliteStore } from '../../shared/io/state/sqlite.ts';

const store = openSqliteStore(process.argv[2] ?? '');
const key = { environment: 'acme', document: 'auth' } as const;
let size = 1_000;
let version: string | null = null;
let ended: unknown = null;
while (ended === null && size < 100_000_000) {
  try {
    await store.commit([{ key, value: { size, text: 'x'.repeat(size) }, ifVersion: version }]);
    const [stored] = await store.load([key]);
    version = stored?.version ?? null;
    size *= 2;
  } catch (error) {
    const cause: unknown = error instanceof StateError ? error.cause : null;
    ended = [error instanceof StateError ? error.code : 'another error', Reflect.get(Object(cause), 'errstr')];
  }
}
const [kept] = await store.load([key]);
const keptSize: unknown =
  typeof kept?.value === 'object' && kept.value !== null ? Reflect.get(kept.value, 'size') : null;
// A small document still fits.
const after = await store.commit([{ key, value: { size: 1 }, ifVersion: version }]);
process.stdout.write(JSON.stringify({ ended, keptWhole: keptSize === size / 2, after }));
