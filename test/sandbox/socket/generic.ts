/** Another product's conversation on the same socket: frames of `kind` and flat fields, ids one level down. */
import { playRun } from '../agent/run.ts';
import type { AgentEvent, RunIds } from '../agent/script.ts';
import type { Json, JsonObject } from '../json.ts';
import { objectAt, parseObject, textAt } from '../json.ts';
import type { ConversationOptions } from './netra.ts';
import type { Session } from './session.ts';
import type { Conversation } from './upgrade.ts';

/** What this product calls the events of a run; others it does not tell. */
const eventKinds: Readonly<Record<string, string>> = {
  agent_started: 'run.started',
  agent_thinking: 'run.thought',
  tool_executing: 'tool.called',
  tool_completed: 'tool.returned',
  agent_completed: 'run.finished',
  agent_error: 'run.failed',
};

export function genericConversation(session: Session, options: ConversationOptions): Conversation {
  return {
    greet() {
      session.send({ kind: 'hello', user: { id: session.user.id } });
    },
    receive(text) {
      const frame = parseObject(text) ?? {};
      const kind = textAt(frame, 'kind') ?? '';
      if (options.behaviour().socket.received(session, kind) === 'handled') {
        return;
      }
      const question = textAt(objectAt(frame, 'question'), 'text');
      if (kind === 'are_you_there') {
        session.send({ kind: 'i_am_here' });
      } else if (kind === 'ask' && question !== null) {
        options.counters.agentRun();
        const { threadId, runId } = session.connection;
        const ids = { userId: session.user.id, threadId, runId };
        session.send({ kind: 'run.accepted', ...idFields(ids) });
        playRun(session, { behaviour: options.behaviour().agent, question, ids, frameOf: genericFrame });
      }
    },
  };
}

/** Sub-agents are this product's own business: their events have a kind that nobody has to know. */
function genericFrame(event: AgentEvent, ids: RunIds): JsonObject {
  const own = event.agent === 'Supervisor';
  const kind = own ? (eventKinds[event.name] ?? event.name) : `inner.${event.name}`;
  return { kind, ...idFields(ids), ...(event.name === 'agent_completed' && own ? answerField(event.data) : {}) };
}

function answerField(data: JsonObject): JsonObject {
  const result: Json = data['result'] ?? null;
  const answer = typeof result === 'object' && result !== null && 'results' in result ? result['results'] : result;
  return { output: { text: answer ?? null } };
}

function idFields(ids: RunIds): JsonObject {
  return { user: { id: ids.userId }, thread: ids.threadId, run: ids.runId };
}
