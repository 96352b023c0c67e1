/** A measurement says how long our own process stood still meanwhile, so that it is not taken for the product's time. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { setTimeout as wait } from 'node:timers/promises';

import { passed } from '../../shared/core/check.ts';
import { measurementOf } from '../../shared/core/measurement.ts';
import { measure } from '../../shared/run/measure.ts';
import { environmentWith } from '../support/environment-file.ts';

const environment = environmentWith();

const stallMs = 80;

/** Keeps the process from everything else. */
function standStill(): void {
  const untilMs = performance.now() + stallMs;
  while (performance.now() < untilMs);
}

async function stalledDuring(probing: () => Promise<void>): Promise<number> {
  const { stalledMs } = await measure({
    probe: async () => {
      await probing();
      return measurementOf([passed('health.document', 'fine', { startedMs: 0, latencyMs: 1 })], {
        memory: {},
        blocker: 'auth',
      });
    },
    context: { environment, secrets: () => null, traceId: '', nowMs: Date.now, memory: {}, region: 'us-central1' },
    deadlineMs: 5_000,
    confirmAfterMs: 0,
    onFault: (error) => assert.fail(String(error)),
  });
  return stalledMs;
}

describe('the stall of a measurement', () => {
  it('is seen in the middle of a probe', async () => {
    const stalledMs = await stalledDuring(async () => {
      await wait(30);
      standStill();
      await wait(30);
    });
    assert.ok(stalledMs >= stallMs - 20, `${stalledMs} ms were seen of ${stallMs}`);
  });

  it('is seen right before the end of a probe', async () => {
    const stalledMs = await stalledDuring(async () => {
      await wait(30);
      standStill();
    });
    assert.ok(stalledMs >= stallMs - 20, `${stalledMs} ms were seen of ${stallMs}`);
  });

  it('is seen in a probe that does nothing but stall', async () => {
    const stalledMs = await stalledDuring(async () => standStill());
    assert.ok(stalledMs >= stallMs - 20, `${stalledMs} ms were seen of ${stallMs}`);
  });
});
