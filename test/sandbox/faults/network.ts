/** Faults of the way to the product: names, connections, packets. All of them happen on real sockets. */
import { changes, type Doorkeeper, door, intercept, type ServiceName } from '../behaviour.ts';
import { endAfter, head, json, reset, resetAfter, silence, stallAfter, tearDown, text } from '../wire/answers.ts';
import { service } from './environments.ts';
import { blockedBy, type EnvironmentChange, type Expected, finds, loginBroken, rows } from './row.ts';
import type { Reason } from '../../../shared/core/reasons.ts';

const halfHead = 'HTTP/1.1 200 OK\r\ncontent-type: applica';
const halfBody = `${head(200, { 'content-type': 'application/json', 'content-length': '500' })}{"status":`;

const banned = json(429, { detail: 'Too many requests' }, { 'retry-after': '600' });

const resetOnAccept: Doorkeeper = (socket) => tearDown(socket);
const closeOnAccept: Doorkeeper = (socket) => socket.end();

/** Takes the connection and never says a word. */
const hole: Doorkeeper = (socket) => {
  socket.resume();
};

/** The backend is cut off: its documents and its socket, and the agent behind it. */
function backendCutOff(reason: Reason, onUpgrade: Reason = reason): Partial<Expected> {
  return { health: finds(reason), websocket: finds(onUpgrade), agent: blockedBy(onUpgrade) };
}

/** The auth service is cut off: nobody logs in, and its own health document is gone. */
function authCutOff(reason: Reason): Partial<Expected> {
  return { ...loginBroken(reason), health: finds(reason) };
}

/** Names under `.invalid` never resolve (RFC 6761, section 6.4). */
function nowhere(name: ServiceName): EnvironmentChange {
  return service(name, (before) => ({ ...before, url: `http://${name}.sandbox.invalid` }));
}

export const networkFaults = rows('network', {
  backend_unresolved: {
    title: "The backend's host name does not resolve.",
    environment: nowhere('backend'),
    expected: backendCutOff('dns'),
  },
  auth_unresolved: {
    title: "The auth service's host name does not resolve.",
    environment: nowhere('auth'),
    expected: authCutOff('dns'),
  },
  backend_refused: {
    title: "Nothing listens on the backend's port.",
    change: door('backend', 'closed'),
    expected: backendCutOff('refused'),
  },
  auth_refused: {
    title: "Nothing listens on the auth service's port.",
    change: door('auth', 'closed'),
    expected: authCutOff('refused'),
  },
  backend_queue_full: {
    title: "The backend's queue of connections is full: the kernel drops every SYN.",
    change: door('backend', 'full'),
    expected: backendCutOff('connect_timeout'),
  },
  auth_queue_full: {
    title: "The auth service's queue of connections is full: the kernel drops every SYN.",
    change: door('auth', 'full'),
    expected: authCutOff('connect_timeout'),
  },
  backend_reset_on_accept: {
    title: 'The backend resets every connection as soon as it is accepted.',
    change: door('backend', resetOnAccept),
    expected: backendCutOff('reset'),
  },
  auth_reset_on_accept: {
    title: 'The auth service resets every connection as soon as it is accepted.',
    change: door('auth', resetOnAccept),
    expected: authCutOff('reset'),
  },
  backend_closed_on_accept: {
    title: 'The backend closes every connection in an orderly way before it reads anything.',
    change: door('backend', closeOnAccept),
    expected: backendCutOff('reset'),
  },
  backend_reset_after_request: {
    title: 'The backend reads the request and resets the connection.',
    change: intercept('backend', '*', reset),
    expected: backendCutOff('reset'),
  },
  backend_reset_in_head: {
    title: "The connection is reset in the middle of the answer's head.",
    change: intercept('backend', '*', resetAfter(halfHead)),
    expected: backendCutOff('reset'),
  },
  health_reset_in_body: {
    title: 'The connection is reset in the middle of the health document.',
    change: intercept('backend', '/health', resetAfter(halfBody)),
    expected: { health: finds('reset') },
  },
  health_cut_in_body: {
    title: 'The health document ends before it is complete.',
    change: intercept('backend', '/health', endAfter(halfBody)),
    expected: { health: finds('body_cut') },
  },
  backend_black_hole: {
    title: 'The backend takes connections and never says a word.',
    change: door('backend', hole),
    expected: backendCutOff('first_byte_timeout', 'upgrade_timeout'),
  },
  auth_black_hole: {
    title: 'The auth service takes connections and never says a word.',
    change: door('auth', hole),
    expected: authCutOff('first_byte_timeout'),
  },
  login_hangs: {
    title: 'The login takes the request and never answers, while the rest of the auth service is fine.',
    change: intercept('auth', '/auth/e2e/test-auth', silence),
    expected: loginBroken('first_byte_timeout'),
  },
  login_reset: {
    title: 'The connection is reset instead of an answer to the login.',
    change: intercept('auth', '/auth/e2e/test-auth', reset),
    expected: loginBroken('reset'),
  },
  login_stalls_in_body: {
    title: 'The answer to the login begins and never ends.',
    change: intercept('auth', '/auth/e2e/test-auth', stallAfter(halfBody)),
    expected: loginBroken('body_timeout'),
  },
  rate_ban: {
    title: 'Our address is banned for ten minutes: every request is answered with 429 and Retry-After.',
    change: changes(intercept('auth', '*', banned), intercept('backend', '*', banned)),
    expected: authCutOff('rate_limited'),
  },
  backend_500: {
    title: 'The whole backend answers 500, as with its middleware in the wrong order.',
    change: intercept('backend', '*', text(500, 'Internal Server Error')),
    expected: backendCutOff('server_error', 'upgrade_server_error'),
  },
  own_network_down: {
    title: 'Nothing can be reached, the control endpoint neither: it is our own network.',
    change: changes(door('auth', 'closed'), door('backend', 'closed'), (behaviour) => ({
      ...behaviour,
      controlEndpoint: 'down',
    })),
    expected: {
      auth: finds('own_path'),
      health: finds('own_path'),
      websocket: finds('own_path'),
      agent: finds('own_path'),
    },
  },
});
