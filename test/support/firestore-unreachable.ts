/** Run as a process of its own: asks a Firestore that does not answer and tells how that ended. */
import { StateError } from '../../shared/core/state-error.ts';
import { openFirestoreStore } from '../../shared/io/state/firestore.ts';

const store = openFirestoreStore({
  projectId: 'test',
  databaseId: '(default)',
  timeoutMs: 300,
  nowMs: () => Date.now(),
});
try {
  await store.load([{ environment: 'acme', document: 'auth' }]);
  process.stdout.write('answered');
} catch (error) {
  process.stdout.write(error instanceof StateError ? error.code : 'another error');
}
// The client goes on trying in the background: the process has to be ended, as a function's instance would be.
process.exit(0);
