/**
 * The catalogue of everything that can be wrong: the closed set behind the `reason` label, the runbook
 * (`docs/runbook.md` has one entry a reason; a test holds them equal) and the sentences of alerts.
 */
import { type Step, steps } from './step.ts';
import type { Verdict } from './outcome.ts';

/**
 * `security`: told at the first run, before anything else. `outage`: the step does not work.
 * `degraded`: works, but worse. `notice`: worth knowing, never alerted alone. `monitor`: our own trouble, quieter route.
 */
export type Severity = 'security' | 'outage' | 'degraded' | 'notice' | 'monitor';

/** Who has to act: those of the product, of the way to it, of our credential, or of this monitor. */
export type Fault = 'product' | 'path' | 'credential' | 'monitor';

export interface ReasonEntry {
  readonly steps: readonly Step[];
  readonly severity: Severity;
  readonly fault: Fault;
  /** What happened, for someone who has never seen the product; ends without a full stop. */
  readonly sentence: string;
}

function entry(where: readonly Step[], severity: Severity, fault: Fault, sentence: string): ReasonEntry {
  return { steps: where, severity, fault, sentence };
}

const socketSteps = ['websocket', 'agent'] as const;
const loginSteps = ['auth', 'websocket', 'agent'] as const;

export const reasons = {
  // The way to the product.
  dns: entry(steps, 'outage', 'path', 'the host name does not resolve'),
  refused: entry(steps, 'outage', 'path', 'nothing listens at the address: the connection was refused'),
  unreachable: entry(steps, 'outage', 'path', 'there is no route to the host'),
  reset: entry(steps, 'outage', 'path', 'the connection was torn down in the middle of the exchange'),
  connect_timeout: entry(
    steps,
    'outage',
    'path',
    'no connection came about in time: packets vanish or the host is overloaded',
  ),
  tls_timeout: entry(steps, 'outage', 'path', 'the TLS handshake did not finish in time'),
  tls_expired: entry(steps, 'outage', 'product', 'the certificate has expired'),
  tls_not_yet_valid: entry(steps, 'outage', 'product', 'the certificate is not valid yet'),
  tls_untrusted: entry(steps, 'outage', 'product', 'the certificate does not lead to a trusted root'),
  tls_name_mismatch: entry(steps, 'outage', 'product', 'the certificate belongs to another host name'),
  tls_not_spoken: entry(steps, 'outage', 'product', 'the port answers, but not in TLS'),
  tls_other: entry(steps, 'outage', 'product', 'the TLS handshake failed'),
  tls_expiring: entry(steps, 'degraded', 'product', 'the certificate expires soon'),

  // HTTP.
  first_byte_timeout: entry(steps, 'outage', 'product', 'the request was sent and no answer began in time'),
  body_timeout: entry(steps, 'outage', 'product', 'the answer began and did not end in time'),
  body_cut: entry(steps, 'outage', 'product', 'the answer ended before it was complete'),
  body_too_large: entry(steps, 'outage', 'product', 'the answer is larger than anything this endpoint should send'),
  bad_http: entry(steps, 'outage', 'product', 'the answer is not valid HTTP'),
  unauthorized: entry(steps, 'outage', 'product', 'the product refused a token that it had just issued (HTTP 401)'),
  forbidden: entry(
    steps,
    'outage',
    'product',
    'the request was forbidden (HTTP 403): a firewall rule, a missing right or a closed service',
  ),
  not_found: entry(steps, 'outage', 'product', 'the endpoint is not there (HTTP 404): wrong host, route or deployment'),
  rate_limited: entry(steps, 'outage', 'product', 'the product refused the request for being one too many (HTTP 429)'),
  client_error: entry(steps, 'outage', 'product', 'the product called the request wrong (other HTTP 4xx)'),
  server_error: entry(steps, 'outage', 'product', 'the product failed inside (HTTP 5xx)'),
  unavailable: entry(
    steps,
    'outage',
    'product',
    'the service is unavailable (HTTP 503): no instance ready, starting or overloaded',
  ),
  gateway: entry(steps, 'outage', 'product', 'the load balancer got no good answer from the service (HTTP 502 or 504)'),
  unexpected_status: entry(steps, 'outage', 'product', 'the answer has a status that this endpoint should not give'),
  redirected: entry(steps, 'outage', 'product', 'the endpoint redirects where it should answer'),
  redirect_loop: entry(steps, 'outage', 'product', 'the endpoint redirects in a circle or too often'),
  not_json: entry(steps, 'outage', 'product', 'the answer is not the JSON that it should be'),
  unexpected_shape: entry(steps, 'outage', 'product', 'the answer is JSON of another shape than agreed'),

  // Login and token.
  login_rejected: entry(loginSteps, 'outage', 'product', 'the product does not let the synthetic user log in'),
  token_missing: entry(loginSteps, 'outage', 'product', 'the login succeeded but gave no token'),
  token_invalid: entry(['auth'], 'outage', 'product', 'the token is not what it should be'),
  token_lifetime: entry(['auth'], 'degraded', 'product', 'the token lives much shorter or longer than it should'),
  clock_skew: entry(['auth'], 'degraded', 'product', "the product's clock is off"),
  subject_mismatch: entry(['auth'], 'outage', 'product', 'the product takes the token for that of another user'),
  refresh_failed: entry(['auth'], 'outage', 'product', 'the refresh token gives no new token'),
  self_signed_login: entry(['auth'], 'notice', 'credential', 'the token is self-made: a real login was not tested'),
  auth_bypassed: entry(loginSteps, 'security', 'product', 'the product let someone in without a valid token'),

  // Health documents.
  status_word: entry(['health'], 'outage', 'product', 'the health document says that the service is unhealthy'),
  status_word_degraded: entry(
    ['health'],
    'degraded',
    'product',
    'the health document says that the service is degraded',
  ),
  status_word_unknown: entry(
    ['health'],
    'degraded',
    'product',
    'the health document uses a status word that is not agreed',
  ),
  assertion_failed: entry(
    ['health'],
    'outage',
    'product',
    'the health document contradicts what the environment file asserts',
  ),
  component_down: entry(['health'], 'outage', 'product', 'a component that the product needs is down'),
  component_degraded: entry(
    ['health'],
    'degraded',
    'product',
    'a component is down or degraded, and the product runs without it',
  ),
  component_slow: entry(['health'], 'degraded', 'product', 'a component answers slower than its bound'),
  component_vanished: entry(['health'], 'degraded', 'product', 'a component is no longer in the health document'),
  startup: entry(['health'], 'outage', 'product', 'the service is still starting'),
  startup_failed: entry(['health'], 'outage', 'product', 'the service says that its start has failed'),
  restarted: entry(['health'], 'notice', 'product', 'the service has restarted since the last run'),
  health_lies: entry(
    ['health'],
    'outage',
    'product',
    'the health document says all is well while the golden path is broken',
  ),
  health_alarmist: entry(
    ['health'],
    'notice',
    'product',
    'the health document says it is broken while every other step works',
  ),

  // WebSocket.
  upgrade_unauthorized: entry(
    socketSteps,
    'outage',
    'product',
    'the upgrade was refused: the token was not accepted (HTTP 401)',
  ),
  upgrade_forbidden: entry(
    socketSteps,
    'outage',
    'product',
    'the upgrade was refused (HTTP 403): the server closed before accepting, or a firewall stepped in',
  ),
  upgrade_rate_limited: entry(
    socketSteps,
    'outage',
    'product',
    'the upgrade was refused for being one too many (HTTP 429)',
  ),
  upgrade_server_error: entry(socketSteps, 'outage', 'product', 'the server failed during the upgrade (HTTP 5xx)'),
  upgrade_unavailable: entry(socketSteps, 'outage', 'product', 'no instance took the upgrade (HTTP 503)'),
  upgrade_ignored: entry(
    socketSteps,
    'outage',
    'product',
    'the server answered the upgrade like a plain page (HTTP 200)',
  ),
  upgrade_refused: entry(socketSteps, 'outage', 'product', 'the upgrade was refused with another HTTP status'),
  upgrade_timeout: entry(socketSteps, 'outage', 'product', 'the upgrade was not answered in time'),
  bad_handshake: entry(socketSteps, 'outage', 'product', 'the answer to the upgrade breaks the WebSocket protocol'),
  subprotocol_missing: entry(
    socketSteps,
    'outage',
    'product',
    'the server chose none of the offered subprotocols; browsers refuse such a connection',
  ),
  subprotocol_unoffered: entry(
    socketSteps,
    'outage',
    'product',
    'the server chose a subprotocol that was not offered; browsers refuse such a connection',
  ),
  subprotocol_unexpected: entry(
    socketSteps,
    'degraded',
    'product',
    'the server chose an offered subprotocol, but not one that was wanted',
  ),
  token_echoed: entry(
    ['websocket'],
    'degraded',
    'product',
    'the server repeats the token in a response header, where proxies log it',
  ),
  offer_too_large: entry(
    ['websocket'],
    'degraded',
    'product',
    'the handshake headers come near the limit of common proxies',
  ),
  closed_early: entry(socketSteps, 'outage', 'product', 'the server closed the connection before the work was done'),
  connection_cut: entry(socketSteps, 'outage', 'path', 'the connection broke off without a close frame'),
  protocol_error: entry(
    socketSteps,
    'outage',
    'product',
    'the server sent a frame that breaks the WebSocket protocol or its bounds',
  ),
  bad_frame: entry(socketSteps, 'outage', 'product', 'the server sent a frame that is not of the agreed shape'),
  no_welcome: entry(socketSteps, 'outage', 'product', 'the connection opened and the server never greeted'),
  welcome_error: entry(socketSteps, 'outage', 'product', 'the server greeted with an error frame'),
  handshake_incomplete: entry(
    socketSteps,
    'outage',
    'product',
    'the handshake that the server began was not completed',
  ),
  no_pong: entry(socketSteps, 'outage', 'product', 'the connection is open but a ping gets no answer'),
  isolation_breach: entry(
    socketSteps,
    'security',
    'product',
    'data of another user, thread or run came through this connection',
  ),
  carrier_stripped: entry(
    ['websocket'],
    'degraded',
    'path',
    'a token in the Authorization header does not arrive, in the subprotocol it does',
  ),
  crowd_incomplete: entry(['websocket'], 'outage', 'product', 'not all of several sockets at once became ready'),

  // Agent.
  message_ignored: entry(
    ['agent'],
    'outage',
    'product',
    'the message was taken and nothing happened, although the connection is alive',
  ),
  event_missing: entry(['agent'], 'outage', 'product', 'the run ended without an event that it must show'),
  event_order: entry(['agent'], 'outage', 'product', 'the events of the run came in an impossible order'),
  agent_error: entry(['agent'], 'outage', 'product', 'the agent reported an error'),
  agent_death: entry(['agent'], 'outage', 'product', 'the agent died in the middle of the run'),
  agent_stall: entry(['agent'], 'outage', 'product', 'the run fell silent: the connection is alive and no event comes'),
  agent_timeout: entry(['agent'], 'outage', 'product', 'the run did not end in time'),
  orchestration_failed: entry(['agent'], 'outage', 'product', 'the run says completed and reports a failure inside'),
  empty_answer: entry(['agent'], 'outage', 'product', 'the run completed without an answer'),
  wrong_answer: entry(['agent'], 'outage', 'product', 'the answer does not contain what follows from the question'),
  canned_answer: entry(
    ['agent'],
    'outage',
    'product',
    'the answer is a stock phrase or repeats the question: no model was at work',
  ),
  faked_run: entry(['agent'], 'outage', 'product', 'the events came faster than any model works: the run is faked'),
  probe_budget: entry(['agent'], 'monitor', 'monitor', 'the budget for agent runs is used up'),

  // Speed.
  slow: entry(steps, 'degraded', 'product', 'it works, slower than its bound'),
  slower: entry(steps, 'degraded', 'product', 'it works, clearly slower than it used to'),

  // The monitor itself.
  credential: entry(
    loginSteps,
    'monitor',
    'credential',
    "the monitor's own credential was rejected: rotate or grant it",
  ),
  own_path: entry(
    steps,
    'monitor',
    'path',
    "the control endpoint is unreachable too: the monitor's own network is broken",
  ),
  config_invalid: entry(
    steps,
    'monitor',
    'monitor',
    'the configuration of the monitor is wrong or a secret is missing',
  ),
  deadline_exceeded: entry(
    steps,
    'monitor',
    'monitor',
    "the run's deadline came before the probe could tell what was slow",
  ),
  state_unavailable: entry(steps, 'monitor', 'monitor', 'the state store does not answer: nothing can be judged'),
  state_invalid: entry(steps, 'monitor', 'monitor', 'the stored state cannot be read'),
  metrics_unavailable: entry(steps, 'monitor', 'monitor', 'Cloud Monitoring does not take the measurements'),
  slack_unavailable: entry(steps, 'monitor', 'monitor', 'Slack does not take the messages'),
  unclassified: entry(steps, 'monitor', 'monitor', 'something happened that the monitor does not know'),
} as const satisfies Readonly<Record<string, ReasonEntry>>;

export type Reason = keyof typeof reasons;

export function isReason(value: unknown): value is Reason {
  return typeof value === 'string' && Object.hasOwn(reasons, value);
}

export const allReasons: readonly Reason[] = Object.keys(reasons).filter(isReason);

export function reasonEntry(reason: Reason): ReasonEntry {
  return reasons[reason];
}

/** The verdict that a reason stands for, unless the step was stopped by an earlier one. */
export function verdictOf(reason: Reason): Exclude<Verdict, 'blocked'> {
  switch (reasonEntry(reason).severity) {
    case 'security':
    case 'outage':
      return 'fail';
    case 'degraded':
      return 'degraded';
    case 'notice':
      return 'pass';
    case 'monitor':
      return 'inconclusive';
  }
}

/** Anchor of the reason's entry in `docs/runbook.md`. */
export function runbookAnchor(reason: Reason): string {
  return reason.replaceAll('_', '-');
}
