/** One verdict of many checks: the gravest speaks, certainty before guesswork, the first of equals. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';

import fc from 'fast-check';

import { blocked, cut, failed, passed, summarise } from '../../shared/core/check.ts';
import { evidenceTextMax } from '../../shared/core/outcome.ts';
import { allReasons, type Reason, reasonEntry, runbookAnchor, verdictOf } from '../../shared/core/reasons.ts';
import { flowOrder, isStep, requiredSteps, steps } from '../../shared/core/step.ts';

const timing = { startedMs: 0, latencyMs: 1 };
const good = passed('auth.login', 'fine', timing);

function bad(reason: Reason, id: 'auth.login' | 'auth.refresh' = 'auth.refresh') {
  return failed(id, { reason, detail: `because of ${reason}` }, timing);
}

describe('the summary of checks', () => {
  const rows: readonly (readonly [string, readonly ReturnType<typeof bad>[], string, Reason | null])[] = [
    ['all pass', [good, good], 'pass', null],
    ['a notice passes and is told', [good, bad('restarted')], 'pass', 'restarted'],
    ['degraded beats pass', [good, bad('slow')], 'degraded', 'slow'],
    ['an outage beats degraded', [bad('slow'), bad('server_error')], 'fail', 'server_error'],
    ['an outage beats what is inconclusive', [bad('credential'), bad('server_error')], 'fail', 'server_error'],
    ['what is inconclusive beats degraded', [bad('slow'), bad('own_path')], 'inconclusive', 'own_path'],
    ['an open door beats everything', [bad('server_error'), bad('auth_bypassed')], 'fail', 'auth_bypassed'],
    [
      'blocked beats what is inconclusive',
      [bad('own_path'), blocked('auth.login', { reason: 'unavailable', detail: 'x' }, timing)],
      'blocked',
      'unavailable',
    ],
    [
      'an outage beats blocked',
      [blocked('auth.login', { reason: 'dns', detail: 'x' }, timing), bad('no_pong')],
      'fail',
      'no_pong',
    ],
    ['of equals the first speaks', [bad('not_found'), bad('server_error')], 'fail', 'not_found'],
  ];
  for (const [name, checks, verdict, reason] of rows) {
    it(name, () => {
      const summary = summarise(checks);
      assert.deepEqual([summary.verdict, summary.reason], [verdict, reason]);
    });
  }

  it('counts the checks when all pass', () => {
    assert.equal(summarise([good]).detail, 'the one check passed');
    assert.equal(summarise([good, good, good]).detail, 'all 3 checks passed');
  });

  it('never passes without a check', () => {
    assert.equal(summarise([]).verdict, 'inconclusive');
  });

  it('keeps a broken credential from looking like a block', () => {
    assert.equal(blocked('auth.login', { reason: 'credential', detail: 'x' }, timing).verdict, 'inconclusive');
  });
});

describe('cutting text', () => {
  it('keeps the bound and splits no character', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 800 }), fc.integer({ min: 2, max: 400 }), (text, max) => {
        const short = cut(text, max);
        assert.ok(short.length <= Math.max(max, 0));
        assert.ok(text.length > max || short === text);
        assert.doesNotMatch(short, /[\uD800-\uDBFF]…$/);
      }),
    );
  });

  it('bounds every detail', () => {
    assert.equal(passed('auth.login', 'x'.repeat(1_000), timing).detail.length, evidenceTextMax);
  });
});

describe('the catalogue of reasons', () => {
  it('has a sentence without a full stop and at least one step for each', () => {
    for (const reason of allReasons) {
      const { sentence, steps: where } = reasonEntry(reason);
      assert.match(sentence, /^\p{L}.{10,140}[^.]$/u, reason);
      assert.ok(where.length > 0 && where.every(isStep), reason);
    }
  });

  it('gives each an anchor of its own', () => {
    assert.equal(new Set(allReasons.map(runbookAnchor)).size, allReasons.length);
  });

  it('lets nothing of our own page as an outage', () => {
    for (const reason of allReasons) {
      const { fault } = reasonEntry(reason);
      if (fault === 'monitor') {
        assert.equal(verdictOf(reason), 'inconclusive', reason);
      }
    }
    assert.equal(verdictOf('credential'), 'inconclusive');
    assert.equal(verdictOf('own_path'), 'inconclusive');
  });
});

describe('the flow', () => {
  it('lets a step need only steps before it', () => {
    for (const step of steps) {
      assert.ok(requiredSteps[step].every((required) => flowOrder(required) < flowOrder(step)));
    }
  });
});
