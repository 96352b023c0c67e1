/**
 * Tells silence from slowness. Time counts only while this process gets its turns: on a busy machine whoever is waited
 * for is as late as the waiting itself, and sandbox and observer share one event loop.
 */

const tickMs = 50;

/** A tick that comes later than this after its time shows that the process was kept waiting. */
const lateMs = 20;

export interface Silence {
  /** Something was heard: the waiting begins anew. */
  heard(): void;
  stop(): void;
}

/** Calls once after so many milliseconds of undisturbed waiting. */
export function onSilence(quietMs: number, call: () => void): Silence {
  let quiet = 0;
  let due = performance.now() + tickMs;
  const timer = setInterval(() => {
    const now = performance.now();
    quiet = now - due > lateMs ? 0 : quiet + tickMs;
    due = now + tickMs;
    if (quiet >= quietMs) {
      clearInterval(timer);
      call();
    }
  }, tickMs);
  return {
    heard() {
      quiet = 0;
    },
    stop: () => clearInterval(timer),
  };
}
