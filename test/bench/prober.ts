/**
 * A process that does nothing but ask, by the code of the probes, as often as its parent says, and reports what was
 * measured. Started by `fidelity.ts`.
 */
import process from 'node:process';
import { setTimeout as wait } from 'node:timers/promises';

import type { HttpExchange } from '../../shared/core/exchange.ts';
import { offerWith } from '../../shared/core/negotiation.ts';
import { exchange, type ExchangeContext } from '../../shared/io/http.ts';
import { startStopwatch } from '../../shared/io/stopwatch.ts';
import { openWebsocket } from '../../shared/io/websocket.ts';
import { collectGarbage } from '../../shared/run/collect-garbage.ts';
import { holdCompilers } from '../../shared/run/hold-compilers.ts';
import { watchStalls } from '../../shared/run/stall-watch.ts';

export interface Order {
  readonly kind: 'http' | 'websocket';
  readonly url: string;
  readonly count: number;
  /** Keeps the process busy with something else half of the time. */
  readonly busy?: boolean;
}

export interface Sample {
  readonly latencyMs: number;
  /** `first_byte` or `upgrade`: from the request on the wire to the answer. */
  readonly answerMs: number;
  /** Time of the whole that is in no phase. */
  readonly unphasedMs: number;
  /** What a run would say of its own stalls. */
  readonly stalledMs: number;
}

/** A busy process does something else for so long, so often. */
const busyMs = 15;
const busyEveryMs = 30;

function context(): ExchangeContext {
  return {
    deadline: { signal: AbortSignal.timeout(10_000), remainingMs: () => 10_000 },
    traceId: '0'.repeat(32),
    elapsedMs: startStopwatch(),
  };
}

async function ask(order: Order): Promise<Sample> {
  collectGarbage();
  using _held = holdCompilers();
  const stalls = watchStalls();
  const measured = await measure(order);
  return { ...toSample(measured), stalledMs: stalls.end() };
}

async function measure({ kind, url }: Order): Promise<HttpExchange> {
  if (kind === 'http') {
    return exchange({ url }, context());
  }
  const opening = await openWebsocket(
    {
      url: new URL(url),
      trust: null,
      offer: offerWith(['golden'], null),
      authorization: false,
      headers: {},
      upgradeMsMax: 5_000,
      negotiation: 'strict',
    },
    context(),
  );
  if (opening.kind === 'open') {
    await opening.session.close();
  }
  return opening.exchange;
}

function toSample({ latencyMs, phases, failure }: HttpExchange): Omit<Sample, 'stalledMs'> {
  if (failure !== null) {
    throw new Error(failure.detail);
  }
  const phased = Object.values(phases).reduce((sum, each) => sum + each, 0);
  return { latencyMs, answerMs: phases.first_byte ?? phases.upgrade ?? Number.NaN, unphasedMs: latencyMs - phased };
}

async function askAll(order: Order): Promise<readonly Sample[]> {
  const other = order.busy === true ? setInterval(standStill, busyEveryMs) : undefined;
  const samples: Sample[] = [];
  for (let asked = 0; asked < order.count; asked += 1) {
    samples.push(await ask(order));
    // As in a run, which has the process for itself.
    await wait(1);
  }
  clearInterval(other);
  return samples;
}

function standStill(): void {
  const untilMs = performance.now() + busyMs;
  while (performance.now() < untilMs);
}

process.on('message', (order: Order) => {
  void askAll(order).then((samples) => process.send?.(samples));
});
process.on('disconnect', () => process.exit());
