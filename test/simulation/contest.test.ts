/** What the tables of `docs/judging.md` claim, on a shorter time. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';

import { detection, falseAlarms, methods, stepChange, told } from './baselines.ts';
import { contestTable } from './contest.ts';
import { seriesKinds } from './latency-series.ts';

describe('a quarter beside the other monitors', () => {
  const rows = contestTable([7], 90);
  const [golden, , ...others] = rows;

  it('misses no outage and pages nobody without cause', () => {
    assert.equal(golden?.missed, 0);
    assert.equal(golden?.falsePages, 0);
    assert.ok((golden?.outages ?? 0) > 10);
  });

  it('tells an outage within two slots', () => {
    assert.ok((golden?.longDelay ?? 9) <= 2, `${golden?.longDelay} slots`);
  });

  it('says the least of all', () => {
    for (const { name, messages } of others) {
      assert.ok((golden?.messages ?? 0) <= messages, `${name} says less: ${messages}`);
    }
  });
});

describe('latencies against their own history', () => {
  const [own] = methods;

  for (const kind of seriesKinds.filter(({ name }) => /steady|noisy|spikes|two modes|daily/.test(name))) {
    it(`hardly ever cries wolf over a series that is ${kind.name}`, () => {
      assert.ok(own !== undefined && falseAlarms(kind, own, { seed: 3, days: 120 }) <= 1);
    });
  }

  for (const kind of seriesKinds.filter(({ name }) => /steady|spikes|daily|office|weekly/.test(name))) {
    it(`finds a step of 60 % within an hour in a series that is ${kind.name}`, () => {
      const found = own === undefined ? null : detection(kind, own, { ...stepChange, trials: 5 });
      assert.equal(found?.found, 1);
      assert.ok((found?.runs ?? 99) <= 12);
    });
  }
});

describe('a step of 50 % in a series with a rhythm, at any hour', () => {
  const hours = Array.from({ length: 8 }, (_, eighth) => 36 * eighth + 5);

  for (const kind of seriesKinds.filter(({ name }) => /steady|daily|office/.test(name))) {
    it(`that stays is told once and after three days taken as usual: ${kind.name}`, () => {
      for (const fromRun of hours) {
        const events = told(kind, { seed: 500 + fromRun, fromRun, runs: Number.POSITIVE_INFINITY });
        assert.deepEqual(
          events.map(([, event]) => event),
          ['moved', 'relearned'],
          `from run ${fromRun}: ${JSON.stringify(events)}`,
        );
      }
    });

    it(`that is taken back is told once, and its end within six runs: ${kind.name}`, () => {
      for (const fromRun of hours) {
        const runs = 288 + 37;
        const events = told(kind, { seed: 500 + fromRun, fromRun, runs });
        assert.deepEqual(
          events.map(([, event]) => event),
          ['moved', 'recovered'],
          `from run ${fromRun}: ${JSON.stringify(events)}`,
        );
        const [, end] = events;
        assert.ok(end !== undefined && end[0] >= runs && end[0] < runs + 6, `from run ${fromRun}: ${end?.[0]}`);
      }
    });
  }
});
