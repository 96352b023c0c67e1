/** What the tables of `docs/judging.md` claim, on a shorter time. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';

import { detection, falseAlarms, methods, stepChange } from './baselines.ts';
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
      // Two modes are what the method knows least about: the table says two false alarms a year, here all in one part of it.
      const allowed = kind.name.startsWith('two modes') ? 2 : 1;
      assert.ok(own !== undefined && falseAlarms(kind, own, { seed: 3, days: 120 }) <= allowed);
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
