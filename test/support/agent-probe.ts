/** Runs of the product's agents for tests: the events in each shape of the wire, and the probe on a server that sends them. */
import { setTimeout as wait } from 'node:timers/promises';

import { probeAgent } from '../../functions/agent/probe.ts';
import type { JsonObject } from '../../shared/core/body.ts';
import type { Measurement } from '../../shared/core/outcome.ts';
import { type ChatClient, type ChatScript, startChatServer } from './chat-server.ts';
import { phrase, solve } from '../sandbox/agent/solver.ts';
import { socketContext, type SocketEnvironment, subject } from './socket-environment.ts';
import { answerPing, greeting, welcomeFrame } from './socket-probe.ts';

export interface AgentEvent {
  readonly name: string;
  readonly agent?: string | null;
  readonly data?: JsonObject;
  readonly ids?: JsonObject;
}

export const ids = { user_id: subject, thread_id: 'thread_1', run_id: 'run_1' };

/** How an event travels. */
export type Shape = (event: AgentEvent) => JsonObject;

export const bridge: Shape = ({ name, agent = 'Supervisor', data = {}, ids: own = ids }) => ({
  type: name,
  ...own,
  ...(agent === null ? {} : { agent_name: agent }),
  timestamp: new Date().toISOString(),
  data,
});

export const started: AgentEvent = { name: 'agent_started', data: { status: 'started', message: 'Started' } };
export const thinking: AgentEvent = { name: 'agent_thinking', data: { reasoning: 'Working it out', step_number: 1 } };
export const toolExecuting: AgentEvent = { name: 'tool_executing', data: { tool_name: 'calculator', parameters: {} } };
export const toolCompleted: AgentEvent = { name: 'tool_completed', data: { tool_name: 'calculator', result: {} } };

export function completed(answer: unknown): AgentEvent {
  return {
    name: 'agent_completed',
    data: { status: 'completed', result: answer, message: 'The request is completed' },
  };
}

/** All five events that the product promises, with the right answer. */
export function goodRun(answer: unknown): readonly AgentEvent[] {
  return [started, thinking, toolExecuting, toolCompleted, completed(answer)];
}

export interface Asked {
  readonly client: ChatClient;
  readonly question: string;
  /** The right answer in a sentence. */
  readonly answer: string;
  readonly frame: JsonObject;
}

/** A healthy socket on which a question sets off what the test says. */
export function onQuestion(act: (asked: Asked) => void): ChatScript {
  return {
    connected: greeting(welcomeFrame),
    frame(client, frame) {
      answerPing(client, frame);
      const payload = Object(frame['payload']);
      const question: unknown = Reflect.get(payload, 'user_request') ?? Reflect.get(payload, 'content');
      if (typeof question === 'string') {
        act({ client, question, answer: phrase(solve(question)), frame });
      }
    },
  };
}

/** Sends these events for a question, `gapMs` apart. */
export function play(events: (asked: Asked) => readonly AgentEvent[], shape: Shape = bridge, gapMs = 2): ChatScript {
  return onQuestion((asked) => {
    void (async () => {
      for (const event of events(asked)) {
        await wait(gapMs);
        if (asked.client.socket.readyState === asked.client.socket.OPEN) {
          asked.client.send(shape(event));
        }
      }
    })();
  });
}

/** Bounds for tests that wait for something to stay out. */
export const impatient = { firstEventMsMax: 400, silenceMsMax: 500 };

export async function probeRun(
  script: ChatScript,
  settings: Omit<SocketEnvironment, 'url'> = {},
): Promise<Measurement> {
  await using server = await startChatServer(script);
  using context = socketContext({
    ...settings,
    url: server.url,
    // No run of a test takes as long as a model does.
    agent: { fakedRunMsMax: 0, ...settings.agent },
  });
  return await probeAgent(context);
}
