/**
 * What happened on this machine: runs with their records, Slack messages and incidents, in one SQLite file a watched
 * environment. Bounded by age and number; refuses to be the state that judging rests on.
 */
import { join } from 'node:path';
import type { DatabaseSync } from 'node:sqlite';
import { deflateRawSync, inflateRawSync } from 'node:zlib';

import type { Step } from '../../core/step.ts';
import { dayMs } from '../../core/time.ts';
import type { RunRecord } from '../../run/answer.ts';
import { parseRunRecord } from '../run-record.ts';
import type { LocalMessage } from '../slack/channels.ts';
import type { IncidentView, RunRow } from './model/contract.ts';
import { parseIncident, parseMessage, rowColumns, rowOf } from './history-rows.ts';
import { openTables, pruneTables } from './history-tables.ts';

export interface RunQuery {
  readonly step?: Step;
  readonly fromMs?: number;
  readonly toMs?: number;
  /** Only runs that did not simply pass. */
  readonly notable?: boolean;
  /** Only runs that show the events of an agent. */
  readonly withEvents?: boolean;
  /** Runs before this one, by slot and trace. */
  readonly before?: { readonly slotMs: number; readonly trace: string };
  readonly limit: number;
}

export interface History {
  add(record: RunRecord): void;
  keepMessage(message: LocalMessage): void;
  keepIncident(incident: IncidentView): void;
  /** Newest first. */
  runs(query: RunQuery): readonly RunRow[];
  record(trace: string): RunRecord | null;
  count(): number;
  /** Slot of the first run of the unbroken row of runs with the newest one's verdict; null when there is none. */
  sinceMs(step: Step, notBeforeMs: number, nowMs: number): number | null;
  /** That were open at some time between the two instants, oldest first. */
  incidents(fromMs: number, toMs: number): readonly IncidentView[];
  /** Posted between the two instants, oldest first. */
  messages(fromMs: number, toMs: number): readonly LocalMessage[];
  close(): void;
}

export interface HistoryOptions {
  /** `:memory:` keeps everything in this process. */
  readonly path: string;
  /** Wall clock in Unix milliseconds. */
  readonly nowMs?: () => number;
  readonly runsMax?: number;
  readonly maxAgeMs?: number;
}

/** The file in the folder of `golden-path start` and of its reports. */
export function historyPath(folder: string, environment: string): string {
  return join(folder, `${environment}.history.sqlite`);
}

const pruneEvery = 500;

/** Opens or creates the file. Throws when it can't be used. */
export function openHistory(options: HistoryOptions): History {
  const { path, nowMs = Date.now, runsMax = 50_000, maxAgeMs = 8 * dayMs } = options;
  const database = openTables(path);
  const insertRun = database.prepare(
    `INSERT OR IGNORE INTO run (${rowColumns.join(', ')}, events) VALUES (${rowColumns.map(() => '?').join(', ')}, ?)`,
  );
  const insertRecord = database.prepare('INSERT OR IGNORE INTO record (trace, deflated) VALUES (?, ?)');
  const selectRecord = database.prepare('SELECT deflated FROM record WHERE trace = ?');
  let added = 0;

  const prune = (): void => pruneTables(database, { oldestMs: nowMs() - maxAgeMs, runsMax });

  prune();
  return {
    add: (record) => {
      const { outcome } = record;
      const { traceId, step, region, slotMs, verdict, reason, detail, blockedBy, latencyMs, revision } = outcome;
      const flags = [outcome.flaky, outcome.cold, outcome.late].map(Number);
      const about = [traceId, step, region, slotMs, verdict, reason, detail, blockedBy, latencyMs];
      insertRun.run(...about, JSON.stringify(outcome.phases), revision, ...flags, outcome.timeline.length);
      insertRecord.run(traceId, deflateRawSync(JSON.stringify(record)));
      added += 1;
      if (added % pruneEvery === 0) {
        prune();
      }
    },
    record: (trace) => {
      const deflated = selectRecord.get(trace)?.['deflated'];
      return deflated instanceof Uint8Array ? parseRunRecord(inflateRawSync(deflated).toString('utf8')) : null;
    },
    count: () => Number(database.prepare('SELECT count(*) AS runs FROM run').get()?.['runs'] ?? 0),
    ...readers(database),
    ...keepers(database),
    close: () => database.close(),
  };
}

function readers(database: DatabaseSync): Pick<History, 'runs' | 'sinceMs' | 'incidents' | 'messages'> {
  const since = database.prepare(`
    WITH own AS (SELECT slot_ms, verdict FROM run WHERE step = :step AND slot_ms >= :from AND slot_ms < :to)
    SELECT min(slot_ms) AS since FROM own WHERE slot_ms > coalesce((SELECT max(slot_ms) FROM own
      WHERE verdict <> (SELECT verdict FROM own ORDER BY slot_ms DESC LIMIT 1)), 0)`);
  return {
    runs: (query) => selectRuns(database, query),
    sinceMs: (step, notBeforeMs, nowMs) => {
      const found = since.get({ step, from: notBeforeMs, to: nowMs })?.['since'];
      return typeof found === 'number' ? found : null;
    },
    incidents: (fromMs, toMs) =>
      database
        .prepare('SELECT value FROM incident WHERE opened_ms < ? AND coalesce(resolved_ms, ?) >= ? ORDER BY opened_ms')
        .all(toMs, toMs, fromMs)
        .flatMap(({ value }) => parseIncident(value)),
    messages: (fromMs, toMs) =>
      database
        .prepare('SELECT value FROM message WHERE posted_ms >= ? AND posted_ms < ? ORDER BY posted_ms, ts')
        .all(fromMs, toMs)
        .flatMap(({ value }) => parseMessage(value)),
  };
}

function selectRuns(database: DatabaseSync, query: RunQuery): readonly RunRow[] {
  const { step, fromMs, toMs, before, limit } = query;
  const conditions: readonly (readonly [sql: string, ...values: (string | number)[]] | null)[] = [
    step === undefined ? null : ['step = ?', step],
    fromMs === undefined ? null : ['slot_ms >= ?', fromMs],
    toMs === undefined ? null : ['slot_ms < ?', toMs],
    query.notable === true ? ["(verdict <> 'pass' OR reason IS NOT NULL OR flaky = 1 OR late = 1)"] : null,
    query.withEvents === true ? ['events > 0'] : null,
    before === undefined ? null : ['(slot_ms, trace) < (?, ?)', before.slotMs, before.trace],
  ];
  const used = conditions.filter((condition) => condition !== null);
  const where = used.length === 0 ? '' : `WHERE ${used.map(([sql]) => sql).join(' AND ')}`;
  const sql = `SELECT ${rowColumns.join(', ')} FROM run ${where} ORDER BY slot_ms DESC, trace DESC LIMIT ?`;
  return database
    .prepare(sql)
    .all(...used.flatMap(([, ...values]) => values), limit)
    .flatMap(rowOf);
}

function keepers(database: DatabaseSync): Pick<History, 'keepMessage' | 'keepIncident'> {
  const message = database.prepare(
    'INSERT OR REPLACE INTO message (channel, ts, posted_ms, value) VALUES (?, ?, ?, ?)',
  );
  const incident = database.prepare(
    'INSERT OR REPLACE INTO incident (id, opened_ms, resolved_ms, value) VALUES (?, ?, ?, ?)',
  );
  return {
    keepMessage: (kept) => {
      const postedMs = kept.edits[0]?.atMs ?? kept.atMs;
      message.run(kept.channel, kept.ts, postedMs, JSON.stringify(kept));
    },
    keepIncident: (kept) => {
      incident.run(kept.id, kept.openedAtMs, kept.resolvedAtMs, JSON.stringify(kept));
    },
  };
}
