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
import { documentOf } from './document-text.ts';

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
  let current: Promise<Connection> | null = null;

  // The client costs a fifth of a second to load: it is loaded at the first use, never at import.
  async function open(): Promise<Connection> {
    const client = await import('@google-cloud/firestore');
    const firestore = new client.Firestore({
      projectId: options.projectId,
      databaseId: options.databaseId,
      // Otherwise a new client would be given the dead connection of the old one.
      'grpc.use_local_subchannel_pool': 1,
    });
    return { client, firestore };
  }

  /** Work that gets no answer has lost its connection, perhaps while the function slept: the next work opens another. */
  async function onConnection<T>(timeoutMs: number, work: (connection: Connection) => Promise<T>): Promise<T> {
    const connection = (current ??= open());
    const working = connection.then(work);
    try {
      return await within(timeoutMs, working);
    } catch (error) {
      if (current === connection && isSilence(error)) {
        current = null;
        abandon(connection, working);
      }
      throw error;
    }
  }

  return {
    load: async (keys) => {
      const attempt = (): Promise<readonly Stored[]> =>
        onConnection(options.timeoutMs / 2, ({ firestore }) => load(firestore, keys));
      // Reading twice does no harm, and a dead connection is the likeliest cause after a pause.
      return attempt().catch((error: unknown) => (isSilence(error) ? attempt() : Promise.reject(error)));
    },
    commit: (writes) =>
      onConnection(options.timeoutMs, (connection) => commit(connection, writes, options.nowMs() + retentionMs)),
    close: async () => {
      if (current !== null) {
        await (await current).firestore.terminate();
      }
    },
  };
}

/**
 * Closes a connection once the client has given up the work itself, which takes minutes: closed in the middle of its own
 * repeats, it fails in a promise that nobody can catch, and that ends the process (firestore 9.4.1).
 */
function abandon(connection: Promise<Connection>, working: Promise<unknown>): void {
  const close = async (): Promise<void> => (await connection).firestore.terminate();
  working.then(close, close).catch(() => undefined);
}

async function load(firestore: Firestore, keys: readonly StateKey[]): Promise<readonly Stored[]> {
  const snapshots = await firestore.getAll(...keys.map((key) => firestore.collection(collection).doc(idOf(key))));
  return snapshots.map(storedOf);
}

async function commit(
  { client, firestore }: Connection,
  writes: readonly StateWrite[],
  expiresAtMs: number,
): Promise<'committed' | 'conflict'> {
  const batch = firestore.batch();
  for (const write of writes) {
    addWrite({ batch, firestore, client }, write, expiresAtMs);
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

function idOf(key: StateKey): string {
  return `${key.environment}.${key.document}`;
}

function storedOf(snapshot: DocumentSnapshot): Stored {
  const { updateTime } = snapshot;
  return updateTime === undefined
    ? { value: null, version: null }
    : { value: documentOf(snapshot.get('json')), version: `${updateTime.seconds}.${updateTime.nanoseconds}` };
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

/** No answer in time, as opposed to an answer that says no. */
function isSilence(error: unknown): boolean {
  return error instanceof StateError && error.code === 'unavailable';
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
