/** The SQLite store keeps the contract of all stores, with several connections to one file. */
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, it } from 'node:test';

import { StateError } from '../../shared/core/state-error.ts';
import { openSqliteStore } from '../../shared/io/state/sqlite.ts';
import { describesStateStore } from '../support/state-contract.ts';

describe('the SQLite state store', () => {
  const folder = mkdtempSync(join(tmpdir(), 'golden-path-state-'));
  after(() => rmSync(folder, { recursive: true }));
  let files = 0;

  describesStateStore({
    open: async () => {
      files += 1;
      return openSqliteStore(join(folder, 'deep', `${files}.sqlite`));
    },
    openAgain: async () => openSqliteStore(join(folder, 'deep', `${files}.sqlite`)),
  });

  it('says so when the file is not a database', () => {
    const path = join(folder, 'garbage.sqlite');
    writeFileSync(path, 'this is no database, and long enough to be read as a header of one'.repeat(20));
    assert.throws(
      () => openSqliteStore(path),
      (error) => error instanceof StateError && error.code === 'unavailable',
    );
  });

  it('rejects instead of hanging once it is closed', async () => {
    const store = openSqliteStore(':memory:');
    await store.close();
    await assert.rejects(store.load([{ environment: 'acme', document: 'auth' }]), StateError);
  });
});
