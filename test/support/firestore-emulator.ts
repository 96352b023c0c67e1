/** Starts the Firestore emulator that comes with gcloud, if it is installed, on a free port of 127.0.0.1. */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, realpathSync } from 'node:fs';
import { createServer } from 'node:net';
import { dirname, join } from 'node:path';

const startTimeoutMs = 60_000;

export interface FirestoreEmulator {
  /** `host:port`, for `FIRESTORE_EMULATOR_HOST`. */
  readonly host: string;
  stop(): Promise<void>;
}

/** Path of the emulator's start script, or a sentence that says what is missing. */
export function findFirestoreEmulator(): { readonly path: string } | { readonly missing: string } {
  const which = spawnSync('sh', ['-c', 'command -v gcloud'], { encoding: 'utf8' });
  const gcloud = which.stdout.trim();
  if (gcloud === '') {
    return { missing: 'gcloud is not installed' };
  }
  const path = join(dirname(realpathSync(gcloud)), '../platform/cloud-firestore-emulator/cloud_firestore_emulator');
  if (!existsSync(path)) {
    return {
      missing: "gcloud is there, its Firestore emulator is not ('gcloud components install cloud-firestore-emulator')",
    };
  }
  if (spawnSync('java', ['-version']).status !== 0) {
    return { missing: 'the Firestore emulator needs Java' };
  }
  return { path };
}

export async function startFirestoreEmulator(path: string): Promise<FirestoreEmulator> {
  const port = await freePort();
  const child = spawn(path, ['start', '--host=127.0.0.1', `--port=${port}`], { stdio: 'pipe', detached: true });
  try {
    await waitForLine(child, 'Dev App Server is now running');
  } catch (error) {
    stopGroup(child);
    throw error;
  }
  return {
    host: `127.0.0.1:${port}`,
    stop: async () => {
      const exited = once(child, 'exit');
      stopGroup(child);
      await exited;
    },
  };
}

/** The start script runs Java as its child: the whole process group has to go. */
function stopGroup(child: ChildProcess): void {
  if (child.pid !== undefined && child.exitCode === null) {
    process.kill(-child.pid, 'SIGKILL');
  }
}

async function waitForLine(child: ChildProcess, wanted: string): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  const timer = setTimeout(
    () => reject(new Error(`the emulator did not start in ${startTimeoutMs} ms`)),
    startTimeoutMs,
  );
  let seen = '';
  const read = (chunk: Buffer): void => {
    seen = (seen + chunk.toString('utf8')).slice(-4_000);
    if (seen.includes(wanted)) {
      resolve();
    }
  };
  child.stdout?.on('data', read);
  child.stderr?.on('data', read);
  child.once('exit', () => reject(new Error(`the emulator ended: ${seen.slice(-500)}`)));
  try {
    await promise;
  } finally {
    clearTimeout(timer);
  }
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  if (address === null || typeof address === 'string') {
    throw new Error('the free port has no number');
  }
  return address.port;
}
