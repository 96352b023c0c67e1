/** Faults of the agents: what they do with a message, and which events their runs show. */
import { before, endingWith, until, without } from '../agent/edits.ts';
import { act, type AgentEvent, beat, type Script, supervisor, toolCompleted } from '../agent/script.ts';
import { agent, socket } from '../behaviour.ts';
import type { JsonObject } from '../json.ts';
import { run } from './agent-parts.ts';
import { finds, rows } from './row.ts';

const somebodyElse = 'user-somebody-else';

/** An event of the supervisor that ends the run badly. */
function trouble(name: string, data: JsonObject): AgentEvent {
  return { name, agent: supervisor, data };
}

/** A frame that is no event of a run. */
function says(frame: JsonObject): (script: Script) => Script {
  return until(
    'tool_completed',
    act(50, (session) => session.send(frame)),
  );
}

export const messageFaults = rows('agent', {
  message_ignored: {
    title: 'The connection lives and pings are answered, but a message sets off nothing.',
    change: socket({
      received: (_session, type) => (type === 'start_agent' || type === 'user_message' ? 'handled' : 'continue'),
    }),
    expected: { agent: finds('message_ignored') },
  },
  message_acknowledged_only: {
    title: 'The message is acknowledged like one of an unknown type, and nothing follows.',
    change: socket({
      received: (session, type) => {
        if (type !== 'start_agent' && type !== 'user_message') {
          return 'continue';
        }
        session.send({ type: 'ack', received_type: type, status: 'acknowledged' });
        return 'handled';
      },
    }),
    expected: { agent: finds('message_ignored') },
  },
  processing_late: {
    title: 'The server completes its handshake and loses what is said in the next minute.',
    change: socket({ processingDelayMs: 60_000 }),
    expected: { agent: finds('message_ignored') },
  },
  request_error: {
    title: 'The message is answered with an error: the agents are not there.',
    change: agent({
      script: () => [
        act(50, (session) =>
          session.send({
            type: 'error_message',
            error_code: 'AGENT_REQUEST_ERROR',
            error_message: "name 'user_request' is not defined",
            details: {},
          }),
        ),
      ],
    }),
    expected: { agent: finds('agent_error') },
  },
  message_rate_limited: {
    title: 'The message is refused for being one too many.',
    change: agent({
      script: () => [act(50, (session) => session.send({ type: 'error', error: 'Rate limit exceeded' }))],
    }),
    expected: { agent: finds('rate_limited') },
  },
});

export const eventFaults = rows('agent', {
  event_missing: run(
    'The run completes without ever having shown that the agent thinks.',
    'event_missing',
    without('agent_thinking'),
  ),
  start_missing: run('The run completes without ever having started.', 'event_missing', without('agent_started')),
  tools_missing: run(
    'The run completes without the tool that every question needs.',
    'event_missing',
    without('tool_executing', 'tool_completed'),
  ),
  tool_unfinished: run(
    'The run completes while its tool is still at work.',
    'event_missing',
    without('tool_completed'),
  ),
  tool_before_its_start: run('A tool completes before it has begun.', 'event_order', (script) => {
    const early = before('tool_executing', beat(50, toolCompleted('calculator')));
    return early(without('tool_completed')(script));
  }),
  agent_error: run(
    'The agent reports an error in the middle of the run.',
    'agent_error',
    until(
      'tool_executing',
      beat(50, trouble('agent_error', { status: 'error', error_message: 'model overloaded', message: 'An error' })),
    ),
  ),
  agent_failed: run(
    'The run ends as failed.',
    'agent_error',
    endingWith(trouble('agent_failed', { status: 'failed', message: 'The run has failed' })),
  ),
  agent_death: run(
    'The agent dies without a word of its own, and the server tells.',
    'agent_death',
    until(
      'tool_executing',
      beat(50, trouble('agent_death', { death_cause: 'no_heartbeat', recovery_action: 'restart' })),
    ),
  ),
  agent_times_out: run(
    'The server itself gives up on the run.',
    'agent_timeout',
    until(
      'tool_executing',
      beat(50, trouble('agent_timeout_failure', { elapsed_seconds: 20, total_timeout_seconds: 16 })),
    ),
  ),
  events_lost: run(
    'The server says in the middle of the run that it lost the way to the user.',
    'agent_error',
    says({ type: 'connection_error', data: { support_code: 'CONN_ERR_4711' } }),
  ),
  system_error: run(
    'The server reports an error of its own in the middle of the run.',
    'agent_error',
    says({ type: 'system_error', data: { support_code: 'SYS_ERR_0815' } }),
  ),
  foreign_user: run('One event of the run belongs to another user.', 'isolation_breach', (script) =>
    script.map((each, at) => ('event' in each && at === 4 ? { ...each, ids: { userId: somebodyElse } } : each)),
  ),
  foreign_thread: run('One event of the run belongs to another thread.', 'isolation_breach', (script) =>
    script.map((each, at) =>
      'event' in each && at === 4 ? { ...each, ids: { threadId: 'thread_somebody_else' } } : each,
    ),
  ),
  foreign_run: run('The run ends under another id than it began with.', 'isolation_breach', (script) =>
    script.map((each, at) =>
      'event' in each && at === script.length - 1 ? { ...each, ids: { runId: 'run_somebody_else' } } : each,
    ),
  ),
});
