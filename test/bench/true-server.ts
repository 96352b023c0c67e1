/**
 * The server of `true-server.c`, built if there is a C compiler. It tells how long each answer really took, so that what
 * a client reports can be compared with the truth.
 */
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

import { aside } from './timed-process.ts';

export interface TrueServer extends AsyncDisposable {
  readonly port: number;
  /** The true times of the next so many answers, in milliseconds, in the order of the requests. */
  readonly take: (count: number) => Promise<readonly number[]>;
}

/** A sentence when it can't be built. */
export async function startTrueServer(folder: string): Promise<TrueServer | string> {
  mkdirSync(folder, { recursive: true });
  const binary = join(folder, 'true-server');
  const source = join(import.meta.dirname, 'true-server.c');
  const built = spawnSync('cc', ['-O2', '-D_GNU_SOURCE', '-o', binary, source], { encoding: 'utf8' });
  if (built.status !== 0) {
    return `the server that knows its own delay is written in C, and there is no compiler (${built.error?.message ?? built.stderr})`;
  }
  const [command, args] = aside(binary, []);
  const child = spawn(command, args, { stdio: ['ignore', 'pipe', 'inherit'] });
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const next = async (): Promise<string> => {
    const line = await lines.next();
    if (line.done === true) {
      throw new Error('the server that knows its own delay has ended');
    }
    return line.value;
  };
  const port = Number((await next()).replace('port ', ''));
  return {
    port,
    take: async (count) => {
      const times: number[] = [];
      while (times.length < count) {
        times.push(Number(await next()) / 1_000);
      }
      return times;
    },
    [Symbol.asyncDispose]: async () => {
      child.kill('SIGKILL');
      await once(child, 'exit');
    },
  };
}
