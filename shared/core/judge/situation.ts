/** What the rules of judging pass along: one run, the documents as they will be, and what was decided and told so far. */
import type { Environment } from '../environment/definition.ts';
import type { Outcome } from '../outcome.ts';
import type { Decision, DecisionKind } from './decision.ts';
import { enqueue } from './outbox.ts';
import type { LatencyEvent } from './latency.ts';
import type { OwnTrouble } from './own-trouble.ts';
import type { JudgedRun } from './region.ts';
import type { Standing } from './standing.ts';
import type { EnvironmentRecord, Notification, RegionState, StepRecord } from './state.ts';

export interface Situation {
  readonly settings: Environment;
  readonly nowMs: number;
  readonly outcome: Outcome;
  /** The run as it counts. */
  readonly run: JudgedRun;
  readonly step: StepRecord;
  /** The part of `step` that has just run. */
  readonly region: RegionState;
  readonly standing: Standing;
  /** Trouble that earlier runs of this process had with what they need; null when it has had none. */
  readonly own: readonly OwnTrouble[] | null;
  /** What has become of the latencies in this run. */
  readonly latencyEvents: readonly LatencyEvent[];
  readonly environment: EnvironmentRecord;
  readonly notifications: readonly Notification[];
  readonly decisions: readonly Decision[];
}

/** One rule of judging: looks at the situation and leaves it as it is, or changed. */
export type Rule = (situation: Situation) => Situation;

export function decide(situation: Situation, kind: DecisionKind, detail: string): Situation {
  return { ...situation, decisions: [...situation.decisions, { kind, detail }] };
}

export function remember(situation: Situation, change: Partial<EnvironmentRecord>): Situation {
  return { ...situation, environment: { ...situation.environment, ...change } };
}

/** What a rule says of a piece of news; the rest follows from the situation. */
export type News = Pick<Notification, 'id' | 'kind' | 'lane' | 'change'> &
  Partial<Pick<Notification, 'step' | 'reason' | 'incident' | 'shift' | 'mention' | 'last'>>;

/** Puts news into the outbox; without a channel there is nobody to tell, and the log has it all the same. */
export function tell(situation: Situation, news: News): Situation {
  const { environment, settings, nowMs } = situation;
  const notification: Notification = {
    step: null,
    reason: null,
    incident: null,
    shift: null,
    mention: false,
    last: false,
    ...news,
    environment: settings.name,
    atMs: nowMs,
    flow: environment.flow,
    folded: 0,
  };
  const told = { ...situation, notifications: [...situation.notifications, notification] };
  if (settings.slack === undefined) {
    return decide(told, 'no_channel', `nobody is told of "${news.change}": the environment has no channel`);
  }
  return remember(told, { outbox: enqueue(environment.outbox, notification) });
}
