/** The shapes in which the product's versions and layers put one and the same event on the wire. */
import { serverMessage } from '../socket/versions.ts';
import type { JsonObject } from '../json.ts';
import type { AgentEvent, RunIds } from './script.ts';

export const shapeIds = ['bridge', 'flat', 'wrapped_data', 'wrapped_payload', 'service', 'renamed'] as const;

export type ShapeId = (typeof shapeIds)[number];

export type FrameOf = (event: AgentEvent, ids: RunIds) => JsonObject;

export const shapes: Readonly<Record<ShapeId, FrameOf>> = {
  bridge: (event, ids) => ({
    type: event.name,
    run_id: ids.runId,
    thread_id: ids.threadId,
    user_id: ids.userId,
    agent_name: event.agent,
    timestamp: new Date().toISOString(),
    data: event.data,
  }),

  flat: (event, ids) => ({
    type: event.name,
    agent_name: event.agent,
    ...flatData(event),
    user_id: ids.userId,
    thread_id: ids.threadId,
    run_id: ids.runId,
    request_id: `req_${ids.runId}`,
    metadata: { user_tier: 'free', is_priority_queue: false },
    timestamp: new Date().toISOString(),
    critical: true,
    attempt: null,
  }),

  wrapped_data: (event, ids) => ({
    type: wrapperTypes[event.name] ?? 'system_message',
    data: { event: event.name, type: event.name, agent_name: event.agent, ...idFields(ids), ...event.data },
    timestamp: Date.now() / 1_000,
  }),

  wrapped_payload: (event, ids) => ({
    type: 'system_message',
    event: event.name,
    payload: { agent_name: event.agent, ...idFields(ids), ...event.data },
    timestamp: new Date().toISOString(),
  }),

  service: (event, ids) => ({
    type: event.name,
    payload: { agent_name: event.agent, thread_id: ids.threadId, run_id: ids.runId, ...serviceData(event) },
  }),

  renamed: (event, ids) =>
    serverMessage(newNames[event.name] ?? event.name, { agent_name: event.agent, ...idFields(ids), ...event.data }),
};

const wrapperTypes: Readonly<Record<string, string>> = {
  agent_thinking: 'agent_progress',
  tool_executing: 'agent_progress',
  agent_completed: 'agent_response_complete',
};

/** What the older versions call their events on the wire. */
const newNames: Readonly<Record<string, string>> = {
  agent_started: 'start_agent',
  agent_thinking: 'agent_progress',
  tool_executing: 'agent_progress',
  agent_completed: 'agent_response_complete',
};

function idFields(ids: RunIds): JsonObject {
  return { user_id: ids.userId, thread_id: ids.threadId, run_id: ids.runId };
}

function flatData({ name, data }: AgentEvent): JsonObject {
  switch (name) {
    case 'agent_started':
      return { task_description: 'Answering a question' };
    case 'tool_completed':
      return {
        tool_name: data['tool_name'] ?? null,
        results: data['result'] ?? null,
        duration: 0.34,
        success: true,
      };
    case 'agent_completed':
      return { status: 'completed', final_response: finalResponse(data) };
    default:
      return data;
  }
}

function serviceData({ name, data }: AgentEvent): JsonObject {
  return name === 'agent_completed' ? { status: 'completed', response: finalResponse(data) } : data;
}

/** The answer itself, out of the supervisor's result. */
function finalResponse(data: JsonObject) {
  const result = data['result'] ?? null;
  const isObject = typeof result === 'object' && result !== null && 'results' in result;
  return isObject ? (result['results'] ?? null) : result;
}
