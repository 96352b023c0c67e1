/**
 * Goal: the record of a run and its grammar are right for every run that is possible, and say which rule is broken for
 * one that is not. Method: runs made at random by the grammar, then damaged in one known way; tables for the rest.
 */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';

import fc from 'fast-check';
import * as v from 'valibot';
import type { Ending } from '../../functions/agent/ending.ts';
import { judgeConversation } from '../../functions/agent/judge.ts';
import { makeQuestion } from '../../shared/core/agent/question.ts';
import { agentSettings } from '../../shared/core/environment/agent.ts';

import { classifyAnswer, isFaked, shownAnswer } from '../../shared/core/agent/authenticity.ts';
import { estimatedTokens, runsToday, withRun } from '../../shared/core/agent/budget.ts';
import { grammarFailure } from '../../shared/core/agent/grammar.ts';
import { completion, observe, quietSinceMs, reportedFailure, type Run, startRun } from '../../shared/core/agent/run.ts';
import { runPhases, skeleton, timeline } from '../../shared/core/agent/times.ts';
import type { JsonObject } from '../../shared/core/body.ts';
import { netraDialect } from '../../shared/core/dialect/netra.ts';
import { readFrame } from '../../shared/core/dialect/read.ts';

const seed = Number(process.env['FC_SEED'] ?? Date.now() % 2 ** 31);
console.log(`fast-check seed ${seed}`);

const dialect = netraDialect({ kind: 'netra', version: 'auto', message: 'start_agent' });
const empty = startRun({ dialect, askedMs: 0, userId: 'user-1', threadId: null });

/** An event as `name` or `name:detail`; the detail is an agent, or the tool of a tool's event. */
function frame(word: string, index: number): JsonObject {
  const [name = '', detail] = word.split(':');
  const tool = name.startsWith('tool_') ? detail : undefined;
  return {
    type: name,
    user_id: 'user-1',
    thread_id: 'thread-1',
    run_id: 'run-1',
    agent_name: tool === undefined ? (detail ?? 'Supervisor') : 'Supervisor',
    timestamp: index,
    data: {
      ...(tool === undefined ? {} : { tool_name: tool }),
      ...(name === 'agent_completed' ? { result: 'It is 12.' } : {}),
    },
  };
}

function take(run: Run, sent: JsonObject, atMs: number): Run {
  const reading = readFrame(dialect, sent);
  return reading.is === 'event' ? observe(run, reading.event, atMs) : run;
}

/** The run of these events, 100 ms apart. */
function runOf(words: readonly string[]): Run {
  return words.reduce((run, word, index) => take(run, frame(word, index), (index + 1) * 100), empty);
}

/** What a real run may consist of between its start and its end. */
const steps = fc.array(
  fc.oneof(
    fc.constant(['agent_thinking']),
    fc.constant(['progress_update']),
    fc.constant(['agent_timeout_warning']),
    fc.constantFrom('calculator', 'search').map((tool) => [`tool_executing:${tool}`, `tool_completed:${tool}`]),
    fc.constant(['tool_executing:a', 'tool_executing:b', 'tool_completed:a', 'tool_completed:b']),
    fc
      .constantFrom('triage', 'data')
      .map((agent) => [`agent_started:${agent}`, `agent_thinking:${agent}`, `agent_completed:${agent}`]),
  ),
  { maxLength: 12 },
);

const goodRun = steps.map((parts) => ['agent_started', 'agent_thinking'].concat(parts.flat(), 'agent_completed'));

describe('a run made by the grammar', () => {
  it('is whole, and ends with the completion of the supervisor and not before', () => {
    fc.assert(
      fc.property(goodRun, (words) => {
        const run = runOf(words);
        assert.equal(grammarFailure(run, 'optional'), null);
        assert.equal(run.end, 'completed');
        assert.equal(run.entries.length, words.length);
        assert.equal(completion(run)?.atMs, words.length * 100);
        assert.equal(runOf(words.slice(0, -1)).end, null);
      }),
      { seed, numRuns: 1_000 },
    );
  });

  it('is judged the same when any of its events comes twice', () => {
    fc.assert(
      fc.property(goodRun, fc.array(fc.nat(1_000), { maxLength: 10 }), (words, picks) => {
        const sent = words.map(frame);
        const indices = picks.map((pick) => pick % sent.length).toSorted((a, b) => b - a);
        const twice = indices.reduce(
          (frames, index) => frames.toSpliced(index + 1, 0, { ...sent[index], attempt: 2 }),
          sent,
        );
        const run = twice.reduce((taken, each, index) => take(taken, each, index), empty);
        assert.equal(grammarFailure(run, 'optional'), null);
        assert.equal(run.duplicates, picks.length);
        assert.equal(run.events, words.length + picks.length);
        assert.equal(skeleton(run), skeleton(runOf(words)));
      }),
      { seed, numRuns: 1_000 },
    );
  });

  it('is not whole when any event is gone that must be there', () => {
    fc.assert(
      fc.property(goodRun, fc.constantFrom('agent_started', 'agent_thinking', 'agent_completed'), (words, gone) => {
        const run = runOf(words.filter((word) => !word.startsWith(gone)));
        assert.equal(grammarFailure(run, 'optional')?.reason, 'event_missing');
      }),
      { seed, numRuns: 500 },
    );
  });

  it('is not whole when one half of a use of a tool is gone', () => {
    fc.assert(
      fc.property(goodRun, fc.nat(1_000), (words, pick) => {
        const halves = words.flatMap((word, index) => (word.startsWith('tool_') ? [index] : []));
        fc.pre(halves.length > 0);
        const run = runOf(words.toSpliced(halves[pick % halves.length] ?? 0, 1));
        assert.equal(grammarFailure(run, 'optional')?.reason, 'event_missing');
      }),
      { seed, numRuns: 500 },
    );
  });

  it('is impossible when something comes before its start or after its end', () => {
    fc.assert(
      fc.property(goodRun, (words) => {
        assert.equal(grammarFailure(runOf(['agent_thinking', ...words]), 'optional')?.reason, 'event_order');
        assert.equal(grammarFailure(runOf([...words, 'agent_thinking']), 'optional')?.reason, 'event_order');
      }),
      { seed, numRuns: 500 },
    );
  });

  it('needs a tool only where one is demanded', () => {
    const run = runOf(['agent_started', 'agent_thinking', 'agent_completed']);
    assert.equal(grammarFailure(run, 'optional'), null);
    assert.deepEqual(grammarFailure(run, 'required'), {
      reason: 'event_missing',
      detail: 'the run completed without `tool_executing` and `tool_completed`',
    });
  });
});

describe('the record of a run', () => {
  it('says in words what is wrong', () => {
    const told = (...words: string[]) => grammarFailure(runOf(words), 'optional')?.detail;
    assert.equal(
      told('agent_started', 'agent_thinking', 'tool_completed:a', 'tool_executing:a', 'agent_completed'),
      'the tool `a` completed before its `tool_executing`',
    );
    assert.equal(
      told('agent_started', 'agent_thinking', 'tool_executing:<b>', 'agent_completed'),
      'a tool never sent `tool_completed`',
    );
    assert.equal(
      told('agent_thinking', 'agent_started', 'agent_completed'),
      '`agent_thinking` came before `agent_started`',
    );
    assert.equal(
      told('agent_started', 'agent_thinking', 'agent_completed:triage', 'agent_thinking'),
      'the leading agent never sent `agent_completed`',
    );
    assert.equal(
      told('agent_started', 'agent_thinking', 'agent_completed', 'agent_thinking'),
      'after the end of the run came `agent_thinking`',
    );
  });

  it('is quiet once everybody who started has completed, and not while somebody is at work', () => {
    assert.equal(quietSinceMs(runOf([])), null);
    assert.equal(quietSinceMs(runOf(['agent_started:a', 'agent_completed:a'])), 200);
    assert.equal(quietSinceMs(runOf(['agent_started', 'agent_started:a', 'agent_completed:a'])), null);
    assert.equal(quietSinceMs(runOf(['agent_started:a', 'agent_completed:a', 'agent_thinking:b'])), null);
  });

  it('lets progress and pieces of text come after the end', () => {
    const late = runOf([
      'agent_started',
      'agent_thinking',
      'agent_completed',
      'chunk_response_immediate',
      'final_report',
    ]);
    assert.equal(grammarFailure(late, 'optional'), null);
  });

  it('knows whose failure ends it', () => {
    const sub = runOf(['agent_started', 'agent_error:triage']);
    assert.equal(sub.end, null);
    assert.equal(reportedFailure(sub)?.reason, 'agent_error');
    const both = runOf(['agent_started', 'agent_error:triage', 'agent_death']);
    assert.equal(both.end, 'failed');
    assert.equal(reportedFailure(both)?.reason, 'agent_death');
  });

  it('has times from the question on', () => {
    const run = runOf([
      'agent_started',
      'agent_thinking',
      'tool_executing:a',
      'tool_executing:b',
      'tool_completed:a',
      'tool_completed:b',
      'agent_completed',
    ]);
    assert.deepEqual(runPhases(run), {
      accepted: 100,
      first_event: 100,
      first_text: 700,
      tool: 200,
      longest_silence: 100,
      completed: 700,
    });
    assert.equal(runOf(['agent_started']).longestSilenceMs, 100);
    assert.deepEqual(runPhases(empty), {});
    assert.equal(skeleton(run), 'started,thinking,tool_started×2,tool_completed×2,completed');
  });

  it('is bounded, however much comes', () => {
    let run = empty;
    for (let index = 0; index < 5_000; index += 1) {
      run = take(run, frame(index % 2 === 0 ? 'agent_thinking' : 'progress_update', index), index);
    }
    run = take(run, frame('agent_completed', 5_000), 5_000);
    assert.equal(run.events, 5_001);
    assert.equal(completion(run)?.atMs, 5_000, 'the end is never lost');
    assert.ok(run.entries.length <= 2_001 && run.keys.length <= 64);
    assert.equal(timeline(run).length, 200);
    assert.equal(timeline(run).at(-1)?.name, 'agent_completed');
    assert.ok(skeleton(run).length <= 300);
  });

  it('is never changed by what comes after it', () => {
    const before = runOf(['agent_started', 'agent_thinking']);
    const copy = structuredClone({ ...before, dialect: null });
    take(before, frame('agent_completed', 9), 900);
    assert.deepEqual({ ...before, dialect: null }, copy);
  });

  it('belongs to one user, thread and run', () => {
    const with_ = (change: JsonObject) =>
      take(runOf(['agent_started']), { ...frame('agent_thinking', 1), ...change }, 200).breach;
    assert.equal(with_({}), null);
    assert.equal(with_({ user_id: 'user-1...' }), null);
    assert.equal(with_({ user_id: 'user-2' })?.reason, 'isolation_breach');
    assert.equal(with_({ user_id: 'demo-user-001' })?.reason, 'auth_bypassed');
    assert.equal(with_({ thread_id: 'thread-2' })?.reason, 'isolation_breach');
    assert.equal(with_({ run_id: 'run-2' })?.reason, 'isolation_breach');
    const unknownUser = take({ ...empty, userId: null }, { ...frame('agent_started', 1), user_id: 'user-9' }, 1);
    assert.equal(unknownUser.breach, null);
  });
});

describe('any frames at all', () => {
  const settings = v.parse(agentSettings, {});
  const word = fc.constantFrom(
    'agent_started',
    'agent_thinking',
    'tool_executing',
    'tool_completed',
    'agent_completed',
    'agent_error',
    'agent_death',
    'partial_result',
    'system_message',
    'x',
  );
  const field = fc.constantFrom(
    'data',
    'payload',
    'user_id',
    'thread_id',
    'run_id',
    'agent_name',
    'tool_name',
    'result',
    'event',
    'event_id',
  );
  const frames = fc.array(
    fc.tuple(
      word,
      fc.dictionary(field, fc.oneof(fc.jsonValue(), fc.constantFrom('user-1', 'thread-1', 'Supervisor', 'triage'))),
    ),
    { maxLength: 30 },
  );
  const endings = fc.constantFrom<Ending>(
    { by: 'told' },
    { by: 'quiet' },
    { by: 'breach' },
    { by: 'budget' },
    { by: 'bad_frame', detail: 'a binary frame' },
    { by: 'deadline', waitedMs: 9 },
    { by: 'silence', silentMs: 9, alive: true, transportAlive: true },
    { by: 'silence', silentMs: 9, alive: false, transportAlive: false },
    { by: 'closed', closure: { code: 1000, reason: 'main cleanup', ageMs: 9, violation: null } },
    { by: 'error', error: { class: 'other', code: 'X', sentence: 'the server sent `error`' } },
  );

  it('give a judgement, whose texts are bounded and whose verdict has a reason', () => {
    fc.assert(
      fc.property(frames, endings, (sent, ending) => {
        const run = sent.reduce((taken, [type, rest], index) => take(taken, { ...rest, type }, index), empty);
        const question = makeQuestion(new Uint8Array(16).fill(sent.length));
        const checks = judgeConversation({ run, ending, settings, question, endedMs: 100 });
        assert.ok(checks.length >= 2);
        assert.equal(new Set(checks.map(({ id }) => id)).size, checks.length);
        for (const { verdict, reason, detail } of checks) {
          assert.ok(detail.length > 0 && detail.length <= 300);
          assert.equal(verdict === 'pass', reason === null);
        }
      }),
      { seed, numRuns: 3_000 },
    );
  });
});

describe('the class of an answer', () => {
  const question =
    'The bakery on our street sold 812 bread rolls on Saturday and 535 on Sunday. How many rolls did it sell over the whole weekend?';
  const cases: readonly (readonly [string, string])[] = [
    ['It sold 1,346 rolls.', 'plausible'],
    ['I do not know.', 'plausible'],
    ['The train is late; try another route and take 12 rolls.', 'plausible'],
    [
      'You were asking about a bakery that sold rolls on Saturday and on Sunday; over the whole weekend I would guess that it sold about a thousand rolls.',
      'plausible',
    ],
    [
      `${question} That is a lovely question! Let us see what the bakery would say about it, if one asked it on Monday.`,
      'plausible',
    ],
    ['', 'empty'],
    [' \n\t ', 'empty'],
    ['Task completed', 'filler'],
    ['Task completed.', 'filler'],
    ['The request is completed', 'filler'],
    ['Agent execution completed successfully!', 'filler'],
    ['Done', 'filler'],
    ['OK', 'filler'],
    ['success', 'filler'],
    ['null', 'filler'],
    ['N/A', 'filler'],
    [`Agent response for: ${question}`, 'stock'],
    ['Multi-agent collaboration completed for: something', 'stock'],
    ['Mock triage agent response for: something', 'stock'],
    ['Fallback data agent response: Successfully processed something', 'stock'],
    ['Here it is (timeout fallback)', 'stock'],
    [question, 'echo'],
    [`You said: "${question.toUpperCase()}"`, 'echo'],
    [`Processing ${question.slice(0, 90)}`, 'echo'],
    ["I'm sorry, but something went wrong.", 'apology'],
    ['An unexpected error occurred. Please try again.', 'apology'],
    ['The service is not available at the moment.', 'apology'],
    ['As an AI language model, I cannot do that.', 'refusal'],
    ["I can't help with that.", 'refusal'],
  ];
  for (const [text, expected] of cases) {
    it(`of ${JSON.stringify(text.slice(0, 60))} is ${expected}`, () =>
      assert.equal(classifyAnswer(text, question, dialect), expected));
  }

  it('is that of the first place, unless only software speaks there', () => {
    const shown = (...candidates: string[]) => shownAnswer({ candidates, texts: [] }, dialect);
    assert.equal(shown('It is 12.', 'Task completed'), 'It is 12.');
    assert.equal(shown('Task completed', '', 'It is 12.'), 'It is 12.');
    assert.equal(shown('Task completed', 'Done'), 'Task completed');
    assert.equal(shown('', 'The request is completed'), '');
    assert.equal(shown(), '');
  });

  it('is found in bounded time', () => {
    for (const text of [
      'a '.repeat(200_000),
      ' '.repeat(400_000),
      `${question} `.repeat(2_000),
      'an error '.repeat(50_000),
    ]) {
      const startedMs = performance.now();
      classifyAnswer(text, question, dialect);
      assert.ok(performance.now() - startedMs < 1_000);
    }
  });
});

describe('a faked run', () => {
  const fast = runOf(['agent_started', 'agent_thinking', 'agent_completed']);
  it('is one that is fast and shows no model', () => {
    assert.ok(isFaked(fast, false, 1_000));
    assert.ok(!isFaked(fast, true, 1_000));
    assert.ok(!isFaked(fast, false, 200));
    assert.ok(!isFaked(fast, false, 0));
    assert.ok(!isFaked(runOf(['agent_started']), false, 1_000));
  });

  it('is one of which the product says that no model was used', () => {
    const says = (used: boolean) =>
      take(
        runOf(['agent_started']),
        { type: 'agent_completed', agent_name: 'Supervisor', data: { result: 'x', real_llm_used: used } },
        200,
      );
    assert.ok(isFaked(says(false), true, 1_000));
    assert.ok(!isFaked(says(true), false, 1_000));
  });
});

describe('the budget', () => {
  const noonMs = Date.UTC(2026, 10, 24, 12);
  it('counts the questions of a UTC day', () => {
    const once = withRun({}, noonMs);
    assert.deepEqual(once, { budget_day: '2026-11-24', budget_runs: 1 });
    const twice = withRun(once, noonMs + 11 * 3_600_000);
    assert.equal(runsToday(twice, noonMs), 2);
    assert.equal(runsToday(twice, noonMs + 12 * 3_600_000), 0);
    assert.deepEqual(withRun(twice, noonMs + 12 * 3_600_000), { budget_day: '2026-11-25', budget_runs: 1 });
  });

  it('forgives a memory that makes no sense', () => {
    assert.equal(runsToday({ budget_day: '2026-11-24', budget_runs: 'many' }, noonMs), 0);
    assert.equal(runsToday({ budget_runs: 5 }, noonMs), 0);
  });

  it('estimates a token to every four characters', () => {
    assert.deepEqual([0, 1, 4, 5].map(estimatedTokens), [0, 1, 1, 2]);
  });
});
