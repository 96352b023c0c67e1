/**
 * Tells for how long at most our own process stood still during a measurement. Node's own `monitorEventLoopDelay` counts
 * only from its second tick on, which is after the end of many a probe.
 */
import { setTimeout as wait } from 'node:timers/promises';

/** How often the process shows that it is alive; a stall shorter than this does no harm to a measurement. */
const tickMs = 10;

export interface StallWatch {
  /** Ends the watch: the longest stall in whole milliseconds, 0 when there was none. */
  end(): Promise<number>;
}

export function watchStalls(): StallWatch {
  let seenAt = performance.now();
  let longestMs = 0;
  const look = (): void => {
    const now = performance.now();
    longestMs = Math.max(longestMs, now - seenAt - tickMs);
    seenAt = now;
  };
  const ticking = setInterval(look, tickMs);
  return {
    async end() {
      // A stall shows at the first timer after it: one right before the end is waited for.
      await wait(0);
      look();
      clearInterval(ticking);
      return Math.round(longestMs);
    },
  };
}
