/**
 * The sandbox's only source of delays. All of them are divided by the present pace, keep no process alive, and are
 * gone when the sandbox closes.
 */

export interface Clock {
  /** Runs the action after so many milliseconds at pace 1; the answer takes it back. */
  later(delayMs: number, action: () => void): () => void;
  /** Runs the action again and again; the answer ends that. */
  every(periodMs: number, action: () => void): () => void;
  close(): void;
}

export function createClock(pace: () => number): Clock {
  const timers = new Set<NodeJS.Timeout>();

  function drop(timer: NodeJS.Timeout): void {
    clearTimeout(timer);
    timers.delete(timer);
  }

  return {
    later(delayMs, action) {
      const timer = setTimeout(() => {
        timers.delete(timer);
        action();
      }, delayMs / pace()).unref();
      timers.add(timer);
      return () => drop(timer);
    },
    every(periodMs, action) {
      const timer = setInterval(action, periodMs / pace()).unref();
      timers.add(timer);
      return () => drop(timer);
    },
    close() {
      for (const timer of timers) {
        drop(timer);
      }
    },
  };
}
