/**
 * Trouble of the monitor that a run notices only after it was judged, or because it could not be: the process remembers
 * it and brings it along to its next run. Pure; begins and ends by the same numbers as the trouble of measuring.
 */
import type { Reason } from '../reasons.ts';

/** What a run needs besides its probe, and can break without any word of it in the state. */
export const ownReasons = ['state_unavailable', 'metrics_unavailable'] as const;

export type OwnReason = (typeof ownReasons)[number];

export interface OwnTrouble {
  readonly reason: OwnReason;
  /** Slot of the first run of those that made it a trouble. */
  readonly sinceMs: number;
  /** Runs in a row since then that went well. */
  readonly goodInRow: number;
}

/** What a process remembers of its runs of one step. */
export interface OwnHistory {
  /** Newest last, at most twice as many as make a trouble. */
  readonly runs: readonly OwnRun[];
  readonly troubles: readonly OwnTrouble[];
}

export interface OwnRun {
  readonly slotMs: number;
  /** What broke in this run; other reasons than `ownReasons` are passed over. */
  readonly reasons: readonly Reason[];
}

export const noOwnHistory: OwnHistory = { runs: [], troubles: [] };

/** Trouble begins with N of the last 2N - 1 runs, and ends with N in a row that went well. */
export function followOwnTrouble({ runs, troubles }: OwnHistory, run: OwnRun, runsMin: number): OwnHistory {
  const recent = [...runs, run].slice(1 - 2 * runsMin);
  const followed = ownReasons.map((reason) => {
    const known = troubles.find((trouble) => trouble.reason === reason);
    return known === undefined ? begun(reason, recent, runsMin) : continued(known, run, runsMin);
  });
  return { runs: recent, troubles: followed.filter((trouble) => trouble !== null) };
}

function begun(reason: OwnReason, recent: readonly OwnRun[], runsMin: number): OwnTrouble | null {
  const [first, ...more] = recent.filter(({ reasons }) => reasons.includes(reason));
  return first === undefined || more.length + 1 < runsMin ? null : { reason, sinceMs: first.slotMs, goodInRow: 0 };
}

function continued(known: OwnTrouble, { reasons }: OwnRun, runsMin: number): OwnTrouble | null {
  const goodInRow = reasons.includes(known.reason) ? 0 : known.goodInRow + 1;
  return goodInRow >= runsMin ? null : { ...known, goodInRow };
}
