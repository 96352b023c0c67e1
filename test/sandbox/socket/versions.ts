/**
 * The product's protocol by version, as data: what it answers to an offer of subprotocols, how it greets, whether it
 * starts a handshake, and in which shape its agents' events travel.
 */
import type { ShapeId } from '../agent/shapes.ts';
import type { JsonObject } from '../json.ts';

export const versionIds = ['b10', 'b11', 'b12', 'b14', 'oct2025'] as const;

export type VersionId = (typeof versionIds)[number];

/** `null`: accepted without a choice. `refused`: offered, and nothing of it supported. */
export type Choice = { readonly chosen: string | null } | 'refused';

/** What a greeting tells about the connection. */
export interface Connection {
  readonly id: string;
  readonly userId: string;
  readonly threadId: string;
  readonly runId: string;
}

export interface ProtocolVersion {
  readonly choose: (offered: readonly string[]) => Choice;
  readonly greetings: (connection: Connection) => readonly JsonObject[];
  /** Messages count only after the client has acknowledged the server's handshake. */
  readonly serverHandshake: boolean;
  readonly eventShape: ShapeId;
}

/** In this order the product looks for a form that carries a token. */
export const tokenPrefixes = ['jwt.', 'jwt-auth.', 'bearer.', 'staging-auth.'] as const;

const plainOfB12: ReadonlySet<string> = new Set(['jwt-auth', 'jwt', 'bearer']);
const plainOfB14: ReadonlySet<string> = new Set([...plainOfB12, 'e2e-testing', 'staging-auth', 'agent_chat']);

export const versions: Readonly<Record<VersionId, ProtocolVersion>> = {
  b10: {
    choose: (offered) => ({ chosen: offered.includes('jwt-auth') ? 'jwt-auth' : null }),
    greetings: (connection) => [systemWelcome(connection)],
    serverHandshake: false,
    eventShape: 'renamed',
  },
  b11: {
    choose: () => ({ chosen: null }),
    greetings: () => [],
    serverHandshake: false,
    eventShape: 'renamed',
  },
  b12: {
    choose: (offered) => firstOf(offered, chooseAsB12),
    greetings: (connection) => [{ ...mainWelcome(connection), type: 'connect' }],
    serverHandshake: false,
    eventShape: 'renamed',
  },
  b14: {
    choose: chooseAsB14,
    greetings: (connection) => [mainWelcome(connection)],
    serverHandshake: false,
    eventShape: 'bridge',
  },
  oct2025: {
    // How this server chooses is not known; it is taken to have stopped echoing the token.
    choose: (offered) => firstOf(offered, chooseAsB12),
    greetings: (connection) => [topLevelWelcome(connection), handshakeResponse(connection)],
    serverHandshake: true,
    eventShape: 'bridge',
  },
};

/** The envelope of every frame that the server makes. */
export function serverMessage(type: string, data: JsonObject): JsonObject {
  return { type, data, timestamp: Date.now() / 1_000, server_id: null, correlation_id: null };
}

/** Users are shown to their client by the first eight characters only. */
export function shownUser(userId: string): string {
  return `${userId.slice(0, 8)}...`;
}

function firstOf(offered: readonly string[], choose: (value: string) => string | null): Choice {
  for (const value of offered) {
    const chosen = choose(value);
    if (chosen !== null) {
      return { chosen };
    }
  }
  return offered.length === 0 ? { chosen: null } : 'refused';
}

function chooseAsB12(value: string): string | null {
  if (plainOfB12.has(value)) {
    return value;
  }
  if (value.startsWith('jwt.') || value.startsWith('jwt-auth.')) {
    return 'jwt-auth';
  }
  return value.startsWith('bearer.') ? 'bearer' : null;
}

/** The first form with a token is echoed exactly as it came, so the token is in the response's head. */
function chooseAsB14(offered: readonly string[]): Choice {
  const tokenForm = offered.find((value) => tokenPrefixes.some((prefix) => value.startsWith(prefix)));
  return tokenForm === undefined
    ? firstOf(offered, (value) => (plainOfB14.has(value) ? value : null))
    : { chosen: tokenForm };
}

function systemWelcome(connection: Connection): JsonObject {
  return serverMessage('system_message', {
    event: 'connection_established',
    connection_id: connection.id,
    user_id: connection.userId,
    server_time: new Date().toISOString(),
    connection_ready: true,
    environment: 'sandbox',
    startup_complete: true,
    config: { heartbeat_interval: 30, max_message_size: 8_192 },
    factory_pattern_enabled: true,
  });
}

function mainWelcome(connection: Connection): JsonObject {
  return serverMessage('connection_established', {
    mode: 'main',
    user_id: shownUser(connection.userId),
    connection_id: connection.id,
    golden_path_events: ['agent_started', 'agent_thinking', 'tool_executing', 'tool_completed', 'agent_completed'],
    features: { agent_orchestration: true, heartbeat: true },
    timestamp: new Date().toISOString(),
  });
}

function topLevelWelcome(connection: Connection): JsonObject {
  return { ...mainWelcome(connection), connection_id: connection.id };
}

function handshakeResponse(connection: Connection): JsonObject {
  return {
    type: 'handshake_response',
    thread_id: connection.threadId,
    run_id: connection.runId,
    request_id: `req_${connection.id}`,
    session_token: null,
    timestamp: new Date().toISOString(),
    message: 'Handshake complete',
  };
}
