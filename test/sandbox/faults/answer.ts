/** Faults of the answer. Answers that pretend are among the lies. */
import type { Reason } from '../../../shared/core/reasons.ts';
import { endingWith, instead, resulting } from '../agent/edits.ts';
import { completed, supervisor, supervisorResult } from '../agent/script.ts';
import { phrase, type Solution, solve } from '../agent/solver.ts';
import { agent } from '../behaviour.ts';
import { run } from './agent-parts.ts';
import { finds, type Row, rows } from './row.ts';

function answer(title: string, reason: Reason, words: (solution: Solution, question: string) => string): Row {
  return { title, change: agent({ answer: words }), expected: { agent: finds(reason) } };
}

export const answerFaults = rows('agent', {
  wrong_answer: answer('The answer is a fluent sentence with the wrong result in it.', 'wrong_answer', (solution) =>
    phrase(wrong(solution)),
  ),
  apology: answer(
    'The answer is an apology.',
    'canned_answer',
    () => 'I am sorry, something went wrong on our side. Please try again in a few minutes.',
  ),
  vague_answer: answer(
    'The answer is friendly and says nothing.',
    'wrong_answer',
    () => 'Happy to help! That depends on several things, but you are on the right track.',
  ),
  empty_answer: answer('The answer is empty.', 'empty_answer', () => ''),
  blank_answer: answer('The answer is nothing but white space.', 'empty_answer', () => ' \n\t \u00a0 '),
  null_answer: run(
    'The run completes with null in the place of an answer.',
    'empty_answer',
    resulting(supervisorResult(null)),
  ),
  no_answer_field: run('The run completes and has no place for an answer.', 'empty_answer', (script) =>
    instead('agent_completed', (event) => ({ ...event, data: { status: 'completed', execution_time_ms: 900 } }))(
      script,
    ),
  ),
  filler_answer: run(
    'The run completes with the filler that stands for no answer.',
    'canned_answer',
    resulting('Task completed'),
  ),
  answer_cut_short: {
    title: 'The answer is cut off before it comes to the point.',
    change: agent({
      script: (script, question) => {
        const long = `${'Let me think about this step by step. '.repeat(15)}${phrase(solve(question))}`;
        return endingWith(completed(supervisor, `${long.slice(0, 500)}...`))(script);
      },
    }),
    expected: { agent: finds('wrong_answer') },
  },
});

function wrong(solution: Solution): Solution {
  switch (solution.kind) {
    case 'number':
      return { kind: 'number', value: solution.value + 10 };
    case 'word':
      return { kind: 'word', word: `${solution.word}o` };
    case 'date':
      return { ...solution, day: (solution.day % 28) + 1 };
    case 'time':
      return { ...solution, minute: (solution.minute + 10) % 60 };
    case 'unknown':
      return solution;
  }
}
