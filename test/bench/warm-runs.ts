/** A function that stays up: memory, processor time and calls of a hundred runs, and of ten thousand in one process. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import process from 'node:process';

import { startGoogle } from '../../shared/build/google.ts';
import { startProduct } from '../../shared/build/product.ts';
import { freePort } from '../../shared/local/free-port.ts';
import { nodeOptions } from '../support/node-options.ts';
import { buildForBench } from './built.ts';
import { framework, root } from './cold-start.ts';
import type { LongRunOptions, LongRunReport } from './long-run.ts';
import { nextSlot, openOutside, type Outside } from './outside.ts';
import type { BenchOptions, Goal, SectionResult, Table } from './section.ts';
import { figureOf, loneFigure, median } from './statistics.ts';
import { askWhenUp, pinned, startServer, stop, usageOf } from './timed-process.ts';

const runs = 100;

interface Warm {
  readonly peakMib: number;
  readonly cpuMs: readonly number[];
  /** The most that any run but the first has made. */
  readonly calls: ReadonlyMap<string, number>;
}

export async function warmRuns({ quick }: BenchOptions): Promise<SectionResult> {
  await using outside = await openOutside();
  const { cached } = await buildForBench(join(root, 'test-output/bench/bundle'));
  const warm = await hundredRuns(outside, cached);
  const long = await longRun(quick ? 1_000 : 10_000);
  return {
    tables: [warmTable(warm), longTable(long)],
    goals: [...warmGoals(warm), ...longGoals(long)],
    skipped: [],
  };
}

async function hundredRuns(outside: Outside, bundle: string): Promise<Warm> {
  const port = await freePort();
  const env = { ...outside.env, PORT: String(port) };
  const child = startServer({ command: process.execPath, args: [framework], cwd: bundle, env, port });
  child.stderr?.resume();
  const cpuMs: number[] = [];
  const calls = new Map<string, number>();
  try {
    for (let run = 0; run < runs; run += 1) {
      const before = new Map(outside.google.calls);
      const usedMs = usageOf(child.pid ?? 0).cpuMs;
      const ask = { method: 'POST', path: '/', body: '{}', headers: nextSlot() } as const;
      const { status, body } = await askWhenUp(port, ask, () => child.exitCode !== null);
      // Runs follow each other faster than a series takes points; what has to wait is not sent.
      if (status !== 200 && !body.includes('more points than their series can take')) {
        throw new Error(`a run answered ${status}: ${body.slice(0, 500)}`);
      }
      cpuMs.push(usageOf(child.pid ?? 0).cpuMs - usedMs);
      for (const [name, count] of run === 0 ? [] : outside.google.calls) {
        calls.set(name, Math.max(calls.get(name) ?? 0, count - (before.get(name) ?? 0)));
      }
    }
    return { peakMib: usageOf(child.pid ?? 0).peakMib, cpuMs: cpuMs.slice(runs / 2), calls };
  } finally {
    await stop(child);
  }
}

function warmTable({ peakMib, cpuMs, calls }: Warm): Table {
  return {
    title: `A function over ${runs} runs`,
    how: 'The bundle under the framework, one document a run, against the stand-ins; processor time of the second half.',
    figures: [
      loneFigure('peak memory', 'MiB', peakMib),
      figureOf('processor time of a run', 'ms', cpuMs),
      ...[...calls].map(([name, count]) => loneFigure(`calls of ${name}, the most of a run`, 'count', count)),
    ],
  };
}

function warmGoals({ peakMib, cpuMs, calls }: Warm): readonly Goal[] {
  const reads = calls.get('BatchGetDocuments') ?? 0;
  const writes = calls.get('Commit') ?? 0;
  const metrics = calls.get('CreateTimeSeries') ?? 0;
  return [
    {
      title: `peak memory of a function over ${runs} runs`,
      reach: '≤ 135 MiB',
      measured: `${peakMib.toFixed(0)} MiB`,
      met: peakMib <= 135,
    },
    {
      title: 'processor time of a warm run',
      reach: '≤ 15 ms',
      measured: `${median(cpuMs).toFixed(1)} ms`,
      met: median(cpuMs) <= 15,
    },
    {
      title: 'calls of a run in the steady state',
      reach: '≤ 2 documents read (one call), 1 write, 1 metric call',
      measured: `${reads} read, ${writes} write, ${metrics} metric call`,
      met: reads <= 1 && writes <= 1 && metrics <= 1,
    },
  ];
}

/** The process is pinned; the product and Google's stand-ins are here, beside it. */
export async function longRun(runs: number): Promise<LongRunReport> {
  await using google = await startGoogle();
  await using product = await startProduct();
  const script = join(import.meta.dirname, 'long-run.ts');
  const [command, args] = pinned(process.execPath, ['--expose-gc', ...nodeOptions, script]);
  const env = { PATH: process.env['PATH'], METADATA_SERVER_DETECTION: 'none' };
  const child = spawn(command, args, { stdio: ['ignore', 'inherit', 'inherit', 'ipc'], env });
  const { environment, secrets } = product;
  const options: LongRunOptions = { runs, environment, secrets, google: google.address };
  child.send(options);
  const [report]: readonly LongRunReport[] = await once(child, 'message');
  if (report === undefined) {
    throw new Error('the long run ended without a report');
  }
  return report;
}

function longTable({ runs, settled, end, handles }: LongRunReport): Table {
  return {
    title: `${runs.toLocaleString('en-US')} runs in one process`,
    how: 'All four steps in turn with the real adapters, from the sources, in a heap as large as the platform gives it (192 MB); garbage is collected before each look.',
    figures: [
      loneFigure('heap when the process has settled', 'MiB', settled.heap),
      loneFigure('heap at the end', 'MiB', end.heap),
      loneFigure('resident memory when the process has settled', 'MiB', settled.resident),
      loneFigure('resident memory at the end', 'MiB', end.resident),
      loneFigure('most sockets and timers left behind by a run', 'count', handles),
    ],
  };
}

/** Caches and statistics of the engine move by this much; a leak of 1 KiB a run would be ten times as much. */
const noiseMib = 1;

function longGoals({ runs, settled, end, handles }: LongRunReport): readonly Goal[] {
  const grown = end.heap - settled.heap;
  return [
    {
      title: `growth over ${runs.toLocaleString('en-US')} runs in one process`,
      reach: `none (heap, less than ${noiseMib} MiB)`,
      measured: `${grown.toFixed(2)} MiB`,
      met: grown < noiseMib,
    },
    {
      title: 'sockets and timers that a run leaves behind',
      reach: 'none',
      measured: String(handles),
      met: handles === 0,
    },
  ];
}
