/** Garbage of what came before is collected before something is measured, but not in a process that has just started. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { GCProfiler } from 'node:v8';

import { passed } from '../../shared/core/check.ts';
import { measurementOf } from '../../shared/core/measurement.ts';
import { collectGarbage } from '../../shared/run/collect-garbage.ts';
import { measureOutcome } from '../../shared/run/measure-outcome.ts';
import { environmentWith } from '../support/environment-file.ts';

const environment = environmentWith();

const measurement = measurementOf([passed('health.document', 'fine', { startedMs: 0, latencyMs: 1 })], { memory: {} });

/** Kinds of V8's collections from the beginning of a run to that of its probe. */
async function collectedBefore(cold: boolean): Promise<readonly string[]> {
  const profiler = new GCProfiler();
  let collected: readonly string[] = [];
  profiler.start();
  await measureOutcome(
    { step: 'health', environment, slotMs: 0, cold },
    {
      loadProbe: async () => async () => {
        collected = profiler.stop().statistics.map(({ gcType }) => gcType);
        return measurement;
      },
      secrets: () => null,
      log: ({ message }) => assert.fail(message),
      nowMs: Date.now,
      newTraceId: () => '0'.repeat(32),
      region: 'us-central1',
    },
    null,
  );
  return collected;
}

describe('before a measurement', () => {
  // So that V8 has no reason of its own to collect.
  collectGarbage();

  it('young garbage is collected once', async () => {
    assert.deepEqual(await collectedBefore(false), ['Scavenge']);
  });

  it('nothing is collected in the first run of a process', async () => {
    assert.deepEqual(await collectedBefore(true), []);
  });
});
