/**
 * What is remembered between runs. Two kinds of documents: one a step (written by that step's function at each run) and
 * one an environment (written only when something changes). Plain JSON, bounded, without secrets and without text of
 * users. `parse.ts` reads them back.
 */
import type { Outcome, Phase, ProbeMemory, Verdict } from '../outcome.ts';
import type { Reason } from '../reasons.ts';
import type { Step } from '../step.ts';

/** `ok`; `pending`: bad runs, not yet enough of them; `firing`: an outage or a degradation is on. */
export type Health = 'ok' | 'pending' | 'firing';

/** The two ways in which a step can be bad enough to tell people. */
export type BadVerdict = 'fail' | 'degraded';

/** One judged run, as the windows need it. A blocked run that counts as a failure is kept as the failure it counts as. */
export interface RunMark {
  readonly slotMs: number;
  readonly verdict: Verdict;
  readonly reason: Reason | null;
  readonly flaky: boolean;
  readonly latencyMs: number | null;
}

/** From this slot on the product had this revision. */
export interface RevisionChange {
  readonly sinceMs: number;
  readonly revision: string;
}

/** What a step fires for in one region. */
export interface Firing {
  readonly verdict: BadVerdict;
  readonly reason: Reason;
  readonly detail: string;
  /** Slot of the first bad run of those that made it fire. */
  readonly sinceMs: number;
  /** Bad runs since then. */
  readonly runs: number;
}

/** The whole step, or one phase of it. */
export type LatencyName = Phase | 'total';

/** A lasting change of a latency. */
export interface LatencyShift {
  readonly phase: LatencyName;
  readonly fromMs: number;
  readonly toMs: number;
  /** Slot of the first run at the new level. */
  readonly sinceMs: number;
  readonly revisionBefore: string | null;
  readonly revisionAfter: string | null;
}

/** Own history of one latency of one step in one region. */
export interface Series {
  /** One value a slot of `Latencies.slots`, same order; null where the run lacks the phase. */
  readonly recent: readonly (number | null)[];
  /** Runs that were ever taken in. */
  readonly count: number;
  /** Median of `recent`, refreshed now and then: tells cheaply that nothing is unusual. */
  readonly usualMs: number;
  /**
   * What is usual at this time: triples of count, centre and spread in milliseconds, one triple an hour of the week
   * (the whole step) or of the day (a phase).
   */
  readonly cells: readonly number[];
  /** Slot of the newest run that is in `cells`. */
  readonly learnedMs: number;
  /** The level that slow drift is measured against; null until there is a week of history. */
  readonly anchor: { readonly centreMs: number; readonly atMs: number; readonly revision: string | null } | null;
  /** A shift that has been found and is not yet over. */
  readonly shift: LatencyShift | null;
}

export interface Latencies {
  /** The runs whose latencies are in the series, newest last, at most `sampledRunsMax`. */
  readonly slots: readonly number[];
  readonly series: Readonly<Partial<Record<LatencyName, Series>>>;
}

/** Runs in which the monitor itself was the trouble. */
export interface RegionTrouble {
  readonly reason: Reason;
  readonly sinceMs: number;
  readonly runs: number;
  /** Runs in a row since then that did measure something. */
  readonly measuredInRow: number;
}

/** One step as one region sees it. */
export interface RegionState {
  /** Newest last, at most `windowMax`; runs that count are kept longest. */
  readonly window: readonly RunMark[];
  readonly health: Health;
  readonly firing: Firing | null;
  readonly passesInRow: number;
  /** Slot of the first of `passesInRow`. */
  readonly passingSinceMs: number | null;
  /** Passing or degraded runs in a row. */
  readonly worksInRow: number;
  /** Runs of this slot or older have been dealt with by a recovery and count no more; 0 when there was none. */
  readonly clearedSlotMs: number;
  /** How often it broke again soon after a recovery; each time doubles the passes that recovery needs. */
  readonly relapses: number;
  /** Blocked runs in a row. */
  readonly blockedInRow: number;
  readonly lastSlotMs: number;
  /** The answer to a duplicate trigger. */
  readonly lastOutcome: Outcome | null;
  /** Newest last, at most `revisionsMax`. */
  readonly revisions: readonly RevisionChange[];
  readonly latencies: Latencies;
  readonly memory: ProbeMemory;
  readonly trouble: RegionTrouble | null;
}

/** Document `<environment>/<step>`. */
export interface StepRecord {
  readonly version: 1;
  readonly environment: string;
  readonly step: Step;
  readonly regions: Readonly<Record<string, RegionState>>;
  /** The open incident that this step is a part of; lets a recovery be told although the other document was lost. */
  readonly incidentId: string | null;
  /** The latency shift that people know of; at most one a step. */
  readonly latencyTold: { readonly region: string; readonly name: LatencyName } | null;
}

/** What an incident knows of one of its steps. */
export interface IncidentStep {
  readonly reason: Reason;
  readonly detail: string;
  readonly verdict: BadVerdict;
  readonly sinceMs: number;
  readonly failedRuns: number;
  /** The regions in which it fires. */
  readonly regions: readonly string[];
  /** The regions that run and don't see it. */
  readonly healthyRegions: readonly string[];
  /** Slot of the first good run of the recovery; null while it lasts. */
  readonly recoveredAtMs: number | null;
  /** Reasons that were told in this incident; each is news only once. */
  readonly reasonsTold: readonly Reason[];
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

export type IncidentSeverity = 'security' | 'outage' | 'degraded';

export interface Incident {
  /** Deterministic: environment and the slot of the run that opened it. */
  readonly id: string;
  readonly openedAtMs: number;
  readonly resolvedAtMs: number | null;
  /** The gravest that its open steps have; after the end, the gravest that they had last. */
  readonly severity: IncidentSeverity;
  /** The first broken step of the flow. */
  readonly firstStep: Step;
  readonly steps: Readonly<Partial<Record<Step, IncidentStep>>>;
  readonly acknowledged: Acknowledgement | null;
  /** When people were last told anything of it; reminders count from here. */
  readonly lastToldAtMs: number;
  readonly changes: number;
  readonly reminders: number;
  /** The health document and reality disagreed, and it was told. */
  readonly contradictionTold: boolean;
  /** The incident that had ended shortly before for the same step. */
  readonly relapseOf: string | null;
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

export type Flow = Readonly<Partial<Record<Step, FlowMark>>>;

/** Something that people are to be told; rendered only when it is sent, so that it shows the present. */
export interface Notification {
  /** Deterministic, so that telling twice can be noticed. */
  readonly id: string;
  readonly kind: NotificationKind;
  /** The conversation that it belongs to: one root message with its thread. The incident's id for those of an incident. */
  readonly lane: string;
  readonly environment: string;
  readonly atMs: number;
  /** One sentence: what changed. */
  readonly change: string;
  readonly step: Step | null;
  readonly reason: Reason | null;
  /** The incident as it was then; null for news that belongs to none. */
  readonly incident: Incident | null;
  readonly shift: LatencyShift | null;
  readonly flow: Flow;
  /** Whether someone is to be mentioned: on opening and on escalation only. */
  readonly mention: boolean;
  /** Nothing follows in this conversation. */
  readonly last: boolean;
  /** Older messages that could not be delivered and are contained in this one. */
  readonly folded: number;
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

/** A maintenance window that was begun by hand, beside those of the environment file. */
export interface MaintenanceEntry {
  readonly by: string;
  readonly reason: string;
  readonly fromMs: number;
  readonly untilMs: number;
  readonly expect: 'down' | 'degraded';
  readonly steps: readonly Step[] | null;
}

/** Trouble of the monitor, from when it is told to when it is told that it is over. */
export interface MonitorTrouble {
  /**
   * `inconclusive`: a step can't be measured. `one_region`: a step is broken as seen from too few regions to alert.
   * `own`: state or metrics fail the runs of a step.
   */
  readonly kind: 'inconclusive' | 'one_region' | 'delivery' | 'own';
  readonly step: Step | null;
  readonly region: string | null;
  readonly reason: Reason;
  readonly sinceMs: number;
  /** Whether anyone could be told: of a dead channel only if there is another one. */
  readonly told: boolean;
}

/** Document `<environment>/environment`. */
export interface EnvironmentRecord {
  readonly version: 1;
  readonly environment: string;
  readonly incident: Incident | null;
  /** The last closed one, so that a quick relapse can point at it. */
  readonly lastIncident: Incident | null;
  /** How each step stands, over all regions. */
  readonly flow: Flow;
  /** Oldest first, at most `outboxMax`; beyond it messages are folded into their successors, never dropped. */
  readonly outbox: readonly OutboxEntry[];
  /** Root messages of the conversations that are not yet over, by lane. */
  readonly places: Readonly<Record<string, MessagePlace>>;
  readonly lease: Lease | null;
  readonly mutes: readonly Mute[];
  readonly maintenance: readonly MaintenanceEntry[];
  readonly troubles: readonly MonitorTrouble[];
}

/** Room for the largest window of a policy (50 runs) and ten runs that don't count. */
export const windowMax = 60;
export const uncountedMax = 10;

/** Runs whose latencies are kept one by one: enough for the longest `slower.runs` (48) and as many before. */
export const sampledRunsMax = 96;

/** The conversation about the monitor's own trouble. */
export const troubleLane = 'trouble';

export const outboxMax = 50;
export const revisionsMax = 10;
export const mutesMax = 20;
export const regionsMax = 20;
/** Three kinds for each step in each region, and the delivery. */
export const troublesMax = 250;
export const reasonsToldMax = 8;
export const evidenceLinesMax = 8;
export const evidenceLineMax = 160;
export const sparklineRuns = 24;
