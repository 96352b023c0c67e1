/**
 * The dialect of the product that this monitor was made for, one object a version. The deployed revision changes
 * several times a day, so `auto` knows every word and shape, and finds the version by its greeting.
 */
import type { NetraDialectSettings } from '../environment/agent.ts';
import type { Reason } from '../reasons.ts';
import type { Dialect, FrameTemplate, Greeting, Meaning, Rename, ServerHandshake } from './dialect.ts';

export type NetraVersion = NetraDialectSettings['version'];

/** What tells the versions apart. */
interface Version {
  readonly greetings: readonly Greeting[];
  readonly renames: readonly Rename[];
  readonly handshake: ServerHandshake | null;
  readonly settleMs: number;
}

/** Until September 2025 some frames were renamed on their way to the socket. */
const olderNames: readonly Rename[] = [
  { wire: 'start_agent', word: 'agent_started' },
  { wire: 'agent_progress', word: 'agent_thinking', wordWithTool: 'tool_executing' },
  { wire: 'agent_response_complete', word: 'agent_completed' },
];

const systemGreeting: Greeting = { version: 'b10', word: 'connection_established', wrapped: true };
const connectGreeting: Greeting = { version: 'b12', word: 'connect', wrapped: false };
const plainGreeting: Greeting = { version: 'b14', word: 'connection_established', wrapped: false };
const documentedGreeting: Greeting = { version: 'documented', word: 'connection_ready', wrapped: false };

const serverHandshake: ServerHandshake = {
  comes: 'expected',
  version: 'oct2025',
  acknowledgement: { type: 'handshake_acknowledged' },
  threadPath: 'thread_id',
  timePath: 'timestamp',
  completeMsMax: 2_000,
  graceMs: 500,
  settleMs: 500,
};

const versions: Readonly<Record<NetraVersion, Version>> = {
  b10: { greetings: [systemGreeting], renames: olderNames, handshake: null, settleMs: 50 },
  /** Two mistakes kept this version from ever greeting; where they are mended it greets like the next one. */
  b11: { greetings: [connectGreeting], renames: olderNames, handshake: null, settleMs: 0 },
  b12: { greetings: [connectGreeting], renames: olderNames, handshake: null, settleMs: 0 },
  b14: { greetings: [plainGreeting, documentedGreeting], renames: [], handshake: null, settleMs: 0 },
  oct2025: {
    greetings: [{ ...plainGreeting, version: 'oct2025' }, documentedGreeting],
    renames: [],
    handshake: serverHandshake,
    settleMs: 0,
  },
  auto: {
    greetings: [systemGreeting, connectGreeting, plainGreeting, documentedGreeting],
    renames: olderNames,
    handshake: { ...serverHandshake, comes: 'possible' },
    settleMs: 50,
  },
};

const failed = (reason: Reason): Meaning => ({ is: 'event', kind: 'failed', reason });

const words: ReadonlyMap<string, Meaning> = new Map<string, Meaning>([
  ['handshake_response', { is: 'handshake' }],
  ['handshake_complete', { is: 'handshake_complete' }],
  ['pong', { is: 'pong' }],
  ['heartbeat', { is: 'heartbeat' }],
  ['agent_started', { is: 'event', kind: 'started' }],
  ['agent_thinking', { is: 'event', kind: 'thinking' }],
  /** A layer in between lets the kind of thought overwrite the type of the frame. */
  ['reasoning', { is: 'event', kind: 'thinking' }],
  ['tool_executing', { is: 'event', kind: 'tool_started' }],
  ['tool_completed', { is: 'event', kind: 'tool_completed' }],
  ['agent_completed', { is: 'event', kind: 'completed' }],
  ['partial_result', { is: 'event', kind: 'text' }],
  ['final_report', { is: 'event', kind: 'text' }],
  ['agent_fallback', { is: 'event', kind: 'fallback' }],
  ['agent_error', failed('agent_error')],
  ['agent_failed', failed('agent_error')],
  ['agent_stopped', failed('agent_error')],
  ['agent_cancelled', failed('agent_error')],
  ['critical_task_failure', failed('agent_error')],
  ['agent_death', failed('agent_death')],
  ['agent_timeout_failure', failed('agent_timeout')],
  ['error', { is: 'error', of: 'anything' }],
  ['error_message', { is: 'error', of: 'anything' }],
  ['connection_error', { is: 'error', of: 'anything' }],
  ['system_error', { is: 'error', of: 'anything' }],
  ['authentication_error', { is: 'error', of: 'login' }],
  ...each(['progress_update', 'agent_aggregation_complete', 'chunk_response_immediate', 'thread_ready_for_chunks'], {
    is: 'event',
    kind: 'progress',
  }),
  ...each(['agent_timeout_warning', 'degraded_service'], { is: 'event', kind: 'warning' }),
  ...each(['connect', 'connection_established', 'connection_ready', 'system_message', 'ack', 'heartbeat_ack'], {
    is: 'noise',
  }),
  ...each(['cleanup_started', 'cleanup_duration_estimate', 'cleanup_complete', 'backend_log'], { is: 'noise' }),
]);

function each(names: readonly string[], meaning: Meaning): readonly (readonly [string, Meaning])[] {
  return names.map((name) => [name, meaning] as const);
}

/** Most things can be at the root of a frame or in one of its two envelopes, in this order. */
function everywhere(...keys: readonly string[]): readonly string[] {
  return ['', 'payload.', 'data.'].flatMap((envelope) => keys.map((key) => `${envelope}${key}`));
}

/** What a browser sends first, and what it sends in a conversation that goes on. */
const questions: Readonly<Record<NetraDialectSettings['message'], FrameTemplate>> = {
  start_agent: {
    frame: { type: 'start_agent', payload: { context: { source: 'message_input' }, settings: {} } },
    textPath: 'payload.user_request',
    threadPath: 'payload.thread_id',
  },
  user_message: {
    frame: { type: 'user_message', payload: { references: [] } },
    textPath: 'payload.content',
    threadPath: 'payload.thread_id',
  },
};

export function netraDialect({ version, message }: NetraDialectSettings): Dialect {
  return {
    name: `netra ${version}`,
    typePath: 'type',
    wrapperTypes: ['system_message', 'agent_progress', 'agent_response_complete'],
    innerTypePaths: ['data.event', 'event', 'payload.event', 'data.type', 'payload.type'],
    words,
    ...versions[version],
    places: {
      user: everywhere('user_id'),
      thread: everywhere('thread_id'),
      run: everywhere('run_id'),
      agent: everywhere('agent_name'),
      tool: everywhere('tool_name'),
      eventId: everywhere('event_id'),
      text: everywhere('reasoning', 'content', 'text'),
      answer: everywhere('result', 'final_response', 'response', 'content', 'message'),
      error: everywhere('error_code', 'code', 'support_code', 'death_cause', 'error', 'error_message', 'message'),
    },
    ping: { type: 'ping' },
    heartbeatReply: { type: 'heartbeat_ack' },
    question: questions[message],
    requiredEvents: ['started', 'thinking', 'completed'],
    leaders: ['supervisor', 'workfloworchestrator'],
    quietMs: 5_000,
    failureMarks: [
      ...everywhere('orchestration_successful', 'result.orchestration_successful').map((path) => ({
        path,
        values: [false],
      })),
      ...everywhere('status').map((path) => ({ path, values: ['failed', 'error'] })),
    ],
    modelMarks: everywhere('real_llm_used', 'llm_validation.is_valid').map((path) => ({ path, values: [true] })),
    noModelMarks: everywhere('real_llm_used').map((path) => ({ path, values: [false] })),
    stockPhrases: [
      /^Agent response for:/i,
      /^Multi-agent collaboration completed for:/i,
      /^Mock \w+ agent response/i,
      /^Fallback \w+ agent response/i,
      /^Successfully processed\b/i,
      /\(timeout fallback\)/i,
    ],
    standInUsers: [/^demo[-_]/i, /^anonymous/i, /^guest/i],
    closeMeanings,
  };
}

const closeMeanings: Dialect['closeMeanings'] = [
  {
    code: 1000,
    reason: 'cleanup',
    meaning:
      'the handler of the connection ended by itself; known cause: an error at start or log-in that was swallowed',
  },
  { code: 1008, reason: 'auth', meaning: 'the token was not accepted after the upgrade' },
  { code: 1011, reason: 'not ready', meaning: 'a service that the socket needs had not started' },
  { code: 1011, reason: 'initialization', meaning: 'the service behind the socket could not be started' },
  { code: 1011, reason: 'factory', meaning: 'the per-user services behind the socket could not be made' },
];
