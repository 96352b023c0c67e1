/** One step's function in a process of its own, under the real functions-framework, as the cloud runs it. */
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';

import { functionName, type Step } from '../core/step.ts';
import { type RunningChild, startChild } from './child-process.ts';
import { freePort } from './free-port.ts';

export interface FunctionOptions {
  readonly step: Step;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Folder whose package.json names the functions: the repository, or a built bundle. */
  readonly source: string;
  readonly onLine: (line: string) => void;
}

export interface FunctionProcess extends RunningChild {
  readonly step: Step;
  readonly url: string;
}

const readyTimeoutMs = 30_000;

/** The script behind the `functions-framework` command; it lies beside the package's entry. */
const framework = join(dirname(createRequire(import.meta.url).resolve('@google-cloud/functions-framework')), 'main.js');

export async function startFunction({ step, env, source, onLine }: FunctionOptions): Promise<FunctionProcess> {
  const port = await freePort();
  const target = functionName(step);
  const child = await startChild({
    name: target,
    args: [framework, `--target=${target}`, `--source=${source}`, `--port=${port}`],
    env: { ...env, NODE_ENV: 'development' },
    readyText: `URL: http://localhost:${port}/`,
    readyTimeoutMs,
    onLine,
  });
  return { ...child, step, url: `http://127.0.0.1:${port}/` };
}
