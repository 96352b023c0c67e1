/**
 * State in Firestore (Native mode), on the official client. One document a state document, its content as one JSON text:
 * a run costs one batched read and one write, nothing is indexed, and nested arrays need no translation.
 * The document's update time is its version; a commit is one atomic batch with a precondition on each document.
 * Source: facts on preconditions and error codes measured at the emulator, firestore 9.4.1.
 */
import type * as Client from '@google-cloud/firestore';
import type { DocumentSnapshot, Firestore, WriteBatch } from '@google-cloud/firestore';

import type { StateKey, StateStore, StateWrite, Stored } from '../../core/ports.ts';
import { StateError } from '../../core/state-error.ts';
import { dayMs } from '../../core/time.ts';

const collection = 'golden_path_state';

/** Documents that nobody has written for this long are removed by the database's TTL policy on `expires_at`. */
const retentionMs = 90 * dayMs;

/** gRPC status codes by which Firestore says that a precondition did not hold (google.rpc.Code). */
const conflictCodes: ReadonlySet<unknown> = new Set([5, 6, 9, 10]);

export interface FirestoreStoreOptions {
  /** Project id; with `FIRESTORE_EMULATOR_HOST` any name will do. */
  readonly projectId: string;
  /** `(default)` or the name of a database. */
  readonly databaseId: string;
  /** Longest wait for one operation in milliseconds. */
  readonly timeoutMs: number;
  readonly nowMs: () => number;
}

interface Connection {
  readonly client: typeof Client;
  readonly firestore: Firestore;
}

export function openFirestoreStore(options: FirestoreStoreOptions): StateStore {
  let opened: Promise<Connection> | null = null;

  // The client costs a fifth of a second to load: it is loaded at the first use, never at import.
  async function open(): Promise<Connection> {
    const client = await import('@google-cloud/firestore');
    const firestore = new client.Firestore({ projectId: options.projectId, databaseId: options.databaseId });
    return { client, firestore };
  }

  function connection(): Promise<Connection> {
    opened ??= open();
    return opened;
  }

  async function load(keys: readonly StateKey[]): Promise<readonly Stored[]> {
    const { firestore } = await connection();
    const snapshots = await firestore.getAll(...keys.map((key) => firestore.collection(collection).doc(idOf(key))));
    return snapshots.map(storedOf);
  }

  async function commit(writes: readonly StateWrite[]): Promise<'committed' | 'conflict'> {
    const { client, firestore } = await connection();
    const batch = firestore.batch();
    for (const write of writes) {
      addWrite({ batch, firestore, client }, write, options.nowMs() + retentionMs);
    }
    try {
      await batch.commit();
      return 'committed';
    } catch (error) {
      if (conflictCodes.has(codeOf(error))) {
        return 'conflict';
      }
      throw error;
    }
  }

  return {
    load: (keys) => within(options.timeoutMs, load(keys)),
    commit: (writes) => within(options.timeoutMs, commit(writes)),
    close: async () => {
      if (opened !== null) {
        await (await opened).firestore.terminate();
      }
    },
  };
}

function idOf(key: StateKey): string {
  return `${key.environment}.${key.document}`;
}

function storedOf(snapshot: DocumentSnapshot): Stored {
  const json: unknown = snapshot.get('json');
  if (typeof json !== 'string' || snapshot.updateTime === undefined) {
    return { value: null, version: null };
  }
  const { seconds, nanoseconds } = snapshot.updateTime;
  return { value: JSON.parse(json), version: `${seconds}.${nanoseconds}` };
}

function addWrite(
  { batch, firestore, client }: Connection & { readonly batch: WriteBatch },
  { key, value, ifVersion }: StateWrite,
  expiresAtMs: number,
): void {
  const reference = firestore.collection(collection).doc(idOf(key));
  const document = { json: JSON.stringify(value), expires_at: client.Timestamp.fromMillis(expiresAtMs) };
  if (ifVersion === null) {
    batch.create(reference, document);
    return;
  }
  const [seconds, nanoseconds] = ifVersion.split('.').map(Number);
  batch.update(reference, document, { lastUpdateTime: new client.Timestamp(seconds ?? 0, nanoseconds ?? 0) });
}

function codeOf(error: unknown): unknown {
  return typeof error === 'object' && error !== null && 'code' in error ? error.code : undefined;
}

/** The work's result, or a `StateError` after `timeoutMs`; the client's own time-outs are minutes long. */
async function within<T>(timeoutMs: number, work: Promise<T>): Promise<T> {
  const { promise: timeout, reject } = Promise.withResolvers<never>();
  const timer = setTimeout(
    () => reject(new StateError('unavailable', `Firestore did not answer in ${timeoutMs} ms`)),
    timeoutMs,
  );
  // Work that is given up on may still fail later; unhandled, that would end the process.
  work.catch(() => undefined);
  try {
    return await Promise.race([work, timeout]);
  } catch (error) {
    throw error instanceof StateError ? error : new StateError('refused', 'Firestore refused the operation', error);
  } finally {
    clearTimeout(timer);
  }
}
