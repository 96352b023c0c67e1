/**
 * A process that makes thousands of runs, all four steps in turn over a hundred environments, and reports whether it has
 * grown. Started by `warm-runs.ts` with `--expose-gc`; the product, Firestore and Cloud Monitoring live in its parent.
 */
import { randomBytes } from 'node:crypto';
import process from 'node:process';
import { setImmediate as tick } from 'node:timers/promises';

import { probesByStep } from '../../functions/probes.ts';
import type { Environment } from '../../shared/core/environment/definition.ts';
import { parseEnvironmentsJson } from '../../shared/core/environment/parse-source.ts';
import { Secret } from '../../shared/core/secret.ts';
import { steps } from '../../shared/core/step.ts';
import { openMetricSink } from '../../shared/io/monitoring.ts';
import { openStateStore } from '../../shared/io/state/open.ts';
import { openOwnHistories } from '../../shared/run/own-histories.ts';
import { type RunPorts, runStep } from '../../shared/run/run.ts';

export interface LongRunReport {
  readonly runs: number;
  /** Memory when the process has settled, after a thousand runs or a third of them, and at the end. */
  readonly settled: Memory;
  readonly end: Memory;
  /** The most that were open after a run, above those that a process keeps. */
  readonly handles: number;
  /** Runs in which something of our own broke. */
  readonly troubled: number;
}

/** In MiB, after a garbage collection. */
export interface Memory {
  /** What JavaScript still holds. */
  readonly heap: number;
  /** What the process holds: V8 keeps pages for the next peak. */
  readonly resident: number;
}

export interface LongRunOptions {
  readonly runs: number;
  /** The environment of `shared/build/product.ts`, and its secrets. */
  readonly environment: string;
  readonly secrets: Readonly<Record<string, string>>;
  /** Where the stand-in of Google listens. */
  readonly google: string;
}

/** Series of one environment take a point every five seconds; so many keep their turns that far apart. */
const environments = 100;

async function longRun({ runs, environment, secrets, google }: LongRunOptions): Promise<LongRunReport> {
  const all = manyOf(environment);
  const ports = await portsOf(secrets, google);
  const settledAfter = Math.min(1_000, Math.floor(runs / 3));
  let settled = memoryNow();
  let kept = 0;
  let handles = 0;
  let troubled = 0;
  for (let run = 0; run < runs; run += 1) {
    const step = steps[run % steps.length] ?? 'health';
    const one = all[Math.floor(run / steps.length) % all.length];
    if (one === undefined) {
      break;
    }
    const slotMs = Date.now() - 3_600_000 + run;
    const { trouble } = await runStep(
      { step, environment: one, slotMs, cold: false },
      { ...ports, loadProbe: probesByStep[step] },
    );
    troubled += trouble.length === 0 ? 0 : 1;
    await tick();
    if (run <= settledAfter) {
      kept = Math.max(kept, openNow());
    } else {
      handles = Math.max(handles, openNow() - kept);
    }
    if (run === settledAfter) {
      settled = memoryNow();
    }
  }
  return { runs, settled, end: memoryNow(), handles, troubled };
}

/** The same environment under many names; the version of the dialect spares the wait for a handshake. */
function manyOf(environment: string): readonly Environment[] {
  const one: object = Object(JSON.parse(environment));
  const list = Array.from({ length: environments }, (_, index) => ({
    ...one,
    name: `bench-${index}`,
    dialect: { kind: 'netra', version: 'b14' },
  }));
  return parseEnvironmentsJson(JSON.stringify(list), 'bench').flatMap((parsed) =>
    parsed.ok ? [parsed.environment] : [],
  );
}

async function portsOf(secrets: LongRunOptions['secrets'], google: string): Promise<Omit<RunPorts, 'loadProbe'>> {
  process.env['FIRESTORE_EMULATOR_HOST'] = google;
  const held = new Map(Object.entries(secrets).map(([name, value]) => [name, new Secret(value)]));
  const nobody = async () => ({ result: 'channel', detail: 'there is no Slack', retryAfterMs: null }) as const;
  return {
    secrets: (name) => held.get(name) ?? null,
    store: await openStateStore({ kind: 'firestore', databaseId: '(default)' }, 'bench'),
    notifier: { post: nobody, update: nobody },
    sink: openMetricSink({ project: 'bench', emulator: google, budgetMs: 10_000 }),
    log: () => undefined,
    nowMs: Date.now,
    newTraceId: () => randomBytes(16).toString('hex'),
    region: 'us-central1',
    projectId: null,
    own: openOwnHistories(),
  };
}

/** Sockets and timers that would keep the process alive. */
function openNow(): number {
  return process.getActiveResourcesInfo().filter((name) => name === 'TCPSocketWrap' || name === 'Timeout').length;
}

function memoryNow(): Memory {
  globalThis.gc?.();
  globalThis.gc?.();
  const { rss, heapUsed } = process.memoryUsage();
  return { heap: heapUsed / 1_024 / 1_024, resident: rss / 1_024 / 1_024 };
}

process.once('message', (options: LongRunOptions) => {
  void longRun(options).then((report) => process.send?.(report, () => process.exit()));
});
