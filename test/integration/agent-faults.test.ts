/**
 * Goal: every way in which a run can go wrong has its own name, and what is certain comes before what is likely.
 * Method: real sockets on the loopback; a small server that breaks the run as each case says.
 */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';

import { probeAgent } from '../../functions/agent/probe.ts';
import { summarise } from '../../shared/core/check.ts';
import { dayUtc } from '../../shared/core/time.ts';
import {
  type AgentEvent,
  type Asked,
  bridge,
  completed,
  goodRun,
  ids,
  impatient,
  onQuestion,
  play,
  probeRun,
  started,
  thinking,
  toolCompleted,
  toolExecuting,
} from '../support/agent-probe.ts';
import { phrase, solve } from '../sandbox/agent/solver.ts';
import { answerHttp, type ChatScript, startChatServer } from '../support/chat-server.ts';
import { socketContext } from '../support/socket-environment.ts';
import { greeting, healthySocket, reasons, welcomeFrame } from '../support/socket-probe.ts';

/** Plays events and then does something to the client. */
function playThen(events: readonly AgentEvent[], act: (asked: Asked) => void): ChatScript {
  return onQuestion((asked) => {
    for (const event of events) {
      asked.client.send(bridge(event));
    }
    act(asked);
  });
}

describe('the events of a run', { concurrency: 4 }, () => {
  const cases: readonly (readonly [string, (answer: string) => readonly AgentEvent[], string, object?])[] = [
    ['no start', (answer) => [thinking, completed(answer)], 'event_missing'],
    ['no thought', (answer) => [started, completed(answer)], 'event_missing'],
    [
      'no tool where one is demanded',
      (answer) => [started, thinking, completed(answer)],
      'event_missing',
      { toolEvents: 'required' },
    ],
    ['a tool that never completes', (answer) => [started, thinking, toolExecuting, completed(answer)], 'event_missing'],
    ['a tool that never began', (answer) => [started, thinking, toolCompleted, completed(answer)], 'event_missing'],
    [
      'a tool that completes before it begins',
      (answer) => [started, thinking, toolCompleted, toolExecuting, completed(answer)],
      'event_order',
    ],
    ['a thought before the start', (answer) => [thinking, started, completed(answer)], 'event_order'],
    [
      'a thought after the end',
      (answer) => [started, thinking, completed(answer), { ...thinking, data: { reasoning: 'more' } }],
      'event_order',
    ],
    [
      'another answer after the end',
      (answer) => [started, thinking, completed(answer), completed(`${answer} Or not.`)],
      'event_order',
    ],
    ['an error', () => [started, { name: 'agent_error', data: { error_message: 'secret words' } }], 'agent_error'],
    ['a failure', () => [started, { name: 'agent_failed' }], 'agent_error'],
    ['a cancellation', () => [started, { name: 'agent_cancelled' }], 'agent_error'],
    ['a critical failure', () => [started, { name: 'critical_task_failure' }], 'agent_error'],
    [
      'a death',
      () => [started, thinking, { name: 'agent_death', data: { death_cause: 'memory_limit' } }],
      'agent_death',
    ],
    ['a timeout of its own', () => [started, { name: 'agent_timeout_failure' }], 'agent_timeout'],
    [
      'an error frame',
      () => [started, { name: 'error_message', ids: { error_code: 'AGENT_REQUEST_ERROR' } }],
      'agent_error',
    ],
    ['a system error', () => [started, { name: 'system_error', data: { support_code: 'SYS_ERR_17' } }], 'agent_error'],
    ['a rate limit', () => [started, { name: 'error', ids: { code: 'RATE_LIMIT_EXCEEDED' } }], 'rate_limited'],
  ];
  for (const [name, events, reason, agent = {}] of cases) {
    it(`with ${name} is ${reason}`, async () => {
      const found = await probeRun(
        play(({ answer }) => events(answer)),
        { agent },
      );
      assert.deepEqual(reasons(found), { 'agent.events': reason });
    });
  }

  it('with an error before anything else is an error of the message', async () => {
    const found = await probeRun(play(() => [{ name: 'error_message', ids: { error_code: 'AGENT_REQUEST_ERROR' } }]));
    assert.deepEqual(reasons(found), { 'agent.accepted': 'agent_error' });
    assert.match(found.checks.find(({ id }) => id === 'agent.accepted')?.detail ?? '', /AGENT_REQUEST_ERROR$/);
  });

  it('never show what an error said in words', async () => {
    const found = await probeRun(
      play(() => [started, { name: 'agent_error', data: { error_message: 'secret words of a user' } }]),
    );
    assert.ok(!JSON.stringify(found).includes('secret words'));
  });

  it('name the events that are missing in the words of the product', async () => {
    const found = await probeRun(
      play(({ answer }) => [started, completed(answer)]),
      { agent: { toolEvents: 'required' } },
    );
    assert.equal(
      found.checks.find(({ id }) => id === 'agent.events')?.detail,
      'the run completed without `agent_thinking` and `tool_executing` and `tool_completed`',
    );
  });
});

describe('the end of a run', { concurrency: 4 }, () => {
  const agent = impatient;
  const websocket = { pongMsMax: 200 };
  const subAgents = [started, { ...started, agent: 'triage' }, { ...completed('x'), agent: 'triage' }];
  const silent: ChatScript['frame'] = () => {};

  const cases: readonly (readonly [string, ChatScript, Record<string, string>])[] = [
    ['nothing at all, with a pong', onQuestion(() => {}), { 'agent.accepted': 'message_ignored' }],
    ['nothing at all, without a pong', { ...healthySocket, frame: silent }, { 'agent.accepted': 'no_pong' }],
    [
      'silence after some events, with a pong',
      playThen([started, thinking], () => {}),
      { 'agent.liveness': 'agent_stall' },
    ],
    [
      'a close before any event',
      onQuestion(({ client }) => client.socket.close(1000, 'main cleanup')),
      { 'agent.accepted': 'closed_early' },
    ],
    [
      'a close after some events',
      playThen([started], ({ client }) => client.socket.close(1011)),
      { 'agent.liveness': 'closed_early' },
    ],
    [
      'a close 1000 after some events',
      playThen([started, thinking], ({ client }) => client.socket.close(1000, 'main cleanup')),
      { 'agent.liveness': 'closed_early' },
    ],
    [
      'a cut after some events',
      playThen([started], ({ client }) => client.stream.destroy()),
      { 'agent.liveness': 'connection_cut' },
    ],
    [
      'a cut before any event',
      onQuestion(({ client }) => client.stream.destroy()),
      { 'agent.accepted': 'connection_cut' },
    ],
    [
      'a binary frame',
      playThen([started], ({ client }) => client.socket.send(Buffer.from([1]))),
      { 'agent.events': 'bad_frame' },
    ],
    [
      'a frame without bounds',
      playThen([started], ({ client }) => client.socket.send('x'.repeat(1_200_000))),
      { 'agent.liveness': 'protocol_error' },
    ],
    ['the completion of a mere sub-agent', playThen(subAgents, () => {}), { 'agent.liveness': 'agent_stall' }],
    [
      'an error of a sub-agent, and silence',
      playThen([started, { name: 'agent_error', agent: 'triage' }], () => {}),
      { 'agent.events': 'agent_error', 'agent.liveness': 'agent_stall' },
    ],
  ];
  for (const [name, script, expected] of cases) {
    it(`by ${name} is ${Object.values(expected).join(' and ')}`, async () => {
      assert.deepEqual(reasons(await probeRun(script, { agent, websocket })), expected);
    });
  }

  it('by silence where the product answers no ping any more is no pong, and says whether the transport lives', async () => {
    let quiet = false;
    const script = playThen([started], () => {
      quiet = true;
    });
    const frame: ChatScript['frame'] = (client, received) => quiet || script.frame?.(client, received);
    const found = await probeRun({ ...script, frame }, { agent, websocket });
    assert.deepEqual(reasons(found), { 'agent.liveness': 'no_pong' });
    const evidence = found.checks.find(({ id }) => id === 'agent.liveness')?.evidence;
    assert.deepEqual(evidence, { events: 'started', product_answers_ping: false, transport_answers: true });
  });

  it('that completed nobody who led is a missing event', async () => {
    const led = [
      started,
      { ...started, agent: 'triage' },
      { ...completed('x'), agent: 'triage' },
      { ...thinking, agent: 'data' },
      { ...completed('y'), agent: 'data' },
    ];
    const found = await probeRun(
      playThen(led, () => {}),
      { agent, websocket },
    );
    assert.deepEqual(reasons(found), { 'agent.events': 'event_missing', 'agent.answer': 'wrong_answer' });
  });

  it('does not come by silence while events come, however slowly', async () => {
    const slow = play(({ answer }) => goodRun(answer), bridge, 300);
    assert.deepEqual(reasons(await probeRun(slow, { agent: { silenceMsMax: 1_000 }, websocket })), {});
  });

  it('does not come by a ping that crosses with an event', async () => {
    const began = onQuestion(({ client }) => client.send(bridge(started)));
    let rest: () => void = () => {};
    const frame: ChatScript['frame'] = (client, received) => {
      if (received['type'] === 'ping') {
        rest();
        client.send({ type: 'pong' });
      } else {
        began.frame?.(client, received);
        const question = String(Reflect.get(Object(received['payload']), 'user_request'));
        rest = () =>
          goodRun(phrase(solve(question)))
            .slice(1)
            .forEach((event) => client.send(bridge(event)));
      }
    };
    assert.deepEqual(reasons(await probeRun({ ...began, frame }, { agent, websocket })), {});
  });

  it('by the deadline is a timeout of the agent, if it had a fair part of the time', async () => {
    const busy = onQuestion(({ client }) => {
      client.send(bridge(started));
      const timer = setInterval(() => client.send(bridge(thinking)), 50);
      client.socket.once('close', () => clearInterval(timer));
    });
    const fair = await probeRun(busy, { agent: { deadlineSeconds: 5 }, deadlineMs: 3_500 });
    assert.deepEqual(reasons(fair), { 'agent.liveness': 'agent_timeout' });
    const unfair = await probeRun(busy, { agent: { deadlineSeconds: 60 }, deadlineMs: 1_500 });
    assert.deepEqual(reasons(unfair), { 'agent.liveness': 'deadline_exceeded' });
    assert.equal(summarise(unfair.checks).verdict, 'inconclusive');
  });
});

describe('the owner of a run', { concurrency: 4 }, () => {
  const foreign: readonly (readonly [string, AgentEvent, string])[] = [
    ['user', { ...thinking, ids: { ...ids, user_id: 'someone-else' } }, 'isolation_breach'],
    ['thread', { ...thinking, ids: { ...ids, thread_id: 'thread_2' } }, 'isolation_breach'],
    ['run', { ...thinking, ids: { ...ids, run_id: 'run_2' } }, 'isolation_breach'],
    ['stand-in user', { ...thinking, ids: { ...ids, user_id: 'demo-user-001' } }, 'auth_bypassed'],
  ];
  for (const [name, event, reason] of foreign) {
    it(`is not ours when an event names another ${name}: ${reason}`, async () => {
      const found = await probeRun(play(({ answer }) => [started, event, completed(answer)]));
      assert.deepEqual(reasons(found), { 'agent.identity': reason });
      assert.equal(summarise(found.checks).reason, reason);
      assert.ok(!JSON.stringify(found).includes('someone-else'));
    });
  }

  it('is the thread of the handshake, not the one that the first event names', async () => {
    const handshake = { type: 'handshake_response', thread_id: 'thread_of_handshake' };
    const script: ChatScript = {
      ...play(({ answer }) => goodRun(answer)),
      connected: greeting(welcomeFrame, handshake),
    };
    const found = await probeRun(script, { websocket: { serverHandshake: 'auto' } });
    assert.deepEqual(reasons(found), { 'agent.identity': 'isolation_breach' });
  });

  it('is looked at before a question is asked', async () => {
    let asked = 0;
    const script = onQuestion(() => {
      asked += 1;
    });
    const other = { ...script, connected: greeting({ ...welcomeFrame, data: { user_id: 'demo-use...' } }) };
    assert.deepEqual(reasons(await probeRun(other)), { 'agent.identity': 'auth_bypassed' });
    assert.equal(asked, 0);
  });
});

describe('what comes before a run', { concurrency: 4 }, () => {
  const cases: readonly (readonly [string, ChatScript, string])[] = [
    ['HTTP 503', { intercept: (_request, stream) => answerHttp(stream, 503, '') }, 'upgrade_unavailable'],
    ['no subprotocol', { ...healthySocket, select: () => false }, 'subprotocol_missing'],
    ['no greeting', { connected: () => {} }, 'no_welcome'],
    ['a close at once', { connected: (client) => client.socket.close(1000, 'main cleanup') }, 'closed_early'],
  ];
  for (const [name, script, reason] of cases) {
    it(`blocks it by the socket: ${name}`, async () => {
      const found = await probeRun(script, { websocket: { welcomeMsMax: 300 } });
      assert.deepEqual(
        found.checks.map(({ id, verdict }) => [id, verdict]),
        [
          ['agent.login', 'pass'],
          ['agent.connection', 'blocked'],
        ],
      );
      assert.equal(found.checks[1]?.reason, reason);
      assert.equal(found.blockedBy, 'websocket');
      assert.equal(found.latencyMs, null);
    });
  }

  it('blocks it by the login, and a secret of ours that is missing does not', async () => {
    const login = { kind: 'password', email: 'a@b.example', passwordSecret: 'SIGNING_KEY' };
    await using server = await startChatServer(healthySocket);
    await server[Symbol.asyncDispose]();
    using context = socketContext({ url: server.url, login });
    const found = await probeAgent(context);
    assert.deepEqual(
      found.checks.map(({ id, verdict, reason }) => [id, verdict, reason]),
      [['agent.login', 'blocked', 'refused']],
    );
    assert.equal(found.blockedBy, 'auth');
    const ours = await probeRun(healthySocket, { login: { ...login, passwordSecret: 'NOT_THERE' } });
    assert.equal(summarise(ours.checks).verdict, 'inconclusive');
    assert.equal(ours.blockedBy, null);
  });
});

describe('the budget', { concurrency: 4 }, () => {
  it('counts the questions of a day, and asks none beyond it', async () => {
    await using server = await startChatServer(play(({ answer }) => goodRun(answer)));
    const ask = async (memory: Record<string, string | number>) => {
      using context = socketContext({ url: server.url, agent: { runsPerDayMax: 2, fakedRunMsMax: 0 }, memory });
      return await probeAgent(context);
    };
    const first = await ask({ uptime_seconds: 5 });
    assert.deepEqual(first.memory, { uptime_seconds: 5, budget_day: dayUtc(Date.now()), budget_runs: 1 });
    const second = await ask({ budget_day: dayUtc(Date.now()), budget_runs: 1 });
    assert.equal(second.memory['budget_runs'], 2);
    const third = await ask({ budget_day: dayUtc(Date.now()), budget_runs: 2 });
    assert.deepEqual(reasons(third), { 'agent.budget': 'probe_budget' });
    assert.equal(summarise(third.checks).verdict, 'inconclusive');
    const tomorrow = await ask({ budget_day: '2001-01-01', budget_runs: 2 });
    assert.equal(tomorrow.memory['budget_runs'], 1);
    assert.equal(server.requests.length, 3);
  });

  it('leaves a run that talks without end, and not one that is complete', async () => {
    const talk: AgentEvent = { name: 'partial_result', data: { content: 'bla '.repeat(500) } };
    const endless = await probeRun(
      playThen([started, thinking, talk, talk, talk], () => {}),
      { agent: { tokensPerRunMax: 1_000 } },
    );
    assert.deepEqual(reasons(endless), { 'agent.budget': 'probe_budget' });
    const complete = await probeRun(
      play(({ answer }) => goodRun(`${answer} ${'And so on. '.repeat(500)}`)),
      { agent: { tokensPerRunMax: 1_000 } },
    );
    assert.deepEqual(reasons(complete), {});
  });

  it('is not touched by a run that was never asked', async () => {
    const found = await probeRun({ ...healthySocket, select: () => false });
    assert.deepEqual(found.memory, {});
  });
});

describe('a tool', () => {
  it('that is used twice at a time is paired in any order', async () => {
    const search: AgentEvent = { name: 'tool_executing', data: { tool_name: 'search' } };
    const searched: AgentEvent = { name: 'tool_completed', data: { tool_name: 'search' } };
    const found = await probeRun(
      play(({ answer }) => [started, thinking, toolExecuting, search, searched, toolCompleted, completed(answer)]),
    );
    assert.deepEqual(reasons(found), {});
  });
});
