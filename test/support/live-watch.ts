/** The whole path with its page, on free ports and at the shortest cadence, for tests that break it. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { loadEnvironments } from '../../shared/io/environment-files.ts';
import { freePort } from '../../shared/local/free-port.ts';
import type { StackEvent } from '../../shared/local/stack.ts';
import { startWatch, type Watch } from '../../shared/local/watch.ts';

const root = new URL('../../', import.meta.url).pathname;

/** The shortest that an environment file may have. */
export const liveCadenceMs = 5_000;

export interface LiveWatch extends AsyncDisposable {
  readonly watch: Watch;
  /** Where history and state are. */
  readonly folder: string;
  /** The derived environment file. */
  readonly file: string;
}

export async function startLiveWatch(onEvent: (event: StackEvent) => void = () => undefined): Promise<LiveWatch> {
  const folder = mkdtempSync(join(tmpdir(), 'golden-path-live-'));
  const file = join(folder, 'sandbox.yaml');
  const ports = await Promise.all([freePort(), freePort(), freePort()]);
  const written = readFileSync(join(root, 'infra/environments/sandbox.yaml'), 'utf8');
  const derived = ['4100', '4101', '4109'].reduce(
    (text, port, at) => text.replaceAll(`:${port}`, `:${ports[at]}`),
    written.replace(/^cadenceSeconds: \d+$/m, `cadenceSeconds: ${liveCadenceMs / 1_000}`),
  );
  writeFileSync(file, derived);
  const loaded = await loadEnvironments(file);
  const environment = loaded.ok ? loaded.environments[0]?.environment : undefined;
  if (environment === undefined) {
    throw new Error(`the derived environment is not valid: ${JSON.stringify(loaded)}`);
  }
  const watch = await startWatch({ root, folder, environment, environmentFile: file, sandbox: true, port: 0, onEvent });
  return {
    watch,
    folder,
    file,
    async [Symbol.asyncDispose]() {
      await watch.stop();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
