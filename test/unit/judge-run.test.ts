/** One run through the judge over a real store: reads and writes, conflicts, duplicates, lost state. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';

import type { Outcome } from '../../shared/core/outcome.ts';
import type { Notifier, StateStore } from '../../shared/core/ports.ts';
import { StateError } from '../../shared/core/state-error.ts';
import { duplicateOf, isLate, memoryOf } from '../../shared/run/earlier-runs.ts';
import { judgeRun, type JudgeReport } from '../../shared/run/judge-run.ts';
import { conflictsMax, loadState } from '../../shared/run/state-access.ts';
import { plainRenderer } from '../simulation/channel.ts';
import { type MemoryStore, openMemoryStore } from '../simulation/memory-store.ts';
import { outcomeOf, settingsWith } from '../simulation/samples.ts';

const settings = settingsWith();
const failing = { verdict: 'fail', reason: 'unavailable' } as const;

interface Scene {
  readonly memory: MemoryStore;
  readonly posts: string[];
  readonly judging: (outcome: Outcome, store?: StateStore) => Promise<JudgeReport>;
}

function scene(): Scene {
  const memory = openMemoryStore();
  const posts: string[] = [];
  const notifier: Notifier = {
    post: async ({ text }, { channel }) => {
      posts.push(text);
      return { result: 'accepted', place: { channel, ts: String(posts.length) } };
    },
    update: async (_message, place) => ({ result: 'accepted', place }),
  };
  let runs = 0;
  return {
    memory,
    posts,
    judging: (outcome, store = memory) => {
      runs += 1;
      const nowMs = (): number => outcome.endedAtMs;
      return judgeRun({ store, notifier, render: plainRenderer, settings, outcome, nowMs, holder: `run ${runs}` });
    },
  };
}

function kinds({ judgement }: JudgeReport): readonly string[] {
  return judgement.decisions.map(({ kind }) => kind);
}

describe('a run', () => {
  it('costs two reads and one write while nothing changes', async () => {
    const { memory, judging } = scene();
    await judging(outcomeOf('auth', 0));
    const before = memory.operations();
    const report = await judging(outcomeOf('auth', 1));
    const after = memory.operations();
    assert.deepEqual([after.reads - before.reads, after.writes - before.writes], [2, 1]);
    assert.equal(report.judged, 'judged');
    assert.equal(report.delivery, null);
    assert.deepEqual(kinds(report), ['steady']);
  });

  it('reads nothing that was read for it before the probe', async () => {
    const { memory } = scene();
    const loaded = await loadState(memory, 'acme', 'auth');
    const notifier: Notifier = { post: () => assert.fail(), update: () => assert.fail() };
    const outcome = outcomeOf('auth', 0);
    const before = memory.operations().reads;
    await judgeRun({
      store: memory,
      notifier,
      render: plainRenderer,
      settings,
      outcome,
      nowMs: () => 0,
      holder: 'x',
      loaded,
    });
    assert.equal(memory.operations().reads, before);
  });

  it('tells what it found in the same run', async () => {
    const { judging, posts } = scene();
    await judging(outcomeOf('auth', 0, failing));
    const report = await judging(outcomeOf('auth', 1, failing));
    assert.deepEqual(report.delivery?.told.length, 1);
    assert.equal(posts.length, 1);
    assert.equal(report.deliveryFault, null);
  });

  it('changes nothing for a slot that was judged, and answers with what was found then', async () => {
    const { memory, judging } = scene();
    const first = outcomeOf('auth', 3, { memory: { uptime: 7 } });
    await judging(first);
    const loaded = await loadState(memory, 'acme', 'auth');
    assert.equal(duplicateOf(loaded, 'us-central1', first.slotMs)?.traceId, first.traceId);
    assert.equal(duplicateOf(loaded, 'us-central1', first.slotMs + 1), null);
    assert.equal(duplicateOf(loaded, 'elsewhere', first.slotMs), null);
    assert.deepEqual(memoryOf(loaded, 'us-central1'), { uptime: 7 });
    assert.deepEqual(memoryOf(loaded, 'elsewhere'), {});
    assert.equal(isLate(loaded, 'us-central1', first.slotMs - 1), true);
    assert.equal(isLate(loaded, 'us-central1', first.slotMs), false);
    assert.equal(isLate(loaded, 'elsewhere', 0), false);

    const writes = memory.operations().writes;
    const again = await judging(outcomeOf('auth', 3, failing));
    assert.equal(again.judged, 'duplicate');
    assert.equal((await judging(outcomeOf('auth', 2, failing))).judged, 'late');
    assert.equal(memory.operations().writes, writes);
  });

  it('delivers what a run before it could not, whatever step it is', async () => {
    const { memory, judging, posts } = scene();
    await judging(outcomeOf('auth', 0, failing));
    const dead: Notifier = {
      post: async () => ({ result: 'unavailable', detail: '', retryAfterMs: null }),
      update: () => assert.fail(),
    };
    const outcome = outcomeOf('auth', 1, failing);
    const nowMs = (): number => outcome.endedAtMs;
    await judgeRun({ store: memory, notifier: dead, render: plainRenderer, settings, outcome, nowMs, holder: 'dead' });
    assert.equal(posts.length, 0);
    const report = await judging(outcomeOf('websocket', 2));
    assert.equal(report.delivery?.told.length, 1);
    assert.equal(posts.length, 1);
  });
});

describe('what a run reports', () => {
  it('is whether an incident is open after it', async () => {
    const { judging } = scene();
    assert.equal((await judging(outcomeOf('auth', 0, failing))).incidentOpen, false);
    assert.equal((await judging(outcomeOf('auth', 1, failing))).incidentOpen, true);
    assert.equal((await judging(outcomeOf('websocket', 1))).incidentOpen, true);
    const { memory } = scene();
    const contended = await judging(outcomeOf('auth', 2), { ...memory, commit: async () => 'conflict' });
    assert.equal(contended.incidentOpen, false);
  });

  it('is nothing of an incident when there is no environment to know of one', async () => {
    const { memory, judging } = scene();
    const outcome = outcomeOf('auth', 0);
    await judging(outcome);
    const stepOnly: StateStore = {
      ...memory,
      load: async (keys) =>
        (await memory.load(keys)).map((stored, at) => (at === 0 ? stored : { value: null, version: null })),
    };
    const report = await judging(outcome, stepOnly);
    assert.equal(report.judged, 'duplicate');
    assert.equal(report.incidentOpen, false);
  });

  it('is an open incident also when others wrote first every time', async () => {
    const { memory, judging } = scene();
    await judging(outcomeOf('auth', 0, failing));
    await judging(outcomeOf('auth', 1, failing));
    const contended = await judging(outcomeOf('auth', 2), { ...memory, commit: async () => 'conflict' });
    assert.deepEqual([contended.judged, contended.incidentOpen], ['contended', true]);
  });
});

describe('a delivery with a limit of time', () => {
  async function limited(leftMs: number, notifier: Notifier): Promise<JudgeReport> {
    const { memory, judging } = scene();
    await judging(outcomeOf('auth', 0, failing));
    const outcome = outcomeOf('auth', 1, failing);
    const nowMs = (): number => outcome.endedAtMs;
    const deliveryLeftMs = (): number => leftMs;
    return judgeRun({
      store: memory,
      notifier,
      render: plainRenderer,
      settings,
      outcome,
      nowMs,
      holder: 'x',
      deliveryLeftMs,
    });
  }

  it('ends by itself when there is time enough', async () => {
    const place = { channel: 'C1', ts: '1' };
    const quick: Notifier = {
      post: async () => ({ result: 'accepted', place }),
      update: async () => ({ result: 'accepted', place }),
    };
    const { delivery } = await limited(60_000, quick);
    assert.deepEqual([delivery?.status, delivery?.told.length], ['delivered', 1]);
  });

  it('is left alone when the time is over', async () => {
    const silent: Notifier = { post: () => new Promise(() => undefined), update: () => assert.fail() };
    const { delivery, deliveryFault } = await limited(30, silent);
    assert.deepEqual([delivery?.status, delivery?.waiting, deliveryFault], ['unfinished', 1, null]);
  });
});

describe('a run among others', () => {
  it('judges again on what another run has written meanwhile', async () => {
    const { memory, judging } = scene();
    await judging(outcomeOf('auth', 0, failing));
    let raced = false;
    const racing: StateStore = {
      ...memory,
      load: async (keys) => {
        const stored = await memory.load(keys);
        if (!raced) {
          raced = true;
          await judging(outcomeOf('auth', 1, failing));
        }
        return stored;
      },
    };
    const report = await judging(outcomeOf('auth', 2, failing), racing);
    assert.equal(report.conflicts, 1);
    assert.deepEqual(kinds(report), ['still_firing']);
  });

  it('is a duplicate when the other run was for the same slot', async () => {
    const { memory, judging, posts } = scene();
    await judging(outcomeOf('auth', 0, failing));
    let raced = false;
    const racing: StateStore = {
      ...memory,
      load: async (keys) => {
        const stored = await memory.load(keys);
        if (!raced) {
          raced = true;
          await judging(outcomeOf('auth', 1, failing));
        }
        return stored;
      },
    };
    const report = await judging(outcomeOf('auth', 1, failing), racing);
    assert.equal(report.judged, 'duplicate');
    assert.equal(posts.length, 1);
  });

  it('gives up when others are faster every time, and says so', async () => {
    const { memory, judging } = scene();
    const report = await judging(outcomeOf('auth', 0), { ...memory, commit: async () => 'conflict' });
    assert.equal(report.judged, 'contended');
    assert.equal(report.conflicts, conflictsMax);
    assert.equal(report.delivery, null);
  });

  it('rejects when the store does not answer: nothing has been judged', async () => {
    const { memory, judging } = scene();
    const down: StateStore = { ...memory, load: () => Promise.reject(new StateError('unavailable', 'down')) };
    await assert.rejects(judging(outcomeOf('auth', 0), down), StateError);
  });

  it('keeps its judgement when only the delivery breaks', async () => {
    const { memory, judging } = scene();
    await judging(outcomeOf('auth', 0, failing));
    let commits = 0;
    const failingLater: StateStore = {
      ...memory,
      commit: async (writes) => {
        commits += 1;
        if (commits > 1) {
          throw new StateError('unavailable', 'down');
        }
        return memory.commit(writes);
      },
    };
    const report = await judging(outcomeOf('auth', 1, failing), failingLater);
    assert.equal(report.judged, 'judged');
    assert.ok(report.deliveryFault instanceof StateError);
    assert.equal(report.delivery, null);
    assert.equal((await judging(outcomeOf('websocket', 1))).delivery?.told.length, 1);
  });
});

describe('a run on state that can not be read', () => {
  const lost = { key: { environment: 'acme', document: 'environment' }, value: { version: 2 } } as const;

  it('tells people, and tells again what is still broken', async () => {
    const { memory, judging, posts } = scene();
    await judging(outcomeOf('auth', 0, failing));
    await judging(outcomeOf('auth', 1, failing));
    const [stored] = await memory.load([lost.key]);
    await memory.commit([{ ...lost, ifVersion: stored?.version ?? null }]);
    const report = await judging(outcomeOf('auth', 2, failing));
    assert.deepEqual(kinds(report), ['still_firing', 'state_lost', 'opened']);
    assert.equal(posts.length, 3);
    assert.match(posts[1] ?? '', /environment\.version: expected 1/);
    assert.match(posts[2] ?? '', /"kind":"opened"/);
  });

  it('tells also when the broken step has recovered by then', async () => {
    const { memory, judging, posts } = scene();
    await judging(outcomeOf('auth', 0, failing));
    await judging(outcomeOf('auth', 1, failing));
    await judging(outcomeOf('auth', 2));
    const [stored] = await memory.load([lost.key]);
    await memory.commit([{ ...lost, ifVersion: stored?.version ?? null }]);
    await judging(outcomeOf('auth', 3));
    assert.match(posts.at(-1) ?? '', /"kind":"resolved".*Log in works again; the record of its incident was lost/);
  });
});
