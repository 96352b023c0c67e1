/** Healthy ways in which a run may go: shapes of events, sub-agents, tools, noise, pace. */
import { before, faster, thoughts, without, withoutSubAgents } from '../agent/edits.ts';
import {
  act,
  beat,
  completed,
  type Script,
  started,
  supervisor,
  thinking,
  toolCompleted,
  toolExecuting,
} from '../agent/script.ts';
import type { ShapeId } from '../agent/shapes.ts';
import { agent, changes, inRealTime, socket } from '../behaviour.ts';
import { step } from '../faults/environments.ts';
import type { JsonObject } from '../json.ts';
import { variantRows, type VariantRow } from './row.ts';

function shape(id: ShapeId, title: string): VariantRow {
  return { title, change: agent({ shape: id }) };
}

function script(title: string, change: (script: Script) => Script): VariantRow {
  return { title, change: agent({ script: change }) };
}

/** Frames between the events that are none of the run. */
function noise(title: string, ...frames: readonly JsonObject[]): VariantRow {
  return script(title, before('tool_executing', ...frames.map((frame) => act(20, (session) => session.send(frame)))));
}

function subAgent(name: string): Script {
  return [
    beat(40, started(name)),
    beat(40, thinking(name, `${name} looks at its part`, 2)),
    beat(40, completed(name, { part: name, done: true })),
  ];
}

/** Every frame twice, as when an acknowledgement was lost. */
function twice(events: Script): Script {
  return events.flatMap((each): Script => ('event' in each ? [each, { ...each, afterMs: 10 }] : [each]));
}

export const agentVariants = variantRows({
  shape_bridge: shape('bridge', 'Events in the shape of the bridge.'),
  shape_flat: shape('flat', 'Events in the flat shape of the emitter.'),
  shape_wrapped_data: shape('wrapped_data', 'Events wrapped, with the name inside `data`.'),
  shape_wrapped_payload: shape('wrapped_payload', 'Events wrapped in a system message, with a `payload`.'),
  shape_service: shape('service', 'Events in the shape of the service, with everything in `payload`.'),
  shape_renamed: shape('renamed', 'Events under the names that older versions give them on the wire.'),
  thought_overwrites_type: {
    title: 'A thought overwrites the type of its frame with "reasoning".',
    change: agent({
      shape: 'flat',
      frame: (frame) => (frame['type'] === 'agent_thinking' ? { ...frame, type: 'reasoning' } : frame),
    }),
  },
  user_message: {
    title: 'The question goes out as the next message of a conversation.',
    environment: (environment) => ({
      ...environment,
      dialect: { kind: 'netra', version: 'auto', message: 'user_message' },
    }),
  },
  no_sub_agents: script('The supervisor does everything by itself.', withoutSubAgents),
  many_sub_agents: script(
    'Five sub-agents complete, one after the other, before the supervisor does.',
    before('tool_executing', ...['data', 'optimization', 'actions', 'reporting'].flatMap(subAgent)),
  ),
  sub_agent_ends_first: script(
    'A sub-agent completes right before the supervisor.',
    before('agent_completed', ...subAgent('reporting')),
  ),
  no_tools: {
    title: 'The run needs no tool, and the file does not demand one.',
    change: agent({ script: without('tool_executing', 'tool_completed') }),
    environment: step('agent', (settings) => ({ ...settings, toolEvents: 'optional' })),
  },
  two_tools: script(
    'The run uses a second tool.',
    before('agent_completed', beat(60, toolExecuting('calendar')), beat(60, toolCompleted('calendar'))),
  ),
  tools_at_once: script(
    'Two tools are at work at the same time.',
    before('tool_completed', beat(40, toolExecuting('calendar')), beat(60, toolCompleted('calendar'))),
  ),
  same_tool_twice: script(
    'The same tool is used twice.',
    before('agent_completed', beat(60, toolExecuting('calculator')), beat(60, toolCompleted('calculator'))),
  ),
  duplicates: {
    title: 'Every event is sent twice.',
    change: agent({
      script: twice,
      // Sent again means sent as it was, at the time of the first.
      frame: (frame) => ({ ...frame, timestamp: '2026-01-01T00:00:00.000Z' }),
    }),
  },
  retried_events: {
    title: 'Every event is sent a second time, marked as an attempt.',
    change: changes(agent({ shape: 'flat', script: twice }), (behaviour) => {
      let sent = 0;
      return agent({
        frame: (frame) => {
          sent += 1;
          return { ...frame, timestamp: '2026-01-01T00:00:00.000Z', attempt: sent % 2 === 0 ? 2 : null };
        },
      })(behaviour);
    }),
  },
  unknown_events: noise(
    'Events come that nobody knows.',
    { type: 'telemetry_hint', data: { value: 3 } },
    { type: 'mood_changed', payload: { mood: 'curious' } },
  ),
  known_noise: noise(
    'Logs, progress and acknowledgements come in between.',
    { type: 'backend_log', messages: ['one', 'two'], total_count: 2 },
    { type: 'progress_update', data: { percentage: 40 } },
    { type: 'ack', received_type: 'start_agent', status: 'acknowledged' },
  ),
  warnings: noise(
    'The server warns that time gets short and that a service is degraded, and the run ends well.',
    { type: 'agent_timeout_warning', elapsed_seconds: 12, total_timeout_seconds: 16, warning_threshold_percent: 80 },
    { type: 'degraded_service', data: { service: 'redis' } },
  ),
  cleanup_follows: {
    title: 'The server tells how it cleans up after the run.',
    change: agent({
      script: (events) => [
        ...events,
        act(0, (session) => session.send({ type: 'cleanup_started' })),
        act(10, (session) => session.send({ type: 'cleanup_complete', data: { cleanup_status: 'success' } })),
      ],
    }),
  },
  streamed_text: script(
    'Pieces of the answer come before the end.',
    before(
      'agent_completed',
      ...['Let me', ' see', ' …'].map((content) =>
        beat(40, { name: 'partial_result', agent: supervisor, data: { content } }),
      ),
    ),
  ),
  event_ids: {
    title: 'Every event has an id of its own.',
    change: (behaviour) => {
      let count = 0;
      return agent({ frame: (frame) => ({ ...frame, event_id: `event_${(count += 1)}` }) })(behaviour);
    },
  },
  heartbeats_during_run: {
    title: 'Heartbeats come between the events.',
    change: socket({ heartbeatMs: 60 }),
  },
  long_thinking: script(
    'The agent thinks many times, and long between two thoughts.',
    before('agent_completed', ...thoughts(12, 40)),
  ),
  slow_but_fine: {
    title: 'The run takes nearly as long as it may.',
    change: inRealTime(agent({ script: faster(0.75) })),
  },
  brisk: {
    title: 'The run takes little more than a faked one would.',
    change: inRealTime(agent({ script: faster(1.3) })),
  },
  right_at_once: script(
    'All events come in one moment, and the answer is right: nobody but the agents can have worked it out.',
    faster(Infinity),
  ),
  model_told: {
    title: 'The run is quick, and the event says that a model was at work.',
    change: agent({
      script: faster(4),
      frame: (frame) => (frame['type'] === 'agent_completed' ? { ...frame, real_llm_used: true } : frame),
    }),
  },
});
