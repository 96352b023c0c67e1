/** Faults of the socket's beginning: the upgrade and the negotiation. What comes later is in `connection.ts`. */
import type { Reason } from '../../../shared/core/reasons.ts';
import { type Answer, intercept, socket } from '../behaviour.ts';
import type { Choice } from '../socket/versions.ts';
import { bytes, html, json, redirect, reset, resetAfter, silence, stallAfter, text } from '../wire/answers.ts';
import { step } from './environments.ts';
import { finds, type Row, rows, socketBroken } from './row.ts';

const upgradeHead = 'HTTP/1.1 101 Switching Protocols\r\nupgrade: websocket\r\nconnection: Upgrade\r\n';

function upgrade(title: string, reason: Reason, answer: Answer): Row {
  return { title, change: intercept('backend', '/ws', answer), expected: socketBroken(reason) };
}

function negotiation(title: string, reason: Reason, choice: Choice): Row {
  return { title, change: socket({ choose: () => choice }), expected: socketBroken(reason) };
}

/** The head of the response, with some of its lines changed. */
function responseHead(title: string, change: (line: string) => string | null): Row {
  return {
    title,
    change: socket({ responseHead: (lines) => lines.map(change).filter((line) => line !== null) }),
    expected: socketBroken('bad_handshake'),
  };
}

export const upgradeFaults = rows('websocket', {
  upgrade_401: upgrade(
    'The upgrade is answered with 401: the token is not taken.',
    'upgrade_unauthorized',
    json(401, { detail: 'Not authenticated' }),
  ),
  upgrade_403: upgrade(
    'The upgrade is answered with 403, as by a server that closes before it accepts.',
    'upgrade_forbidden',
    text(403, 'Forbidden'),
  ),
  upgrade_403_firewall: upgrade(
    'A firewall takes the upgrade for an attack and blocks it.',
    'upgrade_forbidden',
    html(403, '<!doctype html><title>403</title>403 Forbidden'),
  ),
  upgrade_404: upgrade('The socket is not at its path.', 'upgrade_refused', json(404, { detail: 'Not Found' })),
  upgrade_408: upgrade(
    'The gateway gives up on the upgrade with 408.',
    'upgrade_refused',
    json(408, { error: 'cloud_run_timeout' }),
  ),
  upgrade_426: upgrade('The server demands another version of the protocol.', 'upgrade_refused', text(426, 'Upgrade')),
  upgrade_429: upgrade(
    'The upgrade is refused for too many requests, with Retry-After.',
    'upgrade_rate_limited',
    json(429, { error: 'rate_limited' }, { 'retry-after': '600' }),
  ),
  upgrade_500: upgrade(
    'The upgrade ends in 500, as when the handler returns without accepting.',
    'upgrade_server_error',
    text(500, 'Internal Server Error'),
  ),
  upgrade_502: upgrade(
    'The load balancer answers the upgrade with 502.',
    'upgrade_server_error',
    html(502, '<html>502</html>'),
  ),
  upgrade_503: upgrade(
    'The upgrade is answered with 503 and Retry-After: no instance is ready for sockets.',
    'upgrade_unavailable',
    json(503, { error: 'service_not_ready' }, { 'retry-after': '10' }),
  ),
  upgrade_503_text: upgrade(
    'Cloud Run has no instance for the upgrade and says so in plain text.',
    'upgrade_unavailable',
    text(503, 'Service Unavailable'),
  ),
  upgrade_504: upgrade(
    'The load balancer answers the upgrade with 504.',
    'upgrade_server_error',
    text(504, 'upstream request timeout'),
  ),
  upgrade_200: upgrade(
    'The upgrade is answered like a plain request, with 200.',
    'upgrade_ignored',
    html(200, '<!doctype html><html><body>Welcome</body></html>'),
  ),
  upgrade_redirected: upgrade(
    'The upgrade is redirected to a login page.',
    'redirected',
    redirect('https://login.sandbox.example/'),
  ),
  slow_handshake: upgrade('The upgrade is not answered in time.', 'upgrade_timeout', silence),
  upgrade_reset: upgrade('The connection is reset instead of an answer to the upgrade.', 'reset', reset),
  upgrade_reset_in_head: upgrade(
    "The connection is reset in the middle of the upgrade's answer.",
    'reset',
    resetAfter(upgradeHead),
  ),
  upgrade_stalls_in_head: upgrade(
    "The upgrade's answer begins and never ends.",
    'upgrade_timeout',
    stallAfter(upgradeHead),
  ),
  upgrade_not_http: upgrade(
    'The upgrade is answered with something else than HTTP.',
    'bad_http',
    bytes('hello\r\n\r\n'),
  ),
});

export const negotiationFaults = rows('websocket', {
  accept_wrong: responseHead('Sec-WebSocket-Accept does not fit the key.', (line) =>
    line.startsWith('Sec-WebSocket-Accept') ? 'Sec-WebSocket-Accept: c29tZXRoaW5nIGVsc2U=' : line,
  ),
  accept_missing: responseHead('Sec-WebSocket-Accept is not there.', (line) =>
    line.startsWith('Sec-WebSocket-Accept') ? null : line,
  ),
  upgrade_header_wrong: responseHead('The 101 switches to another protocol than WebSocket.', (line) =>
    line.startsWith('Upgrade:') ? 'Upgrade: h2c' : line,
  ),
  extension_unoffered: responseHead('The server uses an extension that was not offered.', (line) =>
    line.startsWith('Upgrade:') ? `${line}\r\nSec-WebSocket-Extensions: x-unheard-of` : line,
  ),
  no_subprotocol: negotiation(
    'The server accepts without choosing one of the offered subprotocols.',
    'subprotocol_missing',
    { chosen: null },
  ),
  unoffered_subprotocol: negotiation(
    'The server chooses a subprotocol that was not offered.',
    'subprotocol_unoffered',
    { chosen: 'graphql-ws' },
  ),
  subprotocol_refused: negotiation(
    'The server supports none of the offered subprotocols and closes before it accepts.',
    'upgrade_forbidden',
    'refused',
  ),
  subprotocol_unexpected: {
    title: 'The server chooses an offered subprotocol, but not the one that is wanted.',
    change: socket({ choose: () => ({ chosen: 'agent_chat' }) }),
    environment: step('websocket', (settings) => ({ ...settings, offer: [...settings.offer, 'agent_chat'] })),
    expected: { websocket: finds('subprotocol_unexpected') },
  },
  token_echoed: {
    title: 'The server chooses the subprotocol that carries the token, and so repeats the token in its answer.',
    change: socket({
      choose: (offered, choice) => {
        const chosen = offered.find((value) => value.startsWith('jwt.'));
        return chosen === undefined ? choice : { chosen };
      },
    }),
    environment: step('websocket', (settings) => ({ ...settings, accept: settings.offer })),
    expected: { websocket: finds('token_echoed') },
  },
  offer_too_large: {
    title: 'The headers of the upgrade come near the limit of a proxy.',
    environment: step('websocket', (settings) => ({ ...settings, offerBytesMax: 300 })),
    expected: { websocket: finds('offer_too_large') },
  },
  authorization_stripped: {
    title: 'A load balancer drops the Authorization header.',
    change: socket({ authorization: () => '' }),
    expected: { websocket: finds('carrier_stripped') },
  },
  authorization_mangled: {
    title: 'A load balancer puts its own template in the place of every Authorization header.',
    change: socket({ authorization: () => 'Bearer {authorization}' }),
    expected: socketBroken('welcome_error'),
  },
});
