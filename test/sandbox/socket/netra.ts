/** The product's own conversation on a socket: greeting, handshake, pings, heartbeats, messages that start runs. */
import { playRun } from '../agent/run.ts';
import { shapes } from '../agent/shapes.ts';
import type { Behaviour } from '../behaviour.ts';
import type { CountersRecorder } from '../counters.ts';
import { type JsonObject, objectAt, parseObject, textAt } from '../json.ts';
import type { Session } from './session.ts';
import type { Conversation } from './upgrade.ts';
import { serverMessage, shownUser, versions } from './versions.ts';

export interface ConversationOptions {
  readonly behaviour: () => Behaviour;
  readonly counters: CountersRecorder;
}

/** Types that say something to the agents, with the product's aliases. */
const messageTypes = new Set(['user_message', 'user', 'user_input', 'message', 'chat_message', 'chat']);
const startTypes = new Set(['start_agent', 'execute_agent', 'agent', 'agent_request']);

export function netraConversation(session: Session, options: ConversationOptions): Conversation {
  const { behaviour } = options;
  let processing = !versions[behaviour().socket.version].serverHandshake;

  const answers: Readonly<Record<string, () => JsonObject>> = {
    ping: () => serverMessage('pong', { timestamp: Date.now() / 1_000, user_id: shownUser(session.user.id) }),
    heartbeat: () => serverMessage('heartbeat_ack', { status: 'healthy', timestamp: Date.now() / 1_000 }),
    connect: () => serverMessage('system_message', { status: 'connected' }),
  };

  function acknowledge(frame: JsonObject): void {
    if (textAt(frame, 'thread_id') !== session.connection.threadId) {
      return;
    }
    const { processingDelayMs, tellsHandshakeComplete } = behaviour().socket;
    processing = processingDelayMs === 0;
    if (tellsHandshakeComplete) {
      session.send({ type: 'handshake_complete', timestamp: new Date().toISOString() });
    }
    session.clock.later(processingDelayMs, () => {
      processing = true;
    });
  }

  function converse(type: string, frame: JsonObject): void {
    const answer = answers[type];
    if (answer !== undefined) {
      session.send(answer());
    } else if (type === 'handshake_acknowledged' || type === 'session_acknowledged') {
      acknowledge(frame);
    } else if (messageTypes.has(type) || startTypes.has(type)) {
      startRun(frame);
    } else if (type !== 'heartbeat_ack') {
      session.send({ type: 'ack', received_type: type.slice(0, 100), status: 'acknowledged' });
    }
  }

  function startRun(frame: JsonObject): void {
    const question = questionOf(frame);
    if (!processing || question === null) {
      return;
    }
    options.counters.agentRun();
    const { socket, agent } = behaviour();
    const shape = shapes[agent.shape ?? versions[socket.version].eventShape];
    const { threadId, runId } = session.connection;
    const asked = textAt(objectAt(frame, 'payload'), 'thread_id') ?? textAt(frame, 'thread_id');
    const ids = { userId: session.user.id, threadId: asked ?? threadId, runId };
    playRun(session, { behaviour: agent, question, ids, frameOf: shape });
  }

  return {
    greet() {
      const { socket } = behaviour();
      const greetings = versions[socket.version].greetings(session.connection);
      for (const frame of socket.greetings(greetings, session)) {
        session.send(frame);
      }
      beat(session, socket.heartbeatMs);
    },
    receive(text) {
      const frame = parseObject(text);
      const type = frame && textAt(frame, 'type');
      if (behaviour().socket.received(session, type ?? '') === 'handled') {
        return;
      }
      if (frame === null || type === null) {
        session.send({ type: 'error_message', error_code: 'JSON_PARSE_ERROR', error_message: 'Invalid JSON' });
      } else {
        converse(type, frame);
      }
    },
  };
}

/** Tells a client that waits that the connection lives, whether or not it has anything to say. */
function beat(session: Session, periodMs: number): void {
  const stop = session.clock.every(periodMs, () => {
    session.send(serverMessage('heartbeat', { connection_id: session.connection.id, stats: {} }));
  });
  session.onClose(stop);
}

/** The text is under another key in each kind of message. */
function questionOf(frame: JsonObject): string | null {
  const payload = objectAt(frame, 'payload');
  for (const place of [payload, frame]) {
    for (const key of ['user_request', 'message', 'content', 'text', 'input']) {
      const found = textAt(place, key);
      if (found !== null) {
        return found;
      }
    }
  }
  return null;
}
