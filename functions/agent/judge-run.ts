/** The pure half of following a run: what was seen becomes checks, in the order in which a user would notice. */
import { grammarFailure, wordFor } from '../../shared/core/agent/grammar.ts';
import { completion, reportedFailure, type Run } from '../../shared/core/agent/run.ts';
import { skeleton } from '../../shared/core/agent/times.ts';
import type { Timing } from '../../shared/core/check.ts';
import type { AgentSettings } from '../../shared/core/environment/agent.ts';
import { check } from '../../shared/core/exchange-check.ts';
import type { Check, Evidence, Failure } from '../../shared/core/outcome.ts';
import type { Ending } from './ending.ts';
import { endingFailure } from './judge-ending.ts';

export interface RunFacts {
  readonly run: Run;
  readonly ending: Ending;
  readonly settings: AgentSettings;
  /** When the watching ended, on the clock of the attempt. */
  readonly endedMs: number;
}

/** Checks of the run itself; those of its answer are made elsewhere. */
export function judgeRun(facts: RunFacts): readonly Check[] {
  const began = facts.run.entries.length > 0;
  return [
    ...judgeIdentity(facts),
    judgeAccepted(facts),
    ...(began ? judgeEvents(facts) : []),
    ...(began ? judgeLiveness(facts) : []),
  ];
}

/** Whether the run came to an end at which there must be an answer. */
export function isCompleted({ run, ending }: RunFacts): boolean {
  return ending.by === 'quiet' || (ending.by === 'told' && run.end === 'completed');
}

/** From the question to the last event of the run; without one, to the end of the watching. */
export function runTiming({ run, endedMs }: RunFacts): Timing {
  const lastMs = run.entries.at(-1)?.atMs ?? endedMs;
  return { startedMs: run.askedMs, latencyMs: lastMs - run.askedMs };
}

function judgeIdentity(facts: RunFacts): readonly Check[] {
  const { breach, entries } = facts.run;
  const named = entries.some(({ event }) => event.userId !== null || event.threadId !== null || event.runId !== null);
  const detail = 'all events belong to this user, thread and run';
  return breach === null && !named ? [] : [check('agent.identity', { failure: breach, detail }, runTiming(facts))];
}

function judgeAccepted(facts: RunFacts): Check {
  const { run, endedMs } = facts;
  const [first] = run.entries;
  const latencyMs = (first?.atMs ?? endedMs) - run.askedMs;
  const failure = first === undefined ? endingFailure(facts) : null;
  const detail = `the first event of the run came after ${(latencyMs / 1_000).toFixed(1)} s`;
  return check('agent.accepted', { failure, detail }, { startedMs: run.askedMs, latencyMs });
}

/** An agent's own word for what went wrong says more than the silence that follows it. */
function judgeEvents(facts: RunFacts): readonly Check[] {
  const { run, ending, settings } = facts;
  const isOfEvents = ending.by === 'error' || ending.by === 'bad_frame';
  const failure = isCompleted(facts)
    ? (failureInside(run) ?? grammarFailure(run, settings.toolEvents))
    : (reportedFailure(run) ?? (isOfEvents ? endingFailure(facts) : null));
  if (failure === null && !isCompleted(facts)) {
    return [];
  }
  const evidence: Evidence = { events: skeleton(run), duplicates: run.duplicates, unknown: run.unknown };
  const detail = 'the events of the run are whole and in order';
  return [check('agent.events', { failure, detail }, { ...runTiming(facts), evidence })];
}

function failureInside(run: Run): Failure | null {
  return completion(run)?.event.failedInside === true
    ? { reason: 'orchestration_failed', detail: `${wordFor(run.dialect, 'completed')} itself reports a failure` }
    : null;
}

function judgeLiveness(facts: RunFacts): readonly Check[] {
  const { run, ending } = facts;
  const isOfLiveness = ending.by === 'closed' || ending.by === 'silence' || ending.by === 'deadline';
  if (!isOfLiveness && !isCompleted(facts)) {
    return [];
  }
  const failure = isOfLiveness ? endingFailure(facts) : null;
  const silence = `the longest silence was ${(run.longestSilenceMs / 1_000).toFixed(1)} s`;
  return [
    check('agent.liveness', { failure, detail: silence }, { ...runTiming(facts), evidence: livenessEvidence(facts) }),
  ];
}

function livenessEvidence({ run, ending }: RunFacts): Evidence {
  const seen: Evidence = { events: skeleton(run) };
  return ending.by === 'silence'
    ? { ...seen, product_answers_ping: ending.alive, transport_answers: ending.transportAlive }
    : seen;
}
