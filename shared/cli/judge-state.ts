/** What the commands about judging share: the environment that they are about, and its state. */
import { existsSync } from 'node:fs';
import { userInfo } from 'node:os';
import process from 'node:process';

import type { Environment } from '../core/environment/definition.ts';
import type { EnvironmentRecord } from '../core/judge/state.ts';
import type { StateStore } from '../core/ports.ts';
import { isStep, type Step, steps } from '../core/step.ts';
import { dayMs, hourMs, minuteMs } from '../core/time.ts';
import { openStateStore, parseStateSetting, stateSettingForm } from '../io/state/open.ts';
import { changeEnvironment } from '../run/state-access.ts';
import { type CommandIo, UsageError } from './command.ts';
import { loadOne } from './one-environment.ts';

export const stateHelp = `  --environment FILE   the environment file
  --state SETTING      where the state is: ${stateSettingForm.replaceAll('`', '')}; default: GOLDEN_PATH_STATE,
                       else that of the local stack (.golden-path/NAME.sqlite)`;

export interface Scene {
  readonly settings: Environment;
  readonly store: StateStore;
}

export interface SceneOptions {
  readonly environment?: string | undefined;
  readonly state?: string | undefined;
}

/** Runs work on the state of one environment and closes it again; 2 when the file or the setting is no good. */
export async function withScene(
  options: SceneOptions,
  io: CommandIo,
  work: (scene: Scene) => Promise<number>,
): Promise<number> {
  const loaded = await loadOne(options.environment, io);
  if (loaded === null) {
    return 2;
  }
  const settings = loaded.environment;
  const store = await openStore(options.state, settings);
  try {
    return await work({ settings, store });
  } finally {
    await store.close();
  }
}

function openStore(asked: string | undefined, { name }: Environment): Promise<StateStore> {
  const local = `.golden-path/${name}.sqlite`;
  const text = asked ?? process.env['GOLDEN_PATH_STATE'] ?? (existsSync(local) ? `sqlite:${local}` : 'firestore');
  const setting = parseStateSetting(text);
  if (setting === null) {
    throw new UsageError(`the state must be ${stateSettingForm}`);
  }
  const projectId = process.env['GOOGLE_CLOUD_PROJECT'] ?? '';
  if (setting.kind === 'firestore' && projectId === '') {
    throw new UsageError('GOOGLE_CLOUD_PROJECT is missing, and Firestore needs it; or name another state with --state');
  }
  if (setting.kind === 'sqlite' && !existsSync(setting.path)) {
    throw new UsageError(`there is no state at ${setting.path}`);
  }
  return openStateStore(setting, projectId);
}

/** Changes the environment's document; says so when others were faster every time. */
export async function change(
  { settings, store }: Scene,
  io: CommandIo,
  apply: (record: EnvironmentRecord) => EnvironmentRecord | null,
): Promise<boolean> {
  const { result } = await changeEnvironment({ store, settings }, apply);
  if (result === 'contended') {
    io.err('the state was changed by others every time; try again');
  }
  return result === 'changed';
}

/** `90m`, `2h`, `1d` in milliseconds. */
export function parseLength(text: string, name: string): number {
  const [, count, unit] = /^(\d{1,4})([mhd])$/.exec(text) ?? [];
  const unitMs = unit === 'm' ? minuteMs : unit === 'h' ? hourMs : dayMs;
  const lengthMs = Number(count) * unitMs;
  if (count === undefined || lengthMs === 0 || lengthMs > 30 * dayMs) {
    throw new UsageError(`${name} must be a time such as 30m, 2h or 1d, of at most 30 days`);
  }
  return lengthMs;
}

/** Steps of a comma-separated list; null when none is named, which means all. */
export function parseSteps(text: string | undefined): readonly Step[] | null {
  if (text === undefined) {
    return null;
  }
  const names = text.split(',').map((name) => name.trim());
  const unknown = names.find((name) => !isStep(name));
  if (unknown !== undefined) {
    throw new UsageError(`'${unknown}' is no step; one or more of: ${steps.join(', ')}`);
  }
  return names.filter(isStep);
}

/** A reason is what the next one on call will ask for. */
export function parseReason(text: string | undefined): string {
  const reason = text?.trim() ?? '';
  if (reason === '' || reason.length > 300) {
    throw new UsageError('--reason TEXT is missing or longer than 300 characters');
  }
  return reason;
}

export function author(asked: string | undefined): string {
  return (asked ?? process.env['USER'] ?? userInfo().username).slice(0, 100);
}
