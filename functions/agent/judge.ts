/** The pure half of a conversation that was had: all its checks and numbers. */
import { estimatedTokens } from '../../shared/core/agent/budget.ts';
import { completion } from '../../shared/core/agent/run.ts';
import { timeline, toolCount } from '../../shared/core/agent/times.ts';
import { check } from '../../shared/core/exchange-check.ts';
import type { Findings } from '../../shared/core/measurement.ts';
import type { Check, Failure } from '../../shared/core/outcome.ts';
import { type AnswerFacts, answerLength, judgeAnswer } from './judge-answer.ts';
import { endingFailure } from './judge-ending.ts';
import { isCompleted, judgeRun, type RunFacts, runTiming } from './judge-run.ts';

export function judgeConversation(facts: AnswerFacts): readonly Check[] {
  return [
    ...judgeRun(facts),
    ...(isCompleted(facts) ? [...judgeAnswer(facts), judgePace(facts)] : []),
    judgeBudget(facts),
  ];
}

/** The numbers of a run; the headline is from the question to the complete answer. */
export function runFindings(facts: AnswerFacts): Pick<Findings, 'latencyMs' | 'gauges' | 'timeline'> {
  const { run } = facts;
  return {
    latencyMs: isCompleted(facts) ? completedMs(facts) : null,
    timeline: timeline(run),
    gauges: {
      agent_events: run.events,
      agent_duplicate_events: run.duplicates,
      agent_unknown_events: run.unknown,
      agent_tools: toolCount(run),
      ...(isCompleted(facts) ? { answer_characters: answerLength(facts) } : {}),
    },
  };
}

function judgePace(facts: RunFacts): Check {
  const { completedMsMax } = facts.settings;
  const tookMs = Math.round(completedMs(facts));
  const failure: Failure | null =
    completedMsMax === undefined || tookMs <= completedMsMax
      ? null
      : { reason: 'slow', detail: `the answer was complete after ${tookMs} ms, more than ${completedMsMax} ms` };
  return check('agent.pace', { failure, detail: `the answer was complete after ${tookMs} ms` }, runTiming(facts));
}

function judgeBudget(facts: RunFacts): Check {
  const { run, ending, settings } = facts;
  const tokens = estimatedTokens(run.characters);
  const failure = ending.by === 'budget' ? endingFailure(facts) : null;
  const detail = `the visible text stands for about ${tokens} of ${settings.tokensPerRunMax} tokens`;
  return check('agent.budget', { failure, detail }, { ...runTiming(facts), evidence: { tokens_estimated: tokens } });
}

function completedMs({ run }: RunFacts): number {
  return (completion(run)?.atMs ?? run.askedMs) - run.askedMs;
}
