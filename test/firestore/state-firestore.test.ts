/** The Firestore store keeps the contract of all stores, at the real emulator. */
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { after, before, describe, it } from 'node:test';
import { promisify } from 'node:util';

import { openFirestoreStore } from '../../shared/io/state/firestore.ts';
import {
  type FirestoreEmulator,
  findFirestoreEmulator,
  startFirestoreEmulator,
} from '../support/firestore-emulator.ts';
import { describesStateStore } from '../support/state-contract.ts';

const found = findFirestoreEmulator();
const skip = 'missing' in found ? `not run: ${found.missing}` : false;
if (skip !== false) {
  process.stdout.write(`# the Firestore contract was ${skip}\n`);
}

describe('the Firestore state store', { skip }, () => {
  let emulator: FirestoreEmulator;
  let projectId = '';

  before(async () => {
    assert.ok('path' in found);
    emulator = await startFirestoreEmulator(found.path);
    process.env['FIRESTORE_EMULATOR_HOST'] = emulator.host;
    process.env['METADATA_SERVER_DETECTION'] = 'none';
  });
  after(() => emulator.stop());

  const open = async () =>
    openFirestoreStore({ projectId, databaseId: '(default)', timeoutMs: 20_000, nowMs: () => Date.now() });

  describesStateStore({
    open: () => {
      projectId = `test-${randomUUID().slice(0, 8)}`;
      return open();
    },
    openAgain: open,
  });

  it('reads through a new connection when the old one has died without a word', async () => {
    const none = [{ value: null, version: null }];
    assert.deepEqual(JSON.parse(await inProcess('firestore-half-open.ts', emulator.host)), {
      before: none,
      after: none,
      result: 'committed',
      more: 1,
    });
  });

  it('rejects in time when the database does not answer', async () => {
    assert.equal(await inProcess('firestore-unreachable.ts', '127.0.0.1:9'), 'unavailable');
  });
});

/** What a script of `test/support` prints. */
async function inProcess(name: string, host: string): Promise<string> {
  const script = new URL(`../support/${name}`, import.meta.url).pathname;
  const env = { ...process.env, FIRESTORE_EMULATOR_HOST: host };
  const { stdout } = await promisify(execFile)(process.execPath, [script], { env, timeout: 20_000 });
  return stdout;
}
