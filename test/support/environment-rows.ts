/** A table of spoiled environment files, one test a row. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';

import { type Change, lineOf, problemsWith } from './environment-file.ts';

/** What the row shows, how the good file is changed, and what the parser says of it, in the order of the file. */
export type Row = readonly [says: string, changes: readonly Change[], problems: readonly string[]];

export function rows(title: string, table: readonly Row[]): void {
  describe(title, () => {
    for (const [says, changes, problems] of table) {
      it(says, () => {
        assert.deepEqual(problemsWith(...changes).map(lineOf), problems);
      });
    }
  });
}
