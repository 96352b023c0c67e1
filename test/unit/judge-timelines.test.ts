/** The worked timelines of `docs/judging.md`, as tests. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';

import { play } from '../simulation/timeline.ts';
import { timelineGroups } from '../simulation/timelines.ts';

for (const { title, timelines } of timelineGroups) {
  describe(title, () => {
    for (const timeline of timelines) {
      it(timeline.name, () => {
        assert.deepEqual(play(timeline).told, timeline.told);
      });
    }
  });
}
