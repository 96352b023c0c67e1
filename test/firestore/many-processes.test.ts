/**
 * Firestore under the real run, at the real emulator: what a run costs in the steady state, that documents are marked to
 * expire, and that eight instances at once, two for each step, lose nothing and tell everything once.
 */
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { randomBytes, randomUUID } from 'node:crypto';
import { after, before, describe, it } from 'node:test';
import { promisify } from 'node:util';

import { parseEnvironmentRecord, parseStepRecord } from '../../shared/core/judge/parse.ts';
import { type Step, steps } from '../../shared/core/step.ts';
import { dayMs } from '../../shared/core/time.ts';
import { openNotifier } from '../../shared/io/slack.ts';
import { openFirestoreStore } from '../../shared/io/state/firestore.ts';
import { type LocalSlack, startSlackServer } from '../../shared/local/slack/server.ts';
import type { RunRecord } from '../../shared/run/answer.ts';
import { openOwnHistories } from '../../shared/run/own-histories.ts';
import { runStep } from '../../shared/run/run.ts';
import { type FaultyStore, openFaultyStore } from '../support/faulty-store.ts';
import {
  type FirestoreEmulator,
  findFirestoreEmulator,
  startFirestoreEmulator,
} from '../support/firestore-emulator.ts';
import { at } from '../support/function-world.ts';
import { badSlots, hammered, probeOf, slotAt } from '../support/hammered.ts';

const found = findFirestoreEmulator();
const skip = 'missing' in found ? `not run: ${found.missing}` : false;
if (skip !== false) {
  process.stdout.write(`# eight processes at Firestore were ${skip}\n`);
}

const slots = 16;

describe('Firestore under the run', { skip }, () => {
  let emulator: FirestoreEmulator;
  let slack: LocalSlack;
  const projectId = `test-${randomUUID().slice(0, 8)}`;
  const own = openOwnHistories();

  before(async () => {
    assert.ok('path' in found);
    emulator = await startFirestoreEmulator(found.path);
    slack = await startSlackServer();
    process.env['FIRESTORE_EMULATOR_HOST'] = emulator.host;
    process.env['METADATA_SERVER_DETECTION'] = 'none';
  });
  after(async () => {
    await slack.close();
    await emulator.stop();
  });

  function open(): FaultyStore {
    return openFaultyStore(
      openFirestoreStore({ projectId, databaseId: '(default)', timeoutMs: 20_000, nowMs: Date.now }),
    );
  }

  function run(step: Step, index: number, store: FaultyStore): Promise<RunRecord> {
    return runStep(
      { step, environment: hammered, slotMs: slotAt(index), cold: false, answerWithinMs: 60_000 },
      {
        loadProbe: async () => probeOf(step, index),
        secrets: () => null,
        store,
        notifier: openNotifier({ token: slack.token, apiUrl: slack.url }),
        sink: { write: async (points) => ({ written: points.length, refused: [] }), close: async () => undefined },
        log: () => undefined,
        nowMs: Date.now,
        newTraceId: () => randomBytes(16).toString('hex'),
        region: 'us-central1',
        projectId: null,
        own,
      },
    );
  }

  interface Run {
    readonly step: Step;
    readonly index: number;
    readonly judged: string;
    readonly trouble: readonly unknown[];
  }

  async function instance(step: Step): Promise<readonly Run[]> {
    const script = new URL('../support/firestore-hammer.ts', import.meta.url).pathname;
    const env = {
      ...process.env,
      SLACK_API_URL: slack.url,
      SLACK_BOT_TOKEN: slack.token.reveal(),
    };
    const { stdout } = await promisify(execFile)(process.execPath, [script, projectId, step, String(slots)], {
      env,
      timeout: 120_000,
    });
    return stdout
      .trim()
      .split('\n')
      .map((line) => ({ step, ...JSON.parse(line) }));
  }

  it('lets eight instances judge each slot of each step exactly once', async () => {
    const runs = (await Promise.all([...steps, ...steps].map(instance))).flat();
    assert.equal(runs.length, 8 * slots);
    assert.deepEqual(
      runs.filter(({ trouble }) => trouble.length > 0),
      [],
    );
    for (const step of steps) {
      for (let index = 0; index < slots; index += 1) {
        const judged = runs.filter((each) => each.step === step && each.index === index).map((each) => each.judged);
        assert.equal(judged.filter((word) => word === 'judged').length, 1, `${step} ${index}: ${judged.join(', ')}`);
      }
    }
  });

  it('has lost none of them, and told one incident in one root message, and its end', async () => {
    const store = open();
    // What a lease kept from being delivered at the very end is delivered by the next run.
    await run('auth', slots, store);
    const documents = await store.load(
      [...steps, 'environment' as const].map((document) => ({ environment: hammered.name, document })),
    );
    for (const [place, step] of steps.entries()) {
      const { record, problems } = parseStepRecord(documents[place]?.value);
      assert.deepEqual(problems, []);
      const kept = record?.regions['us-central1']?.window.map(({ slotMs }) => slotMs) ?? [];
      const expected = Array.from({ length: slots + (step === 'auth' ? 1 : 0) }, (_, index) => slotAt(index));
      assert.deepEqual(kept, expected, step);
    }
    const { record: environment } = parseEnvironmentRecord(documents.at(-1)?.value);
    assert.equal(environment?.incident, null);
    assert.equal(environment?.lastIncident?.steps.health?.sinceMs, slotAt(badSlots.from));
    assert.deepEqual([environment?.outbox, environment?.lease], [[], null]);
    await store.close();

    const messages = slack.messages();
    const roots = messages.filter(({ threadTs }) => threadTs === null);
    assert.equal(roots.length, 1);
    assert.match(roots[0]?.text ?? '', /works again/);
    assert.equal(messages.filter(({ text }) => text.includes('over after')).length, 1);
  });

  it('costs two reads in one round trip and one write a run, while nothing changes', async () => {
    const store = open();
    await run('auth', slots + 1, store);
    const start = store.counts();
    for (const [index, step] of steps.entries()) {
      await run(step, slots + 2, store);
      const { reads, writes, commits } = store.counts();
      const runs = index + 1;
      assert.deepEqual(
        [reads - start.reads, writes - start.writes, commits - start.commits],
        [2 * runs, runs, runs],
        step,
      );
    }
    await store.close();
  });

  it('marks every document to expire ninety days after it was written', async () => {
    const url = `http://${emulator.host}/v1/projects/${projectId}/databases/(default)/documents/golden_path_state`;
    const listed: unknown = await (await fetch(url, { headers: { authorization: 'Bearer owner' } })).json();
    const documents = at(listed, 'documents');
    assert.ok(Array.isArray(documents) && documents.length === steps.length + 1);
    for (const document of documents) {
      const expiresAtMs = Date.parse(String(at(document, 'fields', 'expires_at', 'timestampValue')));
      const aheadMs = expiresAtMs - Date.now();
      assert.ok(aheadMs > 89 * dayMs && aheadMs <= 90 * dayMs, `${aheadMs} ms ahead`);
    }
  });
});
