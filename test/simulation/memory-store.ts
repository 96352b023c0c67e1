/**
 * A state store in memory with the semantics of the real ones: every write has a new version, a commit is all or
 * nothing, and values go through JSON, or through it now and then where a test makes millions of writes.
 */
import type { StateKey, StateStore, StateWrite, Stored } from '../../shared/core/ports.ts';

export interface MemoryStore extends StateStore {
  /** What is stored, as it would be read. */
  readonly peek: (key: StateKey) => unknown;
  /** Documents read and written so far. */
  readonly operations: () => { readonly reads: number; readonly writes: number };
}

export interface MemoryStoreOptions {
  /** Every how many writes a value is turned into JSON and back; 1 is what real stores do. */
  readonly jsonEvery?: number;
  /** Hears of every commit that succeeded. */
  readonly onCommit?: (writes: readonly StateWrite[]) => void;
}

interface Document {
  readonly value: unknown;
  readonly version: number;
}

export function openMemoryStore({ jsonEvery = 1, onCommit }: MemoryStoreOptions = {}): MemoryStore {
  const documents = new Map<string, Document>();
  let versions = 0;
  let reads = 0;

  function commit(changes: readonly StateWrite[]): 'committed' | 'conflict' {
    if (changes.some(({ key, ifVersion }) => storedOf(documents.get(idOf(key))).version !== ifVersion)) {
      return 'conflict';
    }
    for (const { key, value } of changes) {
      versions += 1;
      const kept: unknown = versions % jsonEvery === 0 ? JSON.parse(JSON.stringify(value)) : value;
      documents.set(idOf(key), { value: kept, version: versions });
    }
    onCommit?.(changes);
    return 'committed';
  }

  return {
    load: async (keys) => {
      reads += keys.length;
      return keys.map((key) => storedOf(documents.get(idOf(key))));
    },
    commit: async (changes) => commit(changes),
    close: async () => undefined,
    peek: (key) => storedOf(documents.get(idOf(key))).value,
    operations: () => ({ reads, writes: versions }),
  };
}

function idOf({ environment, document }: StateKey): string {
  return `${environment}/${document}`;
}

function storedOf(document: Document | undefined): Stored {
  return document === undefined
    ? { value: null, version: null }
    : { value: document.value, version: String(document.version) };
}
