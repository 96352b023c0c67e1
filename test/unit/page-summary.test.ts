/** The numbers of a report, by small periods that can be counted by hand. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';

import fc from 'fast-check';

import type { Verdict } from '../../shared/core/outcome.ts';
import { type Step, steps } from '../../shared/core/step.ts';
import { hourMs } from '../../shared/core/time.ts';
import { percentText } from '../../shared/local/page/model/changes.ts';
import type { IncidentView, RunRow } from '../../shared/local/page/model/contract.ts';
import { type Period, summarise, type Summary } from '../../shared/local/page/model/summary.ts';
import targets from '../../shared/targets.json' with { type: 'json' };
import { runRow } from '../support/run-row.ts';

const cadenceMs = 1_000;

function runsOf(step: Step, verdicts: readonly Verdict[], known: Partial<RunRow> = {}): readonly RunRow[] {
  const offsetMs = steps.indexOf(step);
  return verdicts.map((verdict, at) => runRow({ step, verdict, slotMs: at * cadenceMs + offsetMs, ...known }));
}

function period(rows: readonly RunRow[], incidents: readonly IncidentView[] = []): Period {
  return { rows, incidents, fromMs: 0, toMs: hourMs };
}

function summaryOf(
  rows: readonly RunRow[],
  before: readonly RunRow[] = [],
  incidents: readonly IncidentView[] = [],
): Summary {
  return summarise(period(rows, incidents), period(before), cadenceMs);
}

function incident(known: Partial<IncidentView>): IncidentView {
  return {
    id: 'demo-1',
    severity: 'outage',
    firstStep: 'websocket',
    openedAtMs: 0,
    resolvedAtMs: null,
    parts: [],
    evidence: [],
    impact: null,
    commands: [],
    takenBy: null,
    ...known,
  };
}

describe('the share that worked', () => {
  it('counts pass and degraded as worked, fail and blocked as not, and inconclusive as nothing', () => {
    const [auth] = summaryOf(runsOf('auth', ['pass', 'degraded', 'fail', 'blocked', 'inconclusive'])).steps;
    assert.equal(auth?.runs, 5);
    assert.equal(auth.share, 2 / 4);
    assert.equal(auth.ownShare, 2 / 3);
    assert.deepEqual(auth.counts, { pass: 1, degraded: 1, fail: 1, blocked: 1, inconclusive: 1 });
  });

  it('does not let an outage of an earlier step pass for a day off', () => {
    const [websocket] = summaryOf(runsOf('websocket', ['blocked', 'blocked', 'pass'])).steps;
    assert.equal(websocket?.met, false);
    assert.equal(websocket.ownShare, 1);
  });

  it('is met only above its target, and neither met nor missed when nothing was tried', () => {
    const nine = [
      ...runsOf(
        'auth',
        Array.from({ length: 9 }, () => 'pass' as const),
      ),
      ...runsOf('auth', ['fail']),
    ];
    assert.equal(summaryOf(nine).steps[0]?.met, false, '90 % is not above 90 %');
    assert.equal(summaryOf([...nine, ...runsOf('auth', ['pass'])]).steps[0]?.met, true);
    const unknown = summaryOf(runsOf('agent', ['inconclusive'])).steps[0];
    assert.equal(unknown?.share, null);
    assert.equal(unknown.met, null);
  });

  it('has the targets of the file that Terraform reads too, one for each step and one for the whole path', () => {
    assert.deepEqual(Object.keys(targets.steps), steps);
    const summary = summaryOf(steps.flatMap((step) => runsOf(step, ['pass'])));
    assert.deepEqual(
      summary.steps.map(({ step, target }) => [step, target]),
      Object.entries(targets.steps),
    );
    assert.equal(summary.path.target, targets.path);
    const shares = [targets.path, ...Object.values(targets.steps)];
    assert.ok(shares.every((share) => share >= 0.5 && share < 1));
  });

  it('leaves out late runs, whose slots were judged by newer ones', () => {
    const rows = [...runsOf('auth', ['pass', 'pass']), ...runsOf('auth', ['fail'], { late: true })];
    assert.equal(summaryOf(rows).steps[0]?.runs, 2);
  });

  it('is never above one or below zero, and the counts add up', () => {
    const verdict = fc.constantFrom<Verdict>('pass', 'degraded', 'fail', 'blocked', 'inconclusive');
    fc.assert(
      fc.property(fc.array(verdict, { minLength: 1, maxLength: 60 }), (list) => {
        const summary = summaryOf(runsOf('health', list));
        const [health] = summary.steps;
        assert.ok(health !== undefined);
        assert.equal(
          Object.values(health.counts).reduce((sum, count) => sum + count, 0),
          list.length,
        );
        for (const share of [health.share, health.ownShare, summary.path.share]) {
          assert.ok(share === null || (share >= 0 && share <= 1));
        }
        assert.ok((health.share ?? 0) <= (health.ownShare ?? 1));
      }),
    );
  });
});

describe('the whole path', () => {
  it('worked in a round only when every step did', () => {
    const rows = [...runsOf('auth', ['pass', 'pass', 'pass']), ...runsOf('agent', ['pass', 'fail', 'degraded'])];
    const { path } = summaryOf(rows);
    assert.deepEqual([path.rounds, path.worked], [3, 2]);
  });

  it('says nothing of a round in which nothing broke and something was not measured', () => {
    const rows = [...runsOf('auth', ['inconclusive', 'inconclusive']), ...runsOf('agent', ['pass', 'fail'])];
    const { path } = summaryOf(rows);
    assert.deepEqual([path.rounds, path.worked], [1, 0]);
  });
});

describe('latencies and reasons', () => {
  it('are those of runs that worked', () => {
    const rows = [100, 200, 300, 400].map((latencyMs, at) => runRow({ slotMs: at, latencyMs }));
    const failed = runRow({ slotMs: 9, verdict: 'fail', reason: 'dns', latencyMs: 1 });
    const [auth] = summaryOf([...rows, failed]).steps;
    assert.equal(auth?.medianMs, 300);
    assert.equal(auth.slowMs, 400);
  });

  it('leave out the reasons of blocked runs, which are those of another step', () => {
    const rows = [
      ...runsOf('agent', ['blocked', 'blocked'], { reason: 'subprotocol_missing' }),
      ...runsOf('agent', ['fail'], { reason: 'agent_stall' }),
    ];
    assert.deepEqual(summaryOf(rows).steps[0]?.reasons, [{ reason: 'agent_stall', runs: 1 }]);
  });
});

describe('incidents', () => {
  it('count with the part that lies in the period', () => {
    const incidents = [
      incident({ openedAtMs: -1_000, resolvedAtMs: 2_000 }),
      incident({ openedAtMs: hourMs - 500, resolvedAtMs: null }),
      incident({ openedAtMs: 10_000, resolvedAtMs: 11_000 }),
    ];
    assert.equal(summaryOf([], [], incidents).brokenMs, 2_000 + 500 + 1_000);
  });
});

describe('what changed', () => {
  const many = (verdict: Verdict, known: Partial<RunRow> = {}): readonly RunRow[] =>
    runsOf(
      'websocket',
      Array.from({ length: 20 }, () => verdict),
      known,
    );

  it('is unknown without a period before', () => {
    const summary = summaryOf(many('pass'));
    assert.equal(summary.previous, null);
    assert.deepEqual(summary.changes, []);
  });

  it('is nothing when nothing did', () => {
    assert.deepEqual(summaryOf(many('pass'), many('pass')).changes, []);
  });

  it('names a share that moved, a new reason, one that is gone, and a latency', () => {
    const now = [...many('pass', { latencyMs: 300 }), ...runsOf('websocket', ['fail'], { reason: 'no_pong' })];
    const before = [
      ...many('pass', { latencyMs: 200 }),
      ...runsOf('websocket', ['degraded'], { reason: 'slow', latencyMs: 200 }),
    ];
    assert.deepEqual(summaryOf(now, before).changes, [
      'The whole path is worse: 100 % of tries worked before, 95 % now.',
      'WebSocket is worse: 100 % of tries worked before, 95.2 % now.',
      'WebSocket is slower: median 200 ms before, 300 ms now.',
      'WebSocket has a new reason: no_pong, in 1 of 21 runs.',
      'WebSocket no longer shows slow (1 of 21 runs before).',
    ]);
  });

  it('does not call a few milliseconds or percent a change', () => {
    assert.deepEqual(
      summaryOf(many('pass', { latencyMs: 140 }), many('pass', { latencyMs: 100 })).changes,
      [],
      '40 ms',
    );
    assert.deepEqual(
      summaryOf(many('pass', { latencyMs: 1_200 }), many('pass', { latencyMs: 1_000 })).changes,
      [],
      '20 %',
    );
  });

  it('names a revision that was not there before', () => {
    const changes = summaryOf(many('pass', { revision: 'b-2' }), many('pass', { revision: 'b-1' })).changes;
    assert.deepEqual(changes, ['WebSocket was seen with a new revision: b-2.']);
  });

  it('tells of incidents', () => {
    const now = period(many('pass'), [incident({ openedAtMs: 0, resolvedAtMs: 60_000 })]);
    const { changes } = summarise(now, period(many('pass')), cadenceMs);
    assert.deepEqual(changes, ['Incidents: none before, 1 (1 min in all) now.']);
  });
});

describe('a percentage', () => {
  it('is rounded down: only what never failed is 100 %', () => {
    assert.equal(percentText(1), '100 %');
    assert.equal(percentText(0.99999), '99.9 %');
    assert.equal(percentText(0.95), '95 %');
    assert.equal(percentText(2 / 3), '66.6 %');
    assert.equal(percentText(0), '0 %');
    assert.equal(percentText(null), '–');
  });
});
