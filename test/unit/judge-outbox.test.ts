/** What waits to be told: order, folding, leases, and what becomes of it when Slack says yes or no. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';

import {
  channelOf,
  clearDeliveryTrouble,
  isStubborn,
  markRefused,
  markTold,
  present,
  raiseDeliveryTrouble,
  type Refused,
} from '../../shared/core/judge/delivery.ts';
import { emptyEnvironment } from '../../shared/core/judge/documents.ts';
import { due, enqueue, takeLease } from '../../shared/core/judge/outbox.ts';
import type { EnvironmentRecord, Incident, Notification, OutboxEntry } from '../../shared/core/judge/state.ts';
import { settingsWith } from '../simulation/samples.ts';

function news(id: string, changes: Partial<Notification> = {}): Notification {
  return {
    id,
    kind: 'changed',
    lane: 'lane',
    environment: 'acme',
    atMs: 1_000,
    change: id,
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

function filled(list: readonly Notification[]): EnvironmentRecord {
  return { ...emptyEnvironment('acme'), outbox: list.reduce(enqueue, [] as readonly OutboxEntry[]) };
}

function ids(entries: readonly OutboxEntry[]): readonly string[] {
  return entries.map(({ notification }) => notification.id);
}

const place = { channel: 'C1', ts: '7' };

describe('the outbox', () => {
  it('takes news in with its own time as the first to try it', () => {
    assert.deepEqual(enqueue([], news('a')), [
      { notification: news('a'), attempts: 0, nextAttemptAtMs: 1_000, ambiguous: false },
    ]);
  });

  it('offers the oldest message of each conversation whose time has come', () => {
    const { outbox } = filled([
      news('a1', { lane: 'a' }),
      news('b1', { lane: 'b', atMs: 3_000 }),
      news('a2', { lane: 'a' }),
    ]);
    assert.deepEqual(ids(due(outbox, 999)), []);
    assert.deepEqual(ids(due(outbox, 1_000)), ['a1']);
    assert.deepEqual(ids(due(outbox, 3_000)), ['a1', 'b1']);
  });

  it('lets no message overtake an older one of its conversation that has to wait', () => {
    const record = markRefused(filled([news('a1'), news('a2')]), filled([news('a1')]).outbox[0] ?? assert.fail(), {
      refused: { result: 'unavailable', detail: '', retryAfterMs: null },
      nowMs: 1_000,
    });
    assert.deepEqual(ids(due(record.outbox, 1_001)), []);
  });

  const full = Array.from({ length: 50 }, (_, index) => news(`n${index}`, { lane: `lane ${index}` }));

  it('holds fifty messages as they are', () => {
    assert.deepEqual(
      filled(full).outbox.map(({ notification }) => notification),
      full,
    );
  });

  it('folds the oldest two of one conversation when there is one too many', () => {
    const opened = news('opened', { kind: 'opened', lane: 'x', change: 'broke', mention: true });
    const changed = news('changed', { lane: 'x', change: 'worse', folded: 1 });
    const { outbox } = filled([opened, ...full.slice(0, 49), changed]);
    assert.equal(outbox.length, 50);
    assert.deepEqual(outbox.at(-1)?.notification, {
      ...changed,
      kind: 'opened',
      change: 'broke; then: worse',
      mention: true,
      folded: 2,
    });
    assert.deepEqual(
      ids(outbox).slice(0, 49),
      full.slice(0, 49).map(({ id }) => id),
    );
  });

  it('folds a whole incident into the word that it is over', () => {
    const opened = news('opened', { kind: 'opened', lane: 'x' });
    const resolved = news('resolved', { kind: 'resolved', lane: 'x', last: true });
    const last = filled([opened, ...full.slice(0, 49), resolved]).outbox.at(-1)?.notification;
    assert.equal(last?.kind, 'resolved');
    assert.equal(last?.last, true);
    assert.equal(last?.folded, 1);
  });

  it('keeps what was changed as changed, and remembers that something may be there already', () => {
    const outbox = [
      { ...(enqueue([], news('c1', { lane: 'x' }))[0] ?? assert.fail()), ambiguous: true },
      ...filled(full.slice(0, 49)).outbox,
    ];
    const folded = enqueue(outbox, news('c2', { lane: 'x' })).at(-1);
    assert.equal(folded?.notification.kind, 'changed');
    assert.equal(folded?.ambiguous, true);
  });

  it('at last sends the oldest along with the one after it', () => {
    const { outbox } = filled([...full, news('one too many', { lane: 'other' })]);
    assert.equal(outbox.length, 50);
    assert.equal(outbox[0]?.notification.id, 'n1');
    assert.equal(outbox[0]?.notification.folded, 1);
    assert.equal(outbox[1]?.notification.folded, 0);
  });

  it('counts what was folded before', () => {
    const { outbox } = filled([news('old', { lane: 'old', folded: 3 }), ...full]);
    assert.equal(outbox[0]?.notification.folded, 4);
  });
});

describe('the lease on delivery', () => {
  const record = filled([news('a')]);
  const mine = { holder: 'me', untilMs: 61_000 };

  it('is for one at a time', () => {
    const taken = takeLease(record, mine, 1_000);
    assert.ok(typeof taken !== 'string');
    assert.deepEqual(taken.lease, mine);
    assert.equal(taken.outbox[0]?.ambiguous, false);
    assert.equal(takeLease(taken, { holder: 'you', untilMs: 70_000 }, 60_999), 'leased');
    assert.ok(typeof takeLease(taken, mine, 2_000) !== 'string');
  });

  it('is not taken when nothing is due', () => {
    assert.equal(takeLease(filled([]), mine, 1_000), 'idle');
    assert.equal(takeLease(record, mine, 999), 'idle');
  });

  it('that ran out leaves its messages as perhaps there already', () => {
    const dead: EnvironmentRecord = {
      ...filled([news('a', { lane: 'a' }), news('b', { lane: 'b', atMs: 5_001 }), news('a2', { lane: 'a' })]),
      lease: { holder: 'dead', untilMs: 5_000 },
    };
    assert.equal(takeLease(dead, mine, 4_999), 'leased');
    const taken = takeLease(dead, mine, 5_000);
    assert.ok(typeof taken !== 'string');
    assert.deepEqual(
      taken.outbox.map(({ ambiguous }) => ambiguous),
      [true, false, false],
    );
  });
});

describe('a message that was accepted', () => {
  it('goes, and leaves the place of its root behind', () => {
    const record = filled([news('a1'), news('a2')]);
    const told = markTold(record, record.outbox[0] ?? assert.fail(), place);
    assert.deepEqual(ids(told.outbox), ['a2']);
    assert.deepEqual(told.places, { lane: place });
  });

  it('keeps the known place when it has none of its own', () => {
    const record = { ...filled([news('a1')]), places: { lane: place, other: place } };
    const told = markTold(record, record.outbox[0] ?? assert.fail(), null);
    assert.deepEqual(told.places, { other: place, lane: place });
  });

  it('takes the place along when nothing follows', () => {
    const record = { ...filled([news('end', { last: true })]), places: { lane: place, other: place } };
    assert.deepEqual(markTold(record, record.outbox[0] ?? assert.fail(), place).places, { other: place });
  });

  it('leaves the place to what still waits in its conversation', () => {
    const record = filled([news('end', { last: true }), news('again'), news('elsewhere', { lane: 'other' })]);
    assert.deepEqual(markTold(record, record.outbox[0] ?? assert.fail(), place).places, { lane: place });
  });

  it('leaves no place to what waits in other conversations', () => {
    const record = filled([news('end', { last: true }), news('elsewhere', { lane: 'other' })]);
    assert.deepEqual(markTold(record, record.outbox[0] ?? assert.fail(), place).places, {});
  });

  it('without any place leaves none', () => {
    const record = filled([news('a1')]);
    assert.deepEqual(markTold(record, record.outbox[0] ?? assert.fail(), null).places, {});
  });
});

describe('a message that was refused', () => {
  const record = filled([news('a', { lane: 'a' }), news('b', { lane: 'b' })]);
  const first = record.outbox[0] ?? assert.fail();

  function after(refused: Partial<Refused>, entry: OutboxEntry = first): OutboxEntry {
    const whole: Refused = { result: 'unavailable', detail: 'x', retryAfterMs: null, ...refused };
    const next = markRefused(record, entry, { refused: whole, nowMs: 10_000 });
    assert.equal(next.outbox[1], record.outbox[1]);
    return next.outbox[0] ?? assert.fail();
  }

  it('stays, and waits longer each time, up to ten minutes', () => {
    const waits = [0, 1, 2, 3, 4, 5, 20].map((attempts) => after({}, { ...first, attempts }).nextAttemptAtMs - 10_000);
    assert.deepEqual(waits, [30_000, 60_000, 120_000, 240_000, 480_000, 600_000, 600_000]);
    assert.equal(after({}).attempts, 1);
  });

  it('waits as long as Slack asks for', () => {
    assert.equal(after({ result: 'rate_limited', retryAfterMs: 90_000 }).nextAttemptAtMs, 100_000);
    assert.equal(after({ result: 'rate_limited', retryAfterMs: 1_000 }).nextAttemptAtMs, 40_000);
  });

  it('is tried every five minutes when only people can mend it', () => {
    for (const result of ['credential', 'channel', 'invalid'] as const) {
      assert.equal(after({ result }, { ...first, attempts: 9 }).nextAttemptAtMs, 310_000);
      assert.ok(isStubborn({ result, detail: '', retryAfterMs: null }));
    }
    for (const result of ['rate_limited', 'unavailable', 'ambiguous'] as const) {
      assert.ok(!isStubborn({ result, detail: '', retryAfterMs: null }));
    }
  });

  it('is perhaps there when no answer came, and stays so', () => {
    assert.equal(after({ result: 'ambiguous' }).ambiguous, true);
    assert.equal(after({}).ambiguous, false);
    assert.equal(after({}, { ...first, ambiguous: true }).ambiguous, true);
  });
});

describe('where news goes', () => {
  it('has the trouble of the monitor in its own channel, if there is one', () => {
    const both = { channel: '#alerts', monitorChannel: '#monitor', mentionSeverities: [], broadcastResolved: false };
    const { monitorChannel: _, ...one } = both;
    for (const kind of ['monitor_trouble', 'monitor_recovered'] as const) {
      assert.equal(channelOf(news('a', { kind }), both), '#monitor');
      assert.equal(channelOf(news('a', { kind }), one), '#alerts');
    }
    for (const kind of ['opened', 'latency_moved', 'drill'] as const) {
      assert.equal(channelOf(news('a', { kind }), both), '#alerts');
    }
  });

  it('shows the incident and the flow as they are when it is sent', () => {
    const was: Incident = {
      id: 'lane',
      openedAtMs: 1,
      resolvedAtMs: null,
      severity: 'outage',
      firstStep: 'auth',
      steps: {},
      acknowledged: null,
      lastToldAtMs: 1,
      changes: 0,
      reminders: 0,
      contradictionTold: false,
      relapseOf: null,
    };
    const is = { ...was, changes: 2 };
    const told = news('a', { incident: was });
    const record: EnvironmentRecord = { ...emptyEnvironment('acme'), flow: { auth: 'fail' } };
    assert.deepEqual(present(told, { ...record, incident: is }), { ...told, incident: is, flow: { auth: 'fail' } });
    assert.equal(present(told, { ...record, lastIncident: is }).incident, is);
    assert.equal(present(told, { ...record, incident: { ...is, id: 'another' } }).incident, was);
  });
});

describe('a channel that takes no messages', () => {
  const settings = settingsWith({ slack: { channel: '#alerts', monitorChannel: '#monitor' } });
  const refused: Refused = { result: 'channel', detail: 'is_archived', retryAfterMs: null };
  const record = filled([news('a')]);

  it('is told to the monitor channel, once, and so is its end', () => {
    const raised = raiseDeliveryTrouble(record, settings, { refused, nowMs: 5_000 });
    assert.deepEqual(raised.troubles, [
      { kind: 'delivery', step: null, region: null, reason: 'slack_unavailable', sinceMs: 5_000, told: true },
    ]);
    assert.deepEqual(
      raised.outbox[1]?.notification,
      news('acme:delivery:monitor_trouble:5000', {
        kind: 'monitor_trouble',
        lane: 'trouble',
        atMs: 5_000,
        change: 'the channel for incidents takes no messages (is_archived); they are kept until it does',
        step: null,
        reason: 'slack_unavailable',
      }),
    );
    assert.equal(raiseDeliveryTrouble(raised, settings, { refused, nowMs: 6_000 }), raised);

    const cleared = clearDeliveryTrouble(raised, settings, 9_000);
    assert.deepEqual(cleared.troubles, []);
    assert.equal(cleared.outbox[2]?.notification.kind, 'monitor_recovered');
    assert.equal(cleared.outbox[2]?.notification.last, true);
    assert.equal(clearDeliveryTrouble(cleared, settings, 9_000), cleared);
  });

  it('ends, but not the conversation, while other trouble is left', () => {
    const raised = raiseDeliveryTrouble(record, settings, { refused, nowMs: 5_000 });
    const other = {
      kind: 'inconclusive',
      step: 'auth',
      region: 'r',
      reason: 'own_path',
      sinceMs: 1,
      told: true,
    } as const;
    const cleared = clearDeliveryTrouble({ ...raised, troubles: [...raised.troubles, other] }, settings, 9_000);
    assert.deepEqual(cleared.troubles, [other]);
    assert.equal(cleared.outbox.at(-1)?.notification.last, false);
  });

  it('is only on record when there is no other channel, or when it is the key that is refused; its end is told', () => {
    const same = settingsWith({ slack: { channel: '#alerts', monitorChannel: '#alerts' } });
    const none = settingsWith({ slack: { channel: '#alerts' } });
    const key: Refused = { ...refused, result: 'credential' };
    for (const raised of [
      raiseDeliveryTrouble(record, same, { refused, nowMs: 5_000 }),
      raiseDeliveryTrouble(record, none, { refused, nowMs: 5_000 }),
      raiseDeliveryTrouble(record, settings, { refused: key, nowMs: 5_000 }),
    ]) {
      assert.equal(raised.troubles[0]?.told, false);
      assert.equal(raised.outbox, record.outbox);
      const cleared = clearDeliveryTrouble(raised, settings, 9_000);
      assert.deepEqual(cleared.troubles, []);
      assert.equal(
        cleared.outbox[1]?.notification.change,
        'the channel for incidents takes messages again, after it had taken none since 00:00 UTC',
      );
    }
  });
});
