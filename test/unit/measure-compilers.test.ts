/** V8 makes no code faster while something is measured, and does so again afterwards. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { setImmediate as turn } from 'node:timers/promises';
import { setFlagsFromString } from 'node:v8';
import { compileFunction } from 'node:vm';

import { measure } from '../../shared/run/measure.ts';
import { environmentWith } from '../support/environment-file.ts';

const environment = environmentWith();

/** Measures something that breaks in the end. */
async function whileMeasured(act: () => Promise<void>): Promise<void> {
  await measure({
    probe: async () => {
      await act();
      throw new Error('and then it broke');
    },
    context: { environment, secrets: () => null, traceId: '', nowMs: Date.now, memory: {}, region: 'us-central1' },
    deadlineMs: 60_000,
    confirmAfterMs: 0,
    onFault: () => {},
  });
}

setFlagsFromString('--allow-natives-syntax');
const statusOf = compileFunction('return %GetOptimizationStatus(work);', ['work']);

/** V8's `OptimizationStatus`: what is run was made by an optimizing compiler. */
const optimized = 1 << 4;

function isOptimized(work: Function): boolean {
  return (Number(statusOf(work)) & optimized) !== 0;
}

let made = 0;

/** Each has a text of its own: V8 keeps what it has compiled for a text. */
function newWork(): Function {
  made += 1;
  return compileFunction(`let sum = ${made}; for (let i = 0; i < 100; i += 1) sum += i % count; return sum;`, [
    'count',
  ]);
}

/** Long after V8 finds that it is worth it; its compilers get many turns to deliver. */
async function makeHot(work: Function): Promise<void> {
  for (let batch = 0; batch < 50 && !isOptimized(work); batch += 1) {
    for (let count = 1; count <= 5_000; count += 1) {
      work(count);
    }
    await turn();
  }
}

describe('a measurement', () => {
  it('lets V8 compile nothing meanwhile, and again when it is over', async () => {
    const during = newWork();
    await whileMeasured(() => makeHot(during));
    assert.ok(!isOptimized(during));
    const after = newWork();
    await makeHot(after);
    assert.ok(isOptimized(after));
  });

  it('goes on without the compilers when another one ends', async () => {
    const during = newWork();
    await whileMeasured(async () => {
      await whileMeasured(() => turn());
      await makeHot(during);
    });
    assert.ok(!isOptimized(during));
  });
});
