/** Permalinks: every address that the page makes leads back to the same view, and no address leads nowhere. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';

import fc from 'fast-check';

import { steps } from '../../shared/core/step.ts';
import { dayMs, hourMs } from '../../shared/core/time.ts';
import { instantsOf, parseRoute, type Route, routeHash } from '../../shared/local/page/model/route.ts';

const step = fc.constantFrom(...steps);
const instant = fc.integer({ min: 1, max: 4_000_000_000_000 });
const span = fc.oneof(
  fc.constantFrom({ range: '1h' as const }, { range: '24h' as const }, { range: '7d' as const }),
  fc
    .tuple(instant, instant)
    .filter(([from, to]) => from < to)
    .map(([fromMs, toMs]) => ({ fromMs, toMs })),
);
const trace = fc.stringMatching(/^[0-9a-f]{32}$/);

const route: fc.Arbitrary<Route> = fc.oneof(
  fc.constantFrom<Route>(
    { view: 'overview' },
    { view: 'board' },
    { view: 'metrics' },
    { view: 'explain' },
    { view: 'summary' },
  ),
  fc.record({ view: fc.constant('step' as const), step, span }),
  fc.record({
    view: fc.constant('runs' as const),
    step: fc.option(step),
    notable: fc.boolean(),
    before: fc.option(fc.tuple(instant, trace).map(([slotMs, id]) => `${slotMs}.${id}`)),
  }),
  fc.record({ view: fc.constant('run' as const), trace }),
);

describe('an address', () => {
  it('leads back to the view that it was made for', () => {
    fc.assert(
      fc.property(route, (wanted) => {
        // fast-check makes objects without a prototype.
        assert.deepEqual(parseRoute(routeHash(wanted)), structuredClone(wanted));
      }),
    );
  });

  it('leads to the overview when it is none', () => {
    const bad = [
      '',
      '#',
      '#/nothing',
      '#/step/nothing',
      '#/run/short',
      `#/run/${'g'.repeat(32)}`,
      '#/run/../api',
      '#%',
    ];
    for (const hash of bad) {
      assert.deepEqual(parseRoute(hash), { view: 'overview' }, hash);
    }
    fc.assert(
      fc.property(fc.string(), (text) => {
        assert.ok(parseRoute(text).view);
      }),
    );
  });

  it('falls back to the last hour when its stretch of time is no stretch', () => {
    for (const query of [
      '?from=5&to=5',
      '?from=9&to=1',
      '?from=x&to=9',
      '?range=2y',
      '?from=-1&to=4',
      '?range=toString',
    ]) {
      assert.deepEqual(parseRoute(`#/step/auth${query}`), { view: 'step', step: 'auth', span: { range: '1h' } }, query);
    }
  });
});

describe('a stretch of time', () => {
  it('ends now or where it says', () => {
    assert.deepEqual(instantsOf({ range: '1h' }, 10 * hourMs), { fromMs: 9 * hourMs, toMs: 10 * hourMs });
    assert.deepEqual(instantsOf({ range: '7d' }, 7 * dayMs), { fromMs: 0, toMs: 7 * dayMs });
    assert.deepEqual(instantsOf({ fromMs: 1, toMs: 2 }, 7 * dayMs), { fromMs: 1, toMs: 2 });
  });
});
