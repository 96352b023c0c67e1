/** From the start of a process to its first answer: the function beside what others need for less. */
import { join } from 'node:path';
import process from 'node:process';

import { freePort } from '../../shared/local/free-port.ts';
import { type Built, buildForBench } from './built.ts';
import { nextSlot, openOutside, type Outside } from './outside.ts';
import { findSynthetics, peersFolder } from './peers.ts';
import type { BenchOptions, Goal, SectionResult, Table } from './section.ts';
import { figureOf, median, medianRatio } from './statistics.ts';
import { type FirstAnswer, type HttpAsk, timeFirstAnswer } from './timed-process.ts';

export const root = join(import.meta.dirname, '../..');

/** The script behind the `functions-framework` command. */
export const framework = join(root, 'node_modules/@google-cloud/functions-framework/build/src/main.js');

interface Variant {
  readonly name: string;
  readonly args: readonly string[];
  readonly cwd: string;
  /** A run measures, writes state and metrics; a measurement only measures; a greeting is any answer. */
  readonly asked: 'run' | 'measurement' | 'greeting';
  readonly env?: Readonly<Record<string, string>>;
}

type Samples = ReadonlyMap<string, readonly FirstAnswer[]>;

const bare = 'bare node:http server';
const synthetics = "Google's synthetics-sdk-api, one HTTP request";
const eager = 'the same code from its sources, everything loaded at the start';
const deployed = 'the bundle with code cache, framework of the registry';
const fast = 'the bundle with code cache, framework of the bundle';
const fastMeasurement = `${fast}: measured only`;

function variants({ cached, plain }: Built, { target }: Outside, peer: boolean): readonly Variant[] {
  const stock = [framework];
  const own = ['framework/start.cjs'];
  const trivial = ['--source=trivial.cjs', '--target=trivial'];
  return [
    { name: bare, args: ['bare.cjs'], cwd: peersFolder, asked: 'greeting' },
    { name: 'functions-framework, nothing to do', args: [...stock, ...trivial], cwd: peersFolder, asked: 'greeting' },
    ...(peer
      ? [
          {
            name: synthetics,
            args: [framework, '--source=synthetics.cjs', '--target=synthetic'],
            cwd: peersFolder,
            asked: 'greeting' as const,
            env: { BENCH_TARGET: target },
          },
        ]
      : []),
    { name: eager, args: stock, cwd: join(import.meta.dirname, 'eager'), asked: 'run' },
    { name: 'the same code from its sources', args: stock, cwd: root, asked: 'run' },
    { name: 'the bundle, framework of the registry', args: stock, cwd: plain, asked: 'run' },
    { name: deployed, args: stock, cwd: cached, asked: 'run' },
    { name: fast, args: own, cwd: cached, asked: 'run' },
    { name: `${deployed}: measured only`, args: stock, cwd: cached, asked: 'measurement' },
    { name: fastMeasurement, args: own, cwd: cached, asked: 'measurement' },
    { name: `${fast}: any answer`, args: own, cwd: cached, asked: 'greeting' },
  ];
}

export async function coldStart({ quick }: BenchOptions): Promise<SectionResult> {
  await using outside = await openOutside();
  const built = await buildForBench(join(root, 'test-output/bench/bundle'));
  const peer = findSynthetics();
  const samples = await timeAll(variants(built, outside, 'path' in peer), outside, quick ? 3 : 15);
  return {
    tables: tablesOf(samples),
    goals: goalsOf(samples),
    skipped: 'missing' in peer ? [peer.missing] : [],
  };
}

/** One of each in turn, round after round, so that what disturbs the machine disturbs all. */
async function timeAll(all: readonly Variant[], outside: Outside, rounds: number): Promise<Samples> {
  const samples = new Map<string, FirstAnswer[]>(all.map(({ name }) => [name, []]));
  for (let round = 0; round < rounds; round += 1) {
    for (const variant of all) {
      samples.get(variant.name)?.push(await timeOne(variant, outside));
    }
  }
  return samples;
}

async function timeOne({ args, cwd, asked, env }: Variant, outside: Outside): Promise<FirstAnswer> {
  const port = await freePort();
  const all = { ...outside.env, ...env, PORT: String(port) };
  const answer = await timeFirstAnswer({ command: process.execPath, args, cwd, env: all, port }, askFor(asked));
  const wanted = asked === 'greeting' ? [200, 405] : [200];
  if (!wanted.includes(answer.status)) {
    throw new Error(`${args.join(' ')} answered ${answer.status}: ${answer.body.slice(0, 500)}`);
  }
  return answer;
}

function askFor(asked: Variant['asked']): HttpAsk {
  if (asked === 'greeting') {
    return { method: 'GET', path: '/', body: '' };
  }
  const headers = asked === 'measurement' ? { 'synthetic-execution-id': 'bench' } : nextSlot();
  return { method: 'POST', path: '/', body: '{"environment":"bench"}', headers };
}

function msOf(samples: Samples, name: string): readonly number[] {
  return (samples.get(name) ?? []).map(({ ms }) => ms);
}

function tablesOf(samples: Samples): readonly Table[] {
  const column = (pick: (answer: FirstAnswer) => number, unit: 'ms' | 'MiB') => {
    const base = (samples.get(bare) ?? []).map(pick);
    return [...samples].map(([name, answers]) => figureOf(name, unit, answers.map(pick), base));
  };
  return [
    {
      title: 'Cold start: from the start of the process to its first answer',
      how: 'A run loads state from Firestore, warms up, probes one document, writes state and 16 points, and answers; Firestore and Cloud Monitoring are stand-ins on the loopback, spoken to by the official clients.',
      figures: column(({ ms }) => ms, 'ms'),
    },
    {
      title: 'Cold start: processor time up to the first answer',
      how: 'Of all threads of the process; less disturbed by what else runs on the machine than the time that passes.',
      figures: column(({ cpuMs }) => cpuMs, 'ms'),
    },
    {
      title: 'Cold start: peak memory up to the first answer',
      how: 'Highest resident set.',
      figures: column(({ peakMib }) => peakMib, 'MiB'),
    },
  ];
}

function goalsOf(samples: Samples): readonly Goal[] {
  const ratioGoal = (title: string, name: string, base: string, max: number): readonly Goal[] => {
    const ratio = medianRatio(msOf(samples, name), msOf(samples, base));
    const measured = `${ratio.toFixed(2)} × (${median(msOf(samples, name)).toFixed(0)} ms)`;
    return Number.isNaN(ratio) ? [] : [{ title, reach: `≤ ${max} × ${base}`, measured, met: ratio <= max }];
  };
  return [
    ...ratioGoal('cold start of a whole run, as deployed', deployed, synthetics, 0.6),
    ...ratioGoal('cold start of a whole run, as deployed', deployed, eager, 0.55),
    ...ratioGoal('cold start of a measurement', fastMeasurement, bare, 2),
  ];
}
