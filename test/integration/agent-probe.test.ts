/**
 * Goal: the agent probe passes on every honest run, whatever its shape, and names each way of being broken exactly.
 * Method: real sockets on the loopback; a small server that answers the probe's own question as each case says.
 */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';

import type { JsonObject } from '../../shared/core/body.ts';
import { summarise } from '../../shared/core/check.ts';
import type { Measurement } from '../../shared/core/outcome.ts';
import {
  type AgentEvent,
  bridge,
  completed,
  goodRun,
  ids,
  play,
  probeRun,
  type Shape,
  started,
  thinking,
  toolCompleted,
  toolExecuting,
} from '../support/agent-probe.ts';
import type { ChatScript } from '../support/chat-server.ts';
import { checkIds, greeting, reasons, welcomeFrame } from '../support/socket-probe.ts';

const allChecks = [
  'login',
  'connection',
  'identity',
  'accepted',
  'events',
  'liveness',
  'authenticity',
  'answer',
  'pace',
  'budget',
];

function assertPasses(found: Measurement): void {
  assert.deepEqual(reasons(found), {});
  assert.deepEqual(
    checkIds(found),
    allChecks.map((id) => `agent.${id}`),
  );
}

describe('an honest run', { concurrency: 4 }, () => {
  const olderNames: Readonly<Record<string, string>> = {
    agent_started: 'start_agent',
    agent_thinking: 'agent_progress',
    tool_executing: 'agent_progress',
    agent_completed: 'agent_response_complete',
  };
  const flatData = ({ name, data = {} }: AgentEvent): JsonObject =>
    name === 'agent_completed' ? { status: 'completed', final_response: data['result'] } : data;
  const shapes: Readonly<Record<string, Shape>> = {
    'the bridge': bridge,
    'flat fields': (event) => ({
      type: event.name,
      agent_name: 'Supervisor',
      ...flatData(event),
      ...ids,
      attempt: null,
    }),
    'a system message with data': (event) => ({
      type: 'system_message',
      data: { event: event.name, type: event.name, agent_name: 'Supervisor', ...ids, ...event.data },
    }),
    'a progress message with data': (event) => ({
      type: event.name === 'agent_completed' ? 'agent_response_complete' : 'agent_progress',
      data: { event: event.name, agent_name: 'Supervisor', ...ids, ...event.data },
    }),
    'a system message with a payload': (event) => ({
      type: 'system_message',
      event: event.name,
      payload: { agent_name: 'Supervisor', ...ids, ...event.data },
    }),
    'a service payload': (event) => ({
      type: event.name,
      payload: {
        thread_id: 'thread_1',
        run_id: 'run_1',
        agent_name: 'Supervisor',
        response: event.data?.['result'],
        tool_name: event.data?.['tool_name'],
      },
    }),
    'older names': (event) => ({
      type: olderNames[event.name] ?? event.name,
      data: { agent_name: 'Supervisor', ...ids, ...event.data },
    }),
    'a thought that overwrites the type': (event) => ({
      ...bridge(event),
      type: event.name === 'agent_thinking' ? 'reasoning' : event.name,
    }),
  };
  for (const [name, shape] of Object.entries(shapes)) {
    it(`passes in ${name}`, async () => {
      assertPasses(await probeRun(play(({ answer }) => goodRun(answer), shape)));
    });
  }

  const answers: Readonly<Record<string, (answer: string) => unknown>> = {
    'a bare text': (answer) => answer,
    'the result of the supervisor': (answer) => ({
      supervisor_result: 'completed',
      orchestration_successful: true,
      results: answer,
    }),
    'an object in an object': (answer) => ({ results: { data: { summary: `Here you are. ${answer}` } } }),
    'an object beside its headline': (answer) => ({ results: 'See the details.', details: { explanation: answer } }),
    'a list of texts': (answer) => ({ results: ['Let me see.', answer] }),
    'a long text that the product has cut': (answer) =>
      `${answer} ${'Because that is how it adds up. '.repeat(20)}`.slice(0, 500).concat('...'),
    'bold print and other marks': (answer) => `**${answer}** \u{1F44D} — ça va`,
  };
  for (const [name, answerIn] of Object.entries(answers)) {
    it(`passes with the answer in ${name}`, async () => {
      assertPasses(await probeRun(play(({ answer }) => goodRun(answerIn(answer)))));
    });
  }

  const variants: Readonly<Record<string, (answer: string) => readonly AgentEvent[]>> = {
    'no tool': (answer) => [started, thinking, completed(answer)],
    'many thoughts and two tools': (answer) => [
      started,
      thinking,
      thinking,
      toolExecuting,
      toolCompleted,
      thinking,
      toolExecuting,
      toolCompleted,
      completed(answer),
    ],
    'tools that overlap': (answer) => [
      started,
      thinking,
      toolExecuting,
      { name: 'tool_executing', data: { tool_name: 'search' } },
      toolCompleted,
      { name: 'tool_completed', data: { tool_name: 'search' } },
      completed(answer),
    ],
    'words that nobody knows': (answer) => [
      started,
      { name: 'agent_dreaming' },
      thinking,
      { name: 'agent_yawning' },
      completed(answer),
    ],
    'warnings and progress': (answer) => [
      started,
      { name: 'progress_update' },
      thinking,
      { name: 'agent_timeout_warning', data: { elapsed_seconds: 1 } },
      completed(answer),
    ],
    'cleaning up afterwards': (answer) => [
      ...goodRun(answer),
      { name: 'cleanup_started' },
      { name: 'cleanup_complete' },
    ],
    'agents under the supervisor': (answer) => [
      started,
      { ...started, agent: 'triage' },
      { ...thinking, agent: 'triage' },
      { ...completed({ category: 'sums' }), agent: 'triage' },
      { ...started, agent: 'data' },
      { ...completed('Agent response'), agent: 'data' },
      thinking,
      completed(answer),
    ],
    'an agent that fails and a supervisor that copes': (answer) => [
      started,
      { ...started, agent: 'data' },
      { name: 'agent_error', agent: 'data', data: { error_message: 'no' } },
      thinking,
      completed(answer),
    ],
    'ids on some events only': (answer) => [
      started,
      { ...thinking, ids: {} },
      { ...completed(answer), ids: { run_id: 'run_1' } },
    ],
  };
  for (const [name, run] of Object.entries(variants)) {
    it(`passes with ${name}`, async () => {
      assertPasses(await probeRun(play(({ answer }) => run(answer))));
    });
  }

  it('passes with events that come twice, and counts them', async () => {
    const once = (shape: Shape): Shape => {
      const made = new Map<string, JsonObject>();
      return (event) => {
        const frame = made.get(event.name) ?? shape(event);
        made.set(event.name, frame);
        return { ...frame, attempt: 2 };
      };
    };
    const found = await probeRun(
      play(({ answer }) => goodRun(answer).flatMap((event) => [event, event]), once(bridge)),
    );
    assertPasses(found);
    assert.equal(found.gauges.agent_duplicate_events, 5);
    assert.equal(found.gauges.agent_events, 10);
    assert.equal(found.timeline.length, 5);
  });

  it('counts unknown words and tools, and knows heartbeats', async () => {
    const heartbeat: AgentEvent = { name: 'heartbeat' };
    const found = await probeRun(
      play(({ answer }) => [
        started,
        heartbeat,
        thinking,
        { name: 'agent_dreaming' },
        toolExecuting,
        toolCompleted,
        completed(answer),
      ]),
    );
    assertPasses(found);
    assert.equal(found.gauges.agent_unknown_events, 1);
    assert.equal(found.gauges.agent_tools, 1);
  });

  it('ends in silence where nobody says who leads, as in the older shapes', async () => {
    const nameless: Shape = (event) => bridge({ ...event, agent: null });
    const found = await probeRun(
      play(({ answer }) => goodRun(answer), nameless),
      { agent: { silenceMsMax: 1_500 } },
    );
    assertPasses(found);
    assert.ok((found.latencyMs ?? Infinity) < 1_500, 'the quiet time is not part of the answer');
  });

  it('asks in the form that the environment chooses, in the thread of the handshake', async () => {
    const frames: JsonObject[] = [];
    const handshake = { type: 'handshake_response', thread_id: 'thread_1', run_id: 'run_9' };
    const script = play((asked) => {
      frames.push(asked.frame);
      return goodRun(asked.answer);
    });
    const withHandshake: ChatScript = {
      connected: greeting(welcomeFrame, handshake),
      frame: (client, frame) => {
        if (frame['type'] === 'handshake_acknowledged') {
          client.send({ type: 'handshake_complete' });
        }
        script.frame?.(client, frame);
      },
    };
    const dialect = { kind: 'netra', message: 'user_message' };
    assertPasses(await probeRun(withHandshake, { dialect, websocket: { serverHandshake: 'auto' } }));
    assertPasses(await probeRun(script));
    const [message, start] = frames;
    assert.equal(message?.['type'], 'user_message');
    assert.equal(Reflect.get(Object(message?.['payload']), 'thread_id'), 'thread_1');
    assert.equal(start?.['type'], 'start_agent');
    assert.equal(Reflect.get(Object(start?.['payload']), 'thread_id'), null);
  });

  it('has all its times, a timeline, a headline and evidence without a word of text', async () => {
    const found = await probeRun(play(({ answer }) => goodRun(answer), bridge, 20));
    assert.deepEqual(Object.keys(found.phases), [
      'login',
      'dns',
      'tcp',
      'request',
      'upgrade',
      'first_frame',
      'ready',
      'accepted',
      'first_event',
      'first_text',
      'tool',
      'longest_silence',
      'completed',
    ]);
    assert.equal(found.latencyMs, found.phases.completed);
    const { tool = 0, first_event: firstEvent = 0, completed: completedMs = 0 } = found.phases;
    assert.ok(tool >= 15 && firstEvent >= 15 && completedMs >= firstEvent + tool);
    assert.deepEqual(
      found.timeline.map(({ name }) => name),
      ['agent_started', 'agent_thinking', 'tool_executing', 'tool_completed', 'agent_completed'],
    );
    assert.equal(
      found.checks.find(({ id }) => id === 'agent.events')?.evidence['events'],
      'started,thinking,tool_started,tool_completed,completed',
    );
    const answer = found.checks.find(({ id }) => id === 'agent.answer');
    assert.match(String(answer?.evidence['answer_sha256']), /^[0-9a-f]{16}$/);
    assert.equal(answer?.evidence['answer_length'], found.gauges.answer_characters);
    assert.ok(
      !/the answer is|Counting the weeks|Read from the last|Adding the time|Working it out/.test(JSON.stringify(found)),
    );
  });

  it('keeps the text of the answer only where that is switched on', async () => {
    const found = await probeRun(
      play(() => goodRun('I do not know.')),
      { agent: { keepAnswerText: true } },
    );
    assert.equal(found.checks.find(({ id }) => id === 'agent.answer')?.evidence['answer_text'], 'I do not know.');
  });

  it('is slow when the answer takes longer than it may', async () => {
    const found = await probeRun(
      play(({ answer }) => goodRun(answer), bridge, 10),
      { agent: { completedMsMax: 20 } },
    );
    assert.deepEqual(reasons(found), { 'agent.pace': 'slow' });
    assert.equal(summarise(found.checks).verdict, 'degraded');
  });
});

describe('an answer', { concurrency: 4 }, () => {
  const cases: readonly (readonly [string, (question: string) => unknown, string, string])[] = [
    ['nothing', () => '', 'empty_answer', 'empty'],
    ['blanks', () => ' \n ', 'empty_answer', 'empty'],
    ['a result without results', () => ({ supervisor_result: 'completed', results: null }), 'empty_answer', 'empty'],
    ['another value', () => 'That must be 17.', 'wrong_answer', 'plausible'],
    ['an honest no idea', () => 'I would have to think about that one.', 'wrong_answer', 'plausible'],
    [
      'the question, put into words',
      (question) =>
        `You ask me this: ${question} That is a lovely question, and in order to answer it one has to think hard.`,
      'wrong_answer',
      'plausible',
    ],
    ['the bare question', (question) => question, 'canned_answer', 'echo'],
    ['the question behind a phrase', (question) => `I received your message: ${question}`, 'canned_answer', 'echo'],
    ['the product phrase for agents', (question) => `Agent response for: ${question}`, 'canned_answer', 'stock'],
    [
      'the product phrase for teams',
      () => 'Multi-agent collaboration completed for: your text',
      'canned_answer',
      'stock',
    ],
    ['a mock', () => 'Mock triage agent response for: hello', 'canned_answer', 'stock'],
    [
      'a fallback',
      () => 'Fallback triage agent response: Successfully processed your request',
      'canned_answer',
      'stock',
    ],
    ['a filler', () => 'Task completed', 'canned_answer', 'filler'],
    ['an apology', () => 'Sorry, something went wrong. Please try again later.', 'canned_answer', 'apology'],
    ['a refusal', () => "As an AI language model I can't help with that.", 'canned_answer', 'refusal'],
  ];
  for (const [name, answerTo, reason, answerClass] of cases) {
    it(`of ${name} is ${reason}`, async () => {
      const found = await probeRun(play(({ question }) => goodRun(answerTo(question))));
      const expected =
        reason === 'canned_answer'
          ? { 'agent.authenticity': reason, 'agent.answer': reason }
          : { 'agent.answer': reason };
      assert.deepEqual(reasons(found), expected);
      assert.equal(found.checks.find(({ id }) => id === 'agent.answer')?.evidence['answer_class'], answerClass);
    });
  }

  it('in the wrong place behind a filler is found all the same', async () => {
    const flat: Shape = (event) => ({
      type: event.name,
      agent_name: 'Supervisor',
      ...ids,
      final_response: 'Task completed',
      payload: event.data,
    });
    assertPasses(await probeRun(play(({ answer }) => [started, thinking, completed(answer)], flat)));
  });

  it('that reports a failure inside is a failed orchestration', async () => {
    const inside = { supervisor_result: 'completed', orchestration_successful: false, results: 'x' };
    const found = await probeRun(play(() => goodRun(inside)));
    assert.equal(summarise(found.checks).reason, 'orchestration_failed');
    const status = await probeRun(
      play(({ answer }) => [
        started,
        thinking,
        { name: 'agent_completed', data: { status: 'failed', result: answer } },
      ]),
    );
    assert.deepEqual(reasons(status), { 'agent.events': 'orchestration_failed' });
  });

  it('from a fallback is canned, unless it is right', async () => {
    const fallback: AgentEvent = { name: 'agent_fallback' };
    const wrong = await probeRun(play(() => [started, thinking, fallback, completed('Let us see.')]));
    assert.equal(reasons(wrong)['agent.answer'], 'canned_answer');
    assertPasses(await probeRun(play(({ answer }) => [started, thinking, fallback, completed(answer)])));
  });
});

describe('a run that is played', { concurrency: 4 }, () => {
  const agent = { fakedRunMsMax: 1_000 };

  it('is faked when all of it comes at once and the answer shows no model', async () => {
    const found = await probeRun(
      play(({ question }) => goodRun(`Agent response for: ${question}`)),
      { agent },
    );
    assert.deepEqual(reasons(found), { 'agent.authenticity': 'faked_run', 'agent.answer': 'canned_answer' });
    assert.equal(summarise(found.checks).reason, 'faked_run');
  });

  it('is faked when the product itself says that no model was used, even if the answer is right', async () => {
    const denial = (answer: string): AgentEvent => ({
      name: 'agent_completed',
      data: { result: answer, real_llm_used: false },
    });
    const found = await probeRun(
      play(({ answer }) => [started, thinking, denial(answer)]),
      { agent },
    );
    assert.deepEqual(reasons(found), { 'agent.authenticity': 'faked_run' });
  });

  it('is not faked when it is fast and right, or fast with a sign of a model', async () => {
    assertPasses(
      await probeRun(
        play(({ answer }) => goodRun(answer)),
        { agent },
      ),
    );
    const sign: AgentEvent = {
      name: 'agent_completed',
      data: { result: 'It is 17.', llm_validation: { is_valid: true } },
    };
    const found = await probeRun(
      play(() => [started, thinking, sign]),
      { agent },
    );
    assert.deepEqual(reasons(found), { 'agent.answer': 'wrong_answer' });
  });
});
