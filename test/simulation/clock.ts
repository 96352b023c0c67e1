/** Virtual time: things happen in the order of their instants, and a year passes as fast as its events can be computed. */
import { setImmediate as settle } from 'node:timers/promises';

export interface VirtualClock {
  readonly nowMs: () => number;
  /** Does something at an instant; of equal instants, in the order of asking. */
  readonly at: (instantMs: number, action: () => void) => void;
  /** Resolves when that much virtual time has passed. */
  readonly sleep: (lengthMs: number) => Promise<void>;
  /** Lets time pass until nothing is planned up to the instant. */
  readonly runUntil: (instantMs: number) => Promise<void>;
}

interface Planned {
  readonly instantMs: number;
  readonly order: number;
  readonly action: () => void;
}

export function virtualClock(startMs: number): VirtualClock {
  const heap: Planned[] = [];
  let nowMs = startMs;
  let order = 0;

  function at(instantMs: number, action: () => void): void {
    order += 1;
    push(heap, { instantMs: Math.max(instantMs, nowMs), order, action });
  }

  return {
    nowMs: () => nowMs,
    at,
    sleep: (lengthMs) => new Promise((resolve) => at(nowMs + lengthMs, resolve)),
    runUntil: async (instantMs) => {
      for (let first = heap[0]; first !== undefined && first.instantMs <= instantMs; first = heap[0]) {
        pop(heap);
        nowMs = first.instantMs;
        first.action();
        // Everything that follows at once from this event happens before the next one.
        await settle();
      }
      nowMs = Math.max(nowMs, instantMs);
    },
  };
}

function isBefore(a: Planned, b: Planned): boolean {
  return a.instantMs < b.instantMs || (a.instantMs === b.instantMs && a.order < b.order);
}

function push(heap: Planned[], item: Planned): void {
  let at = heap.push(item) - 1;
  while (at > 0) {
    const parentAt = (at - 1) >> 1;
    const parent = heap[parentAt];
    if (parent === undefined || !isBefore(item, parent)) {
      break;
    }
    heap[at] = parent;
    at = parentAt;
  }
  heap[at] = item;
}

function pop(heap: Planned[]): void {
  const last = heap.pop();
  if (last === undefined || heap.length === 0) {
    return;
  }
  let at = 0;
  for (;;) {
    let childAt = 2 * at + 1;
    let child = heap[childAt];
    const right = heap[childAt + 1];
    if (child !== undefined && right !== undefined && isBefore(right, child)) {
      child = right;
      childAt += 1;
    }
    if (child === undefined || !isBefore(child, last)) {
      break;
    }
    heap[at] = child;
    at = childAt;
  }
  heap[at] = last;
}
