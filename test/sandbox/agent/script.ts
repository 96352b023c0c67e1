/** A run of the agents as a script: beats with their delays, told in the product's own event names. */
import type { Json, JsonObject } from '../json.ts';
import type { Session } from '../socket/session.ts';

export interface RunIds {
  readonly userId: string;
  readonly threadId: string;
  readonly runId: string;
}

/** One event, independent of the shape in which it travels. `data` is as the bridge shape has it. */
export interface AgentEvent {
  readonly name: string;
  readonly agent: string;
  readonly data: JsonObject;
}

/** Something that happens so many milliseconds after the beat before it. */
export type Beat =
  | { readonly afterMs: number; readonly event: AgentEvent; readonly ids?: Partial<RunIds> }
  | { readonly afterMs: number; readonly act: (session: Session) => void };

export type Script = readonly Beat[];

/** The agent whose completion ends a run. */
export const supervisor = 'Supervisor';

/** A real run: a sub-agent sorts the question, the supervisor calculates with a tool and answers. About 1.6 s. */
export function healthyScript(answer: Json): Script {
  return [
    beat(60, started(supervisor)),
    beat(80, started('triage')),
    beat(140, thinking('triage', 'Sorting the question', 1)),
    beat(120, completed('triage', { category: 'calculation', priority: 'normal' })),
    beat(120, thinking(supervisor, 'Choosing a tool for the question', 2)),
    beat(130, toolExecuting('calculator')),
    beat(340, toolCompleted('calculator')),
    beat(180, thinking(supervisor, 'Putting the answer together', 3)),
    beat(400, completed(supervisor, supervisorResult(answer))),
  ];
}

export function beat(afterMs: number, event: AgentEvent, ids?: Partial<RunIds>): Beat {
  return ids === undefined ? { afterMs, event } : { afterMs, event, ids };
}

export function act(afterMs: number, action: (session: Session) => void): Beat {
  return { afterMs, act: action };
}

export function started(agent: string): AgentEvent {
  return {
    name: 'agent_started',
    agent,
    data: { status: 'started', context: {}, message: `${agent} has started on your request` },
  };
}

export function thinking(agent: string, reasoning: string, step: number): AgentEvent {
  return {
    name: 'agent_thinking',
    agent,
    data: {
      reasoning,
      step_number: step,
      progress_percentage: step * 20,
      status: 'thinking',
      business_progress: {},
    },
  };
}

export function toolExecuting(tool: string): AgentEvent {
  return {
    name: 'tool_executing',
    agent: supervisor,
    data: { tool_name: tool, parameters: {}, status: 'executing', message: `Using ${tool}` },
  };
}

export function toolCompleted(tool: string): AgentEvent {
  return {
    name: 'tool_completed',
    agent: supervisor,
    data: {
      tool_name: tool,
      result: { success: true },
      execution_time_ms: 340,
      status: 'completed',
      message: `${tool} is done`,
    },
  };
}

export function completed(agent: string, result: Json): AgentEvent {
  return {
    name: 'agent_completed',
    agent,
    data: { status: 'completed', result, execution_time_ms: 1_600, message: 'The request is completed' },
  };
}

export function supervisorResult(answer: Json): JsonObject {
  return {
    supervisor_result: 'completed',
    orchestration_successful: true,
    user_isolation_verified: true,
    results: answer,
  };
}
