/**
 * State in one SQLite file, for laptops and single hosts. Several processes may use the file at once:
 * write-ahead logging lets them read while one writes, and a writer waits for another for up to `busyTimeoutMs`.
 */
import { mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import { DatabaseSync } from 'node:sqlite';

import type { StateKey, StateStore, StateWrite, Stored } from '../../core/ports.ts';
import { StateError } from '../../core/state-error.ts';

const busyTimeoutMs = 5_000;

const schema = `
  CREATE TABLE IF NOT EXISTS document (
    environment TEXT NOT NULL,
    name TEXT NOT NULL,
    value TEXT NOT NULL,
    version INTEGER NOT NULL,
    PRIMARY KEY (environment, name)
  ) STRICT, WITHOUT ROWID`;

/** Opens or creates the file; `:memory:` keeps everything in this process. */
export function openSqliteStore(path: string): StateStore {
  const database = guarded(() => openDatabase(path));
  const select = database.prepare('SELECT value, version FROM document WHERE environment = ? AND name = ?');
  const insert = database.prepare(
    'INSERT INTO document (environment, name, value, version) VALUES (?, ?, ?, 1) ON CONFLICT DO NOTHING',
  );
  const update = database.prepare(
    'UPDATE document SET value = ?, version = version + 1 WHERE environment = ? AND name = ? AND version = ?',
  );

  function read(key: StateKey): Stored {
    const row = select.get(key.environment, key.document);
    if (row === undefined) {
      return { value: null, version: null };
    }
    return { value: JSON.parse(String(row['value'])), version: String(row['version']) };
  }

  function write({ key, value, ifVersion }: StateWrite): boolean {
    const json = JSON.stringify(value);
    const { changes } =
      ifVersion === null
        ? insert.run(key.environment, key.document, json)
        : update.run(json, key.environment, key.document, Number(ifVersion));
    return changes === 1;
  }

  function commit(writes: readonly StateWrite[]): 'committed' | 'conflict' {
    database.exec('BEGIN IMMEDIATE');
    try {
      const committed = writes.every(write);
      database.exec(committed ? 'COMMIT' : 'ROLLBACK');
      return committed ? 'committed' : 'conflict';
    } catch (error) {
      database.exec('ROLLBACK');
      throw error;
    }
  }

  return {
    load: async (keys) => guarded(() => keys.map(read)),
    commit: async (writes) => guarded(() => commit(writes)),
    close: async () => database.close(),
  };
}

function openDatabase(path: string): DatabaseSync {
  if (path !== ':memory:') {
    mkdirSync(dirname(path), { recursive: true });
  }
  const database = new DatabaseSync(path, { timeout: busyTimeoutMs });
  database.exec('PRAGMA journal_mode = WAL');
  database.exec('PRAGMA synchronous = NORMAL');
  database.exec(schema);
  return database;
}

function guarded<T>(work: () => T): T {
  try {
    return work();
  } catch (error) {
    throw new StateError('unavailable', 'the SQLite state file cannot be used', error);
  }
}
