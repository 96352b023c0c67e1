/**
 * Makes small mistakes in the judge, one at a time, and runs its tests on each: `node test/mutation/run.ts [FILE…]`.
 * A mistake that no test notices is printed and makes the exit code 1, unless it is known to change nothing.
 */
import { spawn } from 'node:child_process';
import { cp, mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { availableParallelism, tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import process from 'node:process';

import { type Equivalent, equivalents } from './equivalents.ts';
import { type Mutant, mutantsOf } from './mutants.ts';

const root = resolve(import.meta.dirname, '../..');
const folder = 'shared/core/judge';

/** Quick ones first: most mistakes do not outlive them. */
const tests = [
  'timelines',
  'outbox',
  'incident',
  'quiet',
  'state',
  'bounds',
  'requests',
  'own',
  'latency',
  'shift',
  'course',
  'latency-news',
  'deliver',
  'run',
  'properties',
].map((name) => `test/unit/judge-${name}.test.ts`);

/** A test that runs this much longer than all of them need has been made endless by the mistake. */
const timeoutMs = 60_000;

interface Job {
  readonly file: string;
  readonly mutant: Mutant;
}

async function jobsOf(names: readonly string[]): Promise<readonly Job[]> {
  const files = (await readdir(join(root, folder))).filter((name) => names.length === 0 || names.includes(name));
  const lists = files.map(async (file) => {
    const source = await readFile(join(root, folder, file), 'utf8');
    return mutantsOf(source).map((mutant) => ({ file, mutant }));
  });
  return (await Promise.all(lists)).flat();
}

/** A copy of what the tests need, for one worker. */
async function workplace(): Promise<string> {
  const place = await mkdtemp(join(tmpdir(), 'golden-path-mutation-'));
  for (const part of ['shared', 'test/unit', 'test/simulation', 'test/support', 'package.json']) {
    await mkdir(join(place, part, '..'), { recursive: true });
    await cp(join(root, part), join(place, part), { recursive: true });
  }
  await symlink(join(root, 'node_modules'), join(place, 'node_modules'));
  return place;
}

/** A test that fails without a mistake would "notice" them all. */
async function expectAllToPass(place: string): Promise<void> {
  for (const test of tests) {
    if (!(await passes(test, place))) {
      throw new Error(`${test} fails without any mistake: mend it first`);
    }
  }
}

/** Whether some test fails on the mistake. */
async function isNoticed({ file, mutant }: Job, place: string): Promise<boolean> {
  const target = join(place, folder, file);
  const original = await readFile(target, 'utf8');
  await writeFile(target, mutant.source);
  try {
    for (const test of ownFirst(file)) {
      if (!(await passes(test, place))) {
        return true;
      }
    }
    return false;
  } finally {
    await writeFile(target, original);
  }
}

/** The tests that are named after the file before the others. */
function ownFirst(file: string): readonly string[] {
  const own = tests.filter((test) => file.startsWith(test.replace('test/unit/judge-', '').replace('.test.ts', '')));
  return [...own, ...tests.filter((test) => !own.includes(test))];
}

function passes(test: string, place: string): Promise<boolean> {
  const child = spawn(process.execPath, [test], { cwd: place, stdio: 'ignore', timeout: timeoutMs });
  return new Promise((done) => {
    child.once('exit', (code) => done(code === 0));
  });
}

function isEquivalent(job: Job): boolean {
  return equivalents.some((known) => isAbout(known, job));
}

function isAbout(known: Equivalent, { file, mutant }: Job): boolean {
  return known.file === file && known.from === mutant.from && known.to === mutant.to && mutant.text.includes(known.on);
}

/** An excuse for a line that has changed since would excuse whatever comes next. */
function expectAllToApply(jobs: readonly Job[]): void {
  const files = new Set(jobs.map(({ file }) => file));
  const stale = equivalents.filter((known) => files.has(known.file) && !jobs.some((job) => isAbout(known, job)));
  if (stale.length > 0) {
    throw new Error(`equivalents.ts names what is no longer there: ${JSON.stringify(stale, null, 2)}`);
  }
}

async function work(queue: Job[], survivors: string[], done: () => void): Promise<void> {
  const place = await workplace();
  try {
    await expectAllToPass(place);
    for (let job = queue.shift(); job !== undefined; job = queue.shift()) {
      const { file, mutant } = job;
      if (!isEquivalent(job) && !(await isNoticed(job, place))) {
        survivors.push(`${folder}/${file}:${mutant.line} ${mutant.from} → ${mutant.to}: ${mutant.text}`);
        process.stdout.write(`survived: ${survivors.at(-1)}\n`);
      }
      done();
    }
  } finally {
    await rm(place, { recursive: true, force: true });
  }
}

const jobs = await jobsOf(process.argv.slice(2));
expectAllToApply(jobs);
const queue = [...jobs];
const survivors: string[] = [];
let done = 0;
await Promise.all(
  Array.from({ length: Math.max(1, availableParallelism()) }, () =>
    work(queue, survivors, () => {
      done += 1;
      if (process.stderr.isTTY) {
        process.stderr.write(`\r${done} of ${jobs.length}`);
      }
    }),
  ),
);
process.stdout.write(`${jobs.length} mistakes, ${survivors.length} not noticed\n`);
process.exitCode = survivors.length === 0 ? 0 : 1;
