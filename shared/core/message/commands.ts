/**
 * The commands of the runbook, and the same commands with the facts of an alert filled in. A command is shown only
 * when every one of its blanks is known and harmless: people paste it into a shell at night.
 */
import type { Reason } from '../reasons.ts';

export const blanks = [
  'environment',
  'step',
  'host',
  'url',
  'project',
  'region',
  'service',
  'revision_before',
  'trace',
  'monitor_project',
  'function',
  'database',
  'incident',
] as const;

export type Blank = (typeof blanks)[number];

/** What an alert knows; a missing blank hides the commands that need it. */
export type BlankValues = Readonly<Partial<Record<Blank, string>>>;

interface Command {
  /** What it is for, as a comment above it. */
  readonly purpose: string;
  readonly template: string;
}

function command(purpose: string, template: string): Command {
  return { purpose, template };
}

const cloudRun = '--region={region} --project={project}';

export const commands = {
  try_step: command(
    'the same probe, once, from here',
    'npx golden-path check {step} --environment infra/environments/{environment}.yaml',
  ),
  drill: command(
    'the way to Slack, part by part',
    'npx golden-path drill --environment infra/environments/{environment}.yaml',
  ),
  lint: command('what is wrong in the file', 'npx golden-path lint infra/environments/{environment}.yaml'),
  open: command('what comes back', "curl -sS -i -m 20 '{url}'"),
  look_up: command('where the name leads', 'dig +short {host}'),
  certificate: command(
    'the certificate as it is served',
    'openssl s_client -connect {host}:443 -servername {host} </dev/null | openssl x509 -noout -subject -issuer -dates',
  ),
  run_log: command(
    'what the product logged for this very run',
    `gcloud logging read 'trace="projects/{project}/traces/{trace}"' --project={project} --limit=50`,
  ),
  error_log: command(
    'the latest errors of the service',
    `gcloud logging read 'resource.labels.service_name="{service}" AND severity>=ERROR' --project={project} --freshness=1h --limit=30`,
  ),
  firewall_log: command(
    'what the firewall (Cloud Armor) refused',
    `gcloud logging read 'jsonPayload.enforcedSecurityPolicy.outcome="DENY"' --project={project} --freshness=1h --limit=20`,
  ),
  balancer_log: command(
    'what the load balancer could not serve',
    `gcloud logging read 'resource.type="http_load_balancer" AND severity>=WARNING' --project={project} --freshness=1h --limit=30`,
  ),
  revisions: command('the latest deploys', `gcloud run revisions list --service={service} ${cloudRun} --limit=5`),
  settings: command('settings of the service', `gcloud run services describe {service} ${cloudRun}`),
  roll_back: command(
    'roll back, if the latest deploy is to blame',
    `gcloud run services update-traffic {service} --to-revisions={revision_before}=100 ${cloudRun}`,
  ),
  connectors: command(
    'the connectors between service and databases',
    `gcloud compute networks vpc-access connectors list ${cloudRun}`,
  ),
  redis: command('the Redis instances', `gcloud redis instances list ${cloudRun}`),
  databases: command('the databases', 'gcloud sql instances list --project={project}'),
  monitor_log: command(
    'what the monitor itself logged',
    `gcloud logging read 'resource.labels.service_name="{function}" AND severity>=WARNING' --project={monitor_project} --freshness=1h --limit=30`,
  ),
  monitor_secrets: command('the secrets of the monitor', 'gcloud secrets list --project={monitor_project}'),
  monitor_state: command('the memory of the monitor', 'gcloud firestore databases list --project={monitor_project}'),
} as const;

export type CommandName = keyof typeof commands;

const byHand = ['open', 'error_log'] as const;
const inTheLog = ['run_log', 'error_log'] as const;
const afterDeploy = ['run_log', 'revisions', 'roll_back'] as const;
const starting = ['error_log', 'revisions', 'roll_back'] as const;
const tls = ['certificate'] as const;
const secrets = ['settings', 'run_log'] as const;
const settings = ['lint', 'try_step'] as const;

/** What to run for a reason, in this order. */
export const commandsOf: Readonly<Record<Reason, readonly CommandName[]>> = {
  dns: ['look_up'],
  refused: ['look_up', 'settings'],
  unreachable: ['look_up', 'balancer_log'],
  reset: ['error_log', 'balancer_log'],
  connect_timeout: ['look_up', 'balancer_log'],
  tls_timeout: ['certificate', 'balancer_log'],
  tls_expired: tls,
  tls_not_yet_valid: tls,
  tls_untrusted: tls,
  tls_name_mismatch: ['certificate', 'look_up'],
  tls_not_spoken: ['look_up', 'certificate'],
  tls_other: tls,
  tls_expiring: tls,
  first_byte_timeout: ['run_log', 'error_log', 'connectors'],
  body_timeout: inTheLog,
  body_cut: ['error_log', 'revisions'],
  body_too_large: byHand,
  bad_http: ['open', 'balancer_log'],
  unauthorized: secrets,
  forbidden: ['firewall_log', 'run_log'],
  not_found: ['open', 'revisions'],
  rate_limited: ['firewall_log'],
  client_error: ['open', 'run_log', 'revisions'],
  server_error: afterDeploy,
  unavailable: starting,
  gateway: ['balancer_log', 'error_log', 'revisions'],
  unexpected_status: byHand,
  redirected: ['open'],
  redirect_loop: ['open'],
  not_json: byHand,
  unexpected_shape: ['open', 'revisions'],
  login_rejected: inTheLog,
  token_missing: afterDeploy,
  token_invalid: ['try_step', 'settings'],
  token_lifetime: ['settings'],
  clock_skew: ['try_step', 'revisions'],
  subject_mismatch: inTheLog,
  refresh_failed: inTheLog,
  self_signed_login: ['lint'],
  auth_bypassed: ['settings', 'try_step', 'roll_back'],
  status_word: byHand,
  status_word_degraded: byHand,
  status_word_unknown: ['open'],
  assertion_failed: ['open'],
  component_down: ['open', 'databases', 'connectors'],
  component_degraded: ['open', 'redis', 'connectors'],
  component_slow: ['open', 'databases'],
  component_vanished: ['open', 'revisions'],
  startup: ['open', 'error_log'],
  startup_failed: starting,
  restarted: ['revisions', 'error_log'],
  health_lies: ['open', 'try_step'],
  health_alarmist: ['open'],
  upgrade_unauthorized: secrets,
  upgrade_forbidden: ['firewall_log', 'run_log'],
  upgrade_rate_limited: ['firewall_log'],
  upgrade_server_error: afterDeploy,
  upgrade_unavailable: starting,
  upgrade_ignored: ['open', 'balancer_log'],
  upgrade_refused: inTheLog,
  upgrade_timeout: ['error_log', 'revisions', 'connectors'],
  bad_handshake: ['try_step', 'balancer_log'],
  subprotocol_missing: ['try_step', 'revisions', 'roll_back'],
  subprotocol_unoffered: ['try_step', 'revisions', 'roll_back'],
  subprotocol_unexpected: ['try_step', 'revisions'],
  token_echoed: ['try_step', 'revisions'],
  offer_too_large: ['try_step'],
  closed_early: afterDeploy,
  connection_cut: ['error_log', 'revisions', 'balancer_log'],
  protocol_error: ['try_step', 'revisions'],
  bad_frame: afterDeploy,
  no_welcome: afterDeploy,
  welcome_error: inTheLog,
  handshake_incomplete: afterDeploy,
  no_pong: ['error_log', 'revisions', 'roll_back'],
  isolation_breach: ['run_log', 'revisions', 'roll_back'],
  carrier_stripped: ['try_step', 'balancer_log'],
  crowd_incomplete: ['error_log', 'settings'],
  message_ignored: afterDeploy,
  event_missing: inTheLog,
  event_order: afterDeploy,
  agent_error: inTheLog,
  agent_death: ['run_log', 'error_log', 'settings'],
  agent_stall: inTheLog,
  agent_timeout: inTheLog,
  orchestration_failed: inTheLog,
  empty_answer: inTheLog,
  wrong_answer: ['run_log', 'settings'],
  canned_answer: ['settings', 'run_log'],
  faked_run: ['settings', 'run_log', 'roll_back'],
  probe_budget: settings,
  slow: ['try_step', 'revisions'],
  slower: ['try_step', 'revisions', 'roll_back'],
  credential: ['try_step', 'monitor_secrets'],
  own_path: ['monitor_log', 'try_step'],
  config_invalid: ['lint', 'monitor_log'],
  deadline_exceeded: ['monitor_log', 'try_step'],
  state_unavailable: ['monitor_state', 'monitor_log'],
  state_invalid: ['monitor_log'],
  metrics_unavailable: ['monitor_log'],
  slack_unavailable: ['drill', 'monitor_log'],
  unclassified: ['monitor_log', 'try_step'],
};

/** What a shell takes literally. A URL, which may have a query, stands between quotes in the templates. */
const harmless = /^[A-Za-z0-9](?:[A-Za-z0-9._:/,-]{0,298}[A-Za-z0-9/])?$/;
const harmlessUrl = /^[A-Za-z0-9](?:[A-Za-z0-9._:/?=%,-]{0,298}[A-Za-z0-9/=])?$/;

/** The commands of a reason that can be run as they stand, each under a comment that says what for. */
export function filledCommands(reason: Reason, values: BlankValues): readonly string[] {
  return commandsOf[reason].flatMap((name) => {
    const { purpose, template } = commands[name];
    const filled = fill(template, values);
    return filled === null ? [] : [`# ${purpose}`, filled];
  });
}

/** Tells everyone that an incident is taken. Project and database are those of the monitor; a laptop needs neither. */
export function takeCommand(values: BlankValues): readonly string[] {
  const { monitor_project: project, database } = values;
  const filled = fill(
    [
      ...(project === undefined ? [] : ['GOOGLE_CLOUD_PROJECT={monitor_project}']),
      'npx golden-path ack --environment infra/environments/{environment}.yaml',
      ...(database === undefined
        ? []
        : [database === '(default)' ? '--state firestore' : '--state firestore:{database}']),
      '--incident {incident} --reason "on it"',
    ].join(' '),
    values,
  );
  return filled === null ? [] : [filled];
}

function fill(template: string, values: BlankValues): string | null {
  const known = new Map(Object.entries(values));
  let complete = true;
  const filled = template.replace(/\{([a-z_]+)\}/g, (_, name: string) => {
    const value = known.get(name);
    complete &&= value !== undefined && (name === 'url' ? harmlessUrl : harmless).test(value);
    return value ?? '';
  });
  return complete ? filled : null;
}
