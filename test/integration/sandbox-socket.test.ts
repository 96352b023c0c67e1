/** The sandbox's faults of the socket, seen with the plain `ws` client. */
import { accepted, admitted, describeFaults, sockets, type Symptoms } from '../support/sandbox-cases.ts';

/** HTTP instead of an upgrade; what a foreign origin gets is 403 in any case. */
function refused(status: number): Symptoms {
  const { 'socket foreign': foreign = '', ...others } = sockets(`HTTP ${status}`);
  return status === 403 ? others : { ...others, 'socket foreign': foreign };
}

const greeted = 'connection_established; handshake_response; handshake_complete';

describeFaults(['websocket'], {
  upgrade_401: refused(401),
  upgrade_403: refused(403),
  upgrade_403_firewall: refused(403),
  upgrade_404: refused(404),
  upgrade_408: refused(408),
  upgrade_426: refused(426),
  upgrade_429: refused(429),
  upgrade_500: refused(500),
  upgrade_502: refused(502),
  upgrade_503: refused(503),
  upgrade_503_text: refused(503),
  upgrade_504: refused(504),
  upgrade_200: refused(200),
  upgrade_redirected: refused(302),
  slow_handshake: sockets('silence'),
  upgrade_reset: sockets('ECONNRESET'),
  upgrade_reset_in_head: sockets('ECONNRESET'),
  upgrade_not_http: sockets('HPE_INVALID_CONSTANT'),
  accept_wrong: accepted('101 jwt-auth; Invalid Sec-WebSocket-Accept header'),
  accept_missing: accepted('101 jwt-auth; Invalid Sec-WebSocket-Accept header'),
  upgrade_header_wrong: accepted('101 jwt-auth; Invalid Upgrade header'),
  extension_unoffered: accepted('101 jwt-auth; Server sent a Sec-WebSocket-Extensions header'),
  no_subprotocol: accepted('101 (nothing); Server sent no subprotocol'),
  unoffered_subprotocol: accepted('101 graphql-ws; Server sent an invalid subprotocol'),
  subprotocol_refused: refused(403),
  subprotocol_unexpected: accepted('101 agent_chat'),
  token_echoed: { socket: '101 jwt.[token]', 'socket tampered': '101 jwt.[token]', run: '101 jwt.[token]' },
  // Nothing changes but what the environment file calls large.
  offer_too_large: {},
  authorization_stripped: { 'socket authorization': 'AUTH_FAILED; close 1008' },
  authorization_mangled: admitted('AUTH_FAILED; close 1008'),
  no_welcome: admitted('101 jwt-auth; silence'),
  late_welcome: admitted('101 jwt-auth; silence'),
  slow_ready: admitted('101 jwt-auth; silence'),
  secret_drifted: admitted('AUTH_FAILED; close 1008'),
  welcome_service_failed: accepted('error_message SERVICE_INIT_FAILED; close 1011 Service initialization failed'),
  welcome_error_frame: admitted('101 jwt-auth; error; silence'),
  welcome_auth_error: accepted('authentication_error VALIDATION_FAILED; close 1011'),
  welcome_of_other_user: admitted('connection_established user-som...'),
  welcome_unknown_frame: admitted('101 jwt-auth; salutation; silence'),
  handshake_missing: admitted('connection_established; silence'),
  handshake_unfinished: admitted('connection_established; handshake_response; silence'),
  // The observer has four sockets open that are accepted before it comes to the fifth.
  crowd_turned_away: { 'socket authorization': 'close 1013', run: 'close 1013' },
  frame_not_json: accepted('101 jwt-auth; no JSON object of 8'),
  frame_broken_json: accepted('101 jwt-auth; no JSON object of 41'),
  frame_array: accepted('101 jwt-auth; no JSON object of 7'),
  frame_binary: accepted('101 jwt-auth; binary of 4'),
  frame_oversize: accepted('WS_ERR_UNSUPPORTED_MESSAGE_LENGTH'),
  frame_masked: accepted('WS_ERR_UNEXPECTED_MASK'),
  frame_bad_utf8: accepted('WS_ERR_INVALID_UTF8'),
  frame_reserved_opcode: accepted('WS_ERR_INVALID_OPCODE'),
  frame_reserved_bit: accepted('WS_ERR_UNEXPECTED_RSV_1'),
  frame_bad_close: accepted('WS_ERR_INVALID_CLOSE_CODE'),
  frame_fragmented_ping: accepted('WS_ERR_EXPECTED_FIN'),
  close_1000_after_accept: accepted('101 jwt-auth; close 1000 main cleanup'),
  close_1001_after_accept: accepted('101 jwt-auth; close 1001'),
  close_1003_after_accept: accepted('101 jwt-auth; close 1003 No supported subprotocols'),
  close_1008_after_accept: accepted('101 jwt-auth; close 1008 Authentication failed'),
  close_1011_not_ready: accepted('101 jwt-auth; close 1011 Service not ready'),
  close_1012_after_accept: accepted('101 jwt-auth; close 1012 Service restart'),
  close_1013_after_accept: accepted('101 jwt-auth; close 1013 Try again later'),
  cut_after_accept: accepted('101 jwt-auth; close 1006'),
  close_on_ping: admitted(`${greeted}; close 1011 Internal error`),
  cut_on_ping: admitted(`${greeted}; close 1006`),
  no_pong: {
    socket: `${greeted}; silence`,
    'socket authorization': `${greeted}; silence`,
    run: `${greeted}; agent_started`,
  },
  half_open: admitted(`${greeted}; silence`),
});
