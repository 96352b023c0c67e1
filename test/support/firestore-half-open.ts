/**
 * Run as a process of its own: reads and writes at the emulator through a connection that dies in between, and tells what
 * came of it and how many connections it took. The client goes on with the dead one for a while, so the process is ended.
 */
import { openFirestoreStore } from '../../shared/io/state/firestore.ts';
import { startTcpProxy } from './tcp-proxy.ts';

const proxy = await startTcpProxy(process.env['FIRESTORE_EMULATOR_HOST'] ?? '');
process.env['FIRESTORE_EMULATOR_HOST'] = proxy.address;
const store = openFirestoreStore({
  projectId: 'test-half-open',
  databaseId: '(default)',
  timeoutMs: 3_000,
  nowMs: Date.now,
});
const key = { environment: 'acme', document: 'auth' } as const;
const before = await store.load([key]);
const connections = proxy.connections();
proxy.kill();
const after = await store.load([key]);
const result = await store.commit([{ key, value: 1, ifVersion: null }]);
process.stdout.write(JSON.stringify({ before, after, result, more: proxy.connections() - connections }));
process.exit(0);
