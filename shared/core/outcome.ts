/**
 * What one run of one step found: the words that probes, records, judging, messages and people share.
 * An outcome is plain JSON, bounded in size, and holds no secret, no token and no text that a user wrote.
 */
import type { CheckId } from './checks.ts';
import type { Reason } from './reasons.ts';
import type { Step } from './step.ts';

/**
 * `pass`: works. `degraded`: works, but worse than it should. `fail`: the product is broken.
 * `blocked`: could not be tried, because an earlier step of the flow is broken.
 * `inconclusive`: the monitor, its credential or its own path is broken; says nothing of the product.
 */
export const verdicts = ['pass', 'degraded', 'fail', 'blocked', 'inconclusive'] as const;

export type Verdict = (typeof verdicts)[number];

/** The parts of a measurement, each with its own time in milliseconds. A missing one says where it stopped. */
export const phases = [
  'login',
  'dns',
  'tcp',
  'tls',
  'request',
  'upgrade',
  'first_byte',
  'body',
  'first_frame',
  'ready',
  'ping',
  'accepted',
  'first_event',
  'first_text',
  'tool',
  'longest_silence',
  'completed',
] as const;

export type Phase = (typeof phases)[number];

export type Phases = Readonly<Partial<Record<Phase, number>>>;

export type EvidenceValue = string | number | boolean | null | readonly (string | number)[];

/** Facts for the person who reads the alert. Keys are snake_case; texts are cut at `evidenceTextMax`. */
export type Evidence = Readonly<Record<string, EvidenceValue>>;

/** Longest text of one piece of evidence or one detail, in UTF-16 units. */
export const evidenceTextMax = 300;

/** An expected failure, as a value. `detail` is one sentence for people, of at most `evidenceTextMax` units. */
export interface Failure {
  readonly reason: Reason;
  readonly detail: string;
}

/** One assertion inside a step. `reason` is null when the verdict is `pass`, unless there is a notice to tell. */
export interface Check {
  readonly id: CheckId;
  /** Tells apart checks of one id: the document, component or carrier that was checked. */
  readonly subject: string | null;
  readonly verdict: Verdict;
  readonly reason: Reason | null;
  readonly detail: string;
  /** Milliseconds since the attempt began. */
  readonly startedMs: number;
  readonly latencyMs: number;
  readonly phases: Phases;
  readonly evidence: Evidence;
}

/** Single numbers that are published beside latencies; the unit is in the name. */
export const gauges = [
  'tls_days_left',
  'token_lifetime_seconds',
  'token_lifetime_drift_seconds',
  'clock_skew_seconds',
  'uptime_seconds',
  'offer_header_bytes',
  'agent_events',
  'agent_duplicate_events',
  'agent_unknown_events',
  'agent_tools',
  'answer_characters',
  'crowd_ready',
] as const;

export type Gauge = (typeof gauges)[number];

/** A part of the product as its health document tells it. `name` comes from the environment file, never from outside. */
export interface Component {
  readonly name: string;
  readonly verdict: 'pass' | 'degraded' | 'fail';
  readonly word: string | null;
  readonly latencyMs: number | null;
}

/** One event of an agent run: its name in the dialect's words and when it came. No text. */
export interface TimelineEvent {
  readonly name: string;
  readonly atMs: number;
}

/** What a probe found in one attempt, before the run gives it time and place. */
export interface Measurement {
  readonly checks: readonly Check[];
  /** The headline latency of the step in milliseconds: log in, slowest document, socket ready, answer complete. */
  readonly latencyMs: number | null;
  readonly phases: Phases;
  readonly gauges: Readonly<Partial<Record<Gauge, number>>>;
  readonly components: readonly Component[];
  readonly timeline: readonly TimelineEvent[];
  readonly revision: string | null;
  /** The earlier step that stopped this one; set exactly when the summary is `blocked`. */
  readonly blockedBy: Step | null;
  /** What the next run wants to remember (uptime, lifetimes, fingerprints, budget). Small and without secrets. */
  readonly memory: ProbeMemory;
}

/** What a probe remembers between runs, in the step's state; plain JSON of at most 4 KiB. */
export type ProbeMemory = Readonly<Record<string, string | number | boolean | readonly (string | number)[]>>;

/** Verdict, reason and sentence of a whole step, taken from its most serious check. */
export interface Summary {
  readonly verdict: Verdict;
  readonly reason: Reason | null;
  readonly detail: string;
  readonly checkId: CheckId | null;
}

/** A first try that was repeated, kept so that nothing is hidden. */
export interface Attempt extends Summary {
  readonly startedAtMs: number;
  readonly latencyMs: number | null;
}

/** One execution of one step for one slot. All times are Unix milliseconds where the name ends in `AtMs`. */
export interface Outcome extends Summary, Measurement {
  readonly environment: string;
  readonly region: string;
  readonly step: Step;
  /** The scheduled instant, in Unix milliseconds; the idempotency key. */
  readonly slotMs: number;
  readonly startedAtMs: number;
  readonly endedAtMs: number;
  /** Every try, the last one included, oldest first. */
  readonly attempts: readonly Attempt[];
  /** Failed at first and passed when repeated. */
  readonly flaky: boolean;
  /** First run of its process: its latency is kept out of baselines. */
  readonly cold: boolean;
  /** Older than a slot that has already been judged: recorded, but it moves no state. */
  readonly late: boolean;
  /** Longest stall of our own event loop during the measurement, in milliseconds. */
  readonly stalledMs: number;
  /** W3C trace id that the probe sent, 32 hexadecimal digits. */
  readonly traceId: string;
}
