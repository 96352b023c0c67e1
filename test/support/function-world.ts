/**
 * Functions as the cloud runs them, each in a process of its own, in a world of sandbox, Cloud Monitoring, Slack, state
 * file and secrets that are files. What the processes print is kept.
 */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';

import type { Environment } from '../../shared/core/environment/definition.ts';
import type { StateStore, Stored } from '../../shared/core/ports.ts';
import { functionName, type Step, steps } from '../../shared/core/step.ts';
import { isoUtc } from '../../shared/core/time.ts';
import { openSqliteStore } from '../../shared/io/state/sqlite.ts';
import { type FunctionProcess, startFunction } from '../../shared/local/function-process.ts';
import { type LocalMonitoring, startMonitoringServer } from '../../shared/local/monitoring/server.ts';
import { type LocalSlack, startSlackServer } from '../../shared/local/slack/server.ts';
import { sandboxEnvironment } from '../sandbox/environment.ts';
import { type Sandbox, startSandbox } from '../sandbox/sandbox.ts';
import { secretNames } from '../sandbox/secrets.ts';

export const root = new URL('../..', import.meta.url).pathname;

export interface TestFunction extends FunctionProcess {
  /** Everything that the process has printed. */
  readonly lines: readonly string[];
  /** Triggers a run as Cloud Scheduler does. */
  trigger(slotMs: number, body?: unknown): Promise<Answered>;
  request(init: RequestInit): Promise<Answered>;
}

export interface Answered {
  readonly status: number;
  readonly headers: Headers;
  readonly body: unknown;
}

export interface FunctionWorld extends AsyncDisposable {
  readonly folder: string;
  readonly environment: Environment;
  readonly sandbox: Sandbox;
  readonly monitoring: LocalMonitoring;
  readonly slack: LocalSlack;
  /** All tokens that the product has given out. */
  readonly tokens: readonly string[];
  /** The state file, opened beside the functions. */
  readonly store: StateStore;
  /** All that a function is told; files for secrets are in `folder`. */
  readonly env: Readonly<Record<string, string>>;
  writeSecret(name: string, value: string): void;
  start(step: Step, env?: Readonly<Record<string, string>>): Promise<TestFunction>;
  /** A slot that no one has had, ten seconds after the one before. */
  nextSlot(): number;
  /** The documents of the environment as they are stored. */
  stored(environment?: string): Promise<readonly Stored[]>;
}

/** `others`: more environments that the same functions serve. */
export async function openFunctionWorld(
  change: (environment: Environment) => Environment,
  others: (environment: Environment) => readonly Environment[] = () => [],
): Promise<FunctionWorld> {
  const folder = mkdtempSync(join(tmpdir(), 'golden-path-functions-'));
  const tokens: string[] = [];
  const sandbox = await startSandbox({ pace: 5, onToken: (token) => tokens.push(token) });
  const monitoring = await startMonitoringServer();
  const slack = await startSlackServer();
  const environment = sandboxEnvironment(sandbox, change);
  const environmentFile = join(folder, 'environments.json');
  writeFileSync(environmentFile, JSON.stringify([environment, ...others(environment)]));
  const statePath = join(folder, 'state.sqlite');
  const store = openSqliteStore(statePath);
  const writeSecret = (name: string, value: string): void => writeFileSync(join(folder, name), value, { mode: 0o600 });
  secretNames.forEach((name) => writeSecret(name, sandbox.secrets(name)?.reveal() ?? ''));
  writeSecret('SLACK_BOT_TOKEN', slack.token.reveal());
  const env = {
    PATH: process.env['PATH'] ?? '',
    GOLDEN_PATH_ENVIRONMENTS: environmentFile,
    GOLDEN_PATH_STATE: `sqlite:${statePath}`,
    CLOUD_MONITORING_EMULATOR_HOST: monitoring.address,
    SLACK_API_URL: slack.url,
    ...Object.fromEntries([...secretNames, 'SLACK_BOT_TOKEN'].map((name) => [`${name}_FILE`, join(folder, name)])),
  };
  const functions: TestFunction[] = [];
  let slotMs = Math.floor((Date.now() - 3_600_000) / 10_000) * 10_000;

  return {
    folder,
    environment,
    sandbox,
    monitoring,
    slack,
    tokens,
    store,
    env,
    writeSecret,
    start: async (step, more = {}) => {
      const started = await startTestFunction(step, { ...env, FUNCTION_TARGET: functionName(step), ...more });
      functions.push(started);
      return started;
    },
    nextSlot: () => {
      slotMs += 10_000;
      return slotMs;
    },
    stored: (name = environment.name) =>
      store.load([...steps, 'environment' as const].map((document) => ({ environment: name, document }))),
    [Symbol.asyncDispose]: async () => {
      await Promise.all(functions.map((each) => each.stop()));
      await store.close();
      await Promise.all([sandbox.close(), slack.close(), monitoring.close()]);
      rmSync(folder, { recursive: true });
    },
  };
}

async function startTestFunction(step: Step, env: Readonly<Record<string, string>>): Promise<TestFunction> {
  const lines: string[] = [];
  const started = await startFunction({ step, env, source: root, onLine: (line) => lines.push(line) });
  const request = async (init: RequestInit): Promise<Answered> => {
    const response = await fetch(started.url, init);
    const text = await response.text();
    return { status: response.status, headers: response.headers, body: parsed(text) };
  };
  return {
    ...started,
    lines,
    request,
    trigger: (slotMs, body = {}) =>
      request({
        method: 'POST',
        headers: { 'content-type': 'application/json', 'x-cloudscheduler-scheduletime': isoUtc(slotMs) },
        body: JSON.stringify(body),
      }),
  };
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

/** The value at a path of keys in data of any form; undefined where there is none. */
export function at(value: unknown, ...path: readonly string[]): unknown {
  let inner = value;
  for (const key of path) {
    inner = typeof inner === 'object' && inner !== null ? Reflect.get(inner, key) : undefined;
  }
  return inner;
}
