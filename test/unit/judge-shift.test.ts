/** The numbers of the rule for a shift, each at its edge: one less is none, one more is one. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';

import { findShift, type ShiftRules } from '../../shared/core/judge/shift.ts';
import { slot } from '../simulation/samples.ts';
import { flat, type Given, inputOf, usualRules } from '../simulation/shift-input.ts';

/** Any difference is noticeable: what is left is the statistics. */
const sharpEyes: ShiftRules = { ...usualRules, percentMin: 1, msMin: 1 };

function finds(given: Given): boolean {
  return findShift(inputOf(given)) !== null;
}

/** 1 ms apart, in an order in which the nearer past is as the whole. */
function ranks(length: number): readonly number[] {
  return Array.from({ length }, (_, at) => 101 + ((at * 37) % length));
}

/** High runs with low ones among them: never six in a row. */
function mixed(length: number, high: number, { highMs = 200, lowMs = 100 } = {}): readonly number[] {
  const low = length - high;
  const isLow = new Set(Array.from({ length: low }, (_, at) => Math.floor(((at + 0.5) * length) / low)));
  return Array.from({ length }, (_, at) => (isLow.has(at) ? lowMs : highMs));
}

const known = { centreMs: 100, spreadMs: 0 };

describe('a sharp shift', () => {
  const history = flat(100, 90);

  it('takes six runs, each by half of what is noticeable', () => {
    assert.ok(finds({ history, suspects: [126, ...flat(200, 5)] }));
    assert.ok(!finds({ history, suspects: [125, ...flat(200, 5)] }));
  });

  it('must be noticeable in the middle of them', () => {
    assert.ok(finds({ history, suspects: flat(150, 6) }));
    assert.ok(!finds({ history, suspects: flat(149, 6) }));
    assert.ok(finds({ history: flat(1_000, 90), suspects: flat(1_300, 6) }));
    assert.ok(!finds({ history: flat(1_000, 90), suspects: flat(1_299, 6) }));
  });

  it('lies beyond all but seven of a hundred of the recent past', () => {
    // Of ninety ranks from 101 to 190, 93.2 % lie below 183.9.
    assert.ok(finds({ history: ranks(90), suspects: flat(184, 6), rules: sharpEyes }));
    assert.ok(!finds({ history: ranks(90), suspects: flat(183, 6), rules: sharpEyes }));
  });

  it('lies beyond all of it when only three runs are asked for', () => {
    const rules = { ...sharpEyes, runs: 3 };
    assert.ok(finds({ history: ranks(90), suspects: flat(190, 3), rules }));
    assert.ok(!finds({ history: ranks(90), suspects: flat(189, 3), rules }));
  });

  it('lies beyond one and a half spreads of what its hour is like', () => {
    const usual = { centreMs: 100, spreadMs: 100 };
    assert.ok(finds({ history, suspects: flat(251, 6), usual }));
    assert.ok(!finds({ history, suspects: flat(250, 6), usual }));
  });

  it('is measured from what its hour is like, if that is slower than the recent past', () => {
    const usual = { centreMs: 300, spreadMs: 0 };
    assert.ok(finds({ history, suspects: flat(390, 6), usual }));
    assert.ok(!finds({ history, suspects: flat(389, 6), usual }));
  });

  it('is measured from the nearer past, if that is slower than all of it', () => {
    const rising = [...flat(100, 54), ...flat(300, 36)];
    assert.ok(finds({ history: rising, suspects: flat(390, 6) }));
    assert.ok(!finds({ history: rising, suspects: flat(389, 6) }));
    assert.ok(!finds({ history: [...flat(300, 54), ...flat(100, 36)], suspects: flat(389, 6) }));
  });

  it('needs thirty-six runs before it also where more history in all is asked for', () => {
    const rules = { ...usualRules, samplesMin: 100 };
    assert.ok(finds({ history: flat(100, 36), suspects: flat(200, 6), rules }));
    assert.ok(!finds({ history: flat(100, 35), suspects: flat(200, 6), rules }));
  });

  it('needs thirty-six runs before it, or as many as the policy asks for', () => {
    assert.ok(finds({ history: flat(100, 36), suspects: flat(200, 6) }));
    assert.ok(!finds({ history: flat(100, 35), suspects: flat(200, 6) }));
    const rules = { ...usualRules, samplesMin: 12 };
    assert.ok(finds({ history: flat(100, 12), suspects: flat(200, 6), rules }));
    assert.ok(!finds({ history: flat(100, 11), suspects: flat(200, 6), rules }));
  });

  it('needs as much history in all as the policy asks for', () => {
    assert.ok(finds({ history, suspects: flat(200, 6), count: 42 }));
    assert.ok(!finds({ history, suspects: flat(200, 6), count: 41 }));
  });

  it('is not looked for in a run that is near the usual', () => {
    assert.ok(finds({ history, suspects: flat(200, 6), usualMs: 175 }));
    assert.ok(!finds({ history, suspects: flat(200, 6), usualMs: 175.1 }));
  });
});

describe('a shift at an hour that is unlike those before it', () => {
  // Seven hours of history, then the first run of the eighth.
  const falling = (hour: number) => ({ centreMs: hour < 7 ? 400 : 200, spreadMs: 10 });
  const rising = (hour: number) => ({ centreMs: hour < 7 ? 200 : 400, spreadMs: 10 });

  it('is found although the hours before were slower still', () => {
    const given = { history: flat(400, 84), usual: falling };
    assert.ok(finds({ ...given, suspects: flat(260, 6) }));
    assert.ok(!finds({ ...given, suspects: flat(259, 6) }));
    assert.equal(findShift(inputOf({ ...given, suspects: flat(300, 6) }))?.fromMs, 200);
  });

  it('is not found because the hours before were faster', () => {
    const given = { history: flat(200, 84), usual: rising };
    assert.ok(!finds({ ...given, suspects: flat(519, 6) }));
    assert.ok(finds({ ...given, suspects: flat(520, 6) }));
  });

  it('has begun when it began, not in the slower hours before', () => {
    const shift = findShift(inputOf({ history: flat(400, 84), suspects: flat(300, 6), usual: falling }));
    assert.equal(shift?.sinceMs, slot(84));
  });

  it('takes hours for unlike only when they differ by more than the spread', () => {
    const usual = (spreadMs: number) => (hour: number) => ({ centreMs: hour < 7 ? 150 : 100, spreadMs });
    assert.ok(finds({ history: flat(200, 84), suspects: flat(200, 6), usual: usual(49) }));
    assert.ok(!finds({ history: flat(200, 84), suspects: flat(200, 6), usual: usual(50) }));
  });

  it('is compared with them as they were while the present hour is unknown', () => {
    const usual = (hour: number) => (hour % 24 < 7 ? { centreMs: 400, spreadMs: 10 } : null);
    assert.ok(!finds({ history: flat(400, 84), suspects: flat(519, 6), usual }));
    assert.ok(finds({ history: flat(400, 84), suspects: flat(520, 6), usual }));
  });

  it('is found from a millisecond', () => {
    const usual = (hour: number) => ({ centreMs: hour < 7 ? 400 : 1, spreadMs: 0 });
    assert.ok(finds({ history: flat(400, 84), suspects: flat(60, 6), usual }));
  });

  it('copes with hours that took no time', () => {
    const usual = (hour: number) => ({ centreMs: hour < 7 ? 0 : 100, spreadMs: 0 });
    assert.ok(finds({ history: flat(0, 84), suspects: flat(150, 6), usual }));
    assert.ok(!finds({ history: flat(2, 84), suspects: flat(150, 6), usual }));
  });

  it('is looked for in a run that is near the usual of the day and far from that of its hour', () => {
    const given = { history: flat(400, 84), usual: falling, usualMs: 400 };
    assert.ok(finds({ ...given, suspects: flat(300, 6) }));
  });
});

describe('a blurred shift', () => {
  const history = flat(100, 72);

  it('takes eighteen runs of twenty-four', () => {
    assert.ok(finds({ history, suspects: mixed(24, 18), usual: known }));
    assert.ok(!finds({ history, suspects: mixed(24, 17), usual: known }));
  });

  it('or thirty-four of forty-eight', () => {
    const before = flat(100, 48);
    assert.ok(finds({ history: before, suspects: [...mixed(24, 17), ...mixed(24, 17)], usual: known }));
    assert.ok(!finds({ history: before, suspects: [...mixed(24, 16), ...mixed(24, 17)], usual: known }));
  });

  it('counts the last forty-eight, not one more', () => {
    const before = [...flat(100, 47), 200];
    assert.ok(!finds({ history: before, suspects: [...mixed(24, 16), ...mixed(24, 17)], usual: known }));
  });

  it('does not ask each run for a noticeable difference, only the middle of them', () => {
    const dimmed = (suspects: readonly number[], most: number): readonly number[] => {
      let left = most;
      return suspects.map((ms) => (ms === 200 && left-- > 0 ? 140 : ms));
    };
    assert.ok(finds({ history, suspects: dimmed(mixed(24, 18), 5), usual: known }));
    const twice = [...mixed(24, 17), ...mixed(24, 17)];
    assert.ok(finds({ history: flat(100, 48), suspects: dimmed(twice, 9), usual: known }));
  });

  it('lies beyond three quarters of the recent past, or beyond three fifths when it is long', () => {
    // Of seventy-two ranks from 101 to 172, three quarters lie below 154.3; of forty-eight to 148, three fifths below 129.2.
    const rules = { ...sharpEyes, percentMin: 2 };
    assert.ok(finds({ history: ranks(72), suspects: mixed(24, 18, { highMs: 155 }), usual: known, rules }));
    assert.ok(!finds({ history: ranks(72), suspects: mixed(24, 18, { highMs: 154 }), usual: known, rules }));
    const twice = (highMs: number) => [...mixed(24, 17, { highMs }), ...mixed(24, 17, { highMs })];
    assert.ok(finds({ history: ranks(48), suspects: twice(130), usual: known, rules }));
    assert.ok(!finds({ history: ranks(48), suspects: twice(129), usual: known, rules }));
  });

  it('lies beyond a part of the spread of its hours', () => {
    const usual = { centreMs: 100, spreadMs: 100 };
    // Some runs far out, so that the mean is no question here.
    const far = (highMs: number, most: number, suspects: readonly number[]): readonly number[] => {
      let left = most;
      return suspects.map((ms) => (ms === highMs && left-- > 0 ? 2_000 : ms));
    };
    assert.ok(finds({ history, suspects: far(171, 3, mixed(24, 18, { highMs: 171 })), usual }));
    assert.ok(!finds({ history, suspects: far(170, 3, mixed(24, 18, { highMs: 170 })), usual }));
    const wide = { centreMs: 100, spreadMs: 400 };
    const twice = (highMs: number) => [...mixed(24, 17, { highMs }), ...mixed(24, 17, { highMs })];
    assert.ok(finds({ history: flat(100, 48), suspects: far(201, 9, twice(201)), usual: wide }));
    assert.ok(!finds({ history: flat(100, 48), suspects: far(200, 9, twice(200)), usual: wide }));
  });

  it('has a mean that is clear against the spread: a row of the slower of two modes is none', () => {
    // Eighteen of twenty-four at 200 are 75 above the usual in the mean, thirty-four of forty-eight 70.8.
    const suspects = mixed(24, 18);
    assert.ok(finds({ history, suspects, usual: { centreMs: 100, spreadMs: 75 / 0.85 - 0.01 } }));
    assert.ok(!finds({ history, suspects, usual: { centreMs: 100, spreadMs: 75 / 0.85 + 0.01 } }));
    const twice = [...mixed(24, 17), ...mixed(24, 17)];
    const before = flat(100, 48);
    assert.ok(finds({ history: before, suspects: twice, usual: { centreMs: 100, spreadMs: 3_400 / 48 / 0.6 - 0.01 } }));
    assert.ok(
      !finds({ history: before, suspects: twice, usual: { centreMs: 100, spreadMs: 3_400 / 48 / 0.6 + 0.01 } }),
    );
  });

  it('has a mean at that distance at least', () => {
    const usual = { centreMs: 100, spreadMs: 100 };
    assert.ok(finds({ history, suspects: mixed(24, 20, { highMs: 202 }), usual }));
    assert.ok(!finds({ history, suspects: mixed(24, 20, { highMs: 201 }), usual }));
  });

  it('is on while half of the last runs show it', () => {
    const ending = (early: number, last: readonly number[]) => [...mixed(18, early), ...last];
    assert.ok(finds({ history, suspects: ending(15, [200, 200, 200, 100, 100, 100]), usual: known }));
    assert.ok(!finds({ history, suspects: ending(16, [200, 200, 100, 100, 100, 100]), usual: known }));
  });

  it('is not looked for before the hours are known, nor in fewer runs than the policy asks for', () => {
    assert.ok(!finds({ history, suspects: mixed(24, 18) }));
    const rules = { ...usualRules, runs: 24 };
    assert.ok(!finds({ history, suspects: mixed(24, 23), usual: known, rules }));
    assert.ok(finds({ history, suspects: flat(200, 24), usual: known, rules }));
  });

  it('needs as much before it as a sharp one', () => {
    assert.ok(finds({ history: flat(100, 36), suspects: mixed(24, 18), usual: known }));
    assert.ok(!finds({ history: flat(100, 35), suspects: mixed(24, 18), usual: known }));
  });
});

describe('the beginning of a shift', () => {
  const since = (given: Given): number => ((findShift(inputOf(given))?.sinceMs ?? 0) - slot(0)) / 300_000;

  it('is the first run of the new level, also long before it was found', () => {
    assert.equal(since({ history: flat(100, 90), suspects: flat(200, 6) }), 90);
    assert.equal(since({ history: [...flat(100, 60), 199, ...flat(100, 29)], suspects: flat(200, 6) }), 90);
    assert.equal(since({ history: [...flat(100, 70), ...flat(151, 20)], suspects: flat(300, 6) }), 90);
  });

  it('is not carried away by a single run far out', () => {
    assert.equal(since({ history: [...flat(100, 80), 9_000, ...flat(100, 9)], suspects: flat(200, 6) }), 90);
    assert.equal(since({ history: [...flat(100, 85), 9_000, ...flat(100, 4)], suspects: flat(200, 6) }), 90);
  });

  it('is not put off to a run in the very middle', () => {
    assert.equal(since({ history: [...flat(100, 89), 150], suspects: flat(200, 6) }), 90);
  });

  it('bridges a low run at the new level', () => {
    assert.equal(
      since({ history: flat(100, 72), suspects: [...flat(200, 5), 100, ...mixed(18, 13)], usual: known }),
      72,
    );
  });
});
