/** What keeps documents small, and what runs a step remembers. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';

import type { CheckId } from '../../shared/core/checks.ts';
import { judge } from '../../shared/core/judge/judge.ts';
import { passesToRecover, policyOf } from '../../shared/core/judge/policy.ts';
import { remembered } from '../../shared/core/judge/remembered.ts';
import type { EnvironmentRecord, StepRecord } from '../../shared/core/judge/state.ts';
import { append, lastCounted } from '../../shared/core/judge/window.ts';
import { type Check, type Outcome, phases, type Verdict } from '../../shared/core/outcome.ts';
import { outcomeOf, settingsWith } from '../simulation/samples.ts';

const settings = settingsWith();

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
