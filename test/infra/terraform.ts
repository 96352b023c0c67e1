/**
 * Runs the real terraform on a copy of `infra/`, never on the folder itself. The google provider comes from an offline
 * stand-in where there is one (`TF_OFFLINE`, or the folder beside the project), else from the registry by `terraform
 * init`. Where neither works, tests are told why, and say so.
 */
import { type SpawnSyncReturns, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import process from 'node:process';

export const projectDir = resolve(import.meta.dirname, '../..');
export const infraDir = join(projectDir, 'infra');

/** Modules that need no provider: they turn files into facts, rules and pages. */
export const pureModules = ['catalogue', 'rules', 'dashboard'] as const;

export type PureModule = (typeof pureModules)[number];

export interface Finished {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** A copy of what Terraform reads; disposing removes it. */
export interface Workspace extends Disposable {
  /** The copy of `infra/`. */
  readonly dir: string;
  /** Runs terraform in the copy, or in a folder of it; the provider is served if there is a stand-in. */
  readonly run: (args: readonly string[], folder?: string) => Finished;
  /** The same, with state that lasts from one call to the next. Only with the stand-in. */
  readonly rehearse: (args: readonly string[]) => Finished;
}

/** Longest time for one command; the root's whole test suite takes a quarter of a minute. */
const commandMsMax = 180_000;

const terraformMissing = run('terraform', ['version'], projectDir).code === 0 ? null : 'terraform is not installed';

/** Why tests that need terraform alone cannot run; null when they can. */
export function withoutTerraform(): string | null {
  return terraformMissing;
}

/** Why tests that need the google provider cannot run; null when they can. Decided once a process. */
export function withoutProvider(): string | null {
  providerMissing ??= { why: terraformMissing ?? tryProvider() };
  return providerMissing.why;
}

let providerMissing: { readonly why: string | null } | null = null;

/** Why a rehearsal, which writes and reads state without a cloud, cannot run; null when it can. */
export function withoutRehearsal(): string | null {
  return withoutProvider() ?? (standIn() === null ? 'a rehearsal needs the offline provider (TF_OFFLINE)' : null);
}

function tryProvider(): string | null {
  if (standIn() !== null) {
    return null;
  }
  using workspace = openWorkspace();
  const { code, stderr } = workspace.run(['init', '-backend=false', '-input=false', '-no-color']);
  const [, reason = 'terraform init failed'] = /Error: (.*)/.exec(stderr) ?? [];
  return code === 0 ? null : `no google provider: TF_OFFLINE is not set, and of the registry terraform says: ${reason}`;
}

export function openWorkspace(): Workspace {
  const root = mkdtempSync(join(tmpdir(), 'golden-path-infra-'));
  const dir = join(root, 'infra');
  cpSync(infraDir, dir, { recursive: true, filter: (path) => !path.includes('.terraform') });
  mkdirSync(join(root, 'shared'));
  for (const file of ['shared/metrics.json', 'shared/targets.json']) {
    cpSync(join(projectDir, file), join(root, file));
  }
  return {
    dir,
    run: (args, folder = '.') => run(standIn() ?? 'terraform', args, join(dir, folder)),
    rehearse: (args) => run(standIn() ?? 'terraform', [`--offline-state=${join(root, 'state')}`, ...args], dir),
    [Symbol.dispose]: () => rmSync(root, { recursive: true, force: true }),
  };
}

function run(command: string, args: readonly string[], dir: string): Finished {
  const environment = { ...process.env, TF_IN_AUTOMATION: '1', CHECKPOINT_DISABLE: '1', NO_COLOR: '1' };
  const finished: SpawnSyncReturns<string> = spawnSync(command, args, {
    cwd: dir,
    env: environment,
    encoding: 'utf8',
    timeout: commandMsMax,
    maxBuffer: 64 * 1_024 * 1_024,
  });
  return { code: finished.status ?? 1, stdout: finished.stdout ?? '', stderr: finished.stderr ?? '' };
}

let standInFound: { readonly command: string | null } | null = null;

/** The stand-in's command; null when there is none. It installs packages beside itself, so it is used from a copy. */
function standIn(): string | null {
  standInFound ??= { command: findStandIn() };
  return standInFound.command;
}

function findStandIn(): string | null {
  const named = process.env['TF_OFFLINE'];
  const source = named ?? join(projectDir, '../shared/tools/terraform-offline');
  if (!existsSync(join(source, 'tf'))) {
    if (named !== undefined) {
      throw new Error(`TF_OFFLINE names ${named}, and there is no 'tf' in it`);
    }
    return null;
  }
  const content = createHash('sha256').update(readFileSync(join(source, 'package-lock.json')));
  const copy = join(tmpdir(), `golden-path-terraform-offline-${content.digest('hex').slice(0, 12)}`);
  if (!existsSync(copy)) {
    copyOnce(source, copy);
  }
  return join(copy, 'tf');
}

/** Several test processes may come here at once: each makes its own, and one of them wins. */
function copyOnce(source: string, copy: string): void {
  const own = mkdtempSync(`${copy}-`);
  cpSync(source, own, { recursive: true, mode: 0 });
  spawnSync('chmod', ['-R', 'u+w', own]);
  const installed = spawnSync('npm', ['ci', '--silent'], { cwd: own, encoding: 'utf8' });
  if (installed.status !== 0) {
    throw new Error(`the offline provider cannot be installed: ${installed.stderr}`);
  }
  try {
    renameSync(own, copy);
  } catch {
    rmSync(own, { recursive: true, force: true });
  }
}
