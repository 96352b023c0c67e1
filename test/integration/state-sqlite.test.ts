/** The SQLite store keeps the contract of all stores, with several connections to one file. */
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { DatabaseSync } from 'node:sqlite';
import { after, describe, it } from 'node:test';
import { promisify } from 'node:util';

import { parseStepRecord } from '../../shared/core/judge/parse.ts';
import { StateError } from '../../shared/core/state-error.ts';
import { unreadable } from '../../shared/io/state/document-text.ts';
import { openSqliteStore } from '../../shared/io/state/sqlite.ts';
import { describesStateStore } from '../support/state-contract.ts';

const key = { environment: 'acme', document: 'auth' } as const;

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

  it('says so when the file is not a database, and goes on once it is one', async () => {
    const path = join(folder, 'garbage.sqlite');
    writeFileSync(path, 'this is no database, and long enough to be read as a header of one'.repeat(20));
    const store = openSqliteStore(path);
    await assert.rejects(store.load([key]), (error) => error instanceof StateError && error.code === 'unavailable');
    rmSync(path);
    assert.deepEqual(await store.load([key]), [{ value: null, version: null }]);
    await store.close();
  });

  it('gives a document that is no JSON as one that can’t be read, with the version that lets it be replaced', async () => {
    const path = join(folder, 'spoiled.sqlite');
    const store = openSqliteStore(path);
    await store.commit([{ key, value: { version: 1 }, ifVersion: null }]);
    const beside = new DatabaseSync(path);
    for (const text of ['{"version":1', '', 'null']) {
      beside.prepare('UPDATE document SET value = ?').run(text);
      const [stored] = await store.load([key]);
      assert.equal(stored?.value, unreadable, text);
      assert.notEqual(stored?.version, null);
      assert.equal(parseStepRecord(stored?.value).problems.length, 1, 'judging tells of it');
      assert.equal(
        await store.commit([{ key, value: { version: 1 }, ifVersion: stored?.version ?? null }]),
        'committed',
      );
    }
    beside.close();
    await store.close();
  });

  it('is read while somebody else is writing', async () => {
    const path = join(folder, 'busy.sqlite');
    const store = openSqliteStore(path);
    await store.commit([{ key, value: 1, ifVersion: null }]);
    const beside = new DatabaseSync(path);
    beside.exec('BEGIN IMMEDIATE');
    beside.exec("UPDATE document SET value = '2'");
    assert.equal((await store.load([key]))[0]?.value, 1);
    beside.exec('COMMIT');
    assert.equal((await store.load([key]))[0]?.value, 2);
    beside.close();
    await store.close();
  });

  it('keeps what it has when the disk is full, says so, and works as soon as there is room', async () => {
    const script = new URL('../support/sqlite-full-disk.ts', import.meta.url).pathname;
    // In blocks of 512 bytes or of a KiB, as the shell likes: some megabytes in either case.
    const command = `ulimit -f 4096 && exec "${process.execPath}" "${script}" "${join(folder, 'full.sqlite')}"`;
    const { stdout } = await promisify(execFile)('sh', ['-c', command], { timeout: 30_000 });
    const { ended, ...rest }: { ended: readonly string[] } = JSON.parse(stdout);
    assert.match(ended.join(': '), /^unavailable: (?:disk I\/O error|database or disk is full)$/);
    assert.deepEqual(rest, { keptWhole: true, after: 'committed' });
  });

  it('rejects instead of hanging once it is closed', async () => {
    const store = openSqliteStore(':memory:');
    await store.close();
    await assert.rejects(store.load([key]), StateError);
  });
});
