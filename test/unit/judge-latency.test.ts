/** Latencies against their own history: what is learned, what is told, and what is neither. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';

import type { Environment } from '../../shared/core/environment/definition.ts';
import { type LatencyEvent, learn } from '../../shared/core/judge/latency.ts';
import { median, quantile } from '../../shared/core/judge/quantile.ts';
import {
  emptyCells,
  hoursOfDay,
  hoursOfWeek,
  levelOf,
  rescaled,
  takeInto,
  usualAt,
} from '../../shared/core/judge/season.ts';
import { revisionAt, withRevision } from '../../shared/core/judge/revisions.ts';
import type { Latencies, RevisionChange } from '../../shared/core/judge/state.ts';
import { hourMs } from '../../shared/core/time.ts';
import { randomFrom } from '../simulation/random.ts';
import { epochMs, outcomeOf, type OutcomeInput, settingsWith, slot } from '../simulation/samples.ts';

const usual = settingsWith();
const day = 288;

interface Learning {
  readonly latencies: Latencies;
  readonly events: readonly (LatencyEvent & { readonly at: number })[];
}

type Shape = (index: number) => number | OutcomeInput;

/** Learns that many runs; a number is the latency of an otherwise good run. */
function learning(runs: number, shape: Shape, settings: Environment = usual): Learning {
  let latencies: Latencies = { slots: [], series: {} };
  let revisions: readonly RevisionChange[] = [];
  const events: (LatencyEvent & { at: number })[] = [];
  for (let index = 0; index < runs; index += 1) {
    const given = shape(index);
    const outcome = outcomeOf('auth', index, typeof given === 'number' ? { latencyMs: given } : given);
    revisions = withRevision(revisions, outcome.slotMs, outcome.revision);
    const learned = learn({ latencies, revisions }, outcome, settings);
    latencies = learned.latencies;
    events.push(...learned.events.map(({ kind, shift }) => ({ kind, shift, at: index })));
  }
  return { latencies, events };
}

/** Around a level by a tenth, the same for everyone who asks. */
function around(ms: number): (index: number) => number {
  const random = randomFrom(1);
  const factors = Array.from({ length: 4_000 }, () => 1 + 0.05 * random.normal());
  return (index) => ms * (factors[index % factors.length] ?? 1);
}

function kinds({ events }: Learning): readonly string[] {
  return events.map(({ kind, at }) => `${at} ${kind}`);
}

describe('a shift of a latency', () => {
  const level = around(200);
  const from = 100;
  const doubled: Shape = (index) => level(index) * (index >= from ? 2 : 1);

  it('is found once as many runs as the policy says are beyond the history', () => {
    assert.deepEqual(kinds(learning(130, doubled)), ['105 moved']);
  });

  it('says from what to what, since when and at which revision', () => {
    const { events } = learning(120, (index) => ({
      latencyMs: level(index) * (index >= from ? 2 : 1),
      revision: index >= from ? 'r-2' : 'r-1',
    }));
    const { fromMs, toMs, ...rest } = events[0]?.shift ?? assert.fail();
    assert.deepEqual(rest, { phase: 'total', sinceMs: slot(from), revisionBefore: 'r-1', revisionAfter: 'r-2' });
    assert.ok(Math.abs(fromMs - 200) < 10, `${fromMs}`);
    assert.ok(Math.abs(toMs - 400) < 20, `${toMs}`);
  });

  it('takes one run less than the policy says for no shift', () => {
    assert.deepEqual(kinds(learning(130, (index) => level(index) * (index >= from && index < from + 5 ? 2 : 1))), []);
  });

  it('does not count a row with a usual run in it', () => {
    assert.deepEqual(kinds(learning(108, (index) => level(index) * (index >= from && index !== from + 3 ? 2 : 1))), []);
  });

  it('must be noticeable in per cent', () => {
    assert.deepEqual(kinds(learning(200, (index) => (index >= from ? 1_290 : 1_000))), []);
    assert.deepEqual(kinds(learning(200, (index) => (index >= from ? 1_300 : 1_000))), ['105 moved']);
  });

  it('must be noticeable in milliseconds', () => {
    assert.deepEqual(kinds(learning(200, (index) => (index >= from ? 59 : 10))), []);
    assert.deepEqual(kinds(learning(200, (index) => (index >= from ? 60 : 10))), ['105 moved']);
  });

  it('needs as many runs of history as the policy says', () => {
    const slower = { samplesMin: 60 };
    assert.deepEqual(
      kinds(learning(65, (index) => (index >= 50 ? 900 : 200), settingsWith({ policy: { slower } }))),
      [],
    );
    assert.deepEqual(kinds(learning(70, (index) => (index >= 60 ? 900 : 200), settingsWith({ policy: { slower } }))), [
      '65 moved',
    ]);
  });

  it('follows the policy in runs, per cent and milliseconds', () => {
    const settings = settingsWith({ policy: { slower: { runs: 4, percentMin: 5, msMin: 5 } } });
    assert.deepEqual(kinds(learning(130, (index) => (index >= from ? 110 : 100), settings)), ['103 moved']);
  });

  it('is not looked for when the file says so', () => {
    const off = learning(130, doubled, settingsWith({ policy: { slower: { enabled: false } } }));
    assert.deepEqual(off, { latencies: { slots: [], series: {} }, events: [] });
  });

  it('is found in a phase of which the whole step shows nothing', () => {
    const { events } = learning(120, (index) => ({
      latencyMs: 5_000,
      phases: { dns: index >= from ? 80 : 5, tls: 30 },
    }));
    assert.deepEqual(
      events.map(({ at, kind, shift }) => [at, kind, shift.phase]),
      [[105, 'moved', 'dns']],
    );
  });

  it('goes on counting over runs that lack the phase', () => {
    const { events } = learning(220, (index) => ({
      latencyMs: 100,
      phases: index % 2 === 0 ? { dns: index >= 150 ? 80 : 5 } : {},
    }));
    assert.deepEqual(
      events.map(({ at, kind, shift }) => [at, kind, shift.phase]),
      [[160, 'moved', 'dns']],
    );
  });
});

describe('the end of a shift', () => {
  it('is told when all but one of the last runs are nearer to the old level', () => {
    const shape: Shape = (index) => (index >= 100 && index < 150 ? 400 : 200);
    assert.deepEqual(kinds(learning(200, shape)), ['105 moved', '154 recovered']);
  });

  it('is not reached half-way', () => {
    const shape: Shape = (index) => (index < 100 ? 200 : index < 150 ? 400 : 310);
    assert.deepEqual(kinds(learning(200, shape)), ['105 moved']);
    const nearer: Shape = (index) => (index < 100 ? 200 : index < 150 ? 400 : 259);
    assert.deepEqual(kinds(learning(200, nearer)), ['105 moved', '154 recovered']);
  });

  it('is measured by what the hour was like before, once that is known', () => {
    // Twice as slow from 12 to 24 o'clock; the shift doubles that, and night must not be taken for its end.
    const hours = (index: number): number => (index % day >= day / 2 ? 400 : 200);
    const shape: Shape = (index) => hours(index) * (index >= 15 * day + 200 ? 2 : 1);
    const found = kinds(learning(17 * day, shape)).filter((each) => Number(each.split(' ')[0]) > 15 * day);
    assert.deepEqual(found, [`${15 * day + 205} moved`]);
  });

  it('does not come by itself within three days; then the new level is the usual one', () => {
    const shape: Shape = (index) => (index >= 100 ? 400 : 200);
    const { events, latencies } = learning(1_200, shape);
    assert.deepEqual(
      events.map(({ kind, at, shift }) => [at, kind, shift.fromMs, shift.toMs]),
      [
        [105, 'moved', 200, 400],
        [100 + 3 * day, 'relearned', 200, 400],
      ],
    );
    assert.equal(latencies.series.total?.shift, null);
  });

  it('that is learned moves the level of slow drift without being taken for one', () => {
    const shape: Shape = (index) => (index >= 10 * day ? 400 : 200);
    const { events, latencies } = learning(15 * day, shape);
    assert.deepEqual(
      events.map(({ kind }) => kind),
      ['moved', 'relearned'],
    );
    assert.deepEqual(latencies.series.total?.anchor, { centreMs: 400, atMs: slot(14 * day), revision: 'r-1' });
  });

  it('is told after three days at the latest, also where noise hid it', () => {
    const from = 10 * day + 100;
    const shape: Shape = (index) =>
      index < from ? (index % 2 === 0 ? 60 : 140) : index < from + 60 || index % 5 > 2 ? 300 : 120;
    assert.deepEqual(kinds(learning(14 * day, shape)), [`${from + 5} moved`, `${from + 3 * day} recovered`]);
  });

  it('is told although a later run of the day would have been as slow before', () => {
    const rhythm = (index: number): number => 300 * (1 + 0.3 * Math.sin((2 * Math.PI * index) / day));
    const from = 15 * day;
    const slower: Shape = (index) => rhythm(index) * (index >= from ? 1.5 : 1);
    assert.deepEqual(kinds(learning(20 * day, slower)), [`${from + 5} moved`, `${from + 3 * day} relearned`]);
    const back: Shape = (index) => rhythm(index) * (index >= from && index < from + day ? 1.5 : 1);
    assert.deepEqual(kinds(learning(20 * day, back)), [`${from + 5} moved`, `${from + day + 4} recovered`]);
  });

  it('lets a later shift be found against the level that was learned', () => {
    const shape: Shape = (index) => (index >= 1_300 ? 700 : index >= 100 ? 400 : 200);
    assert.deepEqual(kinds(learning(1_400, shape)).at(-1), '1305 moved');
  });

  it('moves further while it lasts', () => {
    const { events } = learning(200, (index) => (index < 100 ? 200 : index < 150 ? 400 : 800));
    assert.deepEqual(
      events.map(({ kind, at, shift }) => [at, kind, shift.fromMs, shift.toMs, shift.sinceMs]),
      [
        [105, 'moved', 200, 400, slot(100)],
        [154, 'further', 200, 800, slot(100)],
      ],
    );
  });
});

describe('slow drift', () => {
  const drifted = learning(65 * day, (index) => 300 * (1 + Math.max(0, index / day - 10) * 0.01));

  it('is told when the level of a week has crept up noticeably', () => {
    const [first] = drifted.events;
    assert.equal(first?.kind, 'drifted');
    assert.equal(first.at % day, 0, 'it is looked for once a day');
    assert.ok(first.at > 50 * day && first.at < 62 * day, `${first.at / day} days`);
    assert.ok(first.shift.fromMs >= 290 && first.shift.fromMs <= 310);
    assert.ok(first.shift.toMs >= 1.3 * first.shift.fromMs);
  });

  it('is measured from the first week on', () => {
    const anchorAfter = (runs: number) => learning(runs, () => 300).latencies.series.total?.anchor ?? null;
    assert.equal(anchorAfter(6 * day), null);
    assert.deepEqual(anchorAfter(6 * day + 1), { centreMs: 300, atMs: slot(6 * day), revision: 'r-1' });
  });

  it('is told once, and measured from there again', () => {
    assert.equal(drifted.events.length, 1);
    const anchor = drifted.latencies.series.total?.anchor;
    assert.equal(Math.round(anchor?.centreMs ?? 0), drifted.events[0]?.shift.toMs);
  });

  it('follows an improvement silently', () => {
    const { events, latencies } = learning(20 * day, (index) => (index < 15 * day ? 900 : 300));
    assert.deepEqual(events, []);
    const level = latencies.series.total?.anchor?.centreMs ?? 0;
    assert.ok(level > 270 && level < 330, `${level}`);
  });

  it('finds what is slow again after an improvement, although it once was usual', () => {
    const shape: Shape = (index) => (index < 15 * day || index >= 17 * day + 50 ? 900 : 300);
    assert.deepEqual(kinds(learning(18 * day, shape)), [`${17 * day + 55} moved`]);
  });
});

describe('what is learned', () => {
  const only = (input: OutcomeInput): number =>
    learning(1, () => ({ latencyMs: 100, ...input })).latencies.slots.length;

  it('leaves out runs whose times are not those of the product', () => {
    assert.equal(only({}), 1);
    assert.equal(only({ cold: true }), 0);
    assert.equal(only({ flaky: true }), 0);
    assert.equal(only({ verdict: 'fail' }), 0);
    assert.equal(only({ verdict: 'blocked' }), 0);
    assert.equal(only({ verdict: 'inconclusive' }), 0);
    assert.equal(only({ latencyMs: null }), 0);
    assert.equal(only({ stalledMs: 25 }), 1);
    assert.equal(only({ stalledMs: 26 }), 0);
  });

  it('takes degraded runs in, unless being slow is what they are degraded for', () => {
    assert.equal(only({ verdict: 'degraded', reason: 'token_lifetime' }), 1);
    assert.equal(only({ verdict: 'degraded', reason: 'slow' }), 0);
    assert.equal(only({ verdict: 'degraded', reason: 'component_slow' }), 0);
  });

  it('keeps a bounded number of runs, the newest', () => {
    const { latencies } = learning(500, () => ({ latencyMs: 100, phases: { dns: 4 } }));
    assert.equal(latencies.slots.length, 96);
    assert.equal(latencies.slots.at(-1), slot(499));
    for (const series of Object.values(latencies.series)) {
      assert.equal(series.recent.length, 96);
      assert.equal(series.count, 500);
    }
  });

  it('lets a run into the profile of its hour only when it is too old to be suspected', () => {
    const cellsAfter = (runs: number): number =>
      learning(runs, () => 100)
        .latencies.series.total?.cells.filter((_, at) => at % 3 === 0)
        .reduce((a, b) => a + b, 0) ?? 0;
    assert.equal(cellsAfter(59), 0);
    assert.equal(cellsAfter(60), 12);
    assert.equal(cellsAfter(149), 96);
  });

  it('alerts on the first day of a new daily habit only', () => {
    const office = (index: number): number => (index % day >= 108 && index % day < 204 ? 600 : 300);
    const days = learning(10 * day, office).events.map(({ at }) => Math.floor(at / day));
    assert.deepEqual(new Set(days), new Set([0]));
  });
});

describe('the profile of the hours', () => {
  const runsAnHour = 12;

  it('keeps the hours apart, by week and by day', () => {
    const week = takeInto(emptyCells(hoursOfWeek), [{ slotMs: epochMs + 30 * hourMs, ms: 100 }]);
    assert.deepEqual(week.slice(30 * 3, 31 * 3), [1, 100, 10]);
    assert.equal(week.filter((value) => value !== 0).length, 3);
    const ofDay = takeInto(emptyCells(hoursOfDay), [{ slotMs: epochMs + 30 * hourMs, ms: 100 }]);
    assert.deepEqual(ofDay.slice(6 * 3, 7 * 3), [1, 100, 10]);
  });

  it('lets a value far out pull only as far as the spread allows', () => {
    let cells = emptyCells(hoursOfDay);
    for (let index = 0; index < 36; index += 1) {
      cells = takeInto(cells, [{ slotMs: epochMs, ms: 100 }]);
    }
    const [count, centre] = takeInto(cells, [{ slotMs: epochMs, ms: 100_000 }]);
    assert.equal(count, 37);
    assert.ok((centre ?? 0) < 110, `${centre}`);
  });

  it('takes each value in by its weight, one of 36 at most', () => {
    const cell = (cells: readonly number[]): readonly number[] => cells.slice(0, 3);
    const after = (first: readonly number[], ms: number): readonly number[] =>
      cell(takeInto([...first, ...emptyCells(hoursOfDay).slice(3)], [{ slotMs: epochMs, ms }]));
    assert.deepEqual(after([1, 100, 10], 120), [2, 110, 17.5]);
    assert.deepEqual(after([1, 100, 10], 1_000), [2, 115, 23.8]);
    assert.deepEqual(after([1, 100, 10], 1), [2, 85, 23.8]);
    assert.deepEqual(after([35, 10_000, 0], 99_999), [36, 10_013.9, 17.4]);
    assert.deepEqual(after([500, 10_000, 0], 99_999), [501, 10_013.9, 17.4]);
    assert.deepEqual(after([9_999, 100, 10], 100), [9_999, 100, 9.7]);
  });

  it('comes to the centre and the spread of what it sees', () => {
    const random = randomFrom(5);
    let cells = emptyCells(hoursOfDay);
    for (let index = 0; index < 2_000; index += 1) {
      cells = takeInto(cells, [{ slotMs: epochMs, ms: 200 + 20 * random.normal() }]);
    }
    assert.ok(Math.abs((cells[1] ?? 0) - 200) < 12, `${cells[1]}`);
    assert.ok(Math.abs((cells[2] ?? 0) - 20) < 8, `${cells[2]}`);
  });

  it('knows nothing of an hour that no day has seen', () => {
    assert.equal(usualAt(emptyCells(hoursOfWeek), epochMs, runsAnHour), null);
  });

  it('is known once a third of an hour was seen, by the values of all its days', () => {
    const days = [0, 1, 2].map((each) => ({ slotMs: epochMs + each * 24 * hourMs, ms: 100 * (each + 1) }));
    const three = takeInto(emptyCells(hoursOfWeek), days);
    assert.equal(usualAt(three, epochMs, runsAnHour), null);
    const four = takeInto(three, [{ slotMs: epochMs + 3 * 24 * hourMs, ms: 400 }]);
    assert.deepEqual(usualAt(four, epochMs, runsAnHour), { centreMs: 250, spreadMs: 25 });
    assert.equal(usualAt(four, epochMs, runsAnHour + 1), null);
  });

  it('takes the same hour of other days until it has seen two weeks of its own', () => {
    let cells = emptyCells(hoursOfWeek);
    for (let index = 0; index < 12; index += 1) {
      cells = takeInto(cells, [{ slotMs: epochMs + 24 * hourMs, ms: 300 }]);
    }
    assert.equal(usualAt(cells, epochMs, runsAnHour)?.centreMs, 300);
    assert.equal(usualAt(cells, epochMs + hourMs, runsAnHour), null);
    for (let index = 0; index < 23; index += 1) {
      cells = takeInto(cells, [{ slotMs: epochMs, ms: 100 }]);
    }
    const pooled = usualAt(cells, epochMs, runsAnHour)?.centreMs ?? 0;
    assert.ok(pooled > 100 && pooled < 300);
    assert.equal(usualAt(takeInto(cells, [{ slotMs: epochMs, ms: 100 }]), epochMs, runsAnHour)?.centreMs, 100);
  });

  it('has a level: the median of the known hours', () => {
    let cells = emptyCells(hoursOfDay);
    for (const [hour, ms] of [100, 200, 900].entries()) {
      cells = takeInto(cells, [{ slotMs: epochMs + hour * hourMs, ms: ms }]);
    }
    assert.deepEqual(levelOf(cells), { centreMs: 200, known: 3 / 24 });
    assert.deepEqual(levelOf(emptyCells(hoursOfDay)), { centreMs: 0, known: 0 });
  });

  it('is scaled without its counts', () => {
    assert.deepEqual(rescaled([3, 100, 10, 0, 0, 0], 1.5), [3, 150, 15, 0, 0, 0]);
  });
});

describe('the revisions of the product', () => {
  it('are kept as changes, and runs that know none change nothing', () => {
    let changes: readonly RevisionChange[] = [];
    for (const [at, revision] of ['a', 'a', null, 'b', null, 'a'].entries()) {
      changes = withRevision(changes, at, revision);
    }
    assert.deepEqual(changes, [
      { sinceMs: 0, revision: 'a' },
      { sinceMs: 3, revision: 'b' },
      { sinceMs: 5, revision: 'a' },
    ]);
    assert.deepEqual(
      [-1, 0, 2, 3, 4, 5, 99].map((slotMs) => revisionAt(changes, slotMs)),
      [null, 'a', 'a', 'b', 'b', 'a', 'a'],
    );
  });

  it('are kept for the last ten changes', () => {
    let changes: readonly RevisionChange[] = [];
    for (let at = 0; at < 30; at += 1) {
      changes = withRevision(changes, at, `r-${at}`);
    }
    assert.deepEqual([changes.length, changes[0]?.revision], [10, 'r-20']);
  });
});

describe('order statistics', () => {
  it('interpolate between the neighbours', () => {
    assert.equal(quantile([1, 2, 3, 4], 0.5), 2.5);
    assert.equal(quantile([1, 2, 3], 1), 3);
    assert.equal(quantile([1, 2, 3], 0), 1);
    assert.equal(quantile([], 0.5), 0);
    assert.equal(median([10, 2, 30]), 10);
  });
});
