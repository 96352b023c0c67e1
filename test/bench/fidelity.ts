/** What is reported, beside the truth: a server that knows its own delay is asked by our code and by the tools of others. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import process from 'node:process';

import { nodeOptions } from '../support/node-options.ts';
import { root } from './cold-start.ts';
import { halfProcessor } from './half-processor.ts';
import type { Order, Sample } from './prober.ts';
import { blackboxName, openRivals, type Rival } from './rivals.ts';
import type { BenchOptions, Figure, Goal, SectionResult, Table } from './section.ts';
import { figureOf, loneFigure, median, quantile } from './statistics.ts';
import { pinned } from './timed-process.ts';
import { startTrueServer, type TrueServer } from './true-server.ts';

/** Longer than anything on the loopback, shorter than any product. */
export const delayMs = 50;

const warmUps = 20;

interface Prober extends AsyncDisposable {
  readonly pid: number;
  readonly ask: (order: Order) => Promise<readonly Sample[]>;
}

async function startProber(server: TrueServer): Promise<Prober> {
  const [command, args] = pinned(process.execPath, [...nodeOptions, join(import.meta.dirname, 'prober.ts')]);
  const child = spawn(command, args, { stdio: ['ignore', 'inherit', 'inherit', 'ipc'] });
  const ask = async (order: Order): Promise<readonly Sample[]> => {
    child.send(order);
    const [samples]: readonly (readonly Sample[])[] = await once(child, 'message');
    return samples ?? [];
  };
  for (const kind of ['http', 'websocket'] as const) {
    await ask({ kind, url: `http://127.0.0.1:${server.port}/0`, count: warmUps });
    await server.take(warmUps);
  }
  return {
    pid: child.pid ?? 0,
    ask,
    [Symbol.asyncDispose]: async () => {
      child.disconnect();
      await once(child, 'exit');
    },
  };
}

/** How far what was reported lies above the truth, sample by sample. */
interface Errors {
  readonly total: readonly number[];
  readonly answer: readonly number[];
  readonly unphased: readonly number[];
  readonly stalled: readonly number[];
}

async function errorsOf(prober: Prober, server: TrueServer, order: Omit<Order, 'url'>): Promise<Errors> {
  const samples = await prober.ask({ ...order, url: urlOf(server) });
  const truth = await server.take(order.count);
  const over = (pick: (sample: Sample) => number) =>
    samples.map((sample, index) => pick(sample) - (truth[index] ?? Number.NaN));
  return {
    total: over(({ latencyMs }) => latencyMs),
    answer: over(({ answerMs }) => answerMs),
    unphased: samples.map(({ unphasedMs }) => unphasedMs),
    stalled: samples.map(({ stalledMs }) => stalledMs),
  };
}

async function errorsOfRival(rival: Rival, server: TrueServer, count: number): Promise<readonly number[]> {
  const errors: number[] = [];
  for (let asked = 0; asked < count; asked += 1) {
    const reported = await rival.ask(urlOf(server));
    const [truth = Number.NaN] = await server.take(1);
    errors.push(reported - truth);
  }
  return errors;
}

function urlOf({ port }: TrueServer): string {
  return `http://127.0.0.1:${port}/${delayMs}`;
}

function joined(all: readonly Errors[]): Errors {
  const every = (key: keyof Errors) => all.flatMap((errors) => errors[key]);
  return { total: every('total'), answer: every('answer'), unphased: every('unphased'), stalled: every('stalled') };
}

export async function fidelity({ quick }: BenchOptions): Promise<SectionResult> {
  const folder = join(root, 'test-output/bench');
  const started = await startTrueServer(folder);
  if (typeof started === 'string') {
    return { tables: [], goals: [], skipped: [started] };
  }
  await using server = started;
  await using prober = await startProber(server);
  await using others = await openRivals(folder);
  const rounds = quick ? 3 : 24;
  const count = 25;
  const http: Errors[] = [];
  const websocket: Errors[] = [];
  const rivals = new Map<string, number[]>(others.rivals.map(({ name }) => [name, []]));
  for (let round = 0; round < rounds; round += 1) {
    http.push(await errorsOf(prober, server, { kind: 'http', count }));
    for (const rival of others.rivals) {
      rivals.get(rival.name)?.push(...(await errorsOfRival(rival, server, count)));
    }
    websocket.push(await errorsOf(prober, server, { kind: 'websocket', count }));
  }
  const warm = { http: joined(http), websocket: joined(websocket), rivals };
  const hard = await underStress(server, prober, quick ? 25 : 100);
  return {
    tables: [warmTable(warm), ...hard.tables],
    goals: [...warmGoals(warm), ...hard.goals],
    skipped: [...others.skipped, ...hard.skipped],
  };
}

interface Warm {
  readonly http: Errors;
  readonly websocket: Errors;
  readonly rivals: ReadonlyMap<string, readonly number[]>;
}

function warmTable({ http, websocket, rivals }: Warm): Table {
  const figures: readonly (readonly [string, readonly number[]])[] = [
    ['HTTP, whole exchange over a new connection', http.total],
    ['HTTP, from the request on the wire to the first byte', http.answer],
    ...rivals,
    ['WebSocket, from nothing to the open socket', websocket.total],
    ['WebSocket, from the request on the wire to the answer', websocket.answer],
    ['HTTP, time that is in no phase', http.unphased],
    ['WebSocket, time that is in no phase', websocket.unphased],
  ];
  return {
    title: `Error of a latency: what is reported above the true ${delayMs} ms`,
    how: 'The server sleeps and spins to its deadline and tells how long it really took. The processes are warm.',
    figures: figures.flatMap(([name, samples]) => percentiles(name, samples)),
  };
}

/** The median, and the hundredth part that is worst. */
function percentiles(name: string, samples: readonly number[]): readonly Figure[] {
  return [figureOf(name, 'ms', samples), loneFigure(`${name}, p99`, 'ms', quantile(samples, 0.99))];
}

function warmGoals({ http, websocket, rivals }: Warm): readonly Goal[] {
  const blackbox = rivals.get(blackboxName);
  const below = (title: string, value: number, max: number, reach: string): Goal => ({
    title,
    reach,
    measured: `${value.toFixed(2)} ms`,
    met: value <= max,
  });
  const peer = median(blackbox ?? []);
  const peerWorst = 1.5 * quantile(blackbox ?? [], 0.99);
  return [
    ...(blackbox === undefined
      ? []
      : [
          below(
            'HTTP latency above the truth, warm, median',
            median(http.total),
            peer,
            `≤ blackbox_exporter in the same run (${peer.toFixed(2)} ms)`,
          ),
          below(
            'HTTP latency above the truth, warm, p99',
            quantile(http.total, 0.99),
            peerWorst,
            `≤ 1.5 × blackbox_exporter's p99 (${peerWorst.toFixed(2)} ms)`,
          ),
        ]),
    below('response phase above the truth, warm, median', median(http.answer), 0.35, '≤ 0.35 ms'),
    below('WebSocket upgrade above the truth, warm, median', median(websocket.total), 1.2, '≤ 1.2 ms'),
    below(
      'phases add up to the whole, median',
      Math.max(median(http.unphased), median(websocket.unphased)),
      0.2,
      'within 0.2 ms',
    ),
  ];
}

/** With a process that is busy with something else, and with half a processor. */
async function underStress(server: TrueServer, prober: Prober, count: number): Promise<SectionResult> {
  const busy = await errorsOf(prober, server, { kind: 'http', count, busy: true });
  const hidden = busy.total.filter((error, index) => error > 10 && (busy.stalled[index] ?? 0) < error / 2 - 10).length;
  const table = (name: string, samples: readonly number[]): Table => ({
    title: `Error of a latency, ${name}`,
    how: 'The same server and the same code.',
    figures: percentiles('HTTP, whole exchange over a new connection', samples),
  });
  const goals: readonly Goal[] = [
    {
      title: 'a latency that our own stalls falsified by more than 10 ms is marked',
      reach: 'all of them',
      measured: `${hidden} of ${count} not`,
      met: hidden === 0,
    },
  ];
  const tables = [table('while the process is busy with something else half of the time', busy.total)];
  const quota = halfProcessor();
  if (typeof quota === 'string') {
    return { tables, goals, skipped: [quota] };
  }
  using held = quota;
  await using slow = await startProber(server);
  held.hold(slow.pid);
  const throttled = await errorsOf(slow, server, { kind: 'http', count });
  return { tables: [...tables, table('with half a processor', throttled.total)], goals, skipped: [] };
}
