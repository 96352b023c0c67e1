/** Tells the open pages that something changed, once for all that changes at about the same time. */
import type { LiveEvents } from './live-events.ts';
import type { Overview } from './model/contract.ts';

export type Changed = 'overview' | 'slack' | 'metrics';

export interface Announcer {
  readonly announce: (what: Changed) => void;
  readonly close: () => void;
}

/** Several changes at once are one picture; a person sees no difference below this. */
const settleMs = 40;

export function createAnnouncer(events: LiveEvents, overview: () => Overview): Announcer {
  const waiting = new Set<Changed>();
  let timer: NodeJS.Timeout | null = null;
  let closed = false;

  function send(): void {
    timer = null;
    for (const what of waiting) {
      // The overview travels with the news of it; for the rest a page asks if it shows it.
      events.send(what, what === 'overview' && events.count() > 0 ? overview() : null);
    }
    waiting.clear();
  }

  return {
    announce: (what) => {
      waiting.add(what);
      timer ??= closed ? null : setTimeout(send, settleMs);
    },
    close: () => {
      closed = true;
      if (timer !== null) {
        clearTimeout(timer);
      }
    },
  };
}
