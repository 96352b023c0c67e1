/**
 * Everything that a process is told from outside, read once: environment variables, environment files, secrets.
 * All that is wrong is reported at once, each with its place and what is allowed.
 */
import type { Environment } from '../core/environment/definition.ts';
import { problemText } from '../core/environment/finding.ts';
import type { ParsedEnvironment } from '../core/environment/parse-source.ts';
import type { Secrets } from '../core/probe.ts';
import { Secret } from '../core/secret.ts';
import type { Step } from '../core/step.ts';
import { loadEnvironments } from './environment-files.ts';
import { readSecrets } from './secrets.ts';
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
  readonly slack: { readonly token: Secret; readonly apiUrl: string | undefined } | null;
  /** `host:port` of a local Cloud Monitoring; null: the real one. */
  readonly monitoringEmulator: string | null;
}

export type ReadRuntime =
  | { readonly ok: true; readonly runtime: Runtime }
  | { readonly ok: false; readonly problems: readonly string[] };

/** `steps`: those whose secrets this process needs. */
export async function readRuntime(variables: Variables, steps: readonly Step[]): Promise<ReadRuntime> {
  const source = variables['GOLDEN_PATH_ENVIRONMENTS'];
  if (source === undefined || source === '') {
    return { ok: false, problems: ['GOLDEN_PATH_ENVIRONMENTS is missing: a path, or the environments as JSON'] };
  }
  const loaded = await loadEnvironments(source);
  if (!loaded.ok) {
    return { ok: false, problems: loaded.problems.map(problemText) };
  }
  const secrets = await readSecrets(loaded.environments, variables, { steps });
  const state = parseStateSetting(variables['GOLDEN_PATH_STATE'] ?? 'firestore');
  const slack = readSlack(loaded.environments, variables);
  const projectId = variables['GOOGLE_CLOUD_PROJECT'] ?? null;
  const monitoringEmulator = variables['CLOUD_MONITORING_EMULATOR_HOST'] ?? null;
  const problems = [
    ...(secrets.ok ? [] : secrets.problems.map(problemText)),
    ...(state === null ? [`GOLDEN_PATH_STATE must be ${stateSettingForm}`] : []),
    ...(typeof slack === 'string' ? [slack] : []),
    ...projectProblems({ projectId, state, monitoringEmulator }),
  ];
  if (!secrets.ok || state === null || typeof slack === 'string' || problems.length > 0) {
    return { ok: false, problems };
  }
  return {
    ok: true,
    runtime: {
      environments: loaded.environments.map(({ environment }) => environment),
      secrets: secrets.secrets,
      refreshSecrets: async () => (await secrets.refresh()).map(problemText),
      projectId,
      region: variables['GOLDEN_PATH_REGION'] ?? null,
      state,
      slack,
      monitoringEmulator,
    },
  };
}

/** The token and where it goes; null when no environment speaks to Slack; a sentence when the token is missing. */
function readSlack(environments: readonly ParsedEnvironment[], variables: Variables): Runtime['slack'] | string {
  const speaking = environments.find(({ environment }) => environment.slack !== undefined);
  if (speaking === undefined) {
    return null;
  }
  const token = variables['SLACK_BOT_TOKEN']?.trim();
  return token === undefined || token === ''
    ? `SLACK_BOT_TOKEN is missing, and ${speaking.fileName} has a Slack channel`
    : { token: new Secret(token), apiUrl: variables['SLACK_API_URL'] };
}

function projectProblems({
  projectId,
  state,
  monitoringEmulator,
}: {
  readonly projectId: string | null;
  readonly state: StateSetting | null;
  readonly monitoringEmulator: string | null;
}): readonly string[] {
  const needs = state?.kind === 'firestore' ? 'Firestore' : monitoringEmulator === null ? 'Cloud Monitoring' : null;
  return projectId === null && needs !== null ? [`GOOGLE_CLOUD_PROJECT is missing, and ${needs} needs it`] : [];
}
