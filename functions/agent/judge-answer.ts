/** The pure half of the answer: whether it follows from the question, and whether a model was at work. No text leaves. */
import { createHash } from 'node:crypto';

import {
  type AnswerClass,
  classifyAnswer,
  fellBack,
  isFaked,
  shownAnswer,
} from '../../shared/core/agent/authenticity.ts';
import { isAnswered } from '../../shared/core/agent/expectation.ts';
import type { Question } from '../../shared/core/agent/question.ts';
import { completion, type Run } from '../../shared/core/agent/run.ts';
import { isCutShort } from '../../shared/core/dialect/answer.ts';
import { check } from '../../shared/core/exchange-check.ts';
import type { Check, Evidence, Failure } from '../../shared/core/outcome.ts';
import { redact } from '../../shared/core/redact.ts';
import { runTiming, type RunFacts } from './judge-run.ts';

export interface AnswerFacts extends RunFacts {
  readonly question: Question;
}

/** By the first half of a SHA-256 two answers can be compared without being kept. */
function digest(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 16);
}

/** The answer of a completed run. */
interface Found {
  readonly text: string;
  readonly isRight: boolean;
  readonly class: AnswerClass;
}

export function judgeAnswer(facts: AnswerFacts): readonly Check[] {
  const found = findAnswer(facts);
  const timing = runTiming(facts);
  const evidence = answerEvidence(found, facts);
  const authenticity = { failure: authenticityFailure(found, facts), detail: 'nothing looks canned or faked' };
  const answer = { failure: answerFailure(found, facts.run), detail: 'the answer follows from the question' };
  return [
    check('agent.authenticity', authenticity, { ...timing, evidence: { answer_class: found.class } }),
    check('agent.answer', answer, { ...timing, evidence }),
  ];
}

/** Length of the answer in UTF-16 units. */
export function answerLength(facts: AnswerFacts): number {
  return findAnswer(facts).text.length;
}

/** A right answer counts wherever it stands; otherwise what a person would see is judged. */
function findAnswer({ run, question }: AnswerFacts): Found {
  const told = completion(run)?.event.answer ?? { candidates: [], texts: [] };
  const right = [...told.candidates, ...told.texts, run.streamed].find((text) => isAnswered(text, question.expects));
  if (right !== undefined) {
    return { text: right, isRight: true, class: 'plausible' };
  }
  const shown = shownAnswer(told, run.dialect);
  const text = shown.trim() === '' ? run.streamed : shown;
  return { text, isRight: false, class: classifyAnswer(text, question.text, run.dialect) };
}

function authenticityFailure(found: Found, { run, settings }: AnswerFacts): Failure | null {
  if (isFaked(run, found.isRight, settings.fakedRunMsMax)) {
    const last = completion(run)?.atMs ?? 0;
    const tookMs = Math.round(last - (run.entries[0]?.atMs ?? last));
    return { reason: 'faked_run', detail: `the whole run took ${tookMs} ms and shows no sign of a model` };
  }
  return cannedFailure(found, run);
}

function cannedFailure(found: Found, run: Run): Failure | null {
  if (found.isRight || found.class === 'empty') {
    return null;
  }
  if (found.class !== 'plausible') {
    return { reason: 'canned_answer', detail: cannedDetails[found.class] };
  }
  return fellBack(run) ? { reason: 'canned_answer', detail: 'the run fell back to an answer without an agent' } : null;
}

const cannedDetails: Readonly<Record<Exclude<AnswerClass, 'plausible' | 'empty'>, string>> = {
  filler: 'the answer only says that something is completed',
  stock: 'the answer is a known stock phrase of the product',
  echo: 'the answer repeats the question',
  refusal: 'the answer refuses a harmless question',
  apology: 'the answer is an apology in place of an answer',
};

function answerFailure(found: Found, run: Run): Failure | null {
  if (found.isRight) {
    return null;
  }
  if (found.class === 'empty') {
    return { reason: 'empty_answer', detail: 'the run completed, and in all known places there is no answer' };
  }
  const isCut = isCutShort(found.text) ? ', as far as the product sent it before it cut it short' : '';
  const wrong: Failure = { reason: 'wrong_answer', detail: `the answer does not name what was asked for${isCut}` };
  return cannedFailure(found, run) ?? wrong;
}

function answerEvidence(found: Found, { question, settings }: AnswerFacts): Evidence {
  return {
    question_kind: question.expects.kind,
    answer_length: found.text.length,
    answer_sha256: digest(found.text),
    answer_class: found.class,
    ...(isCutShort(found.text) ? { answer_cut: true } : {}),
    ...(settings.keepAnswerText ? { answer_text: redact(found.text) } : {}),
  };
}
