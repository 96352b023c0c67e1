/** The first measurement of a process, beside the truth: no run is as easily falsified, and none is as lonely. */
import { join } from 'node:path';
import process from 'node:process';

import { functionName, type Step } from '../../shared/core/step.ts';
import { startGoogle } from '../../shared/build/google.ts';
import { freePort } from '../../shared/local/free-port.ts';
import { makeCache, buildForBench } from './built.ts';
import { root } from './cold-start.ts';
import { delayMs } from './fidelity.ts';
import { functionEnv, healthOf, nextSlot } from './outside.ts';
import type { BenchOptions, Goal, SectionResult } from './section.ts';
import { figureOf, median } from './statistics.ts';
import { timeFirstAnswer } from './timed-process.ts';
import { startTrueServer, type TrueServer } from './true-server.ts';

const secret = 'a secret of the bench, which opens nothing';

/** Whoever connects may: what is measured is the upgrade. */
function socketOf(origin: string) {
  return {
    ...healthOf(origin),
    services: { auth: { url: origin }, backend: { url: origin } },
    steps: {
      auth: {
        login: { kind: 'self_signed', secret: 'BENCH_SECRET', subject: 'bench' },
        token: { verification: { kind: 'shared_secret', secret: 'BENCH_SECRET' } },
        protectedResource: {},
      },
      websocket: { path: `/${delayMs}`, welcome: 'none', serverHandshake: 'none', pongMsMax: 100, refusals: [] },
    },
  };
}

interface Kind {
  readonly name: string;
  readonly step: Step;
  readonly environmentAt: (origin: string) => unknown;
  /** The check that holds the time of the one request. */
  readonly check: string;
  readonly max: number;
}

const kinds: readonly Kind[] = [
  {
    name: 'HTTP, first request of a process',
    step: 'health',
    environmentAt: (origin) => healthOf(origin, `/${delayMs}`),
    check: 'health.document',
    max: 1.5,
  },
  {
    name: 'WebSocket, first upgrade of a process',
    step: 'websocket',
    environmentAt: socketOf,
    check: 'websocket.upgrade',
    max: 2,
  },
];

export async function coldProbe({ quick }: BenchOptions): Promise<SectionResult> {
  const started = await startTrueServer(join(root, 'test-output/bench'));
  if (typeof started === 'string') {
    return { tables: [], goals: [], skipped: [started] };
  }
  await using server = started;
  await using google = await startGoogle();
  const errors = new Map<Kind, number[]>(kinds.map((kind) => [kind, []]));
  const { plain } = await buildForBench(join(root, 'test-output/bench/bundle'));
  makeCache(plain, null);
  for (let round = 0; round < (quick ? 3 : 15); round += 1) {
    for (const kind of kinds) {
      errors.get(kind)?.push(await firstError(kind, { server, google: google.address, bundle: plain }));
    }
  }
  return {
    tables: [
      {
        title: `Error of the first latency of a process: what is reported above the true ${delayMs} ms`,
        how: 'The bundle, from its start to its first run: state is read, the loopback warm-up is made, then the product is asked for the first time.',
        figures: [...errors].map(([{ name }, samples]) => figureOf(name, 'ms', samples)),
      },
    ],
    goals: [...errors].map(([{ name, max }, samples]): Goal => {
      const value = median(samples);
      return {
        title: `${name}, above the truth`,
        reach: `≤ ${max} ms`,
        measured: `${value.toFixed(2)} ms`,
        met: value <= max,
      };
    }),
    skipped: [],
  };
}

interface Place {
  readonly server: TrueServer;
  readonly google: string;
  readonly bundle: string;
}

async function firstError({ step, environmentAt, check }: Kind, { server, google, bundle }: Place): Promise<number> {
  const port = await freePort();
  const env = {
    ...functionEnv(environmentAt(`http://127.0.0.1:${server.port}`), google),
    FUNCTION_TARGET: functionName(step),
    BENCH_SECRET: secret,
    PORT: String(port),
  };
  const { body } = await timeFirstAnswer(
    { command: process.execPath, args: ['framework/start.cjs'], cwd: bundle, env, port },
    { method: 'POST', path: '/', body: '{"environment":"bench"}', headers: nextSlot() },
  );
  const [truth = Number.NaN] = await server.take(1);
  return latencyIn(body, check) - truth;
}

/** Time of the first check of this kind in the record that a function answers. */
function latencyIn(body: string, id: string): number {
  const text = new RegExp(`"id":"${id}".*?"latencyMs":([\\d.]+)`).exec(body)?.[1];
  if (text === undefined) {
    throw new Error(`there is no ${id} in ${body.slice(0, 500)}`);
  }
  return Number(text);
}
