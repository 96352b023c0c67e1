/** One deadline for everything that a probe does: a length becomes an instant and a signal. */
import type { Deadline } from '../core/probe.ts';
import { openRoom } from './time-room.ts';

export interface DisposableDeadline extends Deadline, Disposable {}

/** Starts the time now. Dispose it when the work is done, or its timer keeps the process busy until the end. */
export function startDeadline(lengthMs: number): DisposableDeadline {
  const controller = new AbortController();
  const timer = setTimeout(() => controller.abort(new DOMException('the deadline has come', 'TimeoutError')), lengthMs);
  return {
    signal: controller.signal,
    remainingMs: openRoom(lengthMs),
    [Symbol.dispose]: () => clearTimeout(timer),
  };
}
