/**
 * Judges one run: what it means for its step, for the incident and for people. Pure: the documents as they were and the
 * run go in, the documents as they will be come out, with the reason for everything that was done and left undone.
 */
import { cut } from '../check.ts';
import type { Environment } from '../environment/definition.ts';
import type { Outcome } from '../outcome.ts';
import { isoUtc } from '../time.ts';
import { excuseOf } from './blocked.ts';
import { compareWithHealth } from './contradiction.ts';
import type { Decision } from './decision.ts';
import { emptyEnvironment, firstRecord, withRegion } from './documents.ts';
import { followFlow } from './flow.ts';
import { followIncident } from './incident.ts';
import { learn } from './latency.ts';
import { followLatency } from './latency-news.ts';
import { tellLostState } from './lost.ts';
import type { OwnTrouble } from './own-trouble.ts';
import { advance, freshRegion, type JudgedRun } from './region.ts';
import { remembered } from './remembered.ts';
import { remind } from './reminder.ts';
import { withRevision } from './revisions.ts';
import { endSilences } from './silence-end.ts';
import type { Rule, Situation } from './situation.ts';
import { standingOf } from './standing.ts';
import type { EnvironmentRecord, Latencies, Notification, RegionState, StepRecord } from './state.ts';
import { followRegionTrouble, followTrouble } from './trouble.ts';

export interface JudgeInput {
  readonly step: StepRecord | null;
  readonly environment: EnvironmentRecord | null;
  readonly outcome: Outcome;
  /** The environment file. */
  readonly settings: Environment;
  readonly nowMs: number;
  /** What of the stored documents could not be read, and is therefore not in `step` and `environment`. */
  readonly lost?: readonly string[];
  /** Trouble that earlier runs of this process had with what they need; null, as by default, when there were none. */
  readonly own?: readonly OwnTrouble[] | null;
}

export interface Judgement {
  /** What the run was to the judge; `duplicate` and `late` change nothing. */
  readonly judged: 'judged' | 'duplicate' | 'late';
  /** The step's document as it will be; null when it stays as it is. */
  readonly step: StepRecord | null;
  /** The environment's document as it will be; null when it stays as it is. */
  readonly environment: EnvironmentRecord | null;
  /** News of this run; it is in the outbox of `environment` if there is a channel. */
  readonly notifications: readonly Notification[];
  /** At least one. */
  readonly decisions: readonly Decision[];
}

/** The incident comes before the rules that speak of it. */
const rules: readonly Rule[] = [
  endSilences,
  followFlow,
  followIncident,
  followLatency,
  followTrouble,
  compareWithHealth,
  remind,
];

export function judge(input: JudgeInput): Judgement {
  const { outcome, settings, nowMs } = input;
  const environment = input.environment ?? emptyEnvironment(settings.name);
  const record = input.step ?? firstRecord(environment, outcome);
  const known = record.regions[outcome.region];
  if (known !== undefined && (outcome.late || outcome.slotMs <= known.lastSlotMs)) {
    return oldNews(known, outcome);
  }
  const before = known ?? freshRegion;
  const run = readRun(before, { ...input, environment });
  const { region, decision } = advance(before, run, settings, outcome.step);
  const revisions = withRevision(before.revisions, outcome.slotMs, outcome.revision);
  const learned = learn({ latencies: before.latencies, revisions }, outcome, settings);
  const state = takeIn(region, before, { run, outcome, settings, revisions, latencies: learned.latencies });
  const step = withRegion(record, state, { outcome, settings });
  const start: Situation = {
    settings,
    nowMs,
    outcome,
    run,
    step,
    region: state,
    standing: standingOf(step, outcome, settings),
    own: input.own ?? null,
    latencyEvents: learned.events,
    environment,
    notifications: [],
    decisions: [...(known === undefined ? [startedAfresh(outcome)] : []), ...withoutCause(run), decision],
  };
  const end = rules.reduce((situation, rule) => rule(situation), tellLostState(start, input.lost ?? []));
  return {
    judged: 'judged',
    step: end.step,
    environment: end.environment === input.environment ? null : end.environment,
    notifications: end.notifications,
    decisions: end.decisions,
  };
}

/** A run that was judged before, or that comes after a later one: it is on record elsewhere, and moves nothing here. */
function oldNews(known: RegionState, outcome: Outcome): Judgement {
  const duplicate = outcome.slotMs === known.lastSlotMs;
  const detail = duplicate
    ? `slot ${isoUtc(outcome.slotMs)} has been judged`
    : `slot ${isoUtc(outcome.slotMs)} comes after ${isoUtc(known.lastSlotMs)}`;
  const judged = duplicate ? 'duplicate' : 'late';
  return { judged, step: null, environment: null, notifications: [], decisions: [{ kind: judged, detail }] };
}

function startedAfresh({ step, region }: Outcome): Decision {
  return { kind: 'started_afresh', detail: `${step} has no history in ${region}` };
}

function withoutCause({ mark, blocked, detail }: JudgedRun): readonly Decision[] {
  return blocked && mark.verdict === 'fail' ? [{ kind: 'blocked_without_cause', detail }] : [];
}

/** What the run counts as: the verdict of its probe, unless it is blocked without an excuse. */
function readRun(before: RegionState, input: JudgeInput & { readonly environment: EnvironmentRecord }): JudgedRun {
  const { outcome, environment, settings, nowMs } = input;
  const { verdict, detail, slotMs, flaky, latencyMs, attempts } = outcome;
  // What went wrong at the first try is what there is to say of a run that passed at the second.
  const reason = flaky && verdict === 'pass' ? (attempts[0]?.reason ?? null) : outcome.reason;
  const mark = { slotMs, verdict, reason, flaky, latencyMs };
  if (verdict !== 'blocked') {
    return { mark, detail, blocked: false };
  }
  const blockedInRow = before.blockedInRow + 1;
  const { excused, why } = excuseOf(outcome, { environment, settings, nowMs, blockedInRow });
  return {
    mark: excused ? mark : { ...mark, verdict: 'fail', reason: reason ?? 'unclassified' },
    detail: cut(excused ? why : `${detail} (${why})`),
    blocked: true,
  };
}

interface Taken {
  readonly run: JudgedRun;
  readonly outcome: Outcome;
  readonly settings: Environment;
  readonly revisions: RegionState['revisions'];
  readonly latencies: Latencies;
}

/** The part of the region's state that the state machine of runs leaves alone. */
function takeIn(
  region: RegionState,
  before: RegionState,
  { run, outcome, settings, revisions, latencies }: Taken,
): RegionState {
  return {
    ...region,
    lastOutcome: remembered(outcome),
    memory: outcome.memory,
    revisions,
    latencies,
    trouble: followRegionTrouble(before, run.mark, settings.policy.monitorTroubleRuns),
  };
}
