/**
 * Keeps the frames of a connection until somebody asks for the next one. Bounded: when it is full the socket is
 * paused, so that a server that sends without end fills its own buffers and not ours.
 */
import type { JsonObject } from '../core/body.ts';
import type { Closure } from '../core/close-codes.ts';

/** `atMs` is when the bytes arrived, on the clock of the attempt. */
export type Received =
  | { readonly kind: 'frame'; readonly frame: JsonObject; readonly atMs: number }
  /** A frame that is not one JSON object in a text; `detail` says what it is instead. */
  | { readonly kind: 'bad_frame'; readonly detail: string; readonly atMs: number }
  | { readonly kind: 'closed'; readonly closure: Closure; readonly atMs: number }
  /** Nothing came in the time that was given. */
  | { readonly kind: 'silent' };

/** Frames that are kept before the socket is paused. */
const framesMax = 32;

export interface Inbox {
  put(received: Received): void;
  /** The oldest frame, or the next one to come, or `silent` after the wait. After the end it gives the end, always. */
  next(waitMs: number): Promise<Received>;
  /** Drops what is there and what will come, except the end. */
  discard(): void;
}

export function createInbox(socket: { pause(): void; resume(): void }): Inbox {
  const kept: Received[] = [];
  let end: Received | null = null;
  let discarding = false;
  let deliver: ((received: Received) => void) | null = null;

  return {
    put(received) {
      if (received.kind === 'closed') {
        end ??= received;
      } else if (discarding) {
        return;
      }
      if (deliver !== null) {
        deliver(received);
      } else if (received.kind !== 'closed') {
        kept.push(received);
        if (kept.length >= framesMax) {
          socket.pause();
        }
      }
    },

    next(waitMs) {
      const first = kept.shift();
      if (first !== undefined && kept.length === 0) {
        socket.resume();
      }
      const ready = first ?? end;
      if (ready !== null) {
        return Promise.resolve(ready);
      }
      const { promise, resolve } = Promise.withResolvers<Received>();
      const timer = setTimeout(() => deliver?.({ kind: 'silent' }), Math.max(0, waitMs));
      deliver = (received) => {
        clearTimeout(timer);
        deliver = null;
        resolve(received);
      };
      return promise;
    },

    discard() {
      discarding = true;
      kept.length = 0;
      socket.resume();
    },
  };
}
