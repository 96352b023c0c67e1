/**
 * How much chance a fuzz test takes, and how it is repeated: `FUZZ_SEED` gives the same cases again, `FUZZ_SCALE` more
 * of them. Also what every fuzz test asks for: an end, a known reason, memory that does not grow.
 */
import assert from 'node:assert/strict';
import { after } from 'node:test';
import { setTimeout as wait } from 'node:timers/promises';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

import fc from 'fast-check';

import { type Check, evidenceTextMax, type Measurement } from '../../shared/core/outcome.ts';
import { isReason, type Reason, reasonEntry } from '../../shared/core/reasons.ts';

const seed = Number(process.env['FUZZ_SEED'] ?? Date.now() % 2_147_483_647);
const scale = Number(process.env['FUZZ_SCALE'] ?? 1);
if (!Number.isSafeInteger(seed) || !(scale > 0)) {
  throw new TypeError('FUZZ_SEED is a whole number and FUZZ_SCALE a positive one');
}

let cases = 0;
after(() => console.log(`${cases} cases`));

/** The name of a suite, with what is needed to run it again. */
export function fuzzName(name: string): string {
  return `${name} (FUZZ_SEED=${seed} FUZZ_SCALE=${scale})`;
}

/** How many cases are tried where a usual run tries so many. */
export function fuzzRuns(usual: number): number {
  return Math.max(1, Math.round(usual * scale));
}

/** Parameters of `fc.assert` for so many cases of a usual run. Lanes that run side by side try different cases. */
export function fuzzed(usual: number, lane = 0): fc.Parameters<unknown> {
  const count = fc.beforeEach(() => {
    cases += 1;
  });
  return { seed: seed + lane, numRuns: fuzzRuns(usual), plugins: [count] };
}

/** Tries cases in several lanes at once, for those that wait more than they work. */
export async function inFuzzLanes(
  lanes: number,
  usual: number,
  act: (parameters: fc.Parameters<unknown>, lane: number) => Promise<void>,
): Promise<void> {
  // A case that hangs would hang once more for every smaller one that is tried.
  const each = Array.from({ length: lanes }, (_, lane) =>
    act({ ...fuzzed(usual / lanes, lane), endOnFailure: true }, lane),
  );
  // All of them come to their end, so that none goes on under the next test.
  const ended = await Promise.allSettled(each);
  const failed = ended.find((end) => end.status === 'rejected');
  if (failed !== undefined) {
    throw failed.reason;
  }
}

/** The reasons of the monitor's own that a product can bring about. */
const broughtAbout: ReadonlySet<Reason> = new Set(['credential', 'deadline_exceeded', 'probe_budget']);

/** Whatever a product sends, it is told by a reason that says so: none for our own mistakes, and never `unclassified`. */
export function assertProductReason(reason: Reason | null | undefined, detail = ''): void {
  assert.ok(isReason(reason), `${reason} is no reason`);
  assert.ok(broughtAbout.has(reason) || reasonEntry(reason).severity !== 'monitor', `${reason}: ${detail}`);
}

/** Longest measurement as JSON, in characters; the log takes 256 KiB. */
const measurementLengthMax = 64_000;

/** What holds for every measurement: its reasons are known, its texts and numbers are bounded. */
export function assertSoundMeasurement({ checks, gauges, memory, ...rest }: Measurement): void {
  assert.ok(checks.length > 0);
  checks.forEach(assertSoundCheck);
  for (const [name, value] of Object.entries({ ...gauges, latencyMs: rest.latencyMs ?? 0 })) {
    assert.ok(Number.isFinite(value), `${name} is ${value}`);
  }
  assert.ok(JSON.stringify(memory).length <= 4_096);
  assert.ok(JSON.stringify({ checks, gauges, rest }).length <= measurementLengthMax);
}

function assertSoundCheck({ id, verdict, reason, detail, evidence }: Check): void {
  assert.ok(detail !== '' && detail.length <= evidenceTextMax, `${id}: ${detail}`);
  assert.ok(verdict === 'pass' || reason !== null, `${id} is ${verdict} without a reason`);
  if (reason !== null) {
    assertProductReason(reason, detail);
  }
  for (const value of Object.values(evidence).flat()) {
    assert.ok(typeof value !== 'number' || Number.isFinite(value), `${id} has ${value} for evidence`);
    assert.ok(typeof value !== 'string' || value.length <= evidenceTextMax, `${id} has a long evidence`);
  }
}

/** How long something may take on a busy machine that is over in a second on an idle one. */
const patienceMs = 20_000;

/** Fails when it does not end; `what` is for the message. */
export async function endsInTime<T>(what: string, work: Promise<T>): Promise<T> {
  const { promise: late, reject } = Promise.withResolvers<never>();
  const timer = setTimeout(() => reject(new Error(`${what} does not end`)), patienceMs);
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}

/** Fails when sockets of this process stay open; those that are closing are waited for. */
export async function assertNoSocket(): Promise<void> {
  const isOpen = (): boolean => process.getActiveResourcesInfo().includes('TCPSocketWrap');
  const untilMs = performance.now() + patienceMs;
  while (isOpen() && performance.now() < untilMs) {
    await wait(10);
  }
  assert.ok(!isOpen(), 'a socket is still open');
}

/** Most that the heap may grow over any number of cases, in bytes: caches fill up, and then nothing grows. */
const growthMax = 24 * 1024 * 1024;

/** Runs it once to fill caches and once to measure: what is still held afterwards must not grow with the cases. */
export async function assertBoundedHeap(
  warmUp: () => Promise<void> | void,
  work: () => Promise<void> | void,
): Promise<void> {
  await warmUp();
  const before = heapBytes();
  await work();
  const grown = heapBytes() - before;
  assert.ok(grown <= growthMax, `${Math.round(grown / 1024 / 1024)} MiB more are held than before`);
}

function heapBytes(): number {
  setFlagsFromString('--expose-gc');
  const collect: unknown = runInNewContext('gc');
  assert.ok(typeof collect === 'function');
  collect();
  return process.memoryUsage().heapUsed;
}
