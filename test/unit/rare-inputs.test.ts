/** Pure functions at inputs that no ordinary run gives them. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';

import * as v from 'valibot';

import { runPhases } from '../../shared/core/agent/times.ts';
import { startRun } from '../../shared/core/agent/run.ts';
import { monthLength } from '../../shared/core/agent/calendar.ts';
import { diceFrom, oneOf } from '../../shared/core/agent/dice.ts';
import { wordFor } from '../../shared/core/agent/grammar.ts';
import { numbersIn } from '../../shared/core/agent/numbers.ts';
import { dialectSettings } from '../../shared/core/environment/agent.ts';
import { dialectOf } from '../../shared/core/dialect/resolve.ts';
import { flawOf } from '../../shared/core/measurement-form.ts';
import { measurementOf } from '../../shared/core/measurement.ts';
import { problemText } from '../../shared/core/environment/finding.ts';
import { redact } from '../../shared/core/redact.ts';
import { Secret } from '../../shared/core/secret.ts';
import { spanOf, wasParts } from '../../shared/core/message/course.ts';
import { phrase } from '../../shared/core/message/escape.ts';
import { evidenceLines } from '../../shared/core/message/evidence.ts';
import { blankValuesOf, type Scene } from '../../shared/core/message/place.ts';
import { render } from '../../shared/core/message/render.ts';
import { sparkline } from '../../shared/core/message/sparkline.ts';
import { markOf } from '../../shared/core/judge/standing.ts';
import { explainStep } from '../../shared/core/explain.ts';
import { failureOf, isContentFailure } from '../../shared/core/message/slack-errors.ts';
import { createPacer } from '../../shared/core/metrics/pacing.ts';
import { isSilence, isUnanswered, refusal } from '../../shared/core/metrics/write-report.ts';
import { componentNames } from '../../shared/core/metrics/outcome-points.ts';
import { outcomeOf, settingsWith, slot } from '../simulation/samples.ts';
import { play } from '../simulation/timeline.ts';
import { dialects, genericSettings } from '../support/frames.ts';
import { bare, contextAt, incident, notification, staging } from '../support/sample-builders.ts';

describe('the question and its answer', () => {
  it('know a month that is none', () => {
    assert.deepEqual([1, 2, 13].map(monthLength), [31, 28, 31]);
  });

  it('are made from however few bytes', () => {
    const dice = diceFrom(new Uint8Array(0));
    assert.ok(dice(6) < 6);
    assert.equal(
      oneOf(() => 9, ['first', 'second']),
      'first',
    );
  });

  it('end a spoken number where a word does not carry it on', () => {
    assert.ok(numbersIn('one two').every((each) => each < 3));
    assert.ok(numbersIn('eleven twelve').includes(12));
  });

  it('name an event that the dialect has no word for', () => {
    const [dialect = assert.fail()] = dialects;
    assert.equal(wordFor({ ...dialect, words: new Map() }, 'completed'), 'completed');
  });
});

describe('a dialect of the file', () => {
  it('without a frame that greets waits for none', () => {
    const { welcomeType, ...silent } = genericSettings;
    const greetings = (file: object) => dialectOf(v.parse(dialectSettings, file)).greetings.length;
    assert.equal(welcomeType, 'hello');
    assert.deepEqual([greetings(genericSettings), greetings(silent)], [1, 0]);
  });
});

describe('a measurement', () => {
  it('that is none at all says so', () => {
    assert.equal(flawOf('nothing'), 'all of it');
    assert.equal(flawOf({ checks: 3 }), 'checks');
  });

  it('names the step that blocks it only when it is blocked', () => {
    const check = {
      id: 'agent.connection',
      subject: null,
      reason: 'unavailable',
      detail: 'x',
      startedMs: 0,
      latencyMs: 1,
      phases: {},
      evidence: {},
    } as const;
    const of = (verdict: 'blocked' | 'fail') =>
      measurementOf([{ ...check, verdict }], { memory: {}, blocker: 'websocket' }).blockedBy;
    assert.equal(of('blocked'), 'websocket');
    assert.equal(of('fail'), null);
    assert.equal(measurementOf([{ ...check, verdict: 'blocked' }], { memory: {} }).blockedBy, null);
  });
});

describe('what is shown', () => {
  it('is a problem of the whole file without a path', () => {
    const problem = { file: 'a.yaml', line: 1, column: 2, severity: 'error', message: 'is empty' } as const;
    assert.equal(problemText({ ...problem, path: '' }), 'a.yaml:1:2: error: is empty');
    assert.equal(problemText({ ...problem, path: 'steps' }), 'a.yaml:1:2: error: steps: is empty');
  });

  it('keeps a word that is too short to be a secret', () => {
    assert.equal(redact('is up', [new Secret('up')]), 'is up');
  });

  it('has no components where no health document is watched', () => {
    const { health, ...steps } = settingsWith().steps;
    assert.ok(health !== undefined);
    assert.deepEqual([...componentNames({ ...settingsWith(), steps })], []);
    assert.deepEqual([...componentNames(settingsWith())], []);
  });
});

describe('what is written', () => {
  const task = { location: 'us-central1', namespace: 'acme', job: 'golden-path', taskId: 'auth' };
  const point = (label: number, endMs: number) => ({
    metric: 'up' as const,
    labels: { b: 'x', a: String(label), c: 'y' },
    task,
    value: { kind: 'int64' as const, value: 1 },
    startMs: null,
    endMs,
  });

  it('is paced for so many series, and anew beyond that', () => {
    const pace = createPacer();
    pace(point(0, 1_000));
    assert.equal(pace(point(0, 1_000))?.endMs, 6_000);
    for (let label = 1; label <= 10_000; label += 1) {
      pace(point(label, 1_000));
    }
    assert.equal(pace(point(0, 1_000))?.endMs, 1_000);
  });

  it('and was not taken, is told by its code', () => {
    assert.deepEqual(
      [4, 14, 3].map((code) => isSilence(refusal([], code, 'no'))),
      [true, false, false],
    );
    assert.deepEqual(
      [4, 14, 3].map((code) => isUnanswered(refusal([], code, 'no'))),
      [true, true, false],
    );
  });

  it('and was refused by Slack for its contents, is told apart', () => {
    assert.equal(isContentFailure(failureOf('invalid_blocks')), true);
    assert.equal(isContentFailure(failureOf('ratelimited')), false);
    assert.equal(failureOf('something_new').result, 'unavailable');
  });
});

describe('the end of a tool', () => {
  it('that was never begun takes no time', () => {
    const [dialect = assert.fail()] = dialects;
    const run = startRun({ dialect, askedMs: 0, userId: null, threadId: null });
    const event = {
      kind: 'tool_completed',
      name: 'tool_completed',
      userId: null,
      threadId: null,
      runId: null,
      leads: null,
      tool: null,
      key: null,
      text: '',
      answer: null,
      failedInside: false,
      modelUsed: null,
      failure: null,
    } as const;
    assert.equal(runPhases({ ...run, entries: [{ event, atMs: 5 }] }).tool, undefined);
  });
});

describe('what a message says', () => {
  const scene: Scene = {
    step: 'websocket',
    reason: 'unavailable',
    subject: null,
    traceId: null,
    revision: null,
    revisionBefore: null,
  };
  const values = (environment: typeof staging, changes: Partial<Scene>) =>
    blankValuesOf(environment, { ...scene, ...changes }, null);

  it('names a place only where the file has one', () => {
    assert.equal(values(staging, {}).url, 'https://api.staging.example.com/ws');
    assert.equal(values(bare, { step: 'auth' }).url, undefined);
    assert.equal(values(bare, { step: 'health' }).url, undefined);
    assert.equal(values(bare, { step: null }).url, undefined);
    const { websocket, ...steps } = staging.steps;
    assert.ok(websocket !== undefined);
    assert.equal(values({ ...staging, steps }, {}).url, undefined);
    assert.equal(values(bare, {}).host, undefined);
  });

  it('finds the document that the check was about', () => {
    const url = (subject: string | null) => values(staging, { step: 'health', subject }).url;
    assert.equal(url('auth'), 'https://auth.staging.example.com/health');
    assert.equal(url('nobody'), url(null));
    const found = settingsWith({
      steps: {
        health: {
          documents: [
            { id: 'main', service: 'backend', path: '/health' },
            {
              id: 'parts',
              service: 'backend',
              path: '/parts',
              components: { path: 'checks', expected: { redis: {} } },
            },
          ],
        },
      },
    });
    assert.equal(values(found, { step: 'health', subject: 'redis' }).url, 'https://backend.example/parts');
  });

  it('names a revision to go back to only if it is one of that service', () => {
    const before = (revisionBefore: string | null) =>
      values(staging, { revision: 'netra-backend-staging-2', revisionBefore }).revision_before;
    assert.equal(before('netra-backend-staging-1'), 'netra-backend-staging-1');
    assert.equal(before('other-1'), undefined);
    assert.equal(before(null), undefined);
  });

  it('of an incident without steps is told by its own times', () => {
    const empty = incident({ firstStep: 'auth', steps: {} });
    assert.deepEqual(wasParts(empty), []);
    assert.equal(spanOf({ ...empty, resolvedAtMs: empty.openedAtMs + 5 }).toMs, empty.openedAtMs + 5);
  });

  it('is short where the news names neither step nor reason', () => {
    const empty = incident({ firstStep: 'auth', steps: {} });
    const text = (known: Parameters<typeof notification>[0]) =>
      render(notification({ step: null, reason: null, incident: null, change: 'it is so', ...known }), contextAt(0))
        .text;
    assert.match(text({ kind: 'changed', incident: empty }), /it is so/i);
    assert.match(text({ kind: 'reminder', incident: empty }), /still not over/);
    assert.match(text({ kind: 'monitor_trouble' }), /it is so/i);
  });

  it('of many events shows the first and the last few, and of two tries both', () => {
    const timeline = Array.from({ length: 9 }, (_, at) => ({ name: `e${at}`, atMs: at }));
    const attempt = { reason: null, verdict: 'pass', startedAtMs: 0, latencyMs: 1, detail: '', checkId: null } as const;
    const attempts = [{ ...attempt, verdict: 'fail' as const, reason: 'reset' as const }, attempt];
    const lines = evidenceLines(outcomeOf('agent', 0, { timeline, attempts }));
    assert.ok(
      lines.some((line) => /e0 .*e1 .*… 5 more ….*e7 .*e8/.test(line)),
      lines.join('\n'),
    );
    assert.ok(lines.includes('tries: reset, then pass'));
    assert.ok(
      evidenceLines(outcomeOf('agent', 0, { timeline: timeline.slice(0, 2) })).includes('events: e0 0 ms, e1 1 ms'),
    );
  });

  it('may have no words of our own, and a latency of nothing', () => {
    assert.equal(phrase(Object.assign([], { raw: [] }), 'x').plain, 'x');
    assert.match(sparkline([0, 0])?.markup ?? '', /^▁▁/);
    assert.match(sparkline([-5, 10])?.markup ?? '', /^▁█/);
  });
});

describe('a step', () => {
  const { steps, environment } = play({ runs: { auth: 'P' }, settings: settingsWith() });
  const record = steps.auth ?? assert.fail();
  const settings = settingsWith();

  it('that nobody has seen lately is unknown', () => {
    const standing = { bad: null, regions: [], healthyRegions: [], lone: [], quorum: 1 };
    assert.equal(markOf(record, standing, slot(0), settings), 'pass');
    assert.equal(markOf({ ...record, regions: {} }, standing, slot(0), settings), 'unknown');
  });

  it('is explained without a last run, and with trouble that is everywhere', () => {
    const regions = Object.fromEntries(
      Object.entries(record.regions).map(([name, region]) => [name, { ...region, lastOutcome: null }]),
    );
    const trouble = {
      kind: 'own',
      step: 'auth',
      region: null,
      reason: 'state_unavailable',
      sinceMs: 0,
      told: true,
    } as const;
    const lines = explainStep(
      'auth',
      { ...record, regions },
      {
        settings,
        environment: { ...environment, troubles: [trouble] },
        nowMs: slot(1),
      },
    );
    assert.match(lines.join('\n'), /trouble of the monitor \(own, everywhere, state_unavailable\)/);
  });
});
