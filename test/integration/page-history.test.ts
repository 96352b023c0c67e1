/** The history in a real file: what goes in comes out, bounded, and readable by a second process at the same time. */
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, it } from 'node:test';

import { dayMs, hourMs } from '../../shared/core/time.ts';
import { type History, historyPath, type HistoryOptions, openHistory } from '../../shared/local/page/history.ts';
import type { IncidentView } from '../../shared/local/page/model/contract.ts';
import { staging } from '../support/sample-builders.ts';
import { type MadeUp, madeUpHistory } from '../support/made-up-history.ts';

const endMs = Date.parse('2026-11-24T20:00:00Z');
const environment = { ...staging, cadenceSeconds: 60 };
const seed = 11;

function made(runs: number): MadeUp {
  return madeUpHistory({ environment, runs, endMs, seed });
}

function memory(options: Partial<HistoryOptions> = {}): History {
  return openHistory({ path: ':memory:', nowMs: () => endMs, ...options });
}

function filled(runs: number, options: Partial<HistoryOptions> = {}): History {
  const history = memory(options);
  made(runs).records.forEach((record) => history.add(record));
  return history;
}

describe('the history of runs', () => {
  it('gives back each run whole, and the rows newest first', () => {
    const history = memory();
    const { records } = made(40);
    records.forEach((record) => history.add(record));
    assert.equal(history.count(), 40);
    const rows = history.runs({ limit: 100 });
    assert.deepEqual(
      rows.map(({ trace }) => trace),
      records.map(({ outcome }) => outcome.traceId).toReversed(),
    );
    for (const record of records) {
      assert.deepEqual(history.record(record.outcome.traceId), record);
    }
    assert.equal(history.record('0'.repeat(32)), null);
    history.close();
  });

  it('takes a run once: a duplicate trigger is answered with the same run', () => {
    const history = memory();
    const [record] = made(4).records;
    assert.ok(record !== undefined);
    history.add(record);
    history.add({ ...record, judged: 'duplicate' });
    assert.equal(history.count(), 1);
    assert.equal(history.record(record.outcome.traceId)?.judged, 'judged');
    history.close();
  });

  it('pages without losing or repeating a run, also when slots are equal', () => {
    const history = memory();
    const { records } = made(80);
    for (const record of records) {
      history.add({ ...record, outcome: { ...record.outcome, slotMs: endMs - (record.outcome.slotMs % 3) } });
    }
    const seen: string[] = [];
    for (let before: { slotMs: number; trace: string } | null = null; ;) {
      const page = history.runs({ limit: 7, ...(before === null ? {} : { before }) });
      seen.push(...page.map(({ trace }) => trace));
      before = page.at(-1) ?? null;
      if (before === null) {
        break;
      }
    }
    assert.equal(seen.length, 80);
    assert.equal(new Set(seen).size, 80);
    history.close();
  });

  it('narrows down to a step, a time, what is notable, and what shows events', () => {
    const history = filled(4_000);
    const all = history.runs({ limit: 5_000 });
    const auth = history.runs({ step: 'auth', limit: 5_000 });
    assert.equal(auth.length, 1_000);
    const lastHour = history.runs({ fromMs: endMs - hourMs, toMs: endMs, limit: 5_000 });
    assert.ok(lastHour.length > 0 && lastHour.every(({ slotMs }) => slotMs >= endMs - hourMs && slotMs < endMs));
    const notable = history.runs({ notable: true, limit: 5_000 });
    assert.deepEqual(
      notable,
      all.filter(({ verdict, reason, flaky, late }) => verdict !== 'pass' || reason !== null || flaky || late),
    );
    assert.ok(notable.length > 0);
    const withEvents = history.runs({ step: 'agent', withEvents: true, limit: 1 });
    assert.ok((history.record(withEvents[0]?.trace ?? '')?.outcome.timeline.length ?? 0) > 0);
    history.close();
  });

  it('says since when a step is as it is', () => {
    const history = memory();
    const { records } = made(400);
    const auth = records.filter(({ outcome }) => outcome.step === 'auth');
    const verdicts = auth.map((_, at) => (at === 60 ? ('fail' as const) : ('pass' as const)));
    auth.forEach((record, at) =>
      history.add({ ...record, outcome: { ...record.outcome, verdict: verdicts[at] ?? 'pass' } }),
    );
    assert.equal(history.sinceMs('auth', 0, endMs), auth[61]?.outcome.slotMs);
    const failedMs = auth[60]?.outcome.slotMs ?? 0;
    assert.equal(history.sinceMs('auth', 0, failedMs + 1), failedMs, 'as it was then');
    assert.equal(history.sinceMs('auth', auth[80]?.outcome.slotMs ?? 0, endMs), auth[80]?.outcome.slotMs);
    assert.equal(history.sinceMs('agent', 0, endMs), null);
    history.close();
  });
});

describe('the bounds of the history', () => {
  it('keep the newest runs, with their records', () => {
    const history = filled(3_000, { runsMax: 1_000 });
    // It is tidied up now and then, so there may be some more for a while.
    assert.ok(history.count() <= 1_500, `${history.count()} runs`);
    const [newest] = history.runs({ limit: 1 });
    assert.ok(history.record(newest?.trace ?? '') !== null);
    history.close();
  });

  it('let runs go that are older than eight days', () => {
    const folder = mkdtempSync(join(tmpdir(), 'history-'));
    const path = historyPath(folder, 'demo');
    const first = openHistory({ path, nowMs: () => endMs });
    made(400).records.forEach((record) => first.add(record));
    first.close();
    const later = openHistory({ path, nowMs: () => endMs + 8 * dayMs - hourMs });
    const rows = later.runs({ limit: 1_000 });
    assert.ok(rows.length > 0 && rows.length < 400);
    assert.ok(rows.every(({ slotMs }) => slotMs >= endMs - hourMs));
    later.close();
    rmSync(folder, { recursive: true });
  });
});

describe('a history file', () => {
  it('is small, for its owner only, and readable while another process writes', () => {
    const folder = join(mkdtempSync(join(tmpdir(), 'history-')), 'inner');
    const path = historyPath(folder, 'demo');
    const writer = openHistory({ path, nowMs: () => endMs });
    const { records } = made(1_000);
    records.slice(0, 900).forEach((record) => writer.add(record));
    const reader = openHistory({ path, nowMs: () => endMs });
    assert.equal(reader.count(), 900);
    records.slice(900).forEach((record) => writer.add(record));
    assert.equal(reader.count(), 1_000);
    writer.close();
    reader.close();
    assert.equal(statSync(folder).mode & 0o077, 0);
    const bytesARun = statSync(path).size / 1_000;
    assert.ok(bytesARun < 2_500, `${bytesARun} bytes a run`);
    rmSync(folder, { recursive: true });
  });
});

describe('incidents and messages', () => {
  const incident: IncidentView = {
    id: 'demo-1',
    severity: 'outage',
    firstStep: 'auth',
    openedAtMs: 1_000,
    resolvedAtMs: null,
    parts: [],
    evidence: [],
    impact: null,
    commands: [],
    takenBy: null,
  };

  it('are found by the time in which they were open, in their newest form', () => {
    const history = memory();
    history.keepIncident(incident);
    assert.deepEqual(history.incidents(5_000, 6_000), [incident], 'it is still open');
    history.keepIncident({ ...incident, resolvedAtMs: 3_000 });
    assert.deepEqual(history.incidents(5_000, 6_000), []);
    assert.deepEqual(history.incidents(2_000, 6_000), [{ ...incident, resolvedAtMs: 3_000 }]);
    assert.deepEqual(history.incidents(0, 1_000), []);
    history.close();
  });

  it('are found by when they were posted, as they read after the last edit', () => {
    const history = memory();
    const message = {
      channel: 'C1',
      ts: '1.1',
      threadTs: null,
      broadcast: false,
      permalink: '',
      blocks: [],
      edits: [],
    };
    history.keepMessage({ ...message, atMs: 1_000, text: 'broken' });
    history.keepMessage({
      ...message,
      atMs: 9_000,
      text: 'over',
      edits: [{ atMs: 1_000, text: 'broken', blocks: [] }],
    });
    assert.deepEqual(
      history.messages(0, 2_000).map(({ text }) => text),
      ['over'],
    );
    assert.deepEqual(history.messages(2_000, 10_000), []);
    history.close();
  });
});
