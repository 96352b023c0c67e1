/** A state store with a real one behind it, which can be told to fail in every way that a store of state can. */
import type { StateKey, StateStore, StateWrite, Stored } from '../../shared/core/ports.ts';
import { StateError } from '../../shared/core/state-error.ts';
import { unreadable } from '../../shared/io/state/document-text.ts';

export type StateFault =
  /** Nothing answers: every call fails at once. */
  | 'down'
  /** Connections open and nothing comes back: every call fails after its time. */
  | 'half_open'
  /** Everything works, later. */
  | 'slow'
  /** Breaks the promise of every store: never answers and never fails. */
  | 'hanging'
  /** Reads work, writes fail: a full disk, a quota, a permission. */
  | 'full'
  /** Somebody else is always first. */
  | 'conflicts'
  /** The documents are there and can't be read. */
  | 'garbage'
  /** Writes happen, and fail all the same. */
  | 'lost_answer'
  /** Writes say that they happened, and did not. */
  | 'amnesia'
  /** Reads show what was there when the fault began. */
  | 'stale';

export interface FaultyStore extends StateStore {
  fail(fault: StateFault | null): void;
  /** Documents read and written, and commits, since the beginning. */
  counts(): { readonly reads: number; readonly writes: number; readonly commits: number };
}

const waitMs = 40;

export function openFaultyStore(inner: StateStore): FaultyStore {
  let fault: StateFault | null = null;
  let remembered = new Map<string, Stored>();
  const counts = { reads: 0, writes: 0, commits: 0 };

  async function meet(): Promise<void> {
    if (fault === 'hanging') {
      await Promise.withResolvers<never>().promise;
    }
    if (fault === 'slow' || fault === 'half_open') {
      await later();
    }
    if (fault === 'down' || fault === 'half_open') {
      throw new StateError('unavailable', 'the store was told to fail');
    }
  }

  function shown(key: StateKey, stored: Stored): Stored {
    if (fault === 'garbage' && stored.version !== null) {
      return { ...stored, value: unreadable };
    }
    if (fault === 'stale') {
      const name = `${key.environment} ${key.document}`;
      remembered.set(name, remembered.get(name) ?? stored);
      return remembered.get(name) ?? stored;
    }
    return stored;
  }

  async function commit(writes: readonly StateWrite[]): Promise<'committed' | 'conflict'> {
    await meet();
    counts.commits += 1;
    counts.writes += writes.length;
    if (fault === 'full') {
      throw new StateError('refused', 'the store was told to be full');
    }
    if (fault === 'conflicts') {
      return 'conflict';
    }
    const result = fault === 'amnesia' ? 'committed' : await inner.commit(writes);
    if (fault === 'lost_answer') {
      throw new StateError('unavailable', 'the answer was lost');
    }
    return result;
  }

  return {
    load: async (keys) => {
      await meet();
      counts.reads += keys.length;
      const stored = await inner.load(keys);
      return stored.map((each, at) => shown(keys[at] ?? { environment: '', document: 'environment' }, each));
    },
    commit,
    close: () => inner.close(),
    fail: (next) => {
      fault = next;
      remembered = new Map();
    },
    counts: () => ({ ...counts }),
  };
}

/** The one wait that has to take time, because taking time is what it is about. */
function later(): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, waitMs);
  });
}
