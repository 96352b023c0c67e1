/**
 * `npm run bench`: measures everything that `docs/performance.md` claims, beside what is installed of others, and prints
 * it. Numbers depend on the machine and on what else runs on it: ratios within one run are what counts.
 */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { cpus, loadavg } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { parseArgs } from 'node:util';

import { bundleSize } from './bundle-size.ts';
import { coldProbe } from './cold-probe.ts';
import { coldStart, root } from './cold-start.ts';
import { fidelity } from './fidelity.ts';
import { renderReport } from './report.ts';
import { scale } from './scale.ts';
import type { Section, SectionResult } from './section.ts';
import { pinning, stepAside } from './timed-process.ts';
import { warmRuns } from './warm-runs.ts';

const help = `Usage: npm run bench -- [--quick] [--only NAME,…] [--write-docs]

  --quick        a tenth of the samples, in two minutes instead of twenty
  --only NAME    one or several of: bundle-size, cold-start, cold-probe, fidelity, warm-runs, scale
  --write-docs   put the numbers into docs/performance.md and test/bench/baseline.json

Writes test-output/bench.json.`;

const sections: Readonly<Record<string, Section>> = {
  'bundle-size': bundleSize,
  'cold-start': coldStart,
  'cold-probe': coldProbe,
  fidelity,
  'warm-runs': warmRuns,
  scale,
};

const page = join(root, 'docs/performance.md');
const begin = '<!-- numbers: begin (npm run bench -- --write-docs) -->';
const end = '<!-- numbers: end -->';

/** What else ran meanwhile shows in the load; two processors are needed to keep things apart. */
function machine(): string {
  const [processor] = cpus();
  const kept = pinning === null ? 'not pinned' : 'the process under test pinned to one of them';
  const load = loadavg().map((each) => each.toFixed(1));
  return `Node ${process.version}, ${cpus().length} × ${processor?.model ?? 'unknown'}, ${kept}, load ${load.join(' ')}`;
}

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      quick: { type: 'boolean', default: false },
      only: { type: 'string' },
      'write-docs': { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) {
    console.log(help);
    return;
  }
  const names = values.only?.split(',') ?? Object.keys(sections);
  stepAside();
  const before = machine();
  const results: SectionResult[] = [];
  for (const name of names) {
    const section = sections[name];
    if (section === undefined) {
      throw new Error(`no such part: ${name}\n\n${help}`);
    }
    console.error(`${name} …`);
    results.push(await section({ quick: values.quick }));
  }
  const all: SectionResult = {
    tables: results.flatMap(({ tables }) => tables),
    goals: results.flatMap(({ goals }) => goals),
    skipped: results.flatMap(({ skipped }) => skipped),
  };
  const lines = [`${before}; at the end ${machine().split(', ').at(-1)}.`, '', ...renderReport(all)];
  console.log(lines.join('\n'));
  write(all, lines, values['write-docs']);
}

function write(all: SectionResult, lines: readonly string[], docs: boolean): void {
  mkdirSync(join(root, 'test-output'), { recursive: true });
  const json = `${JSON.stringify({ machine: machine(), at: new Date().toISOString(), ...all }, null, 2)}\n`;
  writeFileSync(join(root, 'test-output/bench.json'), json);
  if (docs) {
    writeFileSync(join(import.meta.dirname, 'baseline.json'), json);
    const text = readFileSync(page, 'utf8');
    const [head = '', rest = ''] = text.split(begin);
    writeFileSync(page, `${head}${begin}\n\n${lines.join('\n').trim()}\n\n${end}${rest.split(end)[1] ?? '\n'}`);
  }
}

await main();
process.exit();
