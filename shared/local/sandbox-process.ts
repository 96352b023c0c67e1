/** The sandbox product as a process of its own, and its control port. */
import { join } from 'node:path';

import type { Environment } from '../core/environment/definition.ts';
import { type RunningChild, startChild } from './child-process.ts';
import { type Answered, ask } from './ask.ts';

export interface SandboxProcess extends RunningChild {
  /** Where each secret is that the sandbox made, as `NAME_FILE` variables. */
  readonly secretFiles: Readonly<Record<string, string>>;
  /** Origin of the control port, for people who want to use it by hand. */
  readonly controlUrl: string;
  /** Asks the control port: `GET /faults`, `POST /faults/<id>` to break, `DELETE /faults` to mend. */
  readonly control: (method: 'GET' | 'POST' | 'DELETE', path: string) => Promise<Answered>;
}

const readyTimeoutMs = 20_000;
const controlTimeoutMs = 5_000;
const secretNames = ['SANDBOX_LOGIN_KEY', 'SANDBOX_JWT_SECRET'];

export interface SandboxOptions {
  /** Root of the repository: the sandbox is not a part of the deployable. */
  readonly root: string;
  readonly secretsFolder: string;
  readonly ports: SandboxPorts;
  readonly onLine: (line: string) => void;
}

export interface SandboxPorts {
  readonly auth: number;
  readonly backend: number;
  readonly control: number;
}

/** The ports at which the environment file looks for the sandbox. Throws when the file describes another product. */
export function sandboxPorts({ services, control }: Environment): SandboxPorts {
  return {
    auth: portOf(services['auth']?.url),
    backend: portOf(services['backend']?.url),
    control: portOf(control?.url),
  };
}

function portOf(url: string | undefined): number {
  const port = url === undefined ? 0 : Number(new URL(url).port);
  if (port === 0) {
    throw new Error("the sandbox's environment has the services auth and backend and a control endpoint, with ports");
  }
  return port;
}

export async function startSandboxProcess(options: SandboxOptions): Promise<SandboxProcess> {
  const { root, secretsFolder, ports, onLine } = options;
  const numbers = Object.entries(ports).flatMap(([name, port]) => [`--${name}-port`, String(port)]);
  const child = await startChild({
    name: 'the sandbox',
    args: [join(root, 'test/sandbox/main.ts'), '--secrets-dir', secretsFolder, ...numbers],
    env: process.env,
    readyText: 'secrets ',
    readyTimeoutMs,
    onLine,
  });
  const controlUrl = `http://127.0.0.1:${ports.control}`;
  const control = (method: 'GET' | 'POST' | 'DELETE', path: string): Promise<Answered> =>
    ask({ method, url: `${controlUrl}${path}`, timeoutMs: controlTimeoutMs });
  return {
    ...child,
    secretFiles: Object.fromEntries(secretNames.map((name) => [`${name}_FILE`, join(secretsFolder, name)])),
    controlUrl,
    control,
  };
}
