/** What the page's server and its browser code tell each other: plain JSON, without secrets. Times are Unix milliseconds. */
import type { Phases, Verdict } from '../../../core/outcome.ts';
import type { FlowMark, Health, IncidentSeverity, LatencyShift } from '../../../core/judge/state.ts';
import type { Reason } from '../../../core/reasons.ts';
import type { Step } from '../../../core/step.ts';
import type { RunRecord } from '../../../run/answer.ts';
import type { LocalMessage } from '../../slack/channels.ts';
import type { Breaks, Tour } from './board.ts';
import type { ChartData } from './chart.ts';
import type { Summary } from './summary.ts';

/** A run as lists and charts need it; the whole record is asked for by `trace`. */
export interface RunRow {
  /** W3C trace id: names the run in logs, messages and permalinks. */
  readonly trace: string;
  readonly step: Step;
  readonly region: string;
  readonly slotMs: number;
  readonly verdict: Verdict;
  readonly reason: Reason | null;
  readonly detail: string;
  /** The earlier step that stopped this one; set exactly when the verdict is `blocked`. */
  readonly blockedBy: Step | null;
  readonly latencyMs: number | null;
  readonly phases: Phases;
  readonly revision: string | null;
  readonly flaky: boolean;
  readonly cold: boolean;
  readonly late: boolean;
}

/** One step as the overview shows it. */
export interface StepCard {
  readonly step: Step;
  readonly mark: FlowMark;
  readonly health: Health;
  readonly reason: Reason | null;
  /** One sentence: why it is in this state. */
  readonly sentence: string;
  /** First run of the unbroken row of runs with this mark; null before the first run. */
  readonly sinceMs: number | null;
  /** How far a recovery has come; null when none is on. */
  readonly recovery: { readonly passes: number; readonly needed: number } | null;
  readonly shift: LatencyShift | null;
  /** The newest run; null before the first. */
  readonly last: RunRow | null;
  /** Newest last. */
  readonly strip: readonly StripRun[];
}

export type StripRun = Pick<RunRow, 'trace' | 'slotMs' | 'verdict' | 'reason' | 'latencyMs' | 'flaky'>;

export interface IncidentPart {
  readonly step: Step;
  readonly reason: Reason;
  readonly detail: string;
  readonly sinceMs: number;
  readonly failedRuns: number;
  readonly recoveredAtMs: number | null;
}

export interface IncidentView {
  readonly id: string;
  readonly severity: IncidentSeverity;
  readonly firstStep: Step;
  readonly openedAtMs: number;
  readonly resolvedAtMs: number | null;
  /** In flow order. */
  readonly parts: readonly IncidentPart[];
  /** From the newest failing run of the first step. */
  readonly evidence: readonly string[];
  /** What it means to users, in the words of the environment file. */
  readonly impact: string | null;
  /** Commands that look closer, with what is known of the incident filled in. */
  readonly commands: readonly string[];
  /** Who takes care, and until when. */
  readonly takenBy: string | null;
}

/** Everything that the page shows all the time; sent anew whenever something changes. */
export interface Overview {
  readonly name: string;
  readonly title: string;
  readonly nowMs: number;
  readonly startedAtMs: number;
  readonly cadenceMs: number;
  /** Runs that the history holds. */
  readonly runs: number;
  readonly steps: readonly StepCard[];
  readonly incident: IncidentView | null;
  readonly lastIncident: IncidentView | null;
  /** The monitor's own trouble, a sentence each. */
  readonly troubles: readonly { readonly sentence: string; readonly sinceMs: number }[];
  /** Null when the target is real and can't be broken from here. */
  readonly breaks: Breaks | null;
  readonly tour: Tour | null;
}

export interface StepDetail {
  readonly step: Step;
  readonly chart: ChartData;
  /** The newest run, whole; null before the first. */
  readonly last: RunRecord | null;
  /** The newest run with an event timeline; null when there is none. */
  readonly lastWithEvents: RunRecord | null;
  /** Subprotocols that the environment file takes for right; null when it takes any that was offered. */
  readonly accept: readonly string[] | null;
}

export interface RunPage {
  readonly runs: readonly RunRow[];
  /** What to ask for to get older ones; null when there are none. */
  readonly next: string | null;
}

export interface MetricSeries {
  readonly metric: string;
  readonly step: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly kind: string;
  readonly unit: string;
  readonly points: number;
  /** The newest value as text, with what a distribution holds. */
  readonly value: string;
  readonly atMs: number;
}

export interface RefusedWrite {
  readonly atMs: number;
  readonly metric: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly rule: string;
  readonly message: string;
}

export interface Metrics {
  readonly series: readonly MetricSeries[];
  /** Newest first. */
  readonly refused: readonly RefusedWrite[];
  readonly taken: number;
}

/** The Slack channels as they look now, oldest message first. */
export interface SlackView {
  readonly messages: readonly LocalMessage[];
  readonly names: Readonly<Record<string, string>>;
}

/** Judging in plain words; a heading with its lines. */
export interface Explanation {
  readonly heading: string;
  readonly lines: readonly string[];
}

/** All that a report file carries with it. */
export interface ReportData {
  readonly kind: 'report';
  readonly fromMs: number;
  readonly toMs: number;
  readonly overview: Overview;
  readonly summary: Summary;
  readonly steps: readonly StepDetail[];
  readonly runs: readonly RunRow[];
  /** Of the runs that are worth reading, by trace. */
  readonly records: readonly RunRecord[];
  readonly slack: SlackView;
  readonly explanations: readonly Explanation[];
}
