/** One run: what becomes of it when a port never answers, when the probe is at fault, and when another run is at it too. */
import assert from 'node:assert/strict';
import { after, describe, it } from 'node:test';

import { passed } from '../../shared/core/check.ts';
import { measurementOf } from '../../shared/core/measurement.ts';
import type { MetricSink, Notifier, StateStore } from '../../shared/core/ports.ts';
import type { Probe } from '../../shared/core/probe.ts';
import { minuteMs } from '../../shared/core/time.ts';
import type { RunPorts } from '../../shared/run/run.ts';
import { openOutside } from '../support/full-run.ts';
import { openScriptedRun, type ScriptedRun } from '../support/scripted-run.ts';

const clock = { nowMs: Date.now() };
const outside = await openOutside({ nowMs: () => clock.nowMs });
after(() => outside[Symbol.asyncDispose]());

let cases = 0;

function open(answerWithinMs = 20_000): ScriptedRun {
  cases += 1;
  return openScriptedRun({ name: `run-${cases}`, clock, outside, answerWithinMs });
}

/** Ports that break the promise to answer or fail. */
const never = (): Promise<never> => Promise.withResolvers<never>().promise;
const hangingStore: StateStore = { load: never, commit: never, close: async () => undefined };
const hangingSink: MetricSink = { write: never, close: async () => undefined };
const hangingNotifier: Notifier = { post: never, update: never };

describe('a run whose ports never answer', { concurrency: true }, () => {
  const hanging: Readonly<Record<string, Partial<RunPorts>>> = {
    'the state store': { store: hangingStore },
    'Cloud Monitoring': { sink: hangingSink },
    Slack: { notifier: hangingNotifier },
    'all of them': { store: hangingStore, sink: hangingSink, notifier: hangingNotifier },
  };
  for (const [name, ports] of Object.entries(hanging)) {
    it(`is answered in time, with the verdict: ${name}`, async () => {
      const answerWithinMs = 2_500;
      await using run = open(answerWithinMs);
      const { record, answer, tookMs } = await run.next('broken', ports);
      assert.equal(record.outcome.reason, 'server_error');
      assert.equal(answer.status, 500);
      assert.ok(record.trouble.length > 0);
      assert.ok(tookMs < answerWithinMs, `${tookMs} ms`);
    });
  }

  it('has judged before Slack is asked, and the next run tells what was left, saying that it may be there', async () => {
    await using run = open(2_500);
    const { record } = await run.next('broken', { notifier: hangingNotifier });
    assert.equal(record.judged, 'judged');
    assert.equal(record.delivery?.status, 'unfinished');
    assert.equal(record.trouble[0]?.reason, 'slack_unavailable');
    const left = await run.stored();
    assert.notEqual(left?.incident, null);
    assert.equal(left?.outbox.length, 1);

    await run.next('broken');
    const roots = run.incidentMessages();
    assert.equal(roots.length, 1);
    assert.match(roots[0]?.text ?? '', /may be here twice/);
  });

  it('leaves Slack its time although Cloud Monitoring is asked after it', async () => {
    await using run = open(2_500);
    const { record } = await run.next('broken', { sink: hangingSink });
    assert.equal(record.delivery?.told.length, 1);
  });
});

/** A probe that gives something else than its type says. */
function lying(value: unknown): Probe {
  return (...context) => Reflect.apply(async () => value, null, context);
}

describe('a probe that is at fault itself', { concurrency: true }, () => {
  const good = measurementOf([passed('health.document', 'healthy', { startedMs: 0, latencyMs: 5 })], {
    memory: {},
    blocker: 'auth',
  });
  const garbage: Readonly<Record<string, unknown>> = {
    nothing: undefined,
    null: null,
    'a text': 'pass',
    'no checks': { ...good, checks: undefined },
    'a check that nobody knows': { ...good, checks: [{ ...good.checks[0], id: 'health.mood' }] },
    'a verdict that nobody knows': { ...good, checks: [{ ...good.checks[0], verdict: 'fine' }] },
    'a time that is no number': { ...good, latencyMs: Number.NaN },
    'a phase that nobody knows': { ...good, phases: { lunch: 5 } },
    'evidence without an end': { ...good, checks: [{ ...good.checks[0], evidence: { body: 'x'.repeat(100_000) } }] },
    'something that is no JSON': { ...good, memory: { count: 5n } },
  };
  const faulty: Readonly<Record<string, Partial<RunPorts>>> = {
    'can’t be loaded': { loadProbe: () => Promise.reject(new Error('a token is in here')) },
    throws: {
      loadProbe: async () => () => {
        throw new Error('a token is in here');
      },
    },
    rejects: { loadProbe: async () => () => Promise.reject(new Error('a token is in here')) },
    ...Object.fromEntries(
      Object.entries(garbage).map(([name, value]) => [`gives ${name}`, { loadProbe: async () => lying(value) }]),
    ),
  };
  for (const [name, ports] of Object.entries(faulty)) {
    it(`costs one inconclusive run, and nothing else: ${name}`, async () => {
      await using run = open();
      const { record, answer, lines } = await run.next('broken', ports);
      assert.deepEqual(
        [record.outcome.verdict, record.outcome.reason, record.judged],
        ['inconclusive', 'unclassified', 'judged'],
      );
      assert.equal(answer.status, 500);
      assert.equal(lines.length, 2, 'one line for the fault and one for the run');
      assert.match(lines[0] ?? '', /"severity":"ERROR","message":"the health probe failed by itself"/);
      assert.doesNotMatch(JSON.stringify([lines, answer]), /a token is in here/);

      const next = await run.next('well');
      assert.equal(next.answer.status, 200);
      assert.deepEqual(
        next.record.decisions.map(({ kind }) => kind),
        ['steady'],
        'the state could be read',
      );
    });
  }

  it('is given up when it goes on beyond its deadline', async () => {
    await using run = open();
    const { record, answer, tookMs } = await run.next('broken', { loadProbe: async () => never });
    assert.deepEqual([record.outcome.verdict, record.outcome.reason], ['inconclusive', 'deadline_exceeded']);
    assert.equal(answer.status, 500);
    assert.ok(tookMs < 15_000, `${tookMs} ms`);
  });
});

describe('runs at the same time', () => {
  it('for one slot: one is judged, the others are duplicates, and Slack hears of it once', async () => {
    await using run = open();
    clock.nowMs += 5 * minuteMs;
    const all = await Promise.all([run.again('broken'), run.again('broken'), run.again('broken')]);
    assert.deepEqual(all.map(({ record }) => record.judged).toSorted(), ['duplicate', 'duplicate', 'judged']);
    assert.deepEqual(
      all.map(({ answer }) => answer.status),
      [200, 200, 200],
    );
    assert.equal(run.incidentMessages().length, 1);
  });

  it('count the slot once, whichever of them wrote first', async () => {
    await using run = open();
    clock.nowMs += 5 * minuteMs;
    await Promise.all([run.again('broken'), run.again('broken'), run.again('broken')]);
    const mine = outside.monitoring
      .series()
      .filter(({ resourceLabels }) => resourceLabels['namespace'] === run.environment.name);
    const counts = (name: string): readonly unknown[] =>
      mine
        .filter(({ metricType }) => metricType.endsWith(`/${name}`))
        .map(({ points }) => points.map(({ value }) => value));
    assert.deepEqual(counts('runs'), [[1]]);
    assert.deepEqual(counts('duplicate_runs'), [[1, 1]]);
  });
});

describe('trouble of its own', () => {
  const brokenSink: MetricSink = { write: () => Promise.reject(new Error('no')), close: async () => undefined };

  it('is not over because a new process knows nothing of it', async () => {
    await using run = open();
    for (let runs = 0; runs < 3; runs += 1) {
      await run.next('well', { sink: brokenSink });
    }
    const told = run.monitorMessages().length;
    assert.equal(told, 1);
    run.restart();
    await run.next('well', { sink: brokenSink });
    assert.equal(run.monitorMessages().length, told);
    run.restart();
    for (let runs = 0; runs < 3; runs += 1) {
      await run.next('well');
    }
    assert.match(run.monitorMessages().at(-1)?.text ?? '', /Cloud Monitoring takes the measurements again/);
    assert.deepEqual((await run.stored())?.troubles, []);
  });

  it('is not told of for one bad run', async () => {
    await using run = open();
    for (const ports of [{ sink: brokenSink }, {}, {}, { sink: brokenSink }, {}]) {
      await run.next('well', ports);
    }
    assert.deepEqual(run.monitorMessages(), []);
  });
});
