/** Runs the fault matrix and writes `docs/fault-matrix.md`: `npm run matrix`. */
import { writeFileSync } from 'node:fs';

import { openOutside } from './full-run.ts';
import { matrixPage } from './matrix-page.ts';
import { type Case, runMatrix } from './matrix.ts';

await using outside = await openOutside();
const cases: Case[] = [];
await runMatrix({
  outside,
  lanes: 4,
  onCase: (found) => {
    cases.push(found);
    if (process.stderr.isTTY) {
      process.stderr.write(`\r${cases.length} cases`);
    }
  },
});
writeFileSync(new URL('../../docs/fault-matrix.md', import.meta.url), matrixPage(cases));
