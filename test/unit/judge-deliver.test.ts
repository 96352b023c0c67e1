/** Delivery over a scripted Slack: what is called, in which order, and what is on record afterwards. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';

import { emptyEnvironment } from '../../shared/core/judge/documents.ts';
import { enqueue } from '../../shared/core/judge/outbox.ts';
import { parseEnvironmentRecord } from '../../shared/core/judge/parse.ts';
import type { EnvironmentRecord, Notification, OutboxEntry } from '../../shared/core/judge/state.ts';
import type { Delivery, Notifier, StateStore } from '../../shared/core/ports.ts';
import { deliver, deliverBudgetMs, type DeliveryReport, leaseMs } from '../../shared/run/deliver.ts';
import { environmentKey } from '../../shared/run/state-access.ts';
import { plainRenderer } from '../simulation/channel.ts';
import { openMemoryStore } from '../simulation/memory-store.ts';
import { settingsWith } from '../simulation/samples.ts';

type Answer = Delivery['result'] | 'throws';

interface Scene {
  readonly record: EnvironmentRecord;
  readonly answers?: readonly Answer[];
  readonly broadcast?: boolean;
  readonly wrap?: (store: StateStore) => StateStore;
  /** Virtual time that each call takes. */
  readonly callMs?: number;
  readonly renderFails?: boolean;
}

interface Result {
  readonly report: DeliveryReport;
  readonly calls: readonly string[];
  readonly texts: readonly string[];
  readonly record: EnvironmentRecord;
}

const startMs = 1_000_000;

async function delivering(scene: Scene): Promise<Result> {
  const { record, answers = [], broadcast = false, wrap = (store) => store, callMs = 0, renderFails = false } = scene;
  const memory = openMemoryStore();
  await memory.commit([{ key: environmentKey('acme'), value: record, ifVersion: null }]);
  const calls: string[] = [];
  const texts: string[] = [];
  let nowMs = startMs;
  const notifier: Notifier = {
    post: async ({ text }, { channel, thread, broadcast: wide }) => {
      texts.push(text);
      return answer(`post ${channel}${thread === null ? '' : ` in ${thread}`}${wide ? ' wide' : ''} ${nameIn(text)}`, {
        channel,
        ts: `ts${calls.length}`,
      });
    },
    update: async ({ text }, place) => answer(`update ${place.ts} ${nameIn(text)}`, place),
  };

  async function answer(call: string, place: { channel: string; ts: string }): Promise<Delivery> {
    const result = answers[calls.length] ?? 'accepted';
    calls.push(call);
    nowMs += callMs;
    if (result === 'throws') {
      throw new Error('a bug in the client');
    }
    return result === 'accepted' ? { result, place } : { result, detail: `said ${result}`, retryAfterMs: null };
  }

  const failing = { news: fail, root: fail };
  const report = await deliver({
    store: wrap(memory),
    notifier,
    render: renderFails ? failing : plainRenderer,
    settings: settingsWith({ slack: { channel: '#alerts', monitorChannel: '#monitor', broadcastResolved: broadcast } }),
    nowMs: () => nowMs,
    holder: 'me',
  });
  const stored = parseEnvironmentRecord(memory.peek(environmentKey('acme'))).record ?? assert.fail();
  return { report, calls, texts, record: stored };
}

function fail(): never {
  throw new Error('a bug in rendering');
}

function nameIn(text: string): string {
  const [json = ''] = text.split('\n');
  const parsed: unknown = json.startsWith('{') ? JSON.parse(json) : { id: json };
  return String(Reflect.get(Object(parsed), 'id'));
}

function news(id: string, changes: Partial<Notification> = {}): Notification {
  return {
    id,
    kind: 'changed',
    lane: 'lane',
    environment: 'acme',
    atMs: 1_000,
    change: `change of ${id}`,
    step: 'auth',
    reason: 'unavailable',
    incident: null,
    shift: null,
    flow: {},
    mention: false,
    last: false,
    folded: 0,
    ...changes,
  };
}

function waiting(list: readonly Notification[], changes: Partial<EnvironmentRecord> = {}): EnvironmentRecord {
  const none: readonly OutboxEntry[] = [];
  return { ...emptyEnvironment('acme'), outbox: list.reduce(enqueue, none), ...changes };
}

const opened = news('o', { kind: 'opened' });
const resolved = news('r', { kind: 'resolved', last: true });
const placed = { places: { lane: { channel: 'C1', ts: '7' } } };

describe('delivery', () => {
  it('lasts less long than its lease, whatever is under way when its time is over', () => {
    const slackTimeoutMs = 5_000;
    assert.ok(deliverBudgetMs + 3 * slackTimeoutMs < leaseMs);
  });

  it('posts the root, and writes down where it is', async () => {
    const { report, calls, record } = await delivering({ record: waiting([opened]) });
    assert.deepEqual(calls, ['post #alerts o']);
    assert.deepEqual(report, { status: 'delivered', told: ['o'], unrecorded: [], refused: [], waiting: 0 });
    assert.deepEqual(record, waiting([], { places: { lane: { channel: '#alerts', ts: 'ts0' } } }));
  });

  it('brings the root up to date before it replies in the thread', async () => {
    const { calls, record } = await delivering({ record: waiting([news('c')], placed) });
    assert.deepEqual(calls, ['update 7 c', 'post C1 in 7 c']);
    assert.deepEqual(record, waiting([], placed));
  });

  it('tells a whole backlog in its order', async () => {
    const { calls, record } = await delivering({ record: waiting([opened, news('c'), resolved]) });
    assert.deepEqual(calls, [
      'post #alerts o',
      'update ts0 c',
      'post #alerts in ts0 c',
      'update ts0 r',
      'post #alerts in ts0 r',
    ]);
    assert.deepEqual(record, waiting([]));
  });

  it('says that something is over to the whole channel if asked to', async () => {
    const { calls } = await delivering({ record: waiting([news('c'), resolved], placed), broadcast: true });
    assert.deepEqual(calls, ['update 7 c', 'post C1 in 7 c', 'update 7 r', 'post C1 in 7 wide r']);
  });

  it('leaves the root as it is for a word on the health document', async () => {
    const { calls } = await delivering({ record: waiting([news('h', { kind: 'health_contradiction' })], placed) });
    assert.deepEqual(calls, ['post C1 in 7 h']);
  });

  it('has the trouble of the monitor in its own channel', async () => {
    const { calls } = await delivering({ record: waiting([news('m', { kind: 'monitor_trouble', lane: 'trouble' })]) });
    assert.deepEqual(calls, ['post #monitor m']);
  });

  it('begins a conversation anew whose root someone has removed', async () => {
    const { calls, record } = await delivering({ record: waiting([news('c')], placed), answers: ['invalid'] });
    assert.deepEqual(calls, ['update 7 c', 'post #alerts c']);
    assert.deepEqual(record.places, { lane: { channel: '#alerts', ts: 'ts1' } });
  });

  it('tells in one sentence what can not be rendered', async () => {
    const { texts } = await delivering({ record: waiting([opened]), renderFails: true });
    assert.deepEqual(texts, ['Acme: change of o']);
  });

  it('says of a message that it may be there twice, if so', async () => {
    const record = waiting([opened]);
    const [entry = assert.fail()] = record.outbox;
    const { texts } = await delivering({ record: { ...record, outbox: [{ ...entry, ambiguous: true }] } });
    assert.match(texts[0] ?? '', /may be here twice/);
    const sure = await delivering({ record });
    assert.doesNotMatch(sure.texts[0] ?? '', /twice/);
  });
});

describe('delivery that is refused', () => {
  for (const result of ['rate_limited', 'unavailable', 'ambiguous'] as const) {
    it(`keeps the conversation for later and goes on with the others: ${result}`, async () => {
      const other = news('x', { lane: 'other' });
      const { report, calls, record } = await delivering({
        record: waiting([opened, resolved, other]),
        answers: [result],
      });
      assert.deepEqual(calls, ['post #alerts o', 'post #alerts x']);
      assert.deepEqual(report.refused, [{ id: 'o', result, detail: `said ${result}` }]);
      assert.deepEqual(report.told, ['x']);
      assert.equal(record.lease, null);
      const [first, second] = record.outbox;
      assert.equal(first?.notification.id, 'o');
      assert.equal(first.attempts, 1);
      assert.equal(first.ambiguous, result === 'ambiguous');
      assert.equal(second?.attempts, 0);
    });
  }

  it('keeps what is malformed even as bare text, which the client has tried by itself', async () => {
    const { calls, report, record } = await delivering({ record: waiting([opened]), answers: ['invalid'] });
    assert.deepEqual(calls, ['post #alerts o']);
    assert.deepEqual(report.refused, [{ id: 'o', result: 'invalid', detail: 'said invalid' }]);
    assert.equal(record.outbox.length, 1);
    assert.deepEqual(
      record.troubles.map(({ kind }) => kind),
      ['delivery'],
    );
  });

  it('stops at a key that is refused', async () => {
    const { calls, record, report } = await delivering({
      record: waiting([opened, news('x', { lane: 'other' })]),
      answers: ['credential'],
    });
    assert.deepEqual(calls, ['post #alerts o']);
    assert.equal(report.waiting, 2);
    assert.deepEqual(
      record.troubles.map(({ kind, told }) => [kind, told]),
      [['delivery', false]],
    );
    assert.equal(record.lease, null);
  });

  it('tells the monitor channel of a channel that is gone, and that it is back', async () => {
    const gone = await delivering({ record: waiting([opened]), answers: ['channel'] });
    assert.match(gone.calls[1] ?? '', /^post #monitor acme:delivery/);
    const later = gone.record.outbox.map((entry) => Object.assign({}, entry, { nextAttemptAtMs: 0 }));
    const back = await delivering({ record: { ...gone.record, outbox: later } });
    assert.equal(back.calls[0], 'post #alerts o');
    assert.match(back.calls.at(-1) ?? '', /acme:delivery:monitor_recovered/);
    assert.deepEqual(back.record.troubles, []);
    assert.deepEqual(back.record.places, { lane: { channel: '#alerts', ts: 'ts0' } });
  });

  it("does not blame the channel for incidents when it is the monitor's that is gone", async () => {
    for (const result of ['channel', 'credential', 'invalid'] as const) {
      const { calls, record } = await delivering({
        record: waiting([news('m', { kind: 'monitor_trouble' })]),
        answers: [result],
      });
      assert.deepEqual(calls, ['post #monitor m']);
      assert.deepEqual(record.troubles, [], result);
      assert.equal(record.outbox.length, 1);
    }
  });

  it('does not reply when the root could not be brought up to date', async () => {
    const { calls, record } = await delivering({ record: waiting([news('c')], placed), answers: ['unavailable'] });
    assert.deepEqual(calls, ['update 7 c']);
    assert.equal(record.outbox.length, 1);
    assert.deepEqual(record.places, placed.places);
  });

  it('keeps a reply that was refused', async () => {
    const { report } = await delivering({ record: waiting([news('c')], placed), answers: ['accepted', 'unavailable'] });
    assert.deepEqual(report.refused, [{ id: 'c', result: 'unavailable', detail: 'said unavailable' }]);
  });

  it('takes a client that throws for an answer that never came', async () => {
    const { report, record } = await delivering({ record: waiting([opened]), answers: ['throws'] });
    assert.deepEqual(report.refused, [{ id: 'o', result: 'ambiguous', detail: 'the client failed' }]);
    assert.equal(record.outbox[0]?.ambiguous, true);
  });

  it('leaves to the next run what it has no time for', async () => {
    const many = Array.from({ length: 9 }, (_, index) => news(`n${index}`, { lane: `lane ${index}` }));
    const { report } = await delivering({ record: waiting(many), callMs: 5_000 });
    assert.equal(report.told.length, 3);
    assert.equal(report.waiting, 6);
  });

  it('sends no more than a dozen messages in one run', async () => {
    const many = Array.from({ length: 20 }, (_, index) => news(`n${index}`, { lane: `lane ${index}` }));
    const { report, record } = await delivering({ record: waiting(many) });
    assert.equal(report.told.length, 12);
    assert.equal(report.waiting, 8);
    assert.equal(record.lease, null);
  });
});

describe('delivery among others', () => {
  it('does nothing when nothing is due', async () => {
    const { report, calls } = await delivering({ record: waiting([]) });
    assert.deepEqual(calls, []);
    assert.equal(report.status, 'idle');
    const later = await delivering({ record: waiting([news('c', { atMs: startMs + 1 })]) });
    assert.equal(later.report.status, 'idle');
    assert.equal(later.report.waiting, 1);
  });

  it('does nothing where no run has been judged', async () => {
    const store = openMemoryStore();
    const notifier: Notifier = { post: () => assert.fail(), update: () => assert.fail() };
    const settings = settingsWith();
    const report = await deliver({ store, notifier, render: plainRenderer, settings, nowMs: () => 0, holder: 'me' });
    assert.deepEqual([report.status, report.waiting, store.operations().writes], ['idle', 0, 0]);
  });

  it('does nothing without a channel', async () => {
    const store = openMemoryStore();
    const { slack: _, ...settings } = settingsWith();
    const notifier: Notifier = { post: () => assert.fail(), update: () => assert.fail() };
    const report = await deliver({ store, notifier, render: plainRenderer, settings, nowMs: () => 0, holder: 'me' });
    assert.equal(report.status, 'idle');
    assert.equal(store.operations().reads, 0);
  });

  it('leaves the work to the run that holds the lease', async () => {
    const lease = { holder: 'you', untilMs: startMs + 1 };
    const { report, calls, record } = await delivering({ record: waiting([opened], { lease }) });
    assert.deepEqual(calls, []);
    assert.equal(report.status, 'leased');
    assert.deepEqual(record.lease, lease);
  });

  it('takes over from a run that died, and says that the message may be there twice', async () => {
    const lease = { holder: 'you', untilMs: startMs };
    const { report, texts, record } = await delivering({ record: waiting([opened], { lease }) });
    assert.equal(report.status, 'delivered');
    assert.match(texts[0] ?? '', /may be here twice/);
    assert.equal(record.lease, null);
  });

  it('holds the lease while it calls, and gives it back', async () => {
    const leases: unknown[] = [];
    const { record } = await delivering({
      record: waiting([opened]),
      wrap: (store) => ({
        ...store,
        commit: async (writes) => {
          leases.push(parseEnvironmentRecord(writes[0]?.value).record?.lease);
          return store.commit(writes);
        },
      }),
    });
    const held = { holder: 'me', untilMs: startMs + leaseMs };
    assert.deepEqual(leases, [held, held, null]);
    assert.equal(record.lease, null);
  });

  it('stops when another run has taken the lease over', async () => {
    const { calls, report } = await delivering({
      record: waiting([opened, news('x', { lane: 'other' })]),
      wrap: (store) => {
        let commits = 0;
        return {
          ...store,
          commit: async (writes) => {
            commits += 1;
            const [write = assert.fail()] = writes;
            const record = parseEnvironmentRecord(write.value).record ?? assert.fail();
            const stolen = { ...record, lease: { holder: 'you', untilMs: startMs + 99 } };
            return store.commit(commits === 2 ? [{ ...write, value: stolen }] : writes);
          },
        };
      },
    });
    // Its own view still says that the lease is its own: what the store says counts at the next write.
    assert.equal(calls[0], 'post #alerts o');
    assert.equal(report.told[0], 'o');
  });

  it('reports what Slack accepted and the store would not take', async () => {
    let commits = 0;
    const { report } = await delivering({
      record: waiting([opened]),
      wrap: (store) => ({
        ...store,
        commit: async (writes) => {
          commits += 1;
          return commits === 1 ? store.commit(writes) : 'conflict';
        },
      }),
    });
    assert.equal(report.status, 'contended');
    assert.deepEqual(report.unrecorded, ['o']);
    assert.deepEqual(report.told, []);
  });

  it('gives up on a lease that others win every time', async () => {
    const { report, calls } = await delivering({
      record: waiting([opened]),
      wrap: (store) => ({ ...store, commit: async () => 'conflict' }),
    });
    assert.deepEqual(calls, []);
    assert.equal(report.status, 'contended');
  });

  it('keeps what others have put into the outbox meanwhile', async () => {
    let loads = 0;
    const { record } = await delivering({
      record: waiting([opened]),
      wrap: (store) => ({
        ...store,
        load: async (keys) => {
          loads += 1;
          if (loads === 2) {
            const [stored] = await store.load(keys);
            const known = parseEnvironmentRecord(stored?.value).record ?? assert.fail();
            const value = { ...known, outbox: enqueue(known.outbox, news('late', { atMs: startMs + 1 })) };
            await store.commit([{ key: environmentKey('acme'), value, ifVersion: stored?.version ?? null }]);
          }
          return store.load(keys);
        },
      }),
    });
    assert.deepEqual(
      record.outbox.map(({ notification }) => notification.id),
      ['late'],
    );
  });
});
