/** A child process that is ready at a certain line, whose lines can be heard, and that always ends. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';

export interface ChildOptions {
  readonly name: string;
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string | undefined>>;
  /** The child is ready once one of its lines holds this text. */
  readonly readyText: string;
  readonly readyTimeoutMs: number;
  /** Hears each line of both outputs. */
  readonly onLine: (line: string) => void;
}

export interface RunningChild {
  /** Ends it: politely first, by force after `killAfterMs`. */
  readonly stop: () => Promise<void>;
  /** Resolves with a sentence when it ends without having been stopped. */
  readonly ended: Promise<string>;
}

const killAfterMs = 3_000;

/** Starts `node` with the arguments, in the present version of Node. Rejects when the child does not become ready. */
export async function startChild(options: ChildOptions): Promise<RunningChild> {
  const child = spawn(process.execPath, options.args, { env: options.env, stdio: ['ignore', 'pipe', 'pipe'] });
  let stopping = false;
  const ended = new Promise<string>((resolve) => {
    child.once('exit', (code, signal) => {
      if (!stopping) {
        resolve(`${options.name} ended by itself (${signal ?? `exit code ${code}`})`);
      }
    });
  });
  async function stop(): Promise<void> {
    stopping = true;
    await stopChild(child);
  }
  try {
    await untilReady(child, options, ended);
  } catch (error) {
    await stop();
    throw error;
  }
  return { stop, ended };
}

async function untilReady(child: ChildProcess, options: ChildOptions, ended: Promise<string>): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  const lastLines: string[] = [];
  const hear = (line: string): void => {
    lastLines.push(line);
    lastLines.splice(0, lastLines.length - 5);
    if (line.includes(options.readyText)) {
      resolve();
    }
    options.onLine(line);
  };
  for (const stream of [child.stdout, child.stderr]) {
    if (stream !== null) {
      createInterface({ input: stream }).on('line', hear);
    }
  }
  const timer = setTimeout(
    () => reject(new Error(`${options.name} did not start in ${options.readyTimeoutMs} ms`)),
    options.readyTimeoutMs,
  );
  child.once('error', reject);
  void ended.then((sentence) => reject(new Error(`${sentence}: ${lastLines.join(' | ')}`)));
  try {
    await promise;
  } finally {
    clearTimeout(timer);
  }
}

async function stopChild(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null || child.pid === undefined) {
    return;
  }
  const exited = once(child, 'exit');
  child.kill('SIGTERM');
  const timer = setTimeout(() => child.kill('SIGKILL'), killAfterMs);
  await exited;
  clearTimeout(timer);
}
