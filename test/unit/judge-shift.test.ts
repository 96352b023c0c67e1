/** The numbers of the rule for a shift, each at its edge: one less is none, one more is one. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';

import { hoursOfWeek } from '../../shared/core/judge/season.ts';
import { courseOf, findShift, type ShiftInput, type ShiftRules } from '../../shared/core/judge/shift.ts';
import type { LatencyShift } from '../../shared/core/judge/state.ts';
import { slot } from '../simulation/samples.ts';

const usualRules: ShiftRules = { percentMin: 30, msMin: 50, runs: 6, samplesMin: 36, runsAnHour: 12 };

/** Any difference is noticeable: what is left is the statistics. */
const sharpEyes: ShiftRules = { ...usualRules, percentMin: 1, msMin: 1 };

interface Given {
  readonly history: readonly number[];
  readonly suspects: readonly number[];
  /** What every hour is usually like; null: no hour is known. */
  readonly usual?: { readonly centreMs: number; readonly spreadMs: number } | null;
  readonly rules?: ShiftRules;
  readonly usualMs?: number;
  readonly count?: number;
}

function inputOf(given: Given): ShiftInput {
  const { history, suspects, usual = null, rules = usualRules, usualMs = 0, count = 1_000 } = given;
  const recent = [...history, ...suspects];
  const slots = recent.map((_, at) => slot(at));
  const cell = usual === null ? [0, 0, 0] : [500, usual.centreMs, usual.spreadMs];
  return {
    name: 'total',
    slots,
    slotMs: slots.at(-1) ?? 0,
    ms: recent.at(-1) ?? 0,
    revisions: [],
    rules,
    series: {
      recent,
      count,
      usualMs,
      learnedMs: 0,
      cells: Array.from({ length: hoursOfWeek }, () => cell).flat(),
      anchor: null,
      shift: null,
    },
  };
}

function finds(given: Given): boolean {
  return findShift(inputOf(given)) !== null;
}

function flat(ms: number, length: number): readonly number[] {
  return Array.from({ length }, () => ms);
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
    assert.ok(finds({ history, suspects: mixed(24, 18, { highMs: 171 }), usual }));
    assert.ok(!finds({ history, suspects: mixed(24, 18, { highMs: 170 }), usual }));
    const wide = { centreMs: 100, spreadMs: 400 };
    const twice = (highMs: number) => [...mixed(24, 17, { highMs }), ...mixed(24, 17, { highMs })];
    assert.ok(finds({ history: flat(100, 48), suspects: twice(201), usual: wide }));
    assert.ok(!finds({ history: flat(100, 48), suspects: twice(200), usual: wide }));
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

describe('the course of a shift', () => {
  const shift: LatencyShift = {
    phase: 'total',
    fromMs: 100,
    toMs: 200,
    sinceMs: slot(0),
    revisionBefore: null,
    revisionAfter: null,
  };
  const course = (suspects: readonly number[], usual: Given['usual'] = null) =>
    courseOf(shift, inputOf({ history: flat(200, 90), suspects, usual }));

  it('is over when all but one are below the middle', () => {
    assert.deepEqual(course([200, 149, 149, 149, 149, 149]), { kind: 'over' });
    assert.deepEqual(course([200, 200, 149, 149, 149, 149]), { kind: 'lasts' });
    assert.deepEqual(course(flat(150, 6)), { kind: 'lasts' });
  });

  it('is over by what the hour is like, once that is known', () => {
    const usual = { centreMs: 300, spreadMs: 0 };
    assert.deepEqual(course(flat(449, 6), usual), { kind: 'over' });
    assert.deepEqual(course(flat(450, 6), usual).kind, 'further');
  });

  it('goes further when all but one are noticeably slower still', () => {
    assert.deepEqual(course([200, ...flat(260, 5)]), { kind: 'further', shift: { ...shift, toMs: 260 } });
    assert.deepEqual(course([200, 259, ...flat(260, 4)]), { kind: 'lasts' });
  });
});
