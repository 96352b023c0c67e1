/** Faults of an accepted socket: its greeting, its frames, its end. */
import type { Reason } from '../../../shared/core/reasons.ts';
import { inRealTime, socket } from '../behaviour.ts';
import type { JsonObject } from '../json.ts';
import type { Handling, Session } from '../socket/session.ts';
import { serverMessage } from '../socket/versions.ts';
import { step } from './environments.ts';
import { finds, type Row, rows, socketBroken } from './row.ts';
import { accepted } from './socket-parts.ts';

/** Longer than any greeting is waited for. */
const tooLateMs = 60_000;

/** A socket may take a second until it is ready; this is more, and still inside every wait. */
const slowMs = 1_100;

function closed(title: string, code: number, reason: string): Row {
  return accepted(title, 'closed_early', (session) => session.close(code, reason));
}

function greeted(title: string, reason: Reason, change: (frames: readonly JsonObject[]) => readonly JsonObject[]): Row {
  return { title, change: socket({ greetings: change }), expected: socketBroken(reason) };
}

/** A ping is the first that a client says once it is ready. */
function pinged(title: string, reason: Reason, action: (session: Session) => void): Row {
  return {
    title,
    change: socket({
      received: (session, type): Handling => {
        if (type !== 'ping') {
          return 'continue';
        }
        action(session);
        return 'handled';
      },
    }),
    expected: { websocket: finds(reason) },
  };
}

function errorFrame(code: string, message: string): JsonObject {
  return {
    type: 'error_message',
    error_code: code,
    error_message: message,
    details: {},
    timestamp: Date.now() / 1_000,
    recovery_suggestions: null,
  };
}

const handshakeDemanded = step('websocket', (settings) => ({ ...settings, serverHandshake: 'required' }));

export const endFaults = rows('websocket', {
  close_1000_after_accept: closed(
    'The server accepts, sends nothing and closes with 1000 "main cleanup".',
    1000,
    'main cleanup',
  ),
  close_1001_after_accept: closed('The server accepts and goes away.', 1001, ''),
  close_1003_after_accept: closed('The server accepts and closes with 1003.', 1003, 'No supported subprotocols'),
  close_1008_after_accept: closed('The server accepts and closes with 1008.', 1008, 'Authentication failed'),
  close_1011_not_ready: closed(
    'The server accepts before its services are ready.',
    1011,
    'Service not ready: agent_supervisor, websocket_bridge',
  ),
  close_1012_after_accept: closed('The instance is shut down for a deploy.', 1012, 'Service restart'),
  close_1013_after_accept: closed('The server is overloaded and says try again later.', 1013, 'Try again later'),
  cut_after_accept: accepted('The connection breaks off right after the upgrade.', 'connection_cut', (session) =>
    session.cut(),
  ),
  close_on_ping: pinged('The server closes with 1011 when it is spoken to.', 'closed_early', (session) =>
    session.close(1011, 'Internal error'),
  ),
  cut_on_ping: pinged('The connection breaks off when the client speaks.', 'connection_cut', (session) =>
    session.cut(),
  ),
  no_pong: pinged('The server greets and never answers a ping.', 'no_pong', () => {}),
  router_broken: {
    title: 'The router behind the socket swallows every message that it knows, pings among them.',
    change: socket({
      received: (_session, type) =>
        /^(?:ping|heartbeat|start_agent|user_message)$/.test(type) ? 'handled' : 'continue',
    }),
    expected: { websocket: finds('no_pong'), agent: finds('no_pong') },
  },
  half_open: {
    title: 'The server greets and then reads nothing more.',
    change: socket({
      received: (session, type) => {
        if (type === 'handshake_acknowledged') {
          return 'continue';
        }
        session.stopReading();
        return 'handled';
      },
    }),
    expected: { websocket: finds('no_pong'), agent: finds('no_pong') },
  },
});

export const greetingFaults = rows('websocket', {
  no_welcome: greeted('The connection opens and the server never greets.', 'no_welcome', () => []),
  late_welcome: {
    title: 'The server greets long after anybody waits for it.',
    change: socket({ greetingDelayMs: tooLateMs }),
    expected: socketBroken('no_welcome'),
  },
  slow_ready: {
    title: 'The socket takes longer to be ready than it may.',
    change: inRealTime(socket({ greetingDelayMs: slowMs })),
    expected: { websocket: finds('slow') },
  },
  secret_drifted: {
    title: 'Auth service and backend have different secrets: the login works, the socket refuses its token.',
    change: (behaviour) => socket({ guard: { ...behaviour.socket.guard, secretDrifted: true } })(behaviour),
    expected: socketBroken('welcome_error'),
  },
  welcome_service_failed: accepted(
    'The server says that a service could not be started, and closes with 1011.',
    'welcome_error',
    (session) => {
      session.send(errorFrame('SERVICE_INIT_FAILED', 'Service initialization failed'));
      session.close(1011, 'Service initialization failed');
    },
  ),
  welcome_error_frame: greeted('The server greets with an error and stays.', 'welcome_error', () => [
    { type: 'error', error: 'Failed to establish connection' },
  ]),
  welcome_auth_error: accepted(
    'The server maps a refused token to 1011, as one of its paths does.',
    'welcome_error',
    (session) => {
      session.send({
        type: 'authentication_error',
        event: 'auth_failed',
        error: 'Token validation failed',
        error_code: 'VALIDATION_FAILED',
        retry_allowed: false,
      });
      session.close(1011, 'Authentication failed');
    },
  ),
  welcome_of_other_user: {
    title: 'The server takes the connection for that of another user.',
    change: socket({ takenFor: () => ({ id: 'user-somebody-else', email: 'else@sandbox.example' }) }),
    expected: { websocket: finds('isolation_breach'), agent: finds('isolation_breach') },
  },
  welcome_unknown_frame: greeted('The server greets with a frame that no version knows.', 'no_welcome', () => [
    serverMessage('salutation', { text: 'Good day' }),
  ]),
  handshake_missing: {
    title: 'The server does not start the handshake of its version.',
    change: socket({ greetings: (frames) => frames.filter((frame) => frame['type'] !== 'handshake_response') }),
    environment: handshakeDemanded,
    expected: socketBroken('handshake_incomplete'),
  },
  handshake_unfinished: {
    title: 'The server begins its handshake and never completes it.',
    change: socket({ received: (_session, type) => (type === 'handshake_acknowledged' ? 'handled' : 'continue') }),
    environment: handshakeDemanded,
    expected: socketBroken('handshake_incomplete'),
  },
  crowd_turned_away: {
    title: 'Of several sockets at once the server serves only some.',
    change: (behaviour) => {
      let open = 0;
      return socket({
        accepted: (session) => {
          open += 1;
          session.onClose(() => (open -= 1));
          if (open <= 3) {
            return 'continue';
          }
          session.close(1013, 'Too many connections');
          return 'handled';
        },
      })(behaviour);
    },
    environment: step('websocket', (settings) => ({ ...settings, crowdSockets: 8 })),
    expected: { websocket: finds('crowd_incomplete') },
  },
});
