/** The time that a run has until its answer must be on its way, and waits that never take more than there is. */
import { setTimeout as wait } from 'node:timers/promises';

import { monotonicMs } from './monotonic.ts';

/** Milliseconds that are left, at least 0. */
export type LeftMs = () => number;

export function openRoom(lengthMs: number): LeftMs {
  const endMs = monotonicMs() + lengthMs;
  return () => Math.max(0, endMs - monotonicMs());
}

/** What work gives in time, or null; work that is given up goes on by itself, and how it ends is nobody's concern. */
export async function inTime<T extends object>(limitMs: number, work: Promise<T>): Promise<T | null> {
  const done = new AbortController();
  work.catch(() => undefined);
  try {
    return await Promise.race([work, wait(limitMs, null, { signal: done.signal }).catch(() => null)]);
  } finally {
    done.abort();
  }
}
