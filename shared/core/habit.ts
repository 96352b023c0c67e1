/**
 * What is usual, learned over runs. A departure from it is told for a while, so that a rule over several runs can fire,
 * and is then the new usual: what someone changed on purpose does not alert for ever.
 */

/** Runs for which a departure is told: an hour at the usual cadence, longer than any window of the policy needs. */
export const settleRuns = 12;

export interface Habit<T> {
  readonly usual: T;
  /** Runs in a row that departed from it. */
  readonly departedRuns: number;
}

/** The habit after a run. `departs` says whether what was seen is a departure from what was usual. */
export function learn<T>(habit: Habit<T>, seen: T, departs: boolean): Habit<T> {
  const departedRuns = departs ? habit.departedRuns + 1 : 0;
  return departedRuns === 0 || departedRuns >= settleRuns
    ? { usual: seen, departedRuns: 0 }
    : { ...habit, departedRuns };
}
