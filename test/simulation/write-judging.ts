/**
 * Writes the generated parts of `docs/judging.md`: `node test/simulation/write-judging.ts`, and with `--tables` also
 * those that take minutes (the other monitors, the latencies).
 */
import { readFile, writeFile } from 'node:fs/promises';
import process from 'node:process';
import { parseArgs } from 'node:util';

import { baselineRows } from './baselines.ts';
import { contestTable } from './contest.ts';
import { baselinesSection, contestSection, matrixSection, timelinesSection, withSection } from './judging-sections.ts';

const file = new URL('../../docs/judging.md', import.meta.url);
const { values } = parseArgs({ options: { tables: { type: 'boolean', default: false } } });

let page = await readFile(file, 'utf8');
page = withSection(page, 'matrix', matrixSection());
page = withSection(page, 'timelines', timelinesSection());
if (values.tables) {
  page = withSection(page, 'contest', contestSection(contestTable([1, 2, 3], 365)));
  page = withSection(page, 'latencies', baselinesSection(baselineRows(4)));
}
await writeFile(file, page);
process.stdout.write('docs/judging.md is written\n');
