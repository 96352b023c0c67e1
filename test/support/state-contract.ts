/** What every state store must do, whatever keeps the documents. Run against each adapter by its own test file. */
import assert from 'node:assert/strict';
import { it } from 'node:test';

import type { StateKey, StateStore } from '../../shared/core/ports.ts';

const auth: StateKey = { environment: 'acme', document: 'auth' };
const whole: StateKey = { environment: 'acme', document: 'environment' };
const other: StateKey = { environment: 'other', document: 'auth' };

export interface StoreUnderTest {
  /** A store over documents that no other test has seen. */
  readonly open: () => Promise<StateStore>;
  /** A second connection to the documents of the store that was opened last. */
  readonly openAgain: () => Promise<StateStore>;
}

async function version(store: StateStore, key: StateKey): Promise<string | null> {
  const [stored] = await store.load([key]);
  return stored?.version ?? null;
}

export function describesStateStore({ open, openAgain }: StoreUnderTest): void {
  it('answers null for documents that do not exist', async () => {
    const store = await open();
    assert.deepEqual(await store.load([auth, whole]), [
      { value: null, version: null },
      { value: null, version: null },
    ]);
    await store.close();
  });

  it('gives back what was committed, in the order asked for', async () => {
    const store = await open();
    const value = { nested: [[1, 2], { deep: ['ü', null, true] }], number: 1.5 };
    const writes = [
      { key: auth, value, ifVersion: null },
      { key: whole, value: { version: 1 }, ifVersion: null },
    ];
    assert.equal(await store.commit(writes), 'committed');
    const [second, first] = await store.load([whole, auth]);
    assert.deepEqual(first?.value, value);
    assert.deepEqual(second?.value, { version: 1 });
    assert.notEqual(first?.version, null);
    await store.close();
  });

  it('keeps environments apart', async () => {
    const store = await open();
    await store.commit([{ key: auth, value: 1, ifVersion: null }]);
    assert.deepEqual(await store.load([other]), [{ value: null, version: null }]);
    await store.close();
  });

  it('refuses to create what exists', async () => {
    const store = await open();
    await store.commit([{ key: auth, value: 1, ifVersion: null }]);
    assert.equal(await store.commit([{ key: auth, value: 2, ifVersion: null }]), 'conflict');
    assert.equal((await store.load([auth]))[0]?.value, 1);
    await store.close();
  });

  it('refuses to write over another version than the one read', async () => {
    const store = await open();
    await store.commit([{ key: auth, value: 1, ifVersion: null }]);
    const read = await version(store, auth);
    assert.equal(await store.commit([{ key: auth, value: 2, ifVersion: read }]), 'committed');
    assert.equal(await store.commit([{ key: auth, value: 3, ifVersion: read }]), 'conflict');
    assert.equal((await store.load([auth]))[0]?.value, 2);
    await store.close();
  });

  it('refuses to update what does not exist', async () => {
    const store = await open();
    await store.commit([{ key: auth, value: 1, ifVersion: null }]);
    const read = await version(store, auth);
    assert.equal(await store.commit([{ key: whole, value: 2, ifVersion: read }]), 'conflict');
    assert.deepEqual(await store.load([whole]), [{ value: null, version: null }]);
    await store.close();
  });

  it('writes all documents of a commit or none', async () => {
    const store = await open();
    await store.commit([{ key: auth, value: 1, ifVersion: null }]);
    const read = await version(store, auth);
    const writes = [
      { key: auth, value: 2, ifVersion: read },
      { key: whole, value: 2, ifVersion: read },
    ];
    assert.equal(await store.commit(writes), 'conflict');
    assert.equal((await store.load([auth]))[0]?.value, 1);
    await store.close();
  });

  it('lets exactly one of many writers at once win', async () => {
    const store = await open();
    await store.commit([{ key: auth, value: 0, ifVersion: null }]);
    const read = await version(store, auth);
    const writers = [store, await openAgain(), await openAgain()];
    const results = await Promise.all(
      writers.map((writer, index) => writer.commit([{ key: auth, value: index + 1, ifVersion: read }])),
    );
    assert.equal(results.filter((result) => result === 'committed').length, 1);
    const winner = results.indexOf('committed') + 1;
    assert.equal((await store.load([auth]))[0]?.value, winner);
    await Promise.all(writers.map((writer) => writer.close()));
  });

  it('loses no increment of many writers that read and write again after a conflict', async () => {
    const store = await open();
    await store.commit([{ key: auth, value: 0, ifVersion: null }]);
    const writers = [store, await openAgain(), await openAgain()];
    await Promise.all(writers.flatMap((writer) => [increment(writer), increment(writer), increment(writer)]));
    assert.equal((await store.load([auth]))[0]?.value, 9);
    await Promise.all(writers.map((writer) => writer.close()));
  });

  it('shows a second connection what the first has committed', async () => {
    const store = await open();
    await store.commit([{ key: auth, value: 'seen', ifVersion: null }]);
    const second = await openAgain();
    assert.equal((await second.load([auth]))[0]?.value, 'seen');
    await second.close();
    await store.close();
  });

  it('keeps a document of 300 KiB whole', async () => {
    const store = await open();
    const value = { text: 'x'.repeat(300 * 1024) };
    assert.equal(await store.commit([{ key: auth, value, ifVersion: null }]), 'committed');
    assert.deepEqual((await store.load([auth]))[0]?.value, value);
    await store.close();
  });
}

async function increment(store: StateStore): Promise<void> {
  for (;;) {
    const [stored] = await store.load([auth]);
    const next = Number(stored?.value) + 1;
    if ((await store.commit([{ key: auth, value: next, ifVersion: stored?.version ?? null }])) === 'committed') {
      return;
    }
  }
}
