/** Builds the bundle into a folder that goes away, and starts its functions as the platform does. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import process from 'node:process';

import { writeBundle } from '../../shared/build/bundle.ts';
import { type Bundle, makeBundle } from '../../shared/build/make.ts';
import type { FrameworkSource } from '../../shared/build/package-files.ts';
import { type RunningChild, startChild } from '../../shared/local/child-process.ts';
import { ask, type Answered } from '../../shared/local/ask.ts';
import { freePort } from '../../shared/local/free-port.ts';

export interface BundleFolder extends Disposable {
  /** What is deployed. */
  readonly path: string;
  /** Makes the code cache, as the platform's builder does; gives what it said. */
  readonly makeCache: () => string;
  /** The files of the code cache. */
  readonly caches: () => readonly string[];
}

/** A build gives the same every time, so once is enough. */
const made = new Map<FrameworkSource, Promise<Bundle>>();

export async function bundleFolder(framework: FrameworkSource = 'registry'): Promise<BundleFolder> {
  const folder = mkdtempSync(join(tmpdir(), 'golden-path-bundle-'));
  const making = made.get(framework) ?? makeBundle(framework);
  made.set(framework, making);
  writeBundle(await making, folder);
  const path = join(folder, 'functions');
  return {
    path,
    makeCache: () =>
      spawnSync(process.execPath, ['code-cache.cjs'], { cwd: path, env: {}, encoding: 'utf8', timeout: 90_000 }).stderr,
    caches: () =>
      readdirSync(path)
        .filter((name) => name.endsWith('.cache'))
        .map((name) => join(path, name)),
    [Symbol.dispose]: () => rmSync(folder, { recursive: true, force: true }),
  };
}

/** The script behind the `functions-framework` command of the registry's package. */
const stockFramework = join(
  dirname(createRequire(import.meta.url).resolve('@google-cloud/functions-framework')),
  'main.js',
);

export interface ServedFunction extends AsyncDisposable {
  readonly post: (body: string, headers?: Readonly<Record<string, string>>) => Promise<Answered>;
  readonly get: () => Promise<Answered>;
  /** Lines of both outputs so far. */
  readonly lines: readonly string[];
}

export interface ServeOptions {
  readonly folder: string;
  readonly target: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** The package of the registry, or the copy in the bundle. */
  readonly framework: FrameworkSource;
}

const readyTimeoutMs = 60_000;
const answerTimeoutMs = 60_000;

export async function serveBundle({ folder, target, env, framework }: ServeOptions): Promise<ServedFunction> {
  const port = await freePort();
  const lines: string[] = [];
  const own = ['-e', `process.chdir(${JSON.stringify(folder)}); require(process.cwd()).start()`];
  const script = framework === 'registry' ? [stockFramework, `--source=${folder}`] : own;
  const child: RunningChild = await startChild({
    name: target,
    args: script,
    env: { ...env, NODE_ENV: 'development', FUNCTION_TARGET: target, PORT: String(port) },
    readyText: `URL: http://localhost:${port}/`,
    readyTimeoutMs,
    onLine: (line) => lines.push(line),
  });
  const url = `http://127.0.0.1:${port}/`;
  return {
    lines,
    get: () => ask({ method: 'GET', url, timeoutMs: answerTimeoutMs }),
    post: (body, headers = {}) =>
      ask({
        method: 'POST',
        url,
        body,
        headers: { 'content-type': 'application/json', ...headers },
        timeoutMs: answerTimeoutMs,
      }),
    [Symbol.asyncDispose]: child.stop,
  };
}
