/** Charts of many runs: nothing bad may vanish, and no point may be made up. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';

import fc from 'fast-check';

import { verdicts } from '../../shared/core/outcome.ts';
import { hourMs, minuteMs } from '../../shared/core/time.ts';
import { type ChartData, chartOf, type ChartInput } from '../../shared/local/page/model/chart.ts';
import { runRow } from '../support/run-row.ts';

const toMs = 100 * hourMs;
const fromMs = toMs - hourMs;

function chart(input: Partial<ChartInput>): ChartData {
  return chartOf({ rows: [], fromMs, toMs, pointsMax: 100, fit: false, usualAt: () => null, incidents: [], ...input });
}

describe('a chart of few runs', () => {
  it('has a point for each run, with what it was', () => {
    const rows = [
      runRow({ slotMs: fromMs, latencyMs: 10, phases: { dns: 1, tcp: 2 } }),
      runRow({ slotMs: fromMs + 1_000, verdict: 'fail', reason: 'server_error', latencyMs: 3, phases: { dns: 1 } }),
      runRow({
        slotMs: fromMs + 2_000,
        verdict: 'degraded',
        reason: 'slow',
        latencyMs: 900,
        phases: { dns: 1, tcp: 5 },
      }),
    ];
    const { stretchMs, atMs, latencyMs, phases, verdicts: shown, traces, slowestMs } = chart({ rows });
    assert.equal(stretchMs, null);
    assert.equal(slowestMs, null);
    assert.deepEqual(atMs, [fromMs, fromMs + 1_000, fromMs + 2_000]);
    assert.deepEqual(latencyMs, [10, null, 900], 'a quick failure is no good latency');
    assert.deepEqual(phases, { dns: [1, null, 1], tcp: [2, null, 5] });
    assert.deepEqual(shown, ['pass', 'fail', 'degraded']);
    assert.deepEqual(
      traces,
      rows.map(({ trace }) => trace),
    );
  });

  it('marks a deploy where the revision changes, and not where a run names none', () => {
    const revisions = ['a-1', 'a-1', null, 'a-1', 'a-2', null, 'a-1'];
    const rows = revisions.map((revision, at) => runRow({ slotMs: fromMs + at, revision }));
    assert.deepEqual(chart({ rows }).revisions, [
      { atMs: fromMs + 4, before: 'a-1', after: 'a-2' },
      { atMs: fromMs + 6, before: 'a-2', after: 'a-1' },
    ]);
  });

  it('begins with the first run when the history is shorter, but is never narrower than five minutes', () => {
    const late = [runRow({ slotMs: toMs - 20 * minuteMs })];
    assert.equal(chart({ rows: late }).fromMs, fromMs);
    assert.equal(chart({ rows: late, fit: true }).fromMs, toMs - 20 * minuteMs);
    assert.equal(chart({ rows: [runRow({ slotMs: toMs - 1_000 })], fit: true }).fromMs, toMs - 5 * minuteMs);
    assert.equal(chart({ fit: true }).fromMs, fromMs, 'nothing to fit to');
  });

  it('carries what is usual at each point', () => {
    const rows = [runRow({ slotMs: fromMs }), runRow({ slotMs: fromMs + 1 })];
    const usualAt = (atMs: number): ChartData['usual'][number] => (atMs === fromMs ? { lowMs: 1, highMs: 2 } : null);
    assert.deepEqual(chart({ rows, usualAt }).usual, [{ lowMs: 1, highMs: 2 }, null]);
  });
});

describe('a chart of many runs', () => {
  const row = fc.record({
    slotMs: fc.integer({ min: fromMs, max: toMs - 1 }),
    verdict: fc.constantFrom(...verdicts),
    latencyMs: fc.option(fc.integer({ min: 1, max: 5_000 })),
  });
  const rowsOf = fc
    .array(row, { minLength: 101, maxLength: 400 })
    .map((list) => list.toSorted((a, b) => a.slotMs - b.slotMs).map((known) => runRow(known)));

  it('stays within its points and keeps every run, the worst verdict and the slowest good latency', () => {
    fc.assert(
      fc.property(rowsOf, (rows) => {
        const data = chart({ rows });
        assert.ok(data.atMs.length <= 101, `${data.atMs.length} points`);
        assert.equal(
          data.runs.reduce((sum, runs) => sum + runs, 0),
          rows.length,
        );
        assert.equal(
          data.verdicts.includes('fail'),
          rows.some(({ verdict }) => verdict === 'fail'),
        );
        const good = rows.filter(({ verdict }) => verdict === 'pass' || verdict === 'degraded');
        const slowest = Math.max(...good.map(({ latencyMs }) => latencyMs ?? 0), 0);
        assert.equal(Math.max(...(data.slowestMs ?? []).map((ms) => ms ?? 0), 0), slowest);
        for (const [at, atMs] of data.atMs.entries()) {
          assert.ok(at === 0 || atMs > (data.atMs[at - 1] ?? 0), 'times rise');
        }
      }),
    );
  });

  it('leads to the worst run of each stretch', () => {
    const rows = Array.from({ length: 300 }, (_, at) =>
      runRow({ slotMs: fromMs + at * 12_000, verdict: at === 150 ? 'fail' : 'pass' }),
    );
    const data = chart({ rows });
    assert.equal(data.traces[data.verdicts.indexOf('fail')], rows[150]?.trace);
  });

  it('shows the median of a stretch, so that one slow run does not look like a slow product', () => {
    const rows = Array.from({ length: 300 }, (_, at) =>
      runRow({ slotMs: fromMs + Math.floor(at / 3) * 36_000, latencyMs: at % 3 === 0 ? 9_000 : 100 }),
    );
    const { latencyMs, slowestMs } = chart({ rows });
    assert.ok(latencyMs.every((ms) => ms === 100));
    assert.ok(slowestMs?.every((ms) => ms === 9_000));
  });
});
