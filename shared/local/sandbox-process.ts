/** The sandbox product as a process of its own, and its control port. */
import { join } from 'node:path';

import { type RunningChild, startChild } from './child-process.ts';
import { type Answered, ask } from './ask.ts';

export interface SandboxProcess extends RunningChild {
  /** Where each secret is that the sandbox made, as `NAME_FILE` variables. */
  readonly secretFiles: Readonly<Record<string, string>>;
  /** Asks the control port: `GET /faults`, `POST /faults/<id>` to break, `DELETE /faults` to mend. */
  readonly control: (method: 'GET' | 'POST' | 'DELETE', path: string) => Promise<Answered>;
}

const readyTimeoutMs = 20_000;
const controlTimeoutMs = 5_000;

/** Where the sandbox listens unless it is told otherwise, as in `infra/environments/sandbox.yaml`. */
export const sandboxControlUrl = 'http://127.0.0.1:4109';
const secretNames = ['SANDBOX_LOGIN_KEY', 'SANDBOX_JWT_SECRET'];

export interface SandboxOptions {
  /** Root of the repository: the sandbox is not a part of the deployable. */
  readonly root: string;
  readonly secretsFolder: string;
  readonly onLine: (line: string) => void;
}

export async function startSandboxProcess(options: SandboxOptions): Promise<SandboxProcess> {
  const { root, secretsFolder, onLine } = options;
  const child = await startChild({
    name: 'the sandbox',
    args: [join(root, 'test/sandbox/main.ts'), '--secrets-dir', secretsFolder],
    env: process.env,
    readyText: 'secrets ',
    readyTimeoutMs,
    onLine,
  });
  const control = (method: 'GET' | 'POST' | 'DELETE', path: string): Promise<Answered> =>
    ask({ method, url: `${sandboxControlUrl}${path}`, timeoutMs: controlTimeoutMs });
  return {
    ...child,
    secretFiles: Object.fromEntries(secretNames.map((name) => [`${name}_FILE`, join(secretsFolder, name)])),
    control,
  };
}
