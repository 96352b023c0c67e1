/**
 * Proofs by many random histories, against a model of the API that shares no code with what is proven: no history of
 * slots, duplicates, late runs, restarts and regions makes a counter count twice, and none that one process or the
 * order of slots can foresee makes the API refuse a point.
 */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';

import * as fc from 'fast-check';

import { pointsOf } from '../../shared/core/metrics/outcome-points.ts';
import { createPacer } from '../../shared/core/metrics/pacing.ts';
import type { Point } from '../../shared/core/metrics/points.ts';
import type { Outcome } from '../../shared/core/outcome.ts';
import { verdicts } from '../../shared/core/outcome.ts';
import { factsWith, outcomeWith, settings, slotMs } from '../support/metric-run.ts';
import { createSeriesModel } from '../support/series-model.ts';

const verdict = fc.constantFrom(...verdicts);
const cadenceSeconds = fc.constantFrom(5, 10, 60, 300, 3_600);
const durationMs = fc.oneof(fc.integer({ min: 0, max: 9_000 }), fc.integer({ min: 0, max: 900_000 }));

function pointsAt(run: Partial<Outcome>, cadence: number, facts: Parameters<typeof factsWith>[0] = {}) {
  return pointsOf(outcomeWith(run), { ...settings, cadenceSeconds: cadence }, factsWith(facts));
}

/** Paces points as a process does; gives those that are left. */
function paced(pace: (point: Point) => Point | null, points: readonly Point[]): readonly Point[] {
  return points.map(pace).filter((point) => point !== null);
}

describe('runs of one slot after the other', () => {
  const run = fc.record({ verdict, durationMs, cold: fc.boolean(), skipped: fc.nat({ max: 3 }) });
  const history = fc.array(run, { minLength: 1, maxLength: 40 });

  it('are all taken and each counted once, although no process remembers the one before', () => {
    fc.assert(
      fc.property(history, cadenceSeconds, fc.constantFrom(1, 2), (runs, cadence, regionCount) => {
        const model = createSeriesModel();
        let slot = slotMs;
        let nowMs = slotMs;
        for (const { verdict, durationMs, cold, skipped } of runs) {
          slot += cadence * 1_000 * (1 + skipped);
          const endedAtMs = slot + durationMs;
          nowMs = Math.max(nowMs, endedAtMs);
          for (const region of ['us-central1', 'europe-west1'].slice(0, regionCount)) {
            const points = pointsAt({ verdict, cold, slotMs: slot, endedAtMs, region }, cadence);
            assert.deepEqual(model.write(paced(createPacer(), points), nowMs), []);
          }
        }
        const measured = runs.filter(({ verdict, cold }) => !cold && (verdict === 'pass' || verdict === 'degraded'));
        assert.equal(model.counted('runs'), runs.length * regionCount);
        assert.equal(model.counted('latency_distribution'), measured.length * regionCount);
      }),
      { numRuns: 300 },
    );
  });
});

describe('one process', () => {
  const trigger = fc.record({
    kind: fc.constantFrom('schedule', 'hand', 'repeat'),
    waitMs: fc.oneof(fc.integer({ min: 0, max: 3_000 }), fc.integer({ min: 0, max: 400_000 })),
    durationMs,
    verdict,
    cadence: fc.constantFrom(10, 60, 300),
  });

  it('never has a point refused and counts every run once, whatever triggers it and however the cadence changes', () => {
    fc.assert(
      fc.property(fc.array(trigger, { minLength: 1, maxLength: 60 }), fc.nat({ max: 9_000 }), (triggers, staggerMs) => {
        const model = createSeriesModel();
        const pace = createPacer();
        const expected = { runs: 0, late_runs: 0, duplicate_runs: 0 };
        let nowMs = slotMs;
        let lastSlot = 0;
        for (const { kind, waitMs, durationMs, verdict, cadence } of triggers) {
          nowMs += waitMs;
          const onGrid = Math.floor(nowMs / (cadence * 1_000)) * cadence * 1_000;
          const slot = kind === 'hand' ? onGrid : kind === 'schedule' ? onGrid + staggerMs : lastSlot;
          const duplicate = slot === lastSlot;
          const late = slot < lastSlot;
          nowMs += duplicate ? 5 : durationMs;
          const run = { verdict, slotMs: slot, endedAtMs: nowMs, late };
          const sent = paced(pace, pointsAt(run, cadence, { duplicate, atMs: nowMs }));
          assert.deepEqual(model.write(sent, nowMs), []);
          const counter = duplicate ? 'duplicate_runs' : late ? 'late_runs' : 'runs';
          expected[counter] += sent.some(({ metric }) => metric === counter) ? 1 : 0;
          assert.ok(counter !== 'runs' || sent.some(({ metric }) => metric === 'runs'), 'a run was dropped');
          lastSlot = Math.max(lastSlot, slot);
        }
        assert.deepEqual(
          {
            runs: model.counted('runs'),
            late_runs: model.counted('late_runs'),
            duplicate_runs: model.counted('duplicate_runs'),
          },
          expected,
        );
      }),
      { numRuns: 500 },
    );
  });

  it('counts a slot once when it writes its points twice, also where the first had to be moved', () => {
    const model = createSeriesModel();
    const pace = createPacer();
    const earlier = pointsAt({ slotMs: slotMs - 1_000, endedAtMs: slotMs + 2_000 }, 300);
    const points = pointsAt({ endedAtMs: slotMs + 2_500 }, 300);
    for (const each of [earlier, points, points]) {
      assert.deepEqual(model.write(paced(pace, each), slotMs + 3_000), []);
    }
    assert.equal(model.counted('runs'), 2);
  });

  it('drops what comes so densely that it would have to be written minutes ahead, and nothing before that', () => {
    const model = createSeriesModel();
    const pace = createPacer();
    const sent = Array.from({ length: 60 }, (_, index) => {
      const points = paced(pace, pointsAt({}, 300, { duplicate: true, atMs: slotMs + index }));
      assert.deepEqual(model.write(points, slotMs), []);
      return points.length;
    });
    assert.equal(sent.indexOf(0), 49);
    assert.equal(model.counted('duplicate_runs'), 49);
  });
});

describe('processes that know nothing of each other', () => {
  const attempt = fc.record({ durationMs, delayMs: fc.nat({ max: 250_000 }) });
  const slots = fc.array(fc.array(attempt, { minLength: 1, maxLength: 4 }), { minLength: 1, maxLength: 20 });

  it('count a slot once, however many of them ran it', () => {
    fc.assert(
      fc.property(slots, verdict, (history, verdict) => {
        const model = createSeriesModel();
        history.forEach((attempts, index) => {
          const slot = slotMs + index * 300_000;
          const ends = attempts.map(({ durationMs, delayMs }) => slot + delayMs + durationMs).toSorted((a, b) => a - b);
          for (const endedAtMs of ends) {
            const points = pointsAt({ verdict, slotMs: slot, endedAtMs }, 300);
            model.write(paced(createPacer(), points), Math.max(endedAtMs, slot + 300_000));
          }
        });
        assert.equal(model.counted('runs'), history.length);
      }),
      { numRuns: 300 },
    );
  });
});
