/** The tables of the history, and what is thrown away so that they stay small. */
import { mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import { DatabaseSync } from 'node:sqlite';

const messagesMax = 2_000;
const incidentsMax = 1_000;

/** The records, which are large and seldom read, lie apart from the rows that charts read by the thousand. */
const schema = `
  CREATE TABLE IF NOT EXISTS run (
    trace TEXT PRIMARY KEY, step TEXT NOT NULL, region TEXT NOT NULL, slot_ms INTEGER NOT NULL, verdict TEXT NOT NULL,
    reason TEXT, detail TEXT NOT NULL, blocked_by TEXT, latency_ms REAL, phases TEXT NOT NULL, revision TEXT,
    flaky INTEGER NOT NULL, cold INTEGER NOT NULL, late INTEGER NOT NULL, events INTEGER NOT NULL
  ) STRICT;
  CREATE INDEX IF NOT EXISTS run_by_step ON run (step, slot_ms);
  CREATE INDEX IF NOT EXISTS run_by_slot ON run (slot_ms);
  CREATE TABLE IF NOT EXISTS record (trace TEXT PRIMARY KEY, deflated BLOB NOT NULL) STRICT;
  CREATE TABLE IF NOT EXISTS message (
    channel TEXT NOT NULL, ts TEXT NOT NULL, posted_ms INTEGER NOT NULL, value TEXT NOT NULL, PRIMARY KEY (channel, ts)
  ) STRICT;
  CREATE TABLE IF NOT EXISTS incident (
    id TEXT PRIMARY KEY, opened_ms INTEGER NOT NULL, resolved_ms INTEGER, value TEXT NOT NULL
  ) STRICT`;

/** Opens or creates the file; `:memory:` is none. Throws when it can't be used. */
export function openTables(path: string): DatabaseSync {
  if (path !== ':memory:') {
    mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
  }
  const database = new DatabaseSync(path, { timeout: 5_000 });
  database.exec('PRAGMA journal_mode = WAL');
  database.exec('PRAGMA synchronous = NORMAL');
  database.exec(schema);
  return database;
}

export interface Bounds {
  /** Runs of older slots go, in Unix milliseconds. */
  readonly oldestMs: number;
  /** Beyond these the oldest go. */
  readonly runsMax: number;
}

export function pruneTables(database: DatabaseSync, { oldestMs, runsMax }: Bounds): void {
  const nth = database.prepare('SELECT slot_ms FROM run ORDER BY slot_ms DESC LIMIT 1 OFFSET ?').get(runsMax);
  const limitMs = Math.max(oldestMs, Number(nth?.['slot_ms'] ?? -1) + 1);
  database.prepare('DELETE FROM record WHERE trace IN (SELECT trace FROM run WHERE slot_ms < ?)').run(limitMs);
  database.prepare('DELETE FROM run WHERE slot_ms < ?').run(limitMs);
  keepNewest(database, { table: 'message', column: 'posted_ms' }, messagesMax);
  keepNewest(database, { table: 'incident', column: 'opened_ms' }, incidentsMax);
}

interface Aged {
  readonly table: 'message' | 'incident';
  readonly column: 'posted_ms' | 'opened_ms';
}

function keepNewest(database: DatabaseSync, { table, column }: Aged, max: number): void {
  const nth = `SELECT ${column} FROM ${table} ORDER BY ${column} DESC LIMIT 1 OFFSET ?`;
  database.prepare(`DELETE FROM ${table} WHERE ${column} <= (${nth})`).run(max);
}
