/** The sandbox's agents really solve the questions: every phrasing, every kind, in every spelling of the answer. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';

import * as fc from 'fast-check';

import { diceBytes } from '../../shared/core/agent/dice.ts';
import { isAnswered } from '../../shared/core/agent/expectation.ts';
import { makeQuestion, type Question } from '../../shared/core/agent/question.ts';
import { phrase, solve } from '../sandbox/agent/solver.ts';
import { variants } from '../sandbox/variants.ts';
import { healthy } from '../sandbox/healthy.ts';
import { faults } from '../sandbox/faults.ts';

const questions = fc
  .uint8Array({ minLength: diceBytes, maxLength: diceBytes })
  .map((bytes): Question => makeQuestion(bytes));

/** What the agents would answer while this is set. */
function answerUnder(id: string, question: Question): string {
  const knob = [...faults, ...variants].find((candidate) => candidate.id === id);
  assert.ok(knob, id);
  return JSON.stringify(knob.change(healthy).agent.answer(solve(question.text), question.text));
}

describe('the solver', () => {
  it('answers every question that the monitor can ask', () => {
    fc.assert(
      fc.property(questions, (question) => isAnswered(phrase(solve(question.text)), question.expects)),
      { numRuns: 5_000 },
    );
  });

  it('has met every kind of question in that many', () => {
    const kinds = new Set(fc.sample(questions, 500).map(({ text }) => solve(text).kind));
    assert.deepEqual([...kinds].toSorted(), ['date', 'number', 'time', 'word']);
  });

  it('says so when a question is none that it knows', () => {
    for (const text of ['', 'Hello?', 'How are 12 and 13 related?', 'What is the time?']) {
      assert.equal(solve(text).kind, 'unknown', text);
    }
  });

  for (const id of variants.map((variant) => variant.id).filter((name) => name.startsWith('answer_'))) {
    it(`is right in the spelling of ${id}`, () => {
      fc.assert(
        fc.property(questions, (question) => isAnswered(answerUnder(id, question), question.expects)),
        { numRuns: 500 },
      );
    });
  }

  for (const id of ['wrong_answer', 'stale_answer', 'apology', 'vague_answer', 'echo_answer', 'canned_answer']) {
    it(`is wrong under ${id}`, () => {
      fc.assert(
        fc.property(questions, (question) => !isAnswered(answerUnder(id, question), question.expects)),
        { numRuns: 500 },
      );
    });
  }
});
