/** What the break board and the tour tell the page. Times are Unix milliseconds. */
import type { Verdict } from '../../../core/outcome.ts';
import type { Reason } from '../../../core/reasons.ts';
import type { Step } from '../../../core/step.ts';

/** A way in which the sandbox can be broken. */
export interface BoardFault {
  readonly id: string;
  readonly title: string;
  readonly group: string;
  /** The first step that notices. */
  readonly step: Step;
  readonly verdict: Verdict;
  readonly reason: Reason;
  /** Shows only with another environment file, so it can't be set from here. */
  readonly needsEnvironment: boolean;
}

/** What became of one break, from the click on. */
export interface BreakTimes {
  readonly fault: string;
  readonly brokenAtMs: number;
  /** End of the first run that found it. */
  readonly detectedAtMs: number | null;
  readonly detectedBy: string | null;
  /** When Slack took the message about it. */
  readonly toldAtMs: number | null;
  readonly mendedAtMs: number | null;
}

export interface Breaks {
  readonly active: readonly string[];
  /** Newest first. */
  readonly times: readonly BreakTimes[];
}

/** The tour, while it runs. */
export interface Tour {
  /** Counts from 1; beyond `count` the tour is over. */
  readonly stop: number;
  readonly count: number;
  readonly fault: string | null;
  /** What is going on, newest last. */
  readonly story: readonly { readonly atMs: number; readonly text: string }[];
}
