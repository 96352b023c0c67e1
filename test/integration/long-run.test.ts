/** A process that makes run after run does not grow, and no run leaves a socket or a timer behind. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';

import { longRun } from '../bench/warm-runs.ts';

/** The bench makes ten thousand; a leak that matters shows in these. */
const runs = 300;

/** Half a MiB more over two hundred runs would be 2.5 KiB a run. */
const heapMibMax = 4;

describe('Many runs in one process', () => {
  it('leave it as it was', async (context) => {
    const { settled, end, handles, troubled } = await longRun(runs);
    context.diagnostic(
      `heap ${settled.heap.toFixed(1)} → ${end.heap.toFixed(1)} MiB over the last ${(runs * 2) / 3} runs`,
    );
    assert.equal(troubled, 0, 'every run was recorded');
    assert.equal(handles, 0, 'sockets and timers');
    assert.ok(end.heap - settled.heap < heapMibMax, `the heap grew by ${(end.heap - settled.heap).toFixed(1)} MiB`);
  });
});
