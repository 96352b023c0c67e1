/** Healthy answers: the right value in every place and spelling in which it may come. */
import { resulting } from '../agent/edits.ts';
import { supervisorResult } from '../agent/script.ts';
import { phrase, type Solution, solve } from '../agent/solver.ts';
import { agent } from '../behaviour.ts';
import type { Json, JsonObject } from '../json.ts';
import { variantRows, type VariantRow } from './row.ts';

function says(title: string, words: (solution: Solution) => Json): VariantRow {
  return { title, change: agent({ answer: words }) };
}

/** The supervisor's completion with other data. */
function holds(title: string, place: (answer: string) => Json): VariantRow {
  return {
    title,
    change: agent({ script: (script, question) => resulting(place(phrase(solve(question))))(script) }),
  };
}

/** The completing frame with the answer elsewhere than in `data.result`. */
function frameWith(title: string, change: (frame: JsonObject, answer: string) => JsonObject): VariantRow {
  return {
    title,
    change: (behaviour) => {
      let answer = '';
      return agent({
        answer: (solution) => (answer = phrase(solution)),
        frame: (frame) => (isFinal(frame) ? change(frame, answer) : frame),
      })(behaviour);
    },
  };
}

function isFinal(frame: JsonObject): boolean {
  return frame['type'] === 'agent_completed' && frame['agent_name'] === 'Supervisor';
}

function withoutData({ data: _gone, ...frame }: JsonObject): JsonObject {
  return frame;
}

const months = 'January February March April May June July August September October November December'.split(' ');
const two = (value: number): string => String(value).padStart(2, '0');

/** The value alone, in another spelling than the solver's own. */
function spelled(solution: Solution): string {
  switch (solution.kind) {
    case 'number':
      return solution.value.toLocaleString('en-US');
    case 'word':
      return solution.word.toUpperCase().split('').join('-');
    case 'date':
      return `${months[solution.month - 1]} ${solution.day}${ordinal(solution.day)}`;
    case 'time':
      return `${((solution.hour + 11) % 12) + 1}:${two(solution.minute)} ${solution.hour < 12 ? 'AM' : 'PM'}`;
    case 'unknown':
      return '';
  }
}

/** The value alone, as machines spell it. */
function technical(solution: Solution): string {
  switch (solution.kind) {
    case 'date':
      return `2026-${two(solution.month)}-${two(solution.day)}`;
    case 'time':
      return `${two(solution.hour)}:${two(solution.minute)}`;
    case 'word':
      return solution.word;
    case 'number':
      return String(solution.value);
    case 'unknown':
      return '';
  }
}

function ordinal(day: number): string {
  const endings: Readonly<Record<number, string>> = {
    1: 'st',
    2: 'nd',
    3: 'rd',
    21: 'st',
    22: 'nd',
    23: 'rd',
    31: 'st',
  };
  return endings[day] ?? 'th';
}

export const answerVariants = variantRows({
  answer_grouped: says('Numbers have separators, times have AM, dates have their month first.', (solution) => {
    return `That would be ${spelled(solution)}, if I have counted right.`;
  }),
  answer_terse: says('The answer is the value and nothing else.', technical),
  answer_markdown: says(
    'The answer is set off by Markdown, after a list of steps.',
    (solution) => `1. Read the question\n2. Work it out\n\n**Result:** **${technical(solution)}**\n`,
  ),
  answer_unicode: says(
    'The answer is among letters and signs of other scripts.',
    (solution) => `当然 🙂 — l’opération donne « ${technical(solution)} » ✅ Дякую!`,
  ),
  answer_full_width: says('The digits of the answer are full-width ones.', (solution) =>
    solution.kind === 'number'
      ? `答えは ${technical(solution).replaceAll(/\d/g, (digit) => String.fromCodePoint(0xff10 + Number(digit)))} です。`
      : phrase(solution),
  ),
  answer_long: says('The answer is long, and cut after its point.', (solution) =>
    `${phrase(solution)} ${'Here is how I got there, step by step. '.repeat(15)}`.slice(0, 500).concat('...'),
  ),
  answer_repeats_question: {
    title: 'The answer repeats the question before it answers it.',
    change: agent({ answer: (solution, question) => `You asked: "${question}" ${phrase(solution)}` }),
  },
  answer_string: holds('The result is a text.', (answer) => answer),
  answer_nested: holds('The result is an object in an object.', (answer) =>
    supervisorResult({ reporting: { response: answer, confidence: 0.98 } }),
  ),
  answer_in_list: holds('The result is a list of parts.', (answer) => supervisorResult(['Here you are.', answer])),
  answer_in_final_response: frameWith('The answer is in `final_response`.', (frame, answer) => ({
    ...withoutData(frame),
    final_response: answer,
  })),
  answer_in_payload_response: frameWith('The answer is in `payload.response`.', (frame, answer) => ({
    ...withoutData(frame),
    payload: { status: 'completed', response: answer },
  })),
  answer_in_content: frameWith('The answer is in `data.content`.', (frame, answer) => ({
    ...frame,
    data: { status: 'completed', content: answer },
  })),
  answer_in_message: frameWith('The answer is in `data.message`.', (frame, answer) => ({
    ...frame,
    data: { status: 'completed', message: answer },
  })),
});
