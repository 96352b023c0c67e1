/**
 * Plants unique secrets wherever one can be, has the product hand them back in every place where it can, and looks for
 * them in all that leaves: log lines, answers, state, metrics, Slack, the command line; whole or cut, in every spelling.
 */
import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { after, before, describe, it } from 'node:test';

import { stepLines } from '../../shared/cli/table.ts';
import type { Environment } from '../../shared/core/environment/definition.ts';
import type { Step } from '../../shared/core/step.ts';
import { openSqliteStore } from '../../shared/io/state/sqlite.ts';
import { syntheticAnswer } from '../../shared/run/answer.ts';
import { sandboxEnvironment } from '../sandbox/environment.ts';
import { type Sandbox, startSandbox } from '../sandbox/sandbox.ts';
import { secretNames } from '../sandbox/secrets.ts';
import { findLeaks, spellings } from '../support/canary.ts';
import { type FullRun, openOutside, type Outside, runAllSteps } from '../support/full-run.ts';
import { type LeakPlace, leakPlaces } from '../support/leak-places.ts';

/** Secrets that only the product knows, each made anew for each run: a cookie, a key of a provider, a session. */
const foreign: Readonly<Record<string, () => string>> = {
  'cookie of the product': () => randomBytes(24).toString('base64url'),
  'key of a provider': () => `sk-live-${randomBytes(18).toString('hex')}`,
  // Longer than the ids of traces and requests, which are shown.
  'session id': () => randomBytes(24).toString('hex'),
};

interface Lane {
  readonly sandbox: Sandbox;
  /** All tokens that were given out since the last run, newest last. */
  readonly tokens: string[];
  planted: () => string;
}

let outside: Outside;
const free: Lane[] = [];
const lanesMax = 16;
const plantsEach = 2;
let runs = 0;

/** The list of places, for the names of the tests; each lane has one of its own. */
const places: readonly LeakPlace[] = leakPlaces(() => '');

async function openLane(): Promise<Lane> {
  const tokens: string[] = [];
  const holder = { planted: () => 'nothing' };
  const sandbox = await startSandbox({
    pace: 20,
    knobs: leakPlaces(() => holder.planted()),
    onToken: (token) => tokens.push(token),
  });
  // A product that gives out no token in a run may still have one of an earlier run to hand back.
  await fetch(`${sandbox.origins.auth}/auth/e2e/test-auth`, {
    method: 'POST',
    headers: { 'x-e2e-bypass-key': sandbox.secrets('SANDBOX_LOGIN_KEY')?.reveal() ?? '' },
    body: JSON.stringify({ email: 'canary@sandbox.example' }),
  });
  return Object.assign(holder, { sandbox, tokens });
}

before(async () => {
  outside = await openOutside();
  for (let lanes = 0; lanes < lanesMax; lanes += 1) {
    free.push(await openLane());
  }
});
after(async () => {
  await Promise.all(free.map(({ sandbox }) => sandbox.close()));
  await outside[Symbol.asyncDispose]();
});

/** What is planted: which secret, and how it is spelled. */
interface Plant {
  readonly name: string;
  readonly value: (lane: Lane) => string;
  readonly spelling: string;
}

function newestToken({ tokens }: Lane, kind: 'access' | 'refresh'): string {
  // Tokens come in pairs, the access token first.
  return tokens.at(kind === 'access' ? -2 : -1) ?? assert.fail('no token was ever given out');
}

const plants: readonly Plant[] = [
  ...secretNames.map((name) => ({
    name,
    value: ({ sandbox }: Lane) => sandbox.secrets(name)?.reveal() ?? '',
    spelling: 'plain',
  })),
  { name: 'access token', value: (lane) => newestToken(lane, 'access'), spelling: 'plain' },
  { name: 'refresh token', value: (lane) => newestToken(lane, 'refresh'), spelling: 'plain' },
  ...Object.entries(foreign).map(([name, make]) => {
    const value = make();
    return { name, value: () => value, spelling: 'plain' };
  }),
  ...['base64', 'base64url', 'hex', 'URL-encoded'].flatMap((spelling) => [
    { name: 'access token', value: (lane: Lane) => newestToken(lane, 'access'), spelling },
    {
      name: 'SANDBOX_LOGIN_KEY',
      value: ({ sandbox }: Lane) => sandbox.secrets('SANDBOX_LOGIN_KEY')?.reveal() ?? '',
      spelling,
    },
  ]),
];

function environmentOf({ sandbox }: Lane, steps: readonly Step[]): Environment {
  return sandboxEnvironment(sandbox, (live) => ({
    ...live,
    name: `canary-${runs}`,
    policy: { ...live.policy, confirmAfterMs: 0, fire: { failures: 1, of: 1 }, degrade: { failures: 1, of: 1 } },
    steps: Object.fromEntries(
      Object.entries(live.steps)
        .filter(([step]) => steps.some((each) => each === step))
        // What waits in vain need not wait long.
        .map(([step, settings]) => [step, step === 'agent' ? settings : { ...settings, deadlineSeconds: 2 }]),
    ),
  }));
}

/** Everything of a run that anybody gets to see. */
function seenOf(run: FullRun, environment: Environment): readonly string[] {
  const records = Object.values(run.records);
  const cli = records.flatMap(({ outcome }) => [
    JSON.stringify(outcome, null, 2),
    stepLines(outcome).join('\n'),
    JSON.stringify(syntheticAnswer(outcome, {}, 'probe')),
  ]);
  const metrics = outside.monitoring
    .series()
    .filter(({ resourceLabels }) => resourceLabels['namespace'] === environment.name)
    .map((series) => JSON.stringify(series));
  return [...run.left, ...cli, ...metrics];
}

/** Runs the steps of a place; those that remember names a second time, when what they remember is not there any more. */
async function assertKept(place: LeakPlace, plant: Plant): Promise<void> {
  const lane = free.pop() ?? assert.fail('more runs at once than sandboxes');
  runs += 1;
  lane.tokens.splice(0, lane.tokens.length - 2);
  lane.planted = () => (spellings[plant.spelling] ?? String)(plant.value(lane));
  const store = openSqliteStore(':memory:');
  try {
    await lane.sandbox.setFaults([place.id]);
    const environment = environmentOf(lane, ['auth', ...place.steps]);
    const options = { environment, secrets: lane.sandbox.secrets, outside, store };
    const first = await runAllSteps({ ...options, slotMs: Date.now() - 60_000 });
    await lane.sandbox.clearFaults();
    const second = place.steps.includes('health') ? await runAllSteps(options) : null;
    const secrets = {
      ...Object.fromEntries(secretNames.map((name) => [name, lane.sandbox.secrets(name)?.reveal() ?? ''])),
      [plant.name]: plant.value(lane),
      ...Object.fromEntries(lane.tokens.map((token, index) => [`token ${index}`, token])),
    };
    const seen = [...seenOf(first, environment), ...(second === null ? [] : seenOf(second, environment))];
    assert.deepEqual(findLeaks(seen, secrets), []);
  } finally {
    await store.close();
    free.push(lane);
  }
}

describe('a secret that the product hands back', { concurrency: lanesMax }, () => {
  for (const [index, place] of places.entries()) {
    it(`goes no further: ${place.title}`, async () => {
      // Every place meets some of them, and together they meet all.
      for (let offset = 0; offset < plantsEach; offset += 1) {
        await assertKept(place, plants[(index * plantsEach + offset) % plants.length] ?? assert.fail());
      }
    });
  }
});

describe('what Slack was told', () => {
  it('holds none of what was planted', () => {
    const secrets = Object.fromEntries(
      free.flatMap(({ sandbox, tokens }, lane) => [
        ...secretNames.map((name) => [`${name} of lane ${lane}`, sandbox.secrets(name)?.reveal() ?? ''] as const),
        ...tokens.map((token, index) => [`token ${index} of lane ${lane}`, token] as const),
      ]),
    );
    const texts = outside.slack.messages().map((message) => JSON.stringify(message));
    assert.ok(texts.length > 100, `${texts.length} messages`);
    assert.deepEqual(findLeaks(texts, { ...secrets, 'Slack token': outside.slack.token.reveal() }), []);
  });
});
