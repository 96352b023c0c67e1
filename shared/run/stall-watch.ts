/**
 * Tells for how long at most our own process stood still during a measurement. Node's own `monitorEventLoopDelay` counts
 * only from its second tick on, which is after the end of many a probe.
 */
import { monotonicMs } from './monotonic.ts';

/** How often the process shows that it is alive; a stall shorter than this does no harm to a measurement. */
const tickMs = 10;

export interface StallWatch {
  /** Ends the watch: the longest stall in whole milliseconds, 0 when there was none. */
  end(): number;
}

export function watchStalls(): StallWatch {
  let seenAt = monotonicMs();
  let longestMs = 0;
  const look = (): void => {
    const now = monotonicMs();
    longestMs = Math.max(longestMs, now - seenAt - tickMs);
    seenAt = now;
  };
  const ticking = setInterval(look, tickMs);
  return {
    end() {
      look();
      clearInterval(ticking);
      return Math.round(longestMs);
    },
  };
}
