/**
 * Everything that a process is told from outside, read once: environment variables, environment files, secrets.
 * All that is wrong is reported at once, each with its place and what is allowed. docs/operations.md has the table.
 */
import type { Environment } from '../core/environment/definition.ts';
import { problemText } from '../core/environment/finding.ts';
import type { ParsedEnvironment } from '../core/environment/parse-source.ts';
import type { Secrets } from '../core/probe.ts';
import type { Secret } from '../core/secret.ts';
import type { Step } from '../core/step.ts';
import { loadEnvironments } from './environment-files.ts';
import { readOwnSecret, readSecrets } from './secrets.ts';
import { parseStateSetting, type StateSetting, stateSettingForm } from './state/open.ts';

export type Variables = Readonly<Record<string, string | undefined>>;

export interface Runtime {
  readonly environments: readonly Environment[];
  readonly secrets: Secrets;
  /** Reads secrets that are files again; resolves with what can't be read any more. */
  readonly refreshSecrets: () => Promise<readonly string[]>;
  /** Project of the monitor; null on a laptop. */
  readonly projectId: string | null;
  /** Region of this process; the environment's first one when nothing says so. */
  readonly region: string | null;
  readonly state: StateSetting;
  readonly slack: SlackAccess | null;
  /** `host:port` of a local Cloud Monitoring; null: the real one. */
  readonly monitoringEmulator: string | null;
}

export interface SlackAccess {
  /** The token of this moment: it may be rotated. */
  readonly token: () => Secret;
  readonly apiUrl: string | undefined;
}

export type ReadRuntime =
  | { readonly ok: true; readonly runtime: Runtime }
  | { readonly ok: false; readonly problems: readonly string[] };

/** `steps`: those whose secrets this process needs. */
export async function readRuntime(variables: Variables, steps: readonly Step[]): Promise<ReadRuntime> {
  const files = await readFiles(variables, steps);
  const state = parseStateSetting(setting(variables, 'GOLDEN_PATH_STATE') ?? 'firestore');
  const place = {
    projectId: setting(variables, 'GOOGLE_CLOUD_PROJECT'),
    region: setting(variables, 'GOLDEN_PATH_REGION'),
    monitoringEmulator: setting(variables, 'CLOUD_MONITORING_EMULATOR_HOST'),
  };
  const problems = [
    ...(files.ok ? regionProblems(place.region, files.found.environments) : files.problems),
    ...(state === null ? [`GOLDEN_PATH_STATE must be ${stateSettingForm}`] : []),
    ...projectProblems(place, state),
    ...addressProblems(place, setting(variables, 'SLACK_API_URL')),
  ];
  return !files.ok || state === null || problems.length > 0
    ? { ok: false, problems }
    : { ok: true, runtime: { ...files.found, ...place, state } };
}

/** A variable that is set to nothing counts as not set. */
function setting(variables: Variables, name: string): string | null {
  const value = variables[name]?.trim() ?? '';
  return value === '' ? null : value;
}

type Place = Pick<Runtime, 'projectId' | 'region' | 'monitoringEmulator'>;

function regionProblems(region: string | null, environments: readonly Environment[]): readonly string[] {
  const regions = [...new Set(environments.flatMap((environment) => environment.regions))];
  return region === null || regions.includes(region)
    ? []
    : [`GOLDEN_PATH_REGION is no region of the environments, allowed: ${regions.join(', ')}`];
}

function projectProblems({ projectId, monitoringEmulator }: Place, state: StateSetting | null): readonly string[] {
  const needs = state?.kind === 'firestore' ? 'Firestore' : monitoringEmulator === null ? 'Cloud Monitoring' : null;
  return projectId === null && needs !== null ? [`GOOGLE_CLOUD_PROJECT is missing, and ${needs} needs it`] : [];
}

function addressProblems({ monitoringEmulator }: Place, slackUrl: string | null): readonly string[] {
  const emulatorIsGood = monitoringEmulator === null || /^(?:[\w.-]+|\[[\da-f:]+\]):\d{1,5}$/i.test(monitoringEmulator);
  const slackIsGood = slackUrl === null || /^https?:$/.test(URL.parse(slackUrl)?.protocol ?? '');
  return [
    ...(emulatorIsGood ? [] : ['CLOUD_MONITORING_EMULATOR_HOST must be host:port']),
    ...(slackIsGood ? [] : ['SLACK_API_URL must be an http or https URL']),
  ];
}

type Read<T> = { readonly ok: true; readonly found: T } | { readonly ok: false; readonly problems: readonly string[] };

/** What the environment files say, and the secrets that they need. */
async function readFiles(
  variables: Variables,
  steps: readonly Step[],
): Promise<Read<Pick<Runtime, 'environments' | 'secrets' | 'refreshSecrets' | 'slack'>>> {
  const source = setting(variables, 'GOLDEN_PATH_ENVIRONMENTS');
  if (source === null) {
    return { ok: false, problems: ['GOLDEN_PATH_ENVIRONMENTS is missing: a path, or the environments as JSON'] };
  }
  const loaded = await loadEnvironments(source);
  if (!loaded.ok) {
    return { ok: false, problems: loaded.problems.map(problemText) };
  }
  const secrets = await readSecrets(loaded.environments, variables, { steps });
  const token = await readSlackToken(loaded.environments, variables);
  if (!secrets.ok || typeof token === 'string') {
    const problems = secrets.ok ? [] : secrets.problems.map(problemText);
    return { ok: false, problems: typeof token === 'string' ? [...problems, token] : problems };
  }
  return {
    ok: true,
    found: {
      environments: loaded.environments.map(({ environment }) => environment),
      secrets: secrets.secrets,
      refreshSecrets: async () => [
        ...(await secrets.refresh()).map(problemText),
        ...((await token?.refresh()) ?? []).map((problem) => `SLACK_BOT_TOKEN: ${problem}`),
      ],
      slack: token === null ? null : { token: token.current, apiUrl: setting(variables, 'SLACK_API_URL') ?? undefined },
    },
  };
}

/** Null when no environment speaks to Slack; a sentence when the token is missing or no good. */
async function readSlackToken(environments: readonly ParsedEnvironment[], variables: Variables) {
  const speaking = environments.find(({ environment }) => environment.slack !== undefined);
  if (speaking === undefined) {
    return null;
  }
  const token = await readOwnSecret('SLACK_BOT_TOKEN', variables);
  return typeof token === 'string' ? `SLACK_BOT_TOKEN: ${token}; ${speaking.fileName} has a Slack channel` : token;
}
