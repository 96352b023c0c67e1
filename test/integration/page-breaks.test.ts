/** The break board against a real sandbox's control port. */
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';

import { reasonEntry } from '../../shared/core/reasons.ts';
import { ask } from '../../shared/local/ask.ts';
import { type BreakBoard, type Control, openBreakBoard } from '../../shared/local/page/breaks.ts';
import type { LocalMessage } from '../../shared/local/slack/channels.ts';
import type { RunRecord } from '../../shared/run/answer.ts';
import { faults } from '../sandbox/faults.ts';
import { type Sandbox, startSandbox } from '../sandbox/sandbox.ts';
import { madeUpHistory } from '../support/made-up-history.ts';
import { staging } from '../support/sample-builders.ts';

let sandbox: Sandbox;
let control: Control;
before(async () => {
  sandbox = await startSandbox();
  control = (method, path) => ask({ method, url: `${sandbox.origins.control}${path}`, timeoutMs: 5_000 });
});
after(() => sandbox.close());

const [passing] = madeUpHistory({ environment: staging, runs: 4, endMs: 1_000_000, seed: 1 }).records;

function found(known: Partial<RunRecord['outcome']>): RunRecord {
  assert.ok(passing !== undefined);
  return { ...passing, outcome: { ...passing.outcome, step: 'websocket', verdict: 'fail', ...known } };
}

function message(text: string, atMs: number): LocalMessage {
  return {
    channel: 'C1',
    ts: '1.1',
    threadTs: null,
    broadcast: false,
    permalink: '',
    blocks: [],
    edits: [],
    text,
    atMs,
  };
}

async function boardAt(times: { nowMs: number }): Promise<BreakBoard> {
  await sandbox.clearFaults();
  return openBreakBoard(control, () => times.nowMs);
}

describe('the break board', () => {
  it('knows every fault of the table, what it leads to, and which ones need another environment', async () => {
    const board = await boardAt({ nowMs: 0 });
    assert.deepEqual(
      board.faults.map(({ id, needsEnvironment, reason }) => [id, needsEnvironment, reason]),
      faults.map(({ id, environment, expected, step }) => [id, environment !== null, expected[step].reason]),
    );
  });

  it('breaks and mends the sandbox', async () => {
    const board = await boardAt({ nowMs: 0 });
    assert.equal(await board.break('no_subprotocol'), null);
    assert.equal(await board.break('login_500'), null);
    assert.deepEqual(
      sandbox.active().map(({ id }) => id),
      ['no_subprotocol', 'login_500'],
    );
    assert.equal(await board.mend('no_subprotocol'), null);
    assert.deepEqual(board.now().active, ['login_500']);
    await board.mend(null);
    assert.deepEqual(sandbox.active(), []);
  });

  it('says what the sandbox refuses', async () => {
    const board = await boardAt({ nowMs: 0 });
    assert.match((await board.break('nothing_like_it')) ?? '', /HTTP 400/);
    assert.deepEqual(board.now().times, []);
  });

  it('takes the time from the click to the run that found it and to the message that told it', async () => {
    const time = { nowMs: 1_000 };
    const board = await boardAt(time);
    await board.break('no_subprotocol');
    board.hearRun(found({ reason: 'subprotocol_missing', endedAtMs: 900 }));
    assert.equal(board.now().times[0]?.detectedAtMs, null, 'a run that ended before the click has not found it');
    board.hearRun(found({ reason: 'no_welcome', endedAtMs: 2_000 }));
    board.hearRun(found({ step: 'agent', reason: 'subprotocol_missing', verdict: 'blocked', endedAtMs: 2_000 }));
    assert.equal(board.now().times[0]?.detectedAtMs, null, 'another reason or another step is not it');
    board.hearRun(found({ reason: 'subprotocol_missing', endedAtMs: 3_000, traceId: 'a'.repeat(32) }));
    board.hearRun(found({ reason: 'subprotocol_missing', endedAtMs: 4_000, traceId: 'b'.repeat(32) }));
    board.hearMessage(message('Something else is broken', 4_500));
    board.hearMessage(message(`Broken: ${reasonEntry('subprotocol_missing').sentence.toUpperCase()}.`, 5_000));
    time.nowMs = 9_000;
    await board.mend(null);
    assert.deepEqual(board.now().times, [
      {
        fault: 'no_subprotocol',
        brokenAtMs: 1_000,
        detectedAtMs: 3_000,
        detectedBy: 'a'.repeat(32),
        toldAtMs: 5_000,
        mendedAtMs: 9_000,
      },
    ]);
  });

  it('takes notice of what was broken and mended at the control port by hand', async () => {
    const time = { nowMs: 1_000 };
    const board = await boardAt(time);
    await control('POST', '/faults/no_pong');
    await board.refresh();
    assert.deepEqual(board.now().active, ['no_pong']);
    time.nowMs = 2_000;
    await control('DELETE', '/faults');
    await board.refresh();
    assert.equal(board.now().times[0]?.mendedAtMs, 2_000);
  });

  it('forgets the oldest breaks', async () => {
    const board = await boardAt({ nowMs: 0 });
    for (let count = 0; count < 45; count += 1) {
      await board.break('no_pong');
      await board.mend('no_pong');
    }
    assert.equal(board.now().times.length, 40);
  });
});
