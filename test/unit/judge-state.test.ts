/** Stored documents: read back whole, salvaged in parts, bounded in size. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';

import type { CheckId } from '../../shared/core/checks.ts';
import { firstRecord, withRegion } from '../../shared/core/judge/documents.ts';
import { judge } from '../../shared/core/judge/judge.ts';
import { parseEnvironmentRecord, parseStepRecord } from '../../shared/core/judge/parse.ts';
import { passesToRecover, policyOf } from '../../shared/core/judge/policy.ts';
import { freshRegion } from '../../shared/core/judge/region.ts';
import { remembered } from '../../shared/core/judge/remembered.ts';
import type { EnvironmentRecord, StepRecord } from '../../shared/core/judge/state.ts';
import { append, lastCounted } from '../../shared/core/judge/window.ts';
import { type Check, type Outcome, phases, type Verdict } from '../../shared/core/outcome.ts';
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

describe('a remembered outcome', () => {
  const check = (id: CheckId, verdict: Verdict, changes: Partial<Check> = {}): Check => ({
    id,
    subject: null,
    verdict,
    reason: verdict === 'pass' ? null : 'unavailable',
    detail: 'what it found',
    startedMs: 0,
    latencyMs: 1,
    phases: {},
    evidence: { status: 503, list: ['a', 'b'], text: 'abc' },
    ...changes,
  });

  it('keeps evidence and phases for what is not well', () => {
    const good = check('auth.login', 'pass', { phases: { dns: 1 } });
    const bad = check('auth.refresh', 'fail', { phases: { dns: 1 } });
    const { checks } = remembered(outcomeOf('auth', 0, { checks: [good, bad] }));
    assert.deepEqual(checks, [{ ...good, evidence: {}, phases: {} }, bad]);
  });

  it('keeps evidence as far as there is room, and the beginning of each sentence', () => {
    const bad = check('auth.login', 'fail', { detail: 'd'.repeat(300), evidence: { text: 'e'.repeat(996) } });
    const small = check('auth.refresh', 'fail', { evidence: {} });
    const { checks } = remembered(outcomeOf('auth', 0, { checks: [bad, bad, bad, small] }));
    assert.deepEqual(
      checks.map(({ detail, evidence }) => [detail.length, Object.keys(evidence).length]),
      [
        [100, 1],
        [100, 1],
        [100, 0],
        ['what it found'.length, 0],
      ],
    );
  });

  it('takes the room that evidence of each kind needs into account', () => {
    const sized = (evidence: Check['evidence'], filler: number): number =>
      Object.keys(
        remembered(
          outcomeOf('auth', 0, {
            checks: [
              check('auth.login', 'fail', { evidence: { t: 'e'.repeat(filler) } }),
              check('auth.refresh', 'fail', { evidence }),
            ],
          }),
        ).checks[1]?.evidence ?? {},
      ).length;
    assert.equal(sized({ a: 1 }, 1_999 - 9), 1);
    assert.equal(sized({ a: 1 }, 2_000 - 9), 0);
    assert.equal(sized({ a: ['x', 'y'] }, 1_999 - 4), 1);
    assert.equal(sized({ a: ['x', 'y'] }, 2_000 - 4), 0);
  });

  it('is bounded in every list, and leaves the memory to the region', () => {
    const long = outcomeOf('auth', 0, {
      checks: Array.from({ length: 99 }, () => check('auth.login', 'pass')),
      timeline: Array.from({ length: 99 }, (_, atMs) => ({ name: 'event', atMs })),
      components: Array.from(
        { length: 99 },
        () => ({ name: 'db', verdict: 'pass', word: null, latencyMs: 1 }) as const,
      ),
      attempts: Array.from(
        { length: 9 },
        (_, startedAtMs) =>
          ({ verdict: 'pass', reason: null, detail: '', checkId: null, startedAtMs, latencyMs: 1 }) as const,
      ),
      memory: { much: 1 },
    });
    const kept = remembered(long);
    assert.deepEqual([kept.checks.length, kept.components.length, kept.attempts.length], [40, 30, 3]);
    assert.deepEqual([kept.timeline.length, kept.timeline[0]?.atMs, kept.timeline.at(-1)?.atMs], [30, 69, 98]);
    assert.deepEqual(
      kept.attempts.map(({ startedAtMs }) => startedAtMs),
      [6, 7, 8],
    );
    assert.deepEqual(kept.memory, {});
  });

  it('leaves short lists as they are', () => {
    const timeline = [{ name: 'started', atMs: 1 }];
    assert.equal(remembered(outcomeOf('auth', 0, { timeline })).timeline, timeline);
  });
});

describe('the size of a step document', () => {
  it('stays below 64 KiB with two regions in which everything is as large as it can be', () => {
    const config = settingsWith({ regions: ['us-central1', 'europe-west1'] });
    let step: StepRecord | null = null;
    let environment: EnvironmentRecord | null = null;
    for (let index = 0; index < 400; index += 1) {
      for (const region of config.regions) {
        const outcome = largest(index, region);
        const judgement = judge({ step, environment, outcome, settings: config, nowMs: outcome.endedAtMs });
        step = judgement.step ?? step;
        environment = judgement.environment ?? environment;
      }
    }
    const bytes = Buffer.byteLength(JSON.stringify(step));
    assert.ok(bytes < 64 * 1_024, `${bytes} bytes`);
    assert.ok(bytes > 40 * 1_024, `${bytes} bytes: this is not as large as it can be`);
    assert.ok(Buffer.byteLength(JSON.stringify(environment)) < 512 * 1_024);
  });

  function largest(index: number, region: string): Outcome {
    const bad = index > 390;
    const times = Object.fromEntries(phases.slice(0, 10).map((phase) => [phase, 10_000 + index]));
    const few = Object.fromEntries(phases.slice(0, 4).map((phase) => [phase, 10_000 + index]));
    return outcomeOf('auth', index, {
      region,
      verdict: bad ? 'fail' : 'pass',
      latencyMs: 123_456,
      phases: times,
      revision: 'golden-path-backend-00118-abc',
      detail: 'd'.repeat(300),
      checks: Array.from({ length: 20 }, () => ({
        id: 'websocket.carrier_authorization',
        subject: 'authorization',
        verdict: bad ? 'fail' : 'pass',
        reason: bad ? 'carrier_stripped' : null,
        detail: 'd'.repeat(300),
        startedMs: 12_345,
        latencyMs: 12_345.6,
        phases: few,
        evidence: { much: 'e'.repeat(300), more: 'e'.repeat(300) },
      })),
      timeline: Array.from({ length: 60 }, (_, atMs) => ({ name: 'tool_executing', atMs: 10_000 + atMs })),
      memory: { fingerprint: 'm'.repeat(2_000) },
    });
  }
});

describe('the window of runs', () => {
  const mark = (slotMs: number, verdict: Verdict) => ({
    slotMs,
    verdict,
    reason: null,
    flaky: false,
    latencyMs: null,
  });

  it('keeps sixty runs, and fifty that count however many between them do not', () => {
    let window: StepRecord['regions'][string]['window'] = [];
    for (let at = 1; at <= 300; at += 1) {
      window = append(window, mark(at, at % 3 === 0 ? 'pass' : 'inconclusive'));
    }
    assert.equal(window.length, 60);
    assert.equal(lastCounted(window, 99, 0).length, 50);
    assert.equal(window.at(-1)?.slotMs, 300);
  });

  it('forgets the oldest when nearly all count', () => {
    let window: StepRecord['regions'][string]['window'] = [];
    for (let at = 1; at <= 61; at += 1) {
      window = append(window, mark(at, at <= 10 ? 'blocked' : 'pass'));
    }
    assert.deepEqual([window.length, window[0]?.slotMs], [60, 2]);
  });

  it('counts from the newest, what counts, and only what is newer than a recovery', () => {
    const window = [mark(1, 'fail'), mark(2, 'pass'), mark(3, 'blocked'), mark(4, 'degraded'), mark(5, 'inconclusive')];
    const slots = (size: number, afterMs: number): readonly number[] =>
      lastCounted(window, size, afterMs).map(({ slotMs }) => slotMs);
    assert.deepEqual(slots(9, 0), [4, 2, 1]);
    assert.deepEqual(slots(2, 0), [4, 2]);
    assert.deepEqual(slots(9, 1), [4, 2]);
    assert.deepEqual(slots(9, 4), []);
  });
});

describe('the policy of a step', () => {
  it('is that of the file, with its own where it has some', () => {
    const config = settingsWith({
      policy: {
        recoverPasses: 3,
        steps: { agent: { fire: { failures: 4, of: 6 } }, auth: { degrade: { failures: 2, of: 2 }, recoverPasses: 5 } },
      },
    });
    assert.deepEqual(policyOf(config, 'agent'), {
      fire: { failures: 4, of: 6 },
      degrade: { failures: 3, of: 5 },
      recoverPasses: 3,
    });
    assert.deepEqual(policyOf(config, 'auth'), {
      fire: { failures: 2, of: 3 },
      degrade: { failures: 2, of: 2 },
      recoverPasses: 5,
    });
    assert.deepEqual(policyOf(config, 'health'), {
      fire: { failures: 2, of: 3 },
      degrade: { failures: 3, of: 5 },
      recoverPasses: 3,
    });
  });

  it('doubles the passes of a step that flaps, up to twelve or what it demands itself', () => {
    const needs = (recoverPasses: number): readonly number[] =>
      [0, 1, 2, 3].map((relapses) => passesToRecover({ ...policyOf(settings, 'auth'), recoverPasses }, relapses));
    assert.deepEqual(needs(2), [2, 4, 8, 12]);
    assert.deepEqual(needs(20), [20, 20, 20, 20]);
  });
});
