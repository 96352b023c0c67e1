/** Faults of a run's life: silences, ends of the connection, broken frames, slowness. */
import { before, brokenOff, thoughts, until } from '../agent/edits.ts';
import { act, beat, supervisor } from '../agent/script.ts';
import { agent, inRealTime } from '../behaviour.ts';
import { run } from './agent-parts.ts';
import { step } from './environments.ts';
import { finds, rows } from './row.ts';

export const livenessFaults = rows('agent', {
  stall: run('The run falls silent in the middle while the connection stays open.', 'agent_stall', (script) =>
    script.slice(0, 5),
  ),
  stall_before_end: run('Everything happens but the end.', 'agent_stall', until('agent_completed')),
  only_sub_agent_ends: run('A sub-agent completes, the supervisor never does.', 'agent_stall', (script) =>
    script.slice(0, 4),
  ),
  endless_run: run(
    'The agent thinks on and on and never answers.',
    'agent_timeout',
    before('tool_executing', ...thoughts(200, 500)),
  ),
  goes_deaf: {
    title: 'In the middle of the run the server falls silent and answers no ping any more.',
    change: (behaviour) => {
      const deaf = new WeakSet();
      return {
        ...behaviour,
        agent: {
          ...behaviour.agent,
          script: until(
            'agent_thinking',
            act(0, (session) => void deaf.add(session.connection)),
          ),
        },
        socket: { ...behaviour.socket, received: (session) => (deaf.has(session.connection) ? 'handled' : 'continue') },
      };
    },
    expected: { agent: finds('no_pong') },
  },
  run_cut: run(
    'The connection breaks off in the middle of the run.',
    'connection_cut',
    brokenOff((session) => session.cut()),
  ),
  run_closed_1000: run(
    'The server closes with 1000 in the middle of the run.',
    'closed_early',
    brokenOff((session) => session.close(1000, 'main cleanup')),
  ),
  run_closed_1011: run(
    'The server fails in the middle of the run and closes with 1011.',
    'closed_early',
    brokenOff((session) => session.close(1011, 'Internal error')),
  ),
  run_closed_1012: run(
    'A deploy ends the connection in the middle of the run.',
    'closed_early',
    brokenOff((session) => session.close(1012, 'Service restart')),
  ),
  run_frame_not_json: run(
    'A frame in the middle of the run is not JSON.',
    'bad_frame',
    before(
      'tool_completed',
      act(50, (session) => session.sendText('{"type":"agent_thin')),
    ),
  ),
  run_frame_oversize: run(
    'A frame in the middle of the run announces 64 megabytes.',
    'protocol_error',
    brokenOff((session) => session.sendRaw(Buffer.from([0x81, 0x7f, 0, 0, 0, 0, 0x04, 0, 0, 0]))),
  ),
  runaway_text: run(
    'The agent writes on and on, at the cost of many thousand tokens.',
    'probe_budget',
    before(
      'agent_completed',
      ...Array.from({ length: 40 }, (_, page) =>
        beat(20, {
          name: 'partial_result',
          agent: supervisor,
          data: { content: `Page ${page}: ${'on and on '.repeat(300)}` },
        }),
      ),
    ),
  ),
  budget_used_up: {
    title: 'Nothing is broken, but the questions of the day have all been asked.',
    environment: step('agent', (settings) => ({ ...settings, runsPerDayMax: 1 })),
    expected: { agent: finds('probe_budget') },
    afterHealthyRun: true,
  },
  agent_slow: {
    title: 'The agent answers rightly, slower than it may.',
    change: inRealTime(agent({ script: before('agent_completed', ...thoughts(4, 500)) })),
    expected: { agent: finds('slow') },
  },
});
