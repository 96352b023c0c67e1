/**
 * The sandbox as a process. Prints where it listens and never a secret: those go into files that only the owner
 * can read, and that are gone when the process ends.
 */
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';

import { startSandbox } from './sandbox.ts';
import { secretNames } from './secrets.ts';

const { values } = parseArgs({
  options: {
    'auth-port': { type: 'string', default: '4100' },
    'backend-port': { type: 'string', default: '4101' },
    'control-port': { type: 'string', default: '4109' },
    pace: { type: 'string', default: '1' },
    'secrets-dir': { type: 'string', default: '.golden-path/secrets' },
  },
});

const directory = values['secrets-dir'];
const files = [...secretNames, 'SANDBOX_AUTHORITIES'].map((name) => ({ name, path: join(directory, name) }));
const sandbox = await startSandbox({
  authPort: Number(values['auth-port']),
  backendPort: Number(values['backend-port']),
  controlPort: Number(values['control-port']),
  pace: Number(values.pace),
});

let stopping = false;

async function stop(): Promise<void> {
  if (stopping) {
    return;
  }
  stopping = true;
  for (const { path } of files) {
    rmSync(path, { force: true });
  }
  await sandbox.close();
  if (process.connected) {
    process.disconnect();
  }
}

// Before there is a secret on the disk, and before anybody is told that the sandbox is ready.
process.on('SIGINT', () => void stop());
process.on('SIGTERM', () => void stop());
process.once('disconnect', () => void stop());

mkdirSync(directory, { recursive: true, mode: 0o700 });
for (const { name, path } of files) {
  // A file of an earlier run keeps its mode when it is overwritten, so it goes first.
  rmSync(path, { force: true });
  writeFileSync(path, sandbox.secrets(name)?.reveal() ?? '', { mode: 0o600 });
}

const { auth, backend, control } = sandbox.origins;
console.log(`auth     ${auth}\nbackend  ${backend}\ncontrol  ${control}/faults\nsecrets  ${directory}`);
process.send?.({ ready: true, origins: sandbox.origins, secretsDir: directory });
