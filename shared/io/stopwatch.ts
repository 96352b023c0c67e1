/** The one clock of durations: monotonic, and not moved by corrections of the wall clock. */
import process from 'node:process';

import type { Phase, Phases } from '../core/outcome.ts';

/** Milliseconds since the stopwatch was started, with fractions. */
export type ElapsedMs = () => number;

/** Starts the clock of one attempt; all times of the attempt are read from it. */
export function startStopwatch(): ElapsedMs {
  const startedAt = process.hrtime();
  return () => {
    const [seconds, nanoseconds] = process.hrtime(startedAt);
    return 1e3 * seconds + nanoseconds / 1e6;
  };
}

export interface Laps {
  /** The phases that have ended so far, each with its own time. */
  readonly phases: Phases;
  /** Ends a phase: its time is what has passed since the end of the one before. */
  end(phase: Phase): void;
}

export function startLaps(elapsedMs: ElapsedMs): Laps {
  const phases: Partial<Record<Phase, number>> = {};
  let sinceMs = elapsedMs();
  return {
    phases,
    end(phase) {
      const nowMs = elapsedMs();
      phases[phase] = nowMs - sinceMs;
      sinceMs = nowMs;
    },
  };
}
