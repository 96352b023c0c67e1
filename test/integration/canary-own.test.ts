/** Secrets in what the monitor's own helpers say when they fail, and in errors that nobody expected: they go no further. */
import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { after, before, describe, it } from 'node:test';

import { Secret } from '../../shared/core/secret.ts';
import type { StateStore } from '../../shared/core/ports.ts';
import { startFunction } from '../../shared/local/function-process.ts';
import type { SlackFault } from '../../shared/local/slack/faults.ts';
import { faultText } from '../../shared/run/log-record.ts';
import { findLeaks, spellings } from '../support/canary.ts';
import { environmentWith } from '../support/environment-file.ts';
import { openOutside, type Outside } from '../support/full-run.ts';
import { root } from '../support/function-world.ts';
import { openScriptedRun, type Ran, type TestClock } from '../support/scripted-run.ts';

const secret = `key-${randomBytes(18).toString('base64url')}`;
const jwt = `${spellings['base64url']?.('{"alg":"HS256"}')}.${spellings['base64url']?.(`{"sub":"${secret}"}`)}.${secret}`;
const secrets = { secret, jwt };

function textsOf({ lines, answer }: Ran): readonly string[] {
  return [...lines, JSON.stringify(answer)];
}

describe('a helper of the monitor that talks too much', () => {
  const clock: TestClock = { nowMs: Date.now() };
  let outside: Outside;
  let cases = 0;
  before(async () => {
    outside = await openOutside({ nowMs: () => clock.nowMs });
  });
  after(() => outside[Symbol.asyncDispose]());

  const said: Readonly<Record<string, (token: string) => SlackFault>> = {
    'as its error': (token) => ({ kind: 'error', error: `invalid_auth ${token}` }),
    'as a word': (token) => ({ kind: 'error', error: token }),
    'as what is needed': (token) => ({
      kind: 'error',
      error: 'missing_scope',
      fields: { needed: token, provided: token },
    }),
    'in a page': (token) => ({ kind: 'http', status: 200, body: `<title>${token}</title>` }),
    'in an error page': (token) => ({ kind: 'http', status: 500, body: `Bearer ${token}` }),
    'in headers': (token) => ({
      kind: 'http',
      status: 429,
      headers: { 'retry-after': token, 'x-oauth-scopes': token },
    }),
    'in a redirect': (token) => ({
      kind: 'http',
      status: 302,
      headers: { location: `http://127.0.0.1:1/?token=${token}` },
    }),
  };
  for (const [where, fault] of Object.entries(said)) {
    it(`is Slack, which repeats the token ${where}`, async () => {
      const token = outside.slack.token.reveal();
      cases += 1;
      await using run = openScriptedRun({ name: `slack-${cases}`, clock, outside });
      const texts: string[] = [];
      for (const planted of [token, jwt]) {
        outside.slack.fail(fault(planted), { times: 20 });
        texts.push(...textsOf(await run.next('broken')), JSON.stringify(await run.stored()));
        outside.slack.mend();
      }
      texts.push(...textsOf(await run.next('broken')), JSON.stringify(outside.slack.messages()));
      assert.match(texts.join(), /slack_unavailable/);
      assert.deepEqual(findLeaks(texts, { ...secrets, token }), []);
    });
  }

  it('is Cloud Monitoring, which repeats credentials', async () => {
    cases += 1;
    await using run = openScriptedRun({ name: `metrics-${cases}`, clock, outside });
    const texts: string[] = [];
    for (const planted of [secret, jwt, `Bearer ${secret}`, `ya29.${secret}`]) {
      outside.monitoring.fail({ kind: 'status', code: 16, message: `invalid credentials: ${planted}` });
      texts.push(...textsOf(await run.next('well')));
    }
    outside.monitoring.fail(null);
    assert.match(texts.join(), /refused with gRPC status 16/);
    assert.deepEqual(findLeaks(texts, secrets), []);
  });

  it('is a store of state that fails with all that it knows', async () => {
    cases += 1;
    await using run = openScriptedRun({ name: `state-${cases}`, clock, outside });
    const fail = (): Promise<never> => {
      const error = new Error(`no access for ${secret}\n    at ${jwt} (/etc/${secret}:1:1)`, { cause: new Error(jwt) });
      return Promise.reject(Object.assign(error, { code: secret, name: jwt }));
    };
    const store: StateStore = { load: fail, commit: fail, close: fail };
    const texts = textsOf(await run.next('broken', { store }));
    assert.match(texts.join(), /state_unavailable/);
    assert.deepEqual(findLeaks(texts, secrets), []);
  });
});

describe('an error that nobody expected', () => {
  it('is told by its class, its code and its place, whatever its message looks like', () => {
    const told = faultText(
      Object.assign(new RangeError(`x\n    at steal (${secret}.ts:1:1)\n${jwt}`), { code: 'ERR_X' }),
    );
    assert.match(told, /^RangeError ERR_X at .*integration\/canary-own\.test\.ts:\d+:\d+/);
    assert.deepEqual(findLeaks([told], secrets), []);
    assert.equal(faultText(jwt), 'a string was thrown');
    const changed = new Error('before');
    changed.message = secret;
    assert.deepEqual(findLeaks([faultText(changed)], secrets), []);
  });

  /** What the function writes when a library goes wrong; it is asked once when it listens. */
  async function linesOfCrash(saboteur: string): Promise<readonly string[]> {
    const environment = environmentWith(['slack', undefined]);
    const { health } = environment.steps;
    const lines: string[] = [];
    const child = await startFunction({
      step: 'health',
      source: root,
      onLine: (line) => lines.push(line),
      env: {
        PATH: process.env['PATH'],
        SABOTAGE: `${secret} ${jwt}`,
        NODE_OPTIONS: `--import=data:text/javascript,${encodeURIComponent(saboteur)}`,
        GOLDEN_PATH_ENVIRONMENTS: JSON.stringify({ ...environment, steps: { health } }),
        GOLDEN_PATH_STATE: 'sqlite::memory:',
        CLOUD_MONITORING_EMULATOR_HOST: '127.0.0.1:1',
      },
    });
    // The answer is cut off by the crash, or nobody is there any more.
    await fetch(child.url, { method: 'POST', headers: { 'content-type': 'application/json' }, body: '{}' }).catch(
      () => null,
    );
    assert.match(await child.ended, /exit code 16/);
    return lines;
  }

  const crashes = ['throw new Error(text)', 'Promise.reject(new Error(text))', 'Promise.reject(text)'];
  const moments: Readonly<Record<string, (crash: string) => string>> = {
    'as soon as it listens': (crash) => `
      const write = process.stdout.write.bind(process.stdout);
      process.stdout.write = (chunk, ...rest) => {
        if (String(chunk).includes('URL:')) setTimeout(() => { ${crash} }, 0);
        return write(chunk, ...rest);
      };`,
    'in the middle of a run': (crash) => `
      const begin = globalThis.setInterval;
      globalThis.setInterval = (...args) => {
        setTimeout(() => { ${crash} }, 0);
        return begin(...args);
      };`,
  };
  for (const [moment, sabotageAt] of Object.entries(moments)) {
    for (const crash of crashes) {
      it(`ends the function without its message, ${moment}: ${crash}`, async () => {
        const lines = await linesOfCrash(`const text = process.env.SABOTAGE; ${sabotageAt(crash)}`);
        assert.match(
          lines.join('\n'),
          /"severity":"CRITICAL","message":"the function crashed \((?:uncaught|unhandled)/,
        );
        assert.deepEqual(findLeaks(lines, secrets), []);
      });
    }
  }
});

describe('the class for secrets', () => {
  it('is what all of them are made of, so that none is shown by accident', () => {
    assert.deepEqual(findLeaks([JSON.stringify({ at: new Secret(secret) }), String(new Secret(jwt))], secrets), []);
  });
});
