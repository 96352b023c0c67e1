/** One end for everything that an exchange waits for: its own timeout or the run's deadline, whichever comes first. */
import type { Deadline } from '../core/probe.ts';
import type { TimeUp } from '../core/time-up.ts';
import type { ElapsedMs } from './stopwatch.ts';

export interface TimeLimit {
  /** Calls the listener when the time is over, at once if it already is. Only the latest listener is kept. */
  whenUp(listener: (timeUp: TimeUp) => void): void;
  /** Stops the timer; to be called at the end of the exchange. */
  release(): void;
}

export function startTimeLimit(deadline: Deadline, elapsedMs: ElapsedMs, timeoutMs = Infinity): TimeLimit {
  const startedMs = elapsedMs();
  const remainingMs = deadline.signal.aborted ? 0 : deadline.remainingMs();
  let timeUp: TimeUp | null = null;
  let listener = (_timeUp: TimeUp): void => {};

  const end = (by: TimeUp['by']): void => {
    timeUp ??= { by, waitedMs: elapsedMs() - startedMs };
    listener(timeUp);
  };
  const endByDeadline = (): void => end('deadline');
  const timer = setTimeout(end, Math.min(timeoutMs, remainingMs), timeoutMs < remainingMs ? 'timeout' : 'deadline');
  deadline.signal.addEventListener('abort', endByDeadline, { once: true });
  if (remainingMs <= 0) {
    endByDeadline();
  }

  return {
    whenUp(next) {
      listener = next;
      if (timeUp !== null) {
        next(timeUp);
      }
    },
    release() {
      clearTimeout(timer);
      deadline.signal.removeEventListener('abort', endByDeadline);
    },
  };
}
