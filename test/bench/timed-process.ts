/** Starts a server in a process of its own and takes the time until its first answer, its memory and processor time. */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, readFileSync } from 'node:fs';
import { connect } from 'node:net';
import process from 'node:process';

export interface ServerCommand {
  readonly command: string;
  readonly args: readonly string[];
  readonly cwd?: string;
  readonly env?: Readonly<Record<string, string | undefined>>;
  /** Where it will listen. */
  readonly port: number;
}

export interface HttpAsk {
  readonly method: 'GET' | 'POST';
  readonly path: string;
  readonly body: string;
  readonly headers?: Readonly<Record<string, string>>;
}

export interface FirstAnswer {
  /** From before the process is started to the end of its first answer. */
  readonly ms: number;
  readonly status: number;
  readonly body: string;
  /** Highest resident memory up to then. */
  readonly peakMib: number;
  /** Processor time of all its threads up to then. */
  readonly cpuMs: number;
}

/** The processor of the process under test, and that of everything around it; null without `taskset` or a second one. */
export const pinning = canPin() ? { tested: '1', around: '0' } : null;

function canPin(): boolean {
  return spawnSync('taskset', ['-c', '1', 'true']).status === 0;
}

/** Moves this process to the processor that is not under test. */
export function stepAside(): void {
  if (pinning !== null) {
    spawnSync('taskset', ['-a', '-p', '-c', pinning.around, String(process.pid)]);
  }
}

/** The command on the processor under test. */
export function pinned(command: string, args: readonly string[]): readonly [string, readonly string[]] {
  return pinning === null ? [command, args] : ['taskset', ['-c', pinning.tested, command, ...args]];
}

/** The command on the other one. */
export function aside(command: string, args: readonly string[]): readonly [string, readonly string[]] {
  return pinning === null ? [command, args] : ['taskset', ['-c', pinning.around, command, ...args]];
}

export function startServer({ command, args, cwd, env }: ServerCommand): ChildProcess {
  const [file, all] = pinned(command, args);
  return spawn(file, all, { cwd, env: { PATH: process.env['PATH'], ...env }, stdio: ['ignore', 'ignore', 'pipe'] });
}

/** Rejects when the process ends before it has answered, or does not answer in half a minute. */
export async function timeFirstAnswer(server: ServerCommand, ask: HttpAsk): Promise<FirstAnswer> {
  const startedAt = performance.now();
  const child = startServer(server);
  const errors: Buffer[] = [];
  child.stderr?.on('data', (chunk: Buffer) => errors.push(chunk));
  try {
    const answer = await askWhenUp(server.port, ask, () => child.exitCode !== null);
    const ms = performance.now() - startedAt;
    return { ms, ...answer, ...usageOf(child.pid ?? 0) };
  } catch (error) {
    throw new Error(`${server.command} ${server.args.join(' ')}: ${Buffer.concat(errors).toString().slice(0, 2_000)}`, {
      cause: error,
    });
  } finally {
    await stop(child);
  }
}

export async function stop(child: ChildProcess): Promise<void> {
  if (child.exitCode === null && child.signalCode === null) {
    const exited = once(child, 'exit');
    child.kill('SIGKILL');
    await exited;
  }
}

const patienceMs = 30_000;

export async function askWhenUp(
  port: number,
  ask: HttpAsk,
  hasEnded: () => boolean = () => false,
): Promise<{ status: number; body: string }> {
  const untilMs = performance.now() + patienceMs;
  while (!hasEnded() && performance.now() < untilMs) {
    const answer = await askOnce(port, ask);
    if (answer !== null) {
      return answer;
    }
    await new Promise((resolve) => setTimeout(resolve, 1));
  }
  throw new Error('it never answered');
}

/** Null when nobody listens yet. */
export function askOnce(
  port: number,
  { method, path, body, headers = {} }: HttpAsk,
): Promise<{ status: number; body: string } | null> {
  const { promise, resolve } = Promise.withResolvers<{ status: number; body: string } | null>();
  const chunks: Buffer[] = [];
  const socket = connect({ port, host: '127.0.0.1', noDelay: true }, () => {
    const head = [
      `${method} ${path} HTTP/1.1`,
      'Host: localhost',
      'Connection: close',
      'Content-Type: application/json',
      `Content-Length: ${Buffer.byteLength(body)}`,
      ...Object.entries(headers).map(([name, value]) => `${name}: ${value}`),
    ];
    socket.write(`${head.join('\r\n')}\r\n\r\n${body}`);
  });
  socket.on('data', (chunk: Buffer) => chunks.push(chunk));
  socket.once('error', () => resolve(null));
  socket.once('close', () => {
    const text = Buffer.concat(chunks).toString();
    const [head = '', ...rest] = text.split('\r\n\r\n');
    resolve(text === '' ? null : { status: Number(head.split(' ')[1]), body: rest.join('\r\n\r\n') });
  });
  return promise;
}

/** Linux tells both of a process that is still there; elsewhere they are not known. */
export function usageOf(pid: number): { peakMib: number; cpuMs: number } {
  try {
    const status = readFileSync(`/proc/${pid}/status`, 'utf8');
    const peakKib = Number(/VmHWM:\s+(\d+)/.exec(status)?.[1]);
    // The first number is the time on a processor in nanoseconds, of one thread.
    const threads = readdirSync(`/proc/${pid}/task`).map((thread) =>
      Number(readFileSync(`/proc/${pid}/task/${thread}/schedstat`, 'utf8').split(' ')[0]),
    );
    return { peakMib: peakKib / 1_024, cpuMs: threads.reduce((sum, each) => sum + each, 0) / 1e6 };
  } catch {
    return { peakMib: Number.NaN, cpuMs: Number.NaN };
  }
}
