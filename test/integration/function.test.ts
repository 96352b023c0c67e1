/** The contract of the functions, each under the real functions-framework: triggers, slots, synthetic monitors, secrets. */
import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';

import { type Step, steps } from '../../shared/core/step.ts';
import { secretNames } from '../sandbox/secrets.ts';
import { findLeaks } from '../support/canary.ts';
import { at, type FunctionWorld, openFunctionWorld, type TestFunction } from '../support/function-world.ts';

let world: FunctionWorld;
let functions: Readonly<Record<Step, TestFunction>>;

/** Alerts at the first bad run: how many it takes is another matter. */
before(async () => {
  world = await openFunctionWorld(
    (live) => ({
      ...live,
      policy: { ...live.policy, confirmAfterMs: 0, fire: { failures: 1, of: 1 }, recoverPasses: 1 },
    }),
    (live) => {
      const { health } = live.steps;
      return [{ ...live, name: 'health-only', title: 'Health only', steps: health === undefined ? {} : { health } }];
    },
  );
  const [auth, health, websocket, agent] = await Promise.all(steps.map((step) => world.start(step)));
  assert.ok(auth && health && websocket && agent);
  functions = { auth, health, websocket, agent };
});
after(() => world[Symbol.asyncDispose]());

const sandbox = { environment: 'sandbox' };

describe('a function', () => {
  for (const step of steps) {
    it(`answers a trigger with the record of the run, and prints it: ${step}`, async () => {
      const slotMs = world.nextSlot();
      const { status, body } = await functions[step].trigger(slotMs, sandbox);
      assert.equal(status, 200, JSON.stringify(at(body, 'outcome', 'detail')));
      const outcome = at(body, 'outcome');
      assert.deepEqual(
        ['step', 'verdict', 'slotMs', 'cold', 'region'].map((key) => at(outcome, key)),
        [step, 'pass', slotMs, true, 'us-central1'],
      );
      assert.equal(at(body, 'judged'), 'judged');
      assert.equal(at(body, 'points', 'refused'), 0);
      const printed: unknown = JSON.parse(functions[step].lines.findLast((line) => line.startsWith('{')) ?? '');
      assert.deepEqual(at(printed, 'outcome'), outcome);
      assert.equal(at(printed, 'severity'), 'INFO');
    });
  }

  it('runs the present slot when nobody names one, and is cold only once', async () => {
    const { status, body } = await functions.health.request({ method: 'POST' });
    assert.equal(status, 400, 'there are two environments');
    const answered = await functions.health.request(json({ environment: 'health-only' }));
    assert.equal(answered.status, 200, JSON.stringify(body));
    assert.equal(Number(at(answered.body, 'outcome', 'slotMs')) % 10_000, 0);
    assert.equal(at(answered.body, 'outcome', 'cold'), false);
  });

  const refused: readonly (readonly [name: string, init: RequestInit, status: number, error: RegExp])[] = [
    ['a GET', { method: 'GET' }, 405, /GET is not allowed: POST/],
    ['a PUT', { method: 'PUT' }, 405, /PUT is not allowed: POST/],
    ['a HEAD', { method: 'HEAD' }, 405, /^undefined$/],
    [
      'no environment where there are two',
      { method: 'POST' },
      400,
      /"environment" is missing; one of: sandbox, health-only/,
    ],
    [
      'an environment that is not known',
      json({ environment: 'nope' }),
      400,
      /no such environment; one of: sandbox, health-only/,
    ],
    ['a list', json([]), 400, /JSON object such as/],
    ['a text', { method: 'POST', body: 'sandbox' }, 400, /JSON object such as/],
    ['broken JSON', { ...json({}), body: '{"environment":' }, 400, /.*/],
    [
      'a slot that is no time',
      { ...json(sandbox), headers: { ...json({}).headers, 'x-cloudscheduler-scheduletime': 'noon' } },
      400,
      /a time with zone, such as/,
    ],
    [
      'a slot of next week',
      { ...json(sandbox), headers: { ...json({}).headers, 'x-cloudscheduler-scheduletime': '2099-01-01T00:00:00Z' } },
      400,
      /within the last 24 hours/,
    ],
  ];
  for (const [name, init, status, error] of refused) {
    it(`refuses ${name}, says what is allowed, and measures nothing`, async () => {
      const before = functions.health.lines.length;
      const answered = await functions.health.request(init);
      assert.equal(answered.status, status);
      assert.match(String(at(answered.body, 'error')), error);
      assert.equal(answered.headers.get('allow'), status === 405 ? 'POST' : null);
      assert.equal(functions.health.lines.slice(before).filter((line) => line.startsWith('{')).length, 0);
    });
  }

  it('refuses a step that the environment does not have, and names those that it has', async () => {
    const { status, body } = await functions.auth.trigger(world.nextSlot(), { environment: 'health-only' });
    assert.equal(status, 400);
    assert.equal(at(body, 'error'), 'health-only has no step auth; it has: health');
    assert.equal((await functions.health.trigger(world.nextSlot(), { environment: 'health-only' })).status, 200);
  });
});

function json(body: unknown) {
  return { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) };
}

/** What was published so far of a step, as one text a metric. */
function published(step: Step): ReadonlyMap<string, string> {
  const own = world.monitoring
    .series()
    .filter(({ resourceLabels }) => resourceLabels['task_id'] === step && resourceLabels['namespace'] === 'sandbox');
  return new Map(
    own.map((series) => [`${series.metricType} ${JSON.stringify(series.labels)}`, JSON.stringify(series)]),
  );
}

function changed(before: ReadonlyMap<string, string>, now: ReadonlyMap<string, string>): readonly string[] {
  return [...now].filter(([key, value]) => before.get(key) !== value).map(([key]) => key);
}

describe('a slot', () => {
  for (const step of steps) {
    it(`that comes a second time changes nothing but the count of duplicates: ${step}`, async () => {
      const slotMs = world.nextSlot();
      const first = await functions[step].trigger(slotMs, sandbox);
      const [state, calls, metrics] = [await world.stored(), world.slack.calls().length, published(step)];
      const requests = new Map(world.sandbox.counters.requests);
      const again = await functions[step].trigger(slotMs, sandbox);
      assert.equal(again.status, 200);
      assert.equal(at(again.body, 'judged'), 'duplicate');
      assert.equal(
        at(again.body, 'outcome', 'traceId'),
        at(first.body, 'outcome', 'traceId'),
        'the answer is the first',
      );
      assert.deepEqual(await world.stored(), state);
      assert.equal(world.slack.calls().length, calls);
      assert.deepEqual(world.sandbox.counters.requests, requests, 'the product is left alone');
      assert.deepEqual(changed(metrics, published(step)), ['custom.googleapis.com/golden_path/duplicate_runs {}']);
    });
  }

  it('that two triggers ask for at once is judged once', async () => {
    const slotMs = world.nextSlot();
    const answers = await Promise.all([1, 2, 3].map(() => functions.health.trigger(slotMs, sandbox)));
    assert.deepEqual(
      answers.map(({ status }) => status),
      [200, 200, 200],
    );
    assert.deepEqual(answers.map(({ body }) => String(at(body, 'judged'))).toSorted(), [
      'duplicate',
      'duplicate',
      'judged',
    ]);
  });

  it('that is older than the last one is measured, and moves no state', async () => {
    const [older, newer] = [world.nextSlot(), world.nextSlot()];
    await functions.health.trigger(newer, sandbox);
    const [state, metrics] = [await world.stored(), published('health')];
    const late = await functions.health.trigger(older, sandbox);
    assert.equal(late.status, 200);
    assert.equal(at(late.body, 'judged'), 'late');
    assert.equal(at(late.body, 'outcome', 'late'), true);
    assert.deepEqual(await world.stored(), state);
    assert.deepEqual(changed(metrics, published('health')), ['custom.googleapis.com/golden_path/late_runs {}']);
  });
});

describe('a synthetic monitor', () => {
  const headers = { 'synthetic-execution-id': 'abc', 'content-type': 'application/json' };
  const asked: readonly RequestInit[] = [
    { method: 'POST', headers, body: JSON.stringify(sandbox) },
    { method: 'GET', headers: { 'synthetic-execution-id': 'abc' } },
  ];

  async function inSynthetic(step: Step, init: RequestInit, env: Readonly<Record<string, string>> = {}) {
    await using function_ = await disposable(
      world.start(step, { K_SERVICE: 'probe', K_REVISION: 'probe-00001', ...env }),
    );
    const [state, calls, metrics] = [await world.stored(), world.slack.calls().length, published(step)];
    const answered = await function_.request(init);
    assert.deepEqual(await world.stored(), state);
    assert.equal(world.slack.calls().length, calls);
    assert.deepEqual(published(step), metrics);
    return answered;
  }

  it('gets its own form of answer, and nothing is stored, published or posted', async () => {
    const one = JSON.stringify([world.environment]);
    for (const init of asked) {
      const { status, body } = await inSynthetic('health', init, { GOLDEN_PATH_ENVIRONMENTS: one });
      assert.equal(status, 200, JSON.stringify(body));
      assert.deepEqual(at(body, 'synthetic_generic_result_v1'), { ok: true });
      assert.deepEqual(at(body, 'runtime_metadata'), {
        K_SERVICE: 'probe',
        K_REVISION: 'probe-00001',
        FUNCTION_TARGET: 'probe-health',
      });
      assert.ok(Date.parse(String(at(body, 'start_time'))) <= Date.parse(String(at(body, 'end_time'))));
      assert.deepEqual(Object.keys(Object(body)).toSorted(), [
        'end_time',
        'runtime_metadata',
        'start_time',
        'synthetic_generic_result_v1',
      ]);
    }
  });

  it('hears of a failure with HTTP 200, and of the reason', async () => {
    await world.sandbox.setFaults(['health_200_unhealthy']);
    const { status, body } = await inSynthetic('health', asked[0] ?? {});
    await world.sandbox.clearFaults();
    assert.equal(status, 200);
    const result = at(body, 'synthetic_generic_result_v1');
    assert.equal(at(result, 'ok'), false);
    assert.equal(at(result, 'generic_error', 'error_type'), 'status_word');
    assert.equal(at(result, 'generic_error', 'function_name'), 'probe-health');
  });
});

async function disposable(starting: Promise<TestFunction>): Promise<TestFunction & AsyncDisposable> {
  const started = await starting;
  return { ...started, [Symbol.asyncDispose]: () => started.stop() };
}

describe('a secret that is a file', () => {
  it('is read again before each run; one that is gone keeps its value, and that is logged', async () => {
    const key = world.sandbox.secrets('SANDBOX_LOGIN_KEY')?.reveal() ?? '';
    const wrong = randomBytes(32).toString('base64url');
    const verdict = async (): Promise<unknown> => {
      const { body } = await functions.auth.trigger(world.nextSlot(), sandbox);
      return at(body, 'outcome', 'reason');
    };
    world.writeSecret('SANDBOX_LOGIN_KEY', wrong);
    assert.equal(await verdict(), 'credential');
    world.writeSecret('SANDBOX_LOGIN_KEY', key);
    assert.equal(await verdict(), null);
    world.writeSecret('SANDBOX_LOGIN_KEY', '');
    assert.equal(await verdict(), null);
    world.writeSecret('SANDBOX_LOGIN_KEY', key);
    const warnings = functions.auth.lines.filter((line) => line.includes('"severity":"WARNING"'));
    assert.ok(warnings.some((line) => line.includes('the secret SANDBOX_LOGIN_KEY is empty')));
    assert.ok(!functions.auth.lines.some((line) => line.includes(key) || line.includes(wrong)));
  });

  it('may be the Slack token, which is the new one at the next message', async () => {
    const stranger = `xoxb-${randomBytes(16).toString('hex')}`;
    world.writeSecret('TOKEN_TO_ROTATE', stranger);
    await using function_ = await disposable(
      world.start('websocket', { SLACK_BOT_TOKEN_FILE: join(world.folder, 'TOKEN_TO_ROTATE') }),
    );
    const delivery = async (): Promise<unknown> => {
      const { body } = await function_.trigger(world.nextSlot(), sandbox);
      return at(body, 'delivery');
    };
    assert.equal(await delivery(), null, 'nothing was to be told');

    world.writeSecret('TOKEN_TO_ROTATE', world.slack.token.reveal());
    await world.sandbox.setFaults(['upgrade_503']);
    assert.equal(Object(at(await delivery(), 'told')).length, 1);

    world.writeSecret('TOKEN_TO_ROTATE', stranger);
    await world.sandbox.clearFaults();
    const [refused] = Object(at(await delivery(), 'refused'));
    assert.equal(at(refused, 'detail'), 'invalid_auth');
    assert.deepEqual(findLeaks(function_.lines, { stranger, token: world.slack.token.reveal() }), []);
  });
});

describe('what all of these functions printed', () => {
  it('holds no secret and no token', () => {
    const lines = steps.flatMap((step) => functions[step].lines);
    const secrets = Object.fromEntries(secretNames.map((name) => [name, world.sandbox.secrets(name)?.reveal() ?? '']));
    const tokens = Object.fromEntries(world.tokens.map((token, index) => [`token ${index}`, token]));
    assert.ok(lines.length > 50 && world.tokens.length > 20);
    assert.deepEqual(findLeaks(lines, { ...secrets, ...tokens, 'Slack token': world.slack.token.reveal() }), []);
  });
});
