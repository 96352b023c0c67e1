/**
 * What is to be told and has not been yet. Within one conversation the order is kept; while Slack is down, messages that
 * later ones contain are folded into them, so that the box stays bounded and nothing of substance is lost.
 */
import { cut } from '../check.ts';
import type { EnvironmentRecord, Lease, Notification, OutboxEntry } from './state.ts';
import { outboxMax } from './state.ts';

export function enqueue(outbox: readonly OutboxEntry[], notification: Notification): readonly OutboxEntry[] {
  return fold([...outbox, { notification, attempts: 0, nextAttemptAtMs: notification.atMs, ambiguous: false }]);
}

/** Folds the oldest foldable pair until the box is small enough; at last any neighbours will do. */
function fold(outbox: readonly OutboxEntry[]): readonly OutboxEntry[] {
  let entries = outbox;
  while (entries.length > outboxMax) {
    entries = foldOnce(entries);
  }
  return entries;
}

function foldOnce(entries: readonly OutboxEntry[]): readonly OutboxEntry[] {
  for (const [at, older] of entries.entries()) {
    const next = entries.findIndex((newer, position) => position > at && sameLane(older, newer));
    const newer = entries[next];
    if (newer !== undefined) {
      return replace(entries, { at, next, entry: within(older, newer) });
    }
  }
  // Every conversation has but one message left: the oldest goes along with the one after it.
  const [oldest, ...others] = entries;
  return others.map((entry, place) => (place === 0 && oldest !== undefined ? beside(oldest, entry) : entry));
}

function sameLane(a: OutboxEntry, b: OutboxEntry): boolean {
  return a.notification.lane === b.notification.lane;
}

/** Two messages of one conversation as one: the newer state, both sentences, and still an opening if one of them was. */
function within(older: OutboxEntry, newer: OutboxEntry): OutboxEntry {
  const first = older.notification;
  const then = newer.notification;
  const opens = first.kind === 'opened' && then.kind !== 'resolved';
  return {
    ...newer,
    ambiguous: older.ambiguous || newer.ambiguous,
    notification: {
      ...then,
      kind: opens ? 'opened' : then.kind,
      change: cut(`${first.change}; then: ${then.change}`),
      mention: first.mention || then.mention,
      folded: first.folded + then.folded + 1,
    },
  };
}

function beside(older: OutboxEntry, newer: OutboxEntry): OutboxEntry {
  const { notification } = newer;
  return { ...newer, notification: { ...notification, folded: notification.folded + older.notification.folded + 1 } };
}

function replace(
  entries: readonly OutboxEntry[],
  { at, next, entry }: { readonly at: number; readonly next: number; readonly entry: OutboxEntry },
): readonly OutboxEntry[] {
  return entries.flatMap((each, position) => (position === at ? [] : position === next ? [entry] : [each]));
}

/** The entries that may be tried now: in each conversation the oldest one, if its time has come. */
export function due(outbox: readonly OutboxEntry[], nowMs: number): readonly OutboxEntry[] {
  const seen = new Set<string>();
  return outbox.filter(({ notification, nextAttemptAtMs }) => {
    const first = !seen.has(notification.lane);
    seen.add(notification.lane);
    return first && nextAttemptAtMs <= nowMs;
  });
}

/**
 * The record with the lease on delivery in the hands of one run; `leased` when another has it, `idle` when nothing is
 * due. A lease that ran out was held by a run that died: what it may have sent is marked as perhaps there already.
 */
export function takeLease(
  record: EnvironmentRecord,
  lease: Lease,
  nowMs: number,
): EnvironmentRecord | 'leased' | 'idle' {
  const { lease: held, outbox } = record;
  if (held !== null && held.untilMs > nowMs && held.holder !== lease.holder) {
    return 'leased';
  }
  const ready = due(outbox, nowMs);
  if (ready.length === 0) {
    return 'idle';
  }
  const unsure = held === null ? [] : due(outbox, held.untilMs);
  return {
    ...record,
    lease,
    outbox: outbox.map((entry) => (unsure.includes(entry) ? ambiguous(entry) : entry)),
  };
}

function ambiguous(entry: OutboxEntry): OutboxEntry {
  return { ...entry, ambiguous: true };
}
