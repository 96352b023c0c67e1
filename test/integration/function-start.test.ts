/** A function that is told something wrong ends at its start, with everything that is wrong and without any secret. */
import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, it } from 'node:test';

import { type Step, steps } from '../../shared/core/step.ts';
import { readRuntime, type Variables } from '../../shared/io/runtime.ts';
import { startFunction } from '../../shared/local/function-process.ts';
import { fileWith } from '../support/environment-file.ts';
import { root } from '../support/function-world.ts';

const folder = mkdtempSync(join(tmpdir(), 'golden-path-start-'));
after(() => rmSync(folder, { recursive: true }));

const made = (): string => randomBytes(24).toString('base64url');
const key = made();
const token = `xoxb-${made()}`;
const environments = JSON.stringify(fileWith());

const good: Variables = {
  GOLDEN_PATH_ENVIRONMENTS: environments,
  GOLDEN_PATH_STATE: `sqlite:${join(folder, 'state.sqlite')}`,
  GOOGLE_CLOUD_PROJECT: 'watch',
  DEMO_LOGIN_KEY: key,
  DEMO_JWT_SECRET: key,
  SLACK_BOT_TOKEN: token,
};

/** What is said of these variables instead of the good ones; `undefined` takes one away. */
async function problems(change: Variables, of: readonly Step[] = steps): Promise<readonly string[]> {
  const read = await readRuntime({ ...good, ...change }, of);
  return read.ok ? [] : read.problems;
}

describe('what a function is told', () => {
  it('is good when nothing is wrong with it', async () => {
    assert.deepEqual(await problems({}), []);
  });

  const slackMissing =
    'SLACK_BOT_TOKEN: the secret is missing: set SLACK_BOT_TOKEN, or SLACK_BOT_TOKEN_FILE to a file that holds it';
  const wrong: readonly (readonly [name: string, change: Variables, problem: RegExp])[] = [
    ['no environments', { GOLDEN_PATH_ENVIRONMENTS: undefined }, /^GOLDEN_PATH_ENVIRONMENTS is missing/],
    ['empty environments', { GOLDEN_PATH_ENVIRONMENTS: '  ' }, /^GOLDEN_PATH_ENVIRONMENTS is missing/],
    [
      'a file that is not there',
      { GOLDEN_PATH_ENVIRONMENTS: join(folder, 'no.yaml') },
      /no\.yaml.*cannot be read \(ENOENT\)/,
    ],
    [
      'a missing secret',
      { DEMO_LOGIN_KEY: undefined },
      /steps\.auth\.login\.keySecret: the secret is missing: set DEMO_LOGIN_KEY/,
    ],
    ['an empty secret', { DEMO_JWT_SECRET: '' }, /the secret DEMO_JWT_SECRET is empty/],
    ['a secret that is given twice', { DEMO_LOGIN_KEY_FILE: '/dev/null' }, /the secret is given twice/],
    ['no Slack token', { SLACK_BOT_TOKEN: undefined }, new RegExp(`^${slackMissing}; .* has a Slack channel$`)],
    ['an empty Slack token', { SLACK_BOT_TOKEN: '\n' }, /^SLACK_BOT_TOKEN: the secret SLACK_BOT_TOKEN is empty/],
    [
      'a Slack token in two lines',
      { SLACK_BOT_TOKEN: `${token}\n${token}` },
      /holds blanks or other characters that no token has/,
    ],
    [
      'a Slack token file that is not there',
      { SLACK_BOT_TOKEN: undefined, SLACK_BOT_TOKEN_FILE: join(folder, 'no') },
      /cannot be read from .*ENOENT/,
    ],
    ['a state that nobody knows', { GOLDEN_PATH_STATE: 'redis' }, /^GOLDEN_PATH_STATE must be `firestore`/],
    [
      'no project for Firestore',
      { GOLDEN_PATH_STATE: undefined, GOOGLE_CLOUD_PROJECT: undefined },
      /^GOOGLE_CLOUD_PROJECT is missing, and Firestore needs it$/,
    ],
    [
      'no project for metrics',
      { GOOGLE_CLOUD_PROJECT: '' },
      /^GOOGLE_CLOUD_PROJECT is missing, and Cloud Monitoring needs it$/,
    ],
    [
      'an emulator without a port',
      { CLOUD_MONITORING_EMULATOR_HOST: 'localhost' },
      /^CLOUD_MONITORING_EMULATOR_HOST must be host:port$/,
    ],
    [
      'a Slack address that is none',
      { SLACK_API_URL: 'slack.com/api' },
      /^SLACK_API_URL must be an http or https URL$/,
    ],
    [
      'a region of no environment',
      { GOLDEN_PATH_REGION: 'mars-north1' },
      /^GOLDEN_PATH_REGION is no region of the environments, allowed: /,
    ],
  ];
  for (const [name, change, problem] of wrong) {
    it(`is refused, in one sentence: ${name}`, async () => {
      const found = await problems(change);
      assert.equal(found.length, 1, found.join('\n'));
      assert.match(found[0] ?? '', problem);
      assert.ok(![key, token].some((secret) => found.join().includes(secret)));
    });
  }

  it('needs only the secrets of the steps that the process runs', async () => {
    const none = { DEMO_LOGIN_KEY: undefined, DEMO_JWT_SECRET: undefined };
    assert.deepEqual(await problems(none, ['health']), []);
    assert.equal((await problems(none, ['websocket'])).length, 2, 'whoever logs in needs what the login names');
  });
});

describe('docs/operations.md', () => {
  it('has a row for each environment variable that the code reads', () => {
    const page = readFileSync(join(root, 'docs/operations.md'), 'utf8');
    const sources = ['functions', 'shared/io'].flatMap((name) =>
      readdirSync(join(root, name), { recursive: true, encoding: 'utf8' })
        .filter((file) => file.endsWith('.ts'))
        .map((file) => readFileSync(join(root, name, file), 'utf8')),
    );
    const read = new Set(
      sources.flatMap((source) =>
        Array.from(
          source.matchAll(/(?:variables|process\.env|variables, )\[?'([A-Z][A-Z_]+)'/g),
          ([, name]) => name ?? '',
        ),
      ),
    );
    assert.ok(read.size >= 9, [...read].join());
    const missing = [...read].filter((name) => !page.includes(`| \`${name}\``));
    assert.deepEqual(missing, []);
  });
});

describe('a function process', () => {
  async function start(step: Step, env: Variables): Promise<{ readonly started: boolean; readonly lines: string }> {
    const lines: string[] = [];
    const { PATH } = process.env;
    const child = await startFunction({
      step,
      env: { PATH, ...env },
      source: root,
      onLine: (line) => lines.push(line),
    }).catch(() => null);
    const ended = child === null ? null : await Promise.race([child.ended, firstAnswer(child.url)]);
    await child?.stop();
    return { started: ended === 'answered', lines: lines.join('\n') };
  }

  async function firstAnswer(url: string): Promise<string> {
    try {
      await fetch(url);
      return 'answered';
    } catch {
      return 'refused';
    }
  }

  it('ends with everything that is wrong', async () => {
    const file = join(folder, 'bad.json');
    writeFileSync(file, JSON.stringify(fileWith(['cadenceSeconds', 'often'], ['steps.auth.login.keySecret', key])));
    const { started, lines } = await start('auth', {
      ...good,
      GOLDEN_PATH_ENVIRONMENTS: file,
      GOLDEN_PATH_STATE: 'redis',
      SLACK_API_URL: 'nowhere',
    });
    assert.equal(started, false);
    for (const told of [
      /^the configuration is wrong:$/m,
      /bad\.json:\d+:\d+: error: cadenceSeconds: /,
      /bad\.json:\d+:\d+: error: steps\.auth\.login\.keySecret: /,
      /GOLDEN_PATH_STATE must be/,
      /SLACK_API_URL must be/,
    ]) {
      assert.match(lines, told);
    }
    assert.ok(!lines.includes(key) && !lines.includes(token), 'a secret in the wrong place is not repeated');
  });

  it('starts without the secrets of other steps, by its FUNCTION_TARGET', async () => {
    const env = { ...good, DEMO_LOGIN_KEY: undefined, DEMO_JWT_SECRET: undefined };
    const [with_, without] = await Promise.all([
      start('health', { ...env, FUNCTION_TARGET: 'probe-health' }),
      start('health', env),
    ]);
    assert.equal(with_.started, true, with_.lines);
    assert.equal(without.started, false);
    assert.match(without.lines, /set DEMO_LOGIN_KEY/);
  });
});
