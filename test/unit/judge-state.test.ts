/** Stored documents: read back whole, salvaged in parts, bounded in size. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';

import { firstRecord, withRegion } from '../../shared/core/judge/documents.ts';
import { judge } from '../../shared/core/judge/judge.ts';
import { parseEnvironmentRecord, parseStepRecord } from '../../shared/core/judge/parse.ts';
import { freshRegion } from '../../shared/core/judge/region.ts';
import { emptyCells, hoursOfDay, hoursOfWeek } from '../../shared/core/judge/season.ts';
import type { EnvironmentRecord, StepRecord } from '../../shared/core/judge/state.ts';
import type { Verdict } from '../../shared/core/outcome.ts';
import { outcomeOf, settingsWith, slot } from '../simulation/samples.ts';
import { play } from '../simulation/timeline.ts';

const settings = settingsWith();

/** Documents with something in every field. */
function lived(): { step: StepRecord; environment: EnvironmentRecord } {
  const { steps, environment } = play({ settings, runs: { auth: 'PPFFGPDIPBF', websocket: 'PFFF' } });
  const until = { by: 'ada', reason: 'known', untilMs: slot(99), steps: null } as const;
  const entry = { notification: news(), attempts: 1, nextAttemptAtMs: 5, ambiguous: true };
  return {
    step: steps.auth ?? assert.fail(),
    environment: {
      ...environment,
      mutes: [until],
      maintenance: [{ ...until, fromMs: 1, expect: 'down', steps: ['auth'] }],
      lease: { holder: 'me', untilMs: 3 },
      outbox: [entry],
      troubles: [{ kind: 'one_region', step: 'auth', region: 'r', reason: 'dns', sinceMs: 4, told: true }],
    },
  };

  function news(): EnvironmentRecord['outbox'][number]['notification'] {
    const { notifications } = play({ settings, runs: { auth: 'FF' } });
    return notifications[0] ?? assert.fail();
  }
}

function stored(value: unknown): unknown {
  return JSON.parse(JSON.stringify(value));
}

describe('a stored step', () => {
  const { step } = lived();

  it('is read back as it was written', () => {
    assert.deepEqual(parseStepRecord(stored(step)), { record: step, problems: [] });
  });

  it('is nothing, without a problem, when there is none', () => {
    assert.deepEqual(parseStepRecord(null), { record: null, problems: [] });
    assert.deepEqual(parseStepRecord(undefined), { record: null, problems: [] });
  });

  const heads: readonly (readonly [string, unknown, string])[] = [
    ['another version', { ...step, version: 2 }, 'step.version: expected 1'],
    ['a text', 'gone', 'step: expected Object'],
    ['no regions', { ...step, regions: 3 }, 'step.regions: expected Object'],
    ['an unknown step', { ...step, step: 'search' }, 'step.step: expected ("auth" | "health" | "websocket" | "agent")'],
  ];
  for (const [name, value, problem] of heads) {
    it(`is lost as a whole and says where: ${name}`, () => {
      assert.deepEqual(parseStepRecord(value), { record: null, problems: [problem] });
    });
  }

  const region = step.regions['us-central1'] ?? assert.fail();
  const [mark = assert.fail()] = region.window;
  const total = region.latencies.series.total ?? assert.fail();
  const broken: readonly (readonly [string, unknown, string])[] = [
    ['a mark without a slot', { window: [{ ...mark, slotMs: null }] }, 'window: expected a list of at most 60 runs'],
    ['a mark that is none', { window: [null] }, 'window: expected a list of at most 60 runs'],
    [
      'a mark with another verdict',
      { window: [{ ...mark, verdict: 'ok' }] },
      'window: expected a list of at most 60 runs',
    ],
    [
      'a mark with a reason that is no text',
      { window: [{ ...mark, reason: 3 }] },
      'window: expected a list of at most 60 runs',
    ],
    ['a mark that may be flaky', { window: [{ ...mark, flaky: 'yes' }] }, 'window: expected a list of at most 60 runs'],
    [
      'a mark without latency',
      { window: [{ ...mark, latencyMs: undefined }] },
      'window: expected a list of at most 60 runs',
    ],
    [
      'a mark with an endless reason',
      { window: [{ ...mark, reason: 'x'.repeat(401) }] },
      'window: expected a list of at most 60 runs',
    ],
    [
      'a window without end',
      { window: Array.from({ length: 61 }, () => mark) },
      'window: expected a list of at most 60 runs',
    ],
    ['no window', { window: {} }, 'window: expected a list of at most 60 runs'],
    ['a streak that is no number', { passesInRow: '3' }, 'passesInRow: expected number'],
    ['a negative streak', { passesInRow: -1 }, 'passesInRow: expected >=0'],
    ['half a streak', { passesInRow: 0.5 }, 'passesInRow: expected'],
    ['an unknown health', { health: 'sick' }, 'health: expected ("ok" | "pending" | "firing")'],
    ['a missing part', { trouble: undefined }, 'trouble: expected'],
    [
      'cells of no week',
      { latencies: { ...region.latencies, series: { total: { ...total, cells: [1, 2, 3] } } } },
      'latencies.series.total.cells: expected',
    ],
    [
      'cells that are no numbers',
      { latencies: { ...region.latencies, series: { total: { ...total, cells: ['1'] } } } },
      'latencies.series.total.cells: expected',
    ],
    ['values without runs', { latencies: { ...region.latencies, slots: [] } }, 'latencies: expected'],
    [
      'a value that is no number',
      { latencies: { ...region.latencies, series: { total: { ...total, recent: total.recent.map(String) } } } },
      'latencies.series.total.recent: expected',
    ],
    [
      'an unknown latency',
      { latencies: { ...region.latencies, series: { other: total } } },
      'latencies.series.other: expected',
    ],
    ['a slot that is no number', { latencies: { slots: ['1'], series: {} } }, 'latencies.slots: expected'],
    ['a revision that is no text', { revisions: [{ sinceMs: 1, revision: 1 }] }, 'revisions.0.revision: expected'],
    ['memory of another kind', { memory: { deep: { er: 1 } } }, 'memory.deep: expected'],
  ];
  for (const [name, change, problem] of broken) {
    it(`loses a region, keeps the others, and says where: ${name}`, () => {
      const regions = { ...step.regions, 'us-central1': { ...region, ...Object(change) }, other: region };
      const { record, problems } = parseStepRecord({ ...step, regions });
      assert.deepEqual(record?.regions, { other: region });
      assert.equal(problems.length, 1);
      assert.ok(problems[0]?.startsWith(`step.regions.us-central1.${problem}`), problems[0]);
    });
  }

  it('may be as full as it can be', () => {
    const phase = { ...total, cells: emptyCells(hoursOfDay), recent: Array.from({ length: 96 }, () => null) };
    const full = {
      ...region,
      window: Array.from({ length: 60 }, () => ({ ...mark, reason: 'x'.repeat(400) })),
      latencies: {
        slots: Array.from({ length: 96 }, (_, at) => at),
        series: { dns: phase, total: { ...phase, cells: emptyCells(hoursOfWeek) } },
      },
      revisions: Array.from({ length: 10 }, (_, sinceMs) => ({ sinceMs, revision: 'x'.repeat(400) })),
    };
    const regions = Object.fromEntries(Array.from({ length: 21 }, (_, at) => [`region-${at}`, full]));
    const { record, problems } = parseStepRecord({ ...step, environment: 'x'.repeat(100), regions });
    assert.deepEqual(problems, []);
    assert.equal(Object.keys(record?.regions ?? {}).length, 20);
    assert.equal(parseStepRecord({ ...step, environment: 'x'.repeat(101) }).record, null);
    const more = { ...full, revisions: [...full.revisions, ...full.revisions] };
    assert.equal(parseStepRecord({ ...step, regions: { more } }).problems.length, 1);
  });

  it('lives on with reasons that another version knew', () => {
    const old = {
      ...region,
      window: [{ ...mark, reason: 'moon_phase' }, mark],
      firing: { ...region.firing, reason: 'moon_phase' },
    };
    const { record, problems } = parseStepRecord({ ...step, regions: { r: old } });
    assert.deepEqual(problems, []);
    assert.equal(record?.regions['r']?.window[0]?.reason, 'unclassified');
    assert.equal(record.regions['r'].window[1]?.reason, mark.reason);
    assert.equal(record.regions['r'].firing?.reason, 'unclassified');
  });

  it('forgets an outcome that it can not read rather than its region', () => {
    const { record } = parseStepRecord({ ...step, regions: { r: { ...region, lastOutcome: { verdict: 'pass' } } } });
    assert.equal(record?.regions['r']?.lastOutcome, null);
    assert.deepEqual(record.regions['r'].window, region.window);
  });

  it('leaves out keys that it does not know', () => {
    const { record, problems } = parseStepRecord({ ...step, later: true, regions: { r: { ...region, later: true } } });
    assert.deepEqual(problems, []);
    assert.ok(!Object.hasOwn(record?.regions['r'] ?? {}, 'later'));
    assert.ok(!Object.hasOwn(record ?? {}, 'later'));
  });
});

describe('a stored environment', () => {
  const { environment } = lived();

  it('is read back as it was written', () => {
    assert.deepEqual(parseEnvironmentRecord(stored(environment)), { record: environment, problems: [] });
  });

  it('is nothing, without a problem, when there is none', () => {
    assert.deepEqual(parseEnvironmentRecord(null), { record: null, problems: [] });
    assert.deepEqual(parseEnvironmentRecord(undefined), { record: null, problems: [] });
  });

  it('is lost as a whole when it is of another version', () => {
    const { record, problems } = parseEnvironmentRecord({ ...environment, version: 2 });
    assert.equal(record, null);
    assert.deepEqual(problems, ['environment.version: expected 1']);
  });

  for (const part of [
    'incident',
    'lastIncident',
    'flow',
    'outbox',
    'places',
    'lease',
    'mutes',
    'maintenance',
    'troubles',
  ] as const) {
    it(`loses only the part that can not be read: ${part}`, () => {
      const { record, problems } = parseEnvironmentRecord({ ...environment, [part]: 'nonsense' });
      const empty =
        part === 'flow' || part === 'places'
          ? {}
          : part === 'incident' || part === 'lastIncident' || part === 'lease'
            ? null
            : [];
      assert.deepEqual(record, { ...environment, [part]: empty });
      assert.equal(problems.length, 1);
      assert.match(problems[0] ?? '', new RegExp(`^environment\\.${part}: expected `));
    });
  }

  it('may have no more lines of evidence than are shown', () => {
    const { environment: open } = play({ settings, runs: { auth: 'FF' } });
    const incident = open.incident ?? assert.fail();
    const shown = (lines: number) => {
      const auth = { ...incident.steps.auth, evidence: Array.from({ length: lines }, () => 'line') };
      return parseEnvironmentRecord({ ...open, incident: { ...incident, steps: { auth } } }).problems.length;
    };
    assert.deepEqual([shown(8), shown(9)], [0, 1]);
  });

  it('may have names as long as names are, and no longer', () => {
    const [entry = assert.fail()] = environment.outbox;
    const named = (id: string) => ({
      ...environment,
      outbox: [{ ...entry, notification: { ...entry.notification, id } }],
    });
    assert.deepEqual(parseEnvironmentRecord(named('x'.repeat(200))).problems, []);
    assert.equal(parseEnvironmentRecord(named('x'.repeat(201))).problems.length, 1);
    const troubled = (count: number) => ({
      ...environment,
      troubles: Array.from({ length: count }, () => environment.troubles[0]),
    });
    assert.deepEqual(parseEnvironmentRecord(troubled(250)).problems, []);
    assert.equal(parseEnvironmentRecord(troubled(251)).problems.length, 1);
  });

  it('says where inside a part the problem is, without repeating what it found', () => {
    const mutes = [{ by: 'ada', reason: 'x', untilMs: 'secret', steps: null }];
    assert.deepEqual(parseEnvironmentRecord({ ...environment, mutes }).problems, [
      'environment.mutes.0.untilMs: expected number',
    ]);
  });
});

describe('a document that was lost', () => {
  it('of a step begins as firing when the open incident knows it so: one pass does not end it', () => {
    const { environment } = play({ settings, runs: { auth: 'PFFF' } });
    const judgement = (
      index: number,
      step: StepRecord | null,
      record: EnvironmentRecord,
      verdict: Verdict = 'pass',
    ) => {
      const outcome = outcomeOf('auth', index, { verdict });
      return judge({ step, environment: record, outcome, settings, nowMs: outcome.endedAtMs });
    };
    const first = judgement(4, null, environment);
    assert.equal(first.step?.regions['us-central1']?.health, 'firing');
    assert.equal(first.step.incidentId, environment.incident?.id);
    assert.deepEqual(first.notifications, []);
    const second = judgement(5, first.step, first.environment ?? environment);
    assert.deepEqual(
      second.notifications.map(({ kind }) => kind),
      ['resolved'],
    );
  });

  it('of a step begins empty when nothing is known of it', () => {
    const { environment } = play({ settings, runs: { auth: 'PFFFPP' } });
    assert.deepEqual(firstRecord(environment, outcomeOf('auth', 9)), {
      version: 1,
      environment: 'acme',
      step: 'auth',
      regions: {},
      incidentId: null,
      latencyTold: null,
    });
    const open = play({ settings, runs: { auth: 'PFFF' } }).environment;
    assert.deepEqual(firstRecord(open, outcomeOf('agent', 9)).regions, {});
  });

  it('still lets the run of the very slot be judged', () => {
    const { environment } = play({ settings, runs: { auth: 'PFFF' } });
    const record = firstRecord(environment, outcomeOf('auth', 9));
    const region = record.regions['us-central1'];
    assert.equal(region?.lastSlotMs, slot(9) - 1);
    assert.deepEqual(region.firing, {
      verdict: 'fail',
      reason: 'unavailable',
      detail: 'HTTP 503',
      sinceMs: slot(1),
      runs: 3,
    });
  });

  it('is told, with what was lost', () => {
    const outcome = outcomeOf('auth', 3);
    const { notifications, decisions } = judge({
      step: null,
      environment: null,
      outcome,
      settings,
      nowMs: outcome.endedAtMs,
      lost: ['step.version: expected 1', 'environment: expected Object'],
    });
    assert.deepEqual(
      decisions.map(({ kind }) => kind),
      ['started_afresh', 'steady', 'state_lost'],
    );
    const [news] = notifications;
    assert.equal(news?.kind, 'monitor_trouble');
    assert.equal(news.reason, 'state_invalid');
    assert.equal(news.last, true);
    assert.match(news.change, /is told again: step\.version: expected 1; environment: expected Object$/);
  });
});

describe('the regions of a step', () => {
  const config = settingsWith({ regions: ['a', 'b'] });
  const record: StepRecord = {
    ...firstRecord(play({ settings, runs: { auth: 'P' } }).environment, outcomeOf('auth', 0)),
    regions: {
      a: { ...freshRegion, lastSlotMs: slot(1) },
      gone: { ...freshRegion, lastSlotMs: slot(3) },
      elsewhere: { ...freshRegion, lastSlotMs: slot(4) },
    },
  };

  it('are kept while the file names them or they run', () => {
    const kept = withRegion(record, freshRegion, {
      outcome: outcomeOf('auth', 10, { region: 'laptop' }),
      settings: config,
    });
    assert.deepEqual(Object.keys(kept.regions), ['a', 'elsewhere', 'laptop']);
  });
});
