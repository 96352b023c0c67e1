/** Healthy ways of negotiating, greeting and keeping a connection. */
import { socket } from '../behaviour.ts';
import { all, step } from '../faults/environments.ts';
import type { EnvironmentChange } from '../faults/row.ts';
import type { JsonObject } from '../json.ts';
import type { VersionId } from '../socket/versions.ts';
import { serverMessage } from '../socket/versions.ts';
import { variantRows, type VariantRow } from './row.ts';

function version(id: VersionId, title: string, environment?: EnvironmentChange): VariantRow {
  return { title, change: socket({ version: id }), ...(environment && { environment }) };
}

/** That the token comes back in the response's head is known of some versions, and lived with. */
const tokenEchoAllowed = step('websocket', ({ accept: _any, ...settings }) => ({ ...settings, tokenEcho: 'allowed' }));

/** How clients that are no browsers connect. */
const authorizationOnly = step('websocket', ({ accept: _any, ...settings }) => ({
  ...settings,
  offer: [],
  carrier: 'authorization',
  checkAuthorizationCarrier: false,
}));

function chosenVersion(id: VersionId): EnvironmentChange {
  return (environment) => ({
    ...environment,
    dialect: { kind: 'netra', version: id, message: 'start_agent' },
  });
}

/** A text frame in three pieces (RFC 6455, section 5.4); each is shorter than 126 bytes. */
function inPieces(frame: JsonObject): Buffer {
  const text = Buffer.from(JSON.stringify(frame));
  const third = Math.ceil(text.length / 3);
  const parts = [text.subarray(0, third), text.subarray(third, 2 * third), text.subarray(2 * third)];
  return Buffer.concat(
    parts.flatMap((part, index) => [
      Buffer.from([(index === 2 ? 0x80 : 0) | (index === 0 ? 0x01 : 0x00), part.length]),
      part,
    ]),
  );
}

/** An unmasked ping of the WebSocket protocol, without a payload. */
const protocolPing = Buffer.from([0x89, 0x00]);

export const socketVariants = variantRows({
  version_b10: version('b10', 'The version of 9 September 2025: greets with a wrapped system message.'),
  version_b11: version(
    'b11',
    'The version of 10 September 2025: chooses no subprotocol and does not greet.',
    all(
      authorizationOnly,
      step('websocket', (settings) => ({ ...settings, welcome: 'none' })),
    ),
  ),
  version_b12: version('b12', 'The version of 12 September 2025: greets with the type `connect`.'),
  version_b14: version('b14', 'The version of 15 September 2025: repeats the token in its answer.', tokenEchoAllowed),
  version_b14_chosen: version(
    'b14',
    'The same, with the version written into the file.',
    all(tokenEchoAllowed, chosenVersion('b14')),
  ),
  version_oct2025_chosen: version(
    'oct2025',
    'The version of October 2025, written into the file: the server starts a handshake.',
    all(
      chosenVersion('oct2025'),
      step('websocket', (settings) => ({ ...settings, serverHandshake: 'required' })),
    ),
  ),
  token_form_only: version(
    'b14',
    'Only the subprotocol that carries the token is offered, and comes back.',
    all(
      tokenEchoAllowed,
      step('websocket', (settings) => ({ ...settings, offer: ['jwt.{token_base64url}'] })),
    ),
  ),
  authorization_only: {
    title: 'The token travels in the Authorization header, and no subprotocol is offered.',
    environment: authorizationOnly,
  },
  both_carriers: {
    title: 'The token travels in the subprotocol and in the Authorization header.',
    environment: step('websocket', (settings) => ({ ...settings, carrier: 'both' })),
  },
  other_path: {
    title: 'The socket is at the path that the product has for its own checks.',
    environment: step('websocket', (settings) => ({ ...settings, path: '/api/v1/websocket' })),
  },
  documented_welcome: {
    title: 'The server greets as it is documented, and not as any known version does.',
    change: socket({
      version: 'b14',
      choose: () => ({ chosen: 'jwt-auth' }),
      greetings: (_frames, session) => [{ type: 'connection_ready', user_id: session.user.id }],
    }),
  },
  noise_before_welcome: {
    title: 'A log entry and a heartbeat come before the greeting.',
    change: socket({
      greetings: (frames) => [
        { type: 'backend_log', messages: ['ready'], total_count: 1 },
        serverMessage('heartbeat', {}),
        ...frames,
      ],
    }),
  },
  handshake_before_welcome: {
    title: 'The server starts its handshake before it greets.',
    change: socket({ greetings: (frames) => frames.toReversed() }),
  },
  handshake_a_little_later: {
    title: 'The server starts its handshake some milliseconds after the greeting.',
    change: socket({
      greetings: ([welcome, ...handshake], session) => {
        session.clock.later(200, () => handshake.forEach((frame) => session.send(frame)));
        return welcome === undefined ? [] : [welcome];
      },
    }),
  },
  handshake_end_untold: {
    title: 'The server takes the acknowledgement of its handshake and does not say that it is complete.',
    change: socket({ tellsHandshakeComplete: false }),
    // Every connection then waits two seconds for what does not come.
    environment: all(
      step('websocket', (settings) => ({ ...settings, deadlineSeconds: 15 })),
      step('agent', (settings) => ({ ...settings, deadlineSeconds: 15 })),
    ),
  },
  welcome_left_out: {
    title: 'The server does not greet, and the file does not demand it.',
    change: socket({ version: 'b14', choose: () => ({ chosen: 'jwt-auth' }), greetings: () => [] }),
    environment: step('websocket', (settings) => ({ ...settings, welcome: 'none' })),
  },
  heartbeats: {
    title: 'The server sends heartbeats all the time.',
    change: socket({ heartbeatMs: 100 }),
  },
  protocol_pings: {
    title: 'The server pings by the means of the WebSocket protocol.',
    change: socket({
      greetings: (frames, session) => {
        session.sendRaw(protocolPing);
        session.onClose(session.clock.every(150, () => session.sendRaw(protocolPing)));
        return frames;
      },
    }),
  },
  frames_in_pieces: {
    title: 'A frame comes in fragments.',
    change: socket({
      greetings: (frames, session) => {
        session.sendRaw(inPieces(serverMessage('heartbeat', { connection_id: session.connection.id })));
        return frames;
      },
    }),
  },
  crowd: {
    title: 'Eight sockets at once are all served.',
    environment: step('websocket', (settings) => ({ ...settings, crowdSockets: 8 })),
  },
  generic_product: {
    title: 'Another product with other names for everything, described in the file.',
    change: socket({ dialect: 'generic', version: 'b14', choose: () => ({ chosen: 'jwt-auth' }) }),
    environment: (environment) => ({
      ...environment,
      dialect: {
        kind: 'generic',
        typePath: 'kind',
        welcomeType: 'hello',
        userPath: 'user.id',
        threadPath: 'thread',
        runPath: 'run',
        ping: { send: 'are_you_there', reply: 'i_am_here' },
        question: { type: 'ask', textPath: 'question.text', fields: { 'question.locale': 'en' } },
        events: {
          accepted: 'run.accepted',
          started: 'run.started',
          thinking: 'run.thought',
          toolStarted: 'tool.called',
          toolCompleted: 'tool.returned',
          completed: 'run.finished',
          error: 'run.failed',
        },
        answerPaths: ['output.text'],
      },
    }),
  },
});
