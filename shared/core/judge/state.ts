/**
 * What is remembered between runs. Two documents: one a step (written by that step's function at each run) and one
 * an environment (written only when something changes). Plain JSON, bounded, without secrets and without text of users.
 */
import type { Outcome, Phase, ProbeMemory, Verdict } from '../outcome.ts';
import type { Reason } from '../reasons.ts';
import type { Step } from '../step.ts';

/** `ok`; `pending`: bad runs, not yet enough of them; `firing`: an incident or a degradation is on. */
export type Health = 'ok' | 'pending' | 'firing';

/** One judged run, as the windows need it. */
export interface RunMark {
  readonly slotMs: number;
  readonly verdict: Verdict;
  readonly reason: Reason | null;
  readonly flaky: boolean;
  readonly latencyMs: number | null;
  readonly revision: string | null;
}

/** Own history of one latency. `recent` is newest last; `hourOfWeek` has up to 168 cells once there is history. */
export interface Baseline {
  readonly recent: readonly { readonly atMs: number; readonly ms: number; readonly revision: string | null }[];
  readonly hourOfWeek: Readonly<
    Record<string, { readonly count: number; readonly centreMs: number; readonly spreadMs: number }>
  >;
  readonly count: number;
  /** A shift that has been found and is not yet over. */
  readonly shifted: LatencyShift | null;
}

export interface LatencyShift {
  readonly phase: Phase | 'total';
  readonly fromMs: number;
  readonly toMs: number;
  readonly sinceMs: number;
  readonly revisionBefore: string | null;
  readonly revisionAfter: string | null;
}

/** One step as one region sees it. */
export interface RegionState {
  /** Newest last, bounded by the largest window of the policy and at least the sparkline's length. */
  readonly window: readonly RunMark[];
  readonly health: Health;
  /** What the step fires for: a failure or a degradation. */
  readonly firing: {
    readonly verdict: 'fail' | 'degraded';
    readonly reason: Reason;
    readonly sinceMs: number;
    readonly runs: number;
  } | null;
  readonly passesInRow: number;
  readonly lastSlotMs: number;
  /** The answer to a duplicate trigger. */
  readonly lastOutcome: Outcome | null;
  readonly baselines: Readonly<Partial<Record<Phase | 'total', Baseline>>>;
  readonly memory: ProbeMemory;
  /** Runs in a row that were inconclusive, with the reason. */
  readonly trouble: { readonly reason: Reason; readonly sinceMs: number; readonly runs: number } | null;
}

/** Document `<environment>/<step>`. */
export interface StepRecord {
  readonly version: 1;
  readonly environment: string;
  readonly step: Step;
  readonly regions: Readonly<Record<string, RegionState>>;
}

/** What an incident knows of one of its steps. */
export interface IncidentStep {
  readonly reason: Reason;
  readonly detail: string;
  readonly verdict: 'fail' | 'degraded';
  readonly sinceMs: number;
  readonly failedRuns: number;
  readonly regions: readonly string[];
  readonly recoveredAtMs: number | null;
  /** From the newest failing outcome: bounded lines for people. */
  readonly evidence: readonly string[];
  readonly traceId: string | null;
  readonly revision: string | null;
  readonly revisionBefore: string | null;
  readonly sparklineMs: readonly (number | null)[];
}

export interface Acknowledgement {
  readonly by: string;
  readonly reason: string;
  readonly untilMs: number;
}

export interface Incident {
  /** Deterministic: environment and the slot of the first run that fired. */
  readonly id: string;
  readonly openedAtMs: number;
  readonly resolvedAtMs: number | null;
  readonly severity: 'security' | 'outage' | 'degraded';
  readonly firstStep: Step;
  readonly steps: Readonly<Partial<Record<Step, IncidentStep>>>;
  readonly acknowledged: Acknowledgement | null;
  readonly lastToldAtMs: number;
  readonly changes: number;
  /** Where the root message is; null until Slack accepted it. */
  readonly message: MessagePlace | null;
}

export interface MessagePlace {
  readonly channel: string;
  readonly ts: string;
}

export type NotificationKind =
  | 'opened'
  | 'changed'
  | 'reminder'
  | 'resolved'
  | 'latency_moved'
  | 'latency_recovered'
  | 'health_contradiction'
  | 'monitor_trouble'
  | 'monitor_recovered'
  | 'drill';

/** The state of the whole flow when something is told, one mark a step. */
export type FlowMark = 'pass' | 'degraded' | 'fail' | 'blocked' | 'inconclusive' | 'unknown' | 'maintenance';

/** Something that people are to be told; rendered only when it is sent, so that it shows the present. */
export interface Notification {
  /** Deterministic, so that telling twice can be noticed: incident or step, kind, slot. */
  readonly id: string;
  readonly kind: NotificationKind;
  readonly environment: string;
  readonly atMs: number;
  /** One sentence: what changed. */
  readonly change: string;
  readonly step: Step | null;
  readonly reason: Reason | null;
  /** The incident as it was then; null for news that belongs to none. */
  readonly incident: Incident | null;
  readonly shift: LatencyShift | null;
  readonly flow: Readonly<Partial<Record<Step, FlowMark>>>;
  /** Whether someone is to be mentioned: on opening and on escalation only. */
  readonly mention: boolean;
}

/** A notification that Slack has not accepted yet. */
export interface OutboxEntry {
  readonly notification: Notification;
  readonly attempts: number;
  readonly nextAttemptAtMs: number;
  /** A post whose answer never came: it may be there already. */
  readonly ambiguous: boolean;
}

export interface Lease {
  readonly holder: string;
  readonly untilMs: number;
}

export interface Mute {
  readonly by: string;
  readonly reason: string;
  readonly untilMs: number;
  readonly steps: readonly Step[] | null;
}

/** Document `<environment>/environment`. */
export interface EnvironmentRecord {
  readonly version: 1;
  readonly environment: string;
  readonly incident: Incident | null;
  /** The last closed one, so that a quick relapse can point at it and late edits find their message. */
  readonly lastIncident: Incident | null;
  /** Steps that fire now by region, also those that maintenance or mute keeps quiet. */
  readonly flow: Readonly<Partial<Record<Step, FlowMark>>>;
  /** Oldest first, at most `outboxMax`; beyond it the least important is folded into its successor, never dropped. */
  readonly outbox: readonly OutboxEntry[];
  readonly lease: Lease | null;
  readonly mutes: readonly Mute[];
  readonly trouble: { readonly reasons: readonly Reason[]; readonly sinceMs: number; readonly told: boolean } | null;
  readonly contradictionTold: boolean;
}

export const outboxMax = 50;
