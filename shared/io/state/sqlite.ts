/**
 * State in one SQLite file, for laptops and single hosts. Several processes may use the file at once:
 * write-ahead logging lets them read while one writes, and a writer waits for another for up to `busyTimeoutMs`.
 * The file is opened at the first use, and again as long as that fails: a full disk must not cost a measurement.
 */
import { mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import { DatabaseSync, type StatementSync } from 'node:sqlite';

import type { StateKey, StateStore, StateWrite, Stored } from '../../core/ports.ts';
import { StateError } from '../../core/state-error.ts';
import { documentOf } from './document-text.ts';

/** Longer than any write takes, short enough for a run that has to wait for several. */
const busyTimeoutMs = 3_000;

const schema = `
  CREATE TABLE IF NOT EXISTS document (
    environment TEXT NOT NULL,
    name TEXT NOT NULL,
    value TEXT NOT NULL,
    version INTEGER NOT NULL,
    PRIMARY KEY (environment, name)
  ) STRICT, WITHOUT ROWID`;

/** `:memory:` keeps everything in this process. */
export function openSqliteStore(path: string): StateStore {
  let documents: Documents | null = null;
  let closed = false;

  function use<T>(work: (open: Documents) => T): T {
    try {
      if (closed) {
        throw new TypeError('the store has been closed');
      }
      documents ??= openDocuments(path);
      return work(documents);
    } catch (error) {
      throw new StateError('unavailable', 'the SQLite state file cannot be used', error);
    }
  }

  return {
    load: async (keys) => use((open) => keys.map((key) => read(open, key))),
    commit: async (writes) => use((open) => commit(open, writes)),
    close: async () => {
      closed = true;
      documents?.database.close();
      documents = null;
    },
  };
}

interface Documents {
  readonly database: DatabaseSync;
  readonly select: StatementSync;
  readonly insert: StatementSync;
  readonly update: StatementSync;
}

function openDocuments(path: string): Documents {
  if (path !== ':memory:') {
    mkdirSync(dirname(path), { recursive: true });
  }
  const database = new DatabaseSync(path, { timeout: busyTimeoutMs });
  try {
    database.exec('PRAGMA journal_mode = WAL');
    database.exec('PRAGMA synchronous = NORMAL');
    database.exec(schema);
    return {
      database,
      select: database.prepare('SELECT value, version FROM document WHERE environment = ? AND name = ?'),
      insert: database.prepare(
        'INSERT INTO document (environment, name, value, version) VALUES (?, ?, ?, 1) ON CONFLICT DO NOTHING',
      ),
      update: database.prepare(
        'UPDATE document SET value = ?, version = version + 1 WHERE environment = ? AND name = ? AND version = ?',
      ),
    };
  } catch (error) {
    database.close();
    throw error;
  }
}

function read({ select }: Documents, key: StateKey): Stored {
  const row = select.get(key.environment, key.document);
  return row === undefined
    ? { value: null, version: null }
    : { value: documentOf(row['value']), version: String(row['version']) };
}

function commit(open: Documents, writes: readonly StateWrite[]): 'committed' | 'conflict' {
  const { database } = open;
  database.exec('BEGIN IMMEDIATE');
  try {
    const committed = writes.every((each) => write(open, each));
    database.exec(committed ? 'COMMIT' : 'ROLLBACK');
    return committed ? 'committed' : 'conflict';
  } catch (error) {
    // A full disk makes SQLite roll back by itself.
    if (database.isTransaction) {
      database.exec('ROLLBACK');
    }
    throw error;
  }
}

function write({ insert, update }: Documents, { key, value, ifVersion }: StateWrite): boolean {
  const json = JSON.stringify(value);
  const { changes } =
    ifVersion === null
      ? insert.run(key.environment, key.document, json)
      : update.run(json, key.environment, key.document, Number(ifVersion));
  return changes === 1;
}
