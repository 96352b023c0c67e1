/**
 * Goal: every shape in which the versions of the product speak is read as what it means, and nothing that a server
 * could send makes reading throw. Method: tables of frames; random JSON.
 */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';

import fc from 'fast-check';
import * as v from 'valibot';

import type { JsonObject } from '../../shared/core/body.ts';
import { findAnswer, isCutShort } from '../../shared/core/dialect/answer.ts';
import { acknowledgementFrame, questionFrame, withValueAt } from '../../shared/core/dialect/frame.ts';
import { foreignUserFailure, isUser } from '../../shared/core/dialect/identity.ts';
import { netraDialect, type NetraVersion } from '../../shared/core/dialect/netra.ts';
import { readFrame, type RunEvent } from '../../shared/core/dialect/read.ts';
import { dialectOf } from '../../shared/core/dialect/resolve.ts';
import { dialectSettings } from '../../shared/core/environment/agent.ts';

const seed = Number(process.env['FC_SEED'] ?? Date.now() % 2 ** 31);
console.log(`fast-check seed ${seed}`);

const netra = (version: NetraVersion = 'auto') => netraDialect({ kind: 'netra', version, message: 'start_agent' });
const generic = dialectOf(
  v.parse(dialectSettings, {
    kind: 'generic',
    typePath: 'kind',
    welcomeType: 'hello',
    userPath: 'user.id',
    ping: { send: 'are_you_there', reply: 'i_am_here' },
    question: {
      type: 'ask',
      textPath: 'question.text',
      fields: { 'question.locale': 'en', 'question.copy': 'Q: {question}', retries: 0 },
    },
    events: {
      accepted: 'run.accepted',
      started: 'run.started',
      text: 'run.text',
      completed: 'run.finished',
      error: 'run.failed',
    },
    answerPaths: ['output.text', 'delta'],
  }),
);

function event(frame: JsonObject, version?: NetraVersion): RunEvent {
  const reading = readFrame(netra(version), frame);
  assert.ok(reading.is === 'event', JSON.stringify(reading));
  return reading.event;
}

describe('a greeting', () => {
  const frames: Readonly<Record<string, JsonObject>> = {
    b10: { type: 'system_message', data: { event: 'connection_established', user_id: 'user-1' } },
    b12: { type: 'connect', data: { mode: 'main', user_id: 'user-1' } },
    b14: { type: 'connection_established', data: { mode: 'main', user_id: 'user-1' } },
    documented: { type: 'connection_ready', user_id: 'user-1' },
  };
  for (const [version, frame] of Object.entries(frames)) {
    it(`of ${version} is known to auto`, () =>
      assert.deepEqual(readFrame(netra(), frame), { is: 'welcome', version, userId: 'user-1' }));
  }

  const chosen: Readonly<Record<Exclude<NetraVersion, 'auto'>, readonly string[]>> = {
    b10: ['b10'],
    b11: ['b12'],
    b12: ['b12'],
    b14: ['b14', 'documented'],
    oct2025: ['b14', 'documented'],
  };
  for (const [version, expected] of Object.entries(chosen)) {
    it(`is only that of ${version} where this is chosen`, () => {
      const dialect = dialectOf(v.parse(dialectSettings, { kind: 'netra', version }));
      const welcomes = Object.entries(frames).filter(([, frame]) => readFrame(dialect, frame).is === 'welcome');
      assert.deepEqual(
        welcomes.map(([name]) => name),
        expected,
      );
    });
  }

  it('is not what answers a message of the client', () => {
    assert.deepEqual(readFrame(netra(), { type: 'system_message', data: { status: 'connected' } }), {
      is: 'other',
      name: 'system_message',
      known: true,
    });
  });

  it('of another product is told by its file, and another name for everything too', () => {
    assert.deepEqual(readFrame(generic, { kind: 'hello', user: { id: 7 } }), {
      is: 'welcome',
      version: 'generic',
      userId: '7',
    });
    assert.deepEqual(readFrame(generic, { kind: 'i_am_here' }), { is: 'pong', userId: null });
    assert.deepEqual(generic.ping, { kind: 'are_you_there' });
    const reading = readFrame(generic, { kind: 'run.failed', code: 'E_QUOTA_EXCEEDED' });
    assert.deepEqual(reading, {
      is: 'error',
      error: {
        class: 'rate',
        code: 'E_QUOTA_EXCEEDED',
        sentence: 'the server sent `run.failed` with E_QUOTA_EXCEEDED',
      },
    });
    assert.deepEqual(readFrame(generic, { kind: 'agent_started' }), {
      is: 'other',
      name: 'agent_started',
      known: false,
    });
  });
});

describe('an event', () => {
  const ids = { user_id: 'user-1', thread_id: 'thread-1', run_id: 'run-1' };
  const shapes: Readonly<Record<string, (name: string, data: JsonObject) => JsonObject>> = {
    bridge: (type, data) => ({ type, ...ids, agent_name: 'Supervisor', data }),
    flat: (type, data) => ({ type, ...ids, agent_name: 'Supervisor', ...data }),
    'wrapped with data': (name, data) => ({
      type: 'system_message',
      data: { event: name, type: name, ...ids, agent_name: 'Supervisor', ...data },
    }),
    'wrapped with the type inside': (name, data) => ({
      type: 'agent_progress',
      data: { type: name, ...ids, agent_name: 'Supervisor', ...data },
    }),
    'wrapped with a payload': (name, data) => ({
      type: 'system_message',
      event: name,
      payload: { ...ids, agent_name: 'Supervisor', ...data },
    }),
    service: (type, data) => ({ type, payload: { ...ids, agent_name: 'Supervisor', ...data } }),
  };
  for (const [shape, frame] of Object.entries(shapes)) {
    it(`is the same in the shape ${shape}`, () => {
      const tool = event(frame('tool_executing', { tool_name: 'calculator' }));
      const { kind, name, userId, threadId, runId, leads } = tool;
      assert.deepEqual(
        { kind, name, userId, threadId, runId, leads, tool: tool.tool },
        {
          kind: 'tool_started',
          name: 'tool_executing',
          userId: 'user-1',
          threadId: 'thread-1',
          runId: 'run-1',
          leads: true,
          tool: 'calculator',
        },
      );
      const completed = event(frame('agent_completed', { result: 'It is 12.' }));
      assert.equal(completed.kind, 'completed');
      assert.deepEqual(completed.answer?.candidates, ['It is 12.']);
      assert.equal(event(frame('agent_thinking', { reasoning: 'Hm' })).text, 'Hm');
    });
  }

  it('has older names in older versions, one of them for two events', () => {
    assert.equal(event({ type: 'start_agent', data: {} }, 'b12').name, 'agent_started');
    assert.equal(event({ type: 'agent_progress', data: {} }, 'b12').name, 'agent_thinking');
    assert.equal(event({ type: 'agent_progress', data: { tool_name: 'x' } }, 'b12').name, 'tool_executing');
    assert.equal(event({ type: 'agent_response_complete', data: {} }, 'b12').name, 'agent_completed');
    assert.deepEqual(readFrame(netra('b14'), { type: 'agent_response_complete', data: {} }), {
      is: 'other',
      name: 'agent_response_complete',
      known: false,
    });
  });

  it('is told apart by who speaks', () => {
    const leads = (agent: string | undefined) =>
      event({ type: 'agent_completed', ...(agent === undefined ? {} : { agent_name: agent }) }).leads;
    assert.deepEqual(['Supervisor', 'supervisor_agent', 'WorkflowOrchestrator', 'triage', undefined].map(leads), [
      true,
      true,
      true,
      false,
      null,
    ]);
    const reading = readFrame(generic, { kind: 'run.finished' });
    assert.ok(reading.is === 'event' && reading.event.leads === true);
  });

  it('has the same key when it is sent again, and another one otherwise', () => {
    const frame = { type: 'agent_thinking', timestamp: 1, data: { reasoning: 'a' } };
    const key = event(frame).key;
    assert.equal(event({ ...frame, attempt: 2 }).key, key);
    assert.notEqual(event({ ...frame, timestamp: 2 }).key, key);
    assert.equal(event({ ...frame, event_id: '1' }).key, event({ ...frame, timestamp: 2, event_id: '1' }).key);
    assert.equal(event({ type: 'partial_result', data: { content: '1' } }).key, null);
  });

  const marks: readonly (readonly [JsonObject, boolean])[] = [
    [{ data: { result: { orchestration_successful: false } } }, true],
    [{ data: { orchestration_successful: false } }, true],
    [{ orchestration_successful: false }, true],
    [{ data: { status: 'failed' } }, true],
    [{ payload: { status: 'error' } }, true],
    [{ data: { status: 'completed', result: { orchestration_successful: true } } }, false],
    [{ data: { result: 'orchestration_successful: false' } }, false],
  ];
  for (const [frame, failedInside] of marks) {
    it(`${failedInside ? 'reports' : 'does not report'} a failure inside: ${JSON.stringify(frame)}`, () =>
      assert.equal(event({ type: 'agent_completed', ...frame }).failedInside, failedInside));
  }

  it('says whether a model was at work, if it says so', () => {
    const used = (data: JsonObject) => event({ type: 'agent_completed', data }).modelUsed;
    assert.deepEqual(
      [
        used({ real_llm_used: true }),
        used({ real_llm_used: false }),
        used({ llm_validation: { is_valid: true } }),
        used({}),
      ],
      [true, false, true, null],
    );
  });

  it('of a failure has a reason and a code, and never its words', () => {
    const died = event({ type: 'agent_death', data: { death_cause: 'memory_limit' } });
    assert.deepEqual(died.failure, {
      reason: 'agent_death',
      detail: 'the server sent `agent_death` with memory_limit',
    });
    const failed = event({ type: 'agent_error', data: { error_message: 'user Bob asked for 12' } });
    assert.deepEqual(failed.failure, { reason: 'agent_error', detail: 'the server sent `agent_error`' });
  });
});

describe('an error frame', () => {
  const cases: readonly (readonly [JsonObject, string, string])[] = [
    [{ type: 'error_message', error_code: 'AUTH_FAILED' }, 'login', 'AUTH_FAILED'],
    [
      { type: 'authentication_error', event: 'auth_failed', error_code: 'VALIDATION_FAILED' },
      'login',
      'VALIDATION_FAILED',
    ],
    [{ type: 'error', message: 'Token expired' }, 'login', 'error'],
    [{ type: 'error', error: 'Too many requests' }, 'rate', 'error'],
    [{ type: 'error', code: 'RATE_LIMITED' }, 'rate', 'RATE_LIMITED'],
    [
      { type: 'error_message', error_code: 'SERVICE_INIT_FAILED', error_message: 'token service' },
      'other',
      'SERVICE_INIT_FAILED',
    ],
    [{ type: 'connection_error', data: { support_code: 'CONN_ERR_1' } }, 'other', 'CONN_ERR_1'],
    [{ type: 'error', error: { nested: true } }, 'other', 'error'],
    [{ type: 'error', error: 'AKIA1234567890ABCDEF1234567890' }, 'other', '[redacted]'],
  ];
  for (const [frame, errorClass, code] of cases) {
    it(`${JSON.stringify(frame)} is about ${errorClass}`, () => {
      const reading = readFrame(netra(), frame);
      assert.ok(reading.is === 'error');
      assert.deepEqual([reading.error.class, reading.error.code], [errorClass, code]);
    });
  }
});

describe('any frame', () => {
  it('may be nested deeper than it could be written down again', () => {
    const depth = 100_000;
    const result: unknown = JSON.parse(`${'['.repeat(depth)}"7"${']'.repeat(depth)}`);
    const read = event({ type: 'agent_completed', data: { result } });
    assert.deepEqual([read.kind, read.key, read.answer?.candidates], ['completed', null, ['']]);
  });

  it('is read without a throw, in every version and in any other product', () => {
    const dialects = [
      generic,
      ...(['auto', 'b10', 'b11', 'b12', 'b14', 'oct2025'] as const).map((version) => netra(version)),
    ];
    const words = fc.constantFrom(
      'agent_completed',
      'agent_error',
      'system_message',
      'agent_progress',
      'error',
      'pong',
      'connect',
      'handshake_response',
      'run.finished',
    );
    fc.assert(
      fc.property(
        fc.dictionary(
          fc.constantFrom('data', 'payload', 'result', 'error', 'user_id', 'event', 'output', 'x'),
          fc.jsonValue(),
        ),
        words,
        (rest, word) => {
          for (const dialect of dialects) {
            assert.ok(readFrame(dialect, { ...rest, type: word, kind: word }).is);
          }
        },
      ),
      { seed, numRuns: 3_000 },
    );
  });

  it('is read in bounded time and space, however deep and wide it is', () => {
    let deep: unknown = 'end';
    for (let depth = 0; depth < 100_000; depth += 1) {
      deep = { results: deep };
    }
    const wide = Object.fromEntries(Array.from({ length: 20_000 }, (_, index) => [`key${index}`, 'x'.repeat(30)]));
    for (const result of [deep, wide, 'y'.repeat(900_000), Array.from({ length: 50_000 }, () => 'z')]) {
      const answer = event({ type: 'agent_completed', data: { result } }).answer;
      assert.ok((answer?.texts.length ?? 0) <= 100);
      assert.ok((answer?.candidates[0]?.length ?? 0) <= 20_000 * 100);
    }
  });
});

describe('an answer', () => {
  const places = netra().places.answer;
  const cases: readonly (readonly [string, JsonObject, string])[] = [
    ['in a bare text', { data: { result: 'A' } }, 'A'],
    [
      'at the root before the payload before the data',
      { final_response: 'A', payload: { response: 'B' }, data: { result: 'C' } },
      'A',
    ],
    [
      'in the results of the supervisor',
      { data: { result: { supervisor_result: 'completed', orchestration_successful: true, results: 'A' } } },
      'A',
    ],
    ['deep inside', { data: { result: { results: { answer: { text: 'A' } } } } }, 'A'],
    ['in a number', { result: 12 }, '12'],
    ['in a list', { result: ['A', 'B'] }, 'A\nB'],
    ['in an object of another kind', { result: { weather: 'A', place: 'B', user_id: 'C', status: 'D' } }, 'A\nB'],
    ['nowhere in its place', { data: { result: '', message: 'Completed' } }, ''],
    ['null inside', { data: { result: { results: null } } }, ''],
  ];
  for (const [name, frame, shown] of cases) {
    it(`is found ${name}`, () => assert.equal(findAnswer(frame, places)?.candidates[0], shown));
  }

  it('is null where no place is there', () =>
    assert.equal(findAnswer({ data: { status: 'completed' } }, places), null));

  it('is known to be cut short by the product', () => {
    assert.ok(isCutShort(`${'x'.repeat(500)}...`));
    assert.ok(!isCutShort('Let me see...'));
    assert.ok(!isCutShort('x'.repeat(600)));
  });
});

describe('a user', () => {
  const cases: readonly (readonly [string, string, boolean])[] = [
    ['user-12345', 'user-12345', true],
    ['user-123...', 'user-12345', true],
    ['user-123…', 'user-12345', true],
    ['user...', 'user-12345', false],
    ['...', 'user-12345', false],
    ['user-124...', 'user-12345', false],
    ['user-12345', 'user-123456', false],
    ['short...', 'short', true],
    ['shor...', 'short', false],
    ['USER-12345', 'user-12345', false],
    ['', 'user-12345', false],
  ];
  for (const [shown, subject, same] of cases) {
    it(`"${shown}" is ${same ? '' : 'not '}"${subject}"`, () => assert.equal(isUser(shown, subject), same));
  }

  it('who stands in for everybody shows an open door, any other one a breach, and no name is told', () => {
    const reason = (shown: string) => foreignUserFailure(shown, netra()).reason;
    assert.deepEqual(['demo-user-001', 'demo-use...', 'anonymous', 'bob-0815', 'democracy'].map(reason), [
      'auth_bypassed',
      'auth_bypassed',
      'auth_bypassed',
      'isolation_breach',
      'isolation_breach',
    ]);
    assert.ok(!JSON.stringify(foreignUserFailure('bob-0815', netra())).includes('bob'));
  });
});

describe('a frame of the client', () => {
  it('asks as a browser does', () => {
    const start = questionFrame(netra(), 'Why?', null);
    assert.deepEqual(start, {
      type: 'start_agent',
      payload: { context: { source: 'message_input' }, settings: {}, user_request: 'Why?', thread_id: null },
    });
    const message = questionFrame(
      netraDialect({ kind: 'netra', version: 'auto', message: 'user_message' }),
      'Why?',
      'thread-1',
    );
    assert.deepEqual(message, {
      type: 'user_message',
      payload: { references: [], content: 'Why?', thread_id: 'thread-1' },
    });
  });

  it('asks another product in the words of its file', () => {
    const frame = questionFrame(generic, 'Why $& not?', null);
    assert.deepEqual(frame, {
      kind: 'ask',
      question: { locale: 'en', copy: 'Q: Why $& not?', text: 'Why $& not?' },
      retries: 0,
    });
  });

  it('acknowledges a handshake in its thread', () => {
    const { handshake } = netra('oct2025');
    assert.ok(handshake !== null);
    assert.deepEqual(acknowledgementFrame(handshake, 'thread-1', 'now'), {
      type: 'handshake_acknowledged',
      thread_id: 'thread-1',
      timestamp: 'now',
    });
  });

  it('never changes the template that it is made of', () => {
    const template = Object.freeze({ a: Object.freeze({ b: 1 }) });
    assert.deepEqual(withValueAt(template, 'a.c.d', 2), { a: { b: 1, c: { d: 2 } } });
    assert.deepEqual(withValueAt({ a: 'text' }, 'a.b', 1), { a: { b: 1 } });
    assert.deepEqual(template, { a: { b: 1 } });
  });
});
