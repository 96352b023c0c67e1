/** Says what it means that the time of an exchange was over: whom we were waiting for, and whether that is certain. */
import type { Failure } from './outcome.ts';
import { type Reason, reasonEntry } from './reasons.ts';

export interface TimeUp {
  /** By what the time was over: the exchange's own timeout, or the deadline of the whole run. */
  readonly by: 'timeout' | 'deadline';
  /** Since the exchange began. */
  readonly waitedMs: number;
}

/**
 * When the run's deadline leaves an exchange less than this, running into it says nothing about the product:
 * earlier parts of the run have used the time up.
 */
export const clearWaitMs = 1_000;

/** `reason` is what it means to have waited in vain; it holds unless the deadline came before a clear wait. */
export function timeUpFailure(reason: Reason, { by, waitedMs }: TimeUp): Failure {
  const certain = by === 'timeout' || waitedMs >= clearWaitMs ? reason : 'deadline_exceeded';
  return { reason: certain, detail: `${reasonEntry(certain).sentence} (waited ${(waitedMs / 1_000).toFixed(1)} s)` };
}

/** Timeout of one of several parts that have to share what is left; never so short that it could not be blamed. */
export function timeShareMs(remainingMs: number, parts: number): number {
  return Math.max(remainingMs / parts, clearWaitMs);
}
