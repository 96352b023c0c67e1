/** How a shift goes on: when it is over, when it has gone further, and what it has come to. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';

import { courseOf, growthOf, settledShift } from '../../shared/core/judge/course.ts';
import type { LatencyShift } from '../../shared/core/judge/state.ts';
import { slot } from '../simulation/samples.ts';
import { flat, type Given, inputOf } from '../simulation/shift-input.ts';

const doubled: LatencyShift = {
  phase: 'total',
  fromMs: 100,
  toMs: 200,
  sinceMs: slot(0),
  revisionBefore: null,
  revisionAfter: null,
};
const lasts = { kind: 'lasts' };

/** After ninety runs at the new level, these; 07:30 and later. */
function course(suspects: readonly number[], usual: Given['usual'] = null, shift = doubled) {
  return courseOf(shift, inputOf({ history: flat(200, 90), suspects, usual }));
}

function recovered(fromMs: number, toMs: number, shift = doubled) {
  return { kind: 'recovered', shift: { ...shift, fromMs, toMs } };
}

describe('a clear shift', () => {
  it('is over when all but one of the last runs are nearer to before', () => {
    assert.deepEqual(course([200, ...flat(149, 5)]), recovered(149, 298));
    assert.deepEqual(course([200, 200, ...flat(149, 4)]), lasts);
    assert.deepEqual(course(flat(150, 6)), lasts);
    const small = { ...doubled, fromMs: 200, toMs: 280 };
    assert.deepEqual(course(flat(240, 6), null, small), lasts);
    assert.deepEqual(course(flat(239, 6), null, small).kind, 'recovered');
  });

  it('is not over while the runs are noticeably slower than before, however slow they had been', () => {
    const large = { ...doubled, toMs: 400 };
    assert.deepEqual(course(flat(150, 6), null, large), lasts);
    assert.deepEqual(course(flat(149, 6), null, large).kind, 'recovered');
  });

  it('is over by what the hour was like before it', () => {
    const usual = { centreMs: 300, spreadMs: 0 };
    assert.deepEqual(course(flat(390, 6), usual), lasts);
    assert.deepEqual(course(flat(389, 6), usual), recovered(389, 778));
  });

  it('has gone further when all but one are noticeably slower still', () => {
    assert.deepEqual(course([200, ...flat(260, 5)]), { kind: 'further', shift: { ...doubled, toMs: 260 } });
    assert.deepEqual(course([200, 259, ...flat(260, 4)]), lasts);
  });

  it('has gone further only by more than the hour explains, and says so in the numbers of this hour', () => {
    const usual = { centreMs: 300, spreadMs: 0 };
    assert.deepEqual(course(flat(779, 6), usual), lasts);
    assert.deepEqual(course(flat(780, 6), usual), { kind: 'further', shift: { ...doubled, fromMs: 300, toMs: 780 } });
  });

  it('lasts from the night into the morning and back', () => {
    const rhythm = (hour: number) => ({ centreMs: hour < 7 ? 100 : 400, spreadMs: 10 });
    const atNight = { ...doubled, toMs: 150 };
    const byDay = { ...doubled, fromMs: 400, toMs: 600 };
    assert.deepEqual(course(flat(600, 6), rhythm, atNight), lasts);
    const evening = (hour: number) => ({ centreMs: hour < 7 ? 400 : 100, spreadMs: 10 });
    assert.deepEqual(course(flat(150, 6), evening, byDay), lasts);
    assert.deepEqual(course(flat(104, 6), evening, byDay), recovered(104, 156, byDay));
  });

  it('that began at nothing is measured by a millisecond', () => {
    const fromNothing = { ...doubled, fromMs: 0, toMs: 80 };
    const usual = { centreMs: 0, spreadMs: 0 };
    assert.deepEqual(course(flat(41, 6), usual, fromNothing), lasts);
    assert.deepEqual(course(flat(40, 6), usual, fromNothing).kind, 'recovered');
    assert.equal(growthOf(fromNothing), 80);
    assert.equal(growthOf({ ...doubled, fromMs: 1, toMs: 80 }), 80);
    assert.equal(growthOf({ ...doubled, fromMs: 40, toMs: 80 }), 2);
  });
});

describe('a shift of an hour that is unknown', () => {
  it('is clear, however small', () => {
    const small = { ...doubled, fromMs: 1, toMs: 3 };
    assert.deepEqual(course(flat(1, 6), null, small).kind, 'recovered');
  });
});

describe('a shift that noise blurs', () => {
  const noisy = { centreMs: 100, spreadMs: 34 };

  it('is one of less than three spreads', () => {
    assert.deepEqual(course(flat(149, 6), { centreMs: 100, spreadMs: 33 }).kind, 'recovered');
    assert.deepEqual(course(flat(149, 6), { centreMs: 99, spreadMs: 33 }).kind, 'lasts');
    assert.deepEqual(course(flat(148, 6), { centreMs: 99, spreadMs: 33 }).kind, 'recovered');
    assert.deepEqual(course(flat(149, 6), noisy), lasts);
  });

  it('is over when thirty-four of the last forty-eight runs are back', () => {
    assert.deepEqual(course([...flat(200, 14), ...flat(149, 34)], noisy).kind, 'recovered');
    assert.deepEqual(course([...flat(200, 15), ...flat(149, 33)], noisy), lasts);
    assert.deepEqual(course([...flat(149, 34), ...flat(200, 15)], noisy), lasts);
  });

  it('has gone further when as many are slower still', () => {
    assert.deepEqual(course([...flat(200, 14), ...flat(260, 34)], noisy).kind, 'further');
    assert.deepEqual(course([...flat(200, 15), ...flat(260, 33)], noisy), lasts);
  });

  it('does not count the runs before it', () => {
    const since = (at: number) => ({ ...doubled, sinceMs: slot(at) });
    const suspects = flat(149, 48);
    assert.deepEqual(course(suspects, noisy, since(90 + 48 - 34)).kind, 'recovered');
    assert.deepEqual(course(suspects, noisy, since(90 + 48 - 33)), lasts);
  });
});

describe('what a shift has come to', () => {
  const settled = (history: readonly number[], suspects: readonly number[], shift = doubled) =>
    settledShift(shift, inputOf({ history, suspects }));

  it('are the levels that all of its runs show', () => {
    assert.deepEqual(settled(flat(170, 45), flat(180, 51)), { ...doubled, toMs: 180 });
    assert.deepEqual(settled(flat(180, 45), flat(130, 48), { ...doubled, sinceMs: slot(10) }), null);
  });

  it('is nothing when they are back', () => {
    assert.equal(settled(flat(149, 45), flat(149, 51)), null);
    assert.deepEqual(settled(flat(150, 45), flat(150, 51)), { ...doubled, toMs: 150 });
  });
});
