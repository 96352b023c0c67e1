/**
 * Where a run's points lie in time. Cloud Monitoring takes the points of a series only in order, at least 5 s apart,
 * and those of a counter only without overlap; functions that share no memory have to keep to that. So every slot
 * owns a cell of time, and a run's points never leave the cell of its slot: however long, cold or repeated runs are,
 * two slots cannot collide, and a second run of one slot starts where the first did and adds nothing.
 */

/** Shortest time between the ends of two points of a series (Cloud Monitoring, "Quotas and limits", read 2026-11). */
export const samplingPeriodMs = 5_000;

/** Unix milliseconds. A gauge uses only the end. */
export interface Interval {
  readonly startMs: number;
  readonly endMs: number;
}

/** From the slot to the end of the run, which is cut where the next slot's cell could be touched. */
export function slotInterval(slotMs: number, endedAtMs: number, cadenceMs: number): Interval {
  const endMsMin = slotMs + 1;
  const endMsMax = Math.max(endMsMin, endMsMin + cadenceMs - samplingPeriodMs);
  return { startMs: slotMs, endMs: Math.min(Math.max(endedAtMs, endMsMin), endMsMax) };
}

/** For what belongs to no slot, such as a late or a duplicate run: the instant at which it was noticed. */
export function instantInterval(atMs: number): Interval {
  return { startMs: atMs - 1, endMs: atMs };
}
