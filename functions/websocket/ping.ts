/** Asks for a sign of life in the product's own words, and takes nothing but the answer to it for one. */
import { type Closure, closureFailure } from '../../shared/core/close-codes.ts';
import { readFrame } from '../../shared/core/dialect/read.ts';
import type { Failure } from '../../shared/core/outcome.ts';
import { answerServer } from '../../shared/io/websocket-greeting.ts';
import type { WebsocketSession } from '../../shared/io/websocket-session.ts';
import type { Visitor } from './visit.ts';

export interface Pong {
  /** Null when the answer came. */
  readonly failure: Failure | null;
  readonly sentMs: number;
  readonly latencyMs: number;
  /** The user whom the answer names. */
  readonly userId: string | null;
  /** Null unless the connection ended instead. */
  readonly closure: Closure | null;
  /** Whether the server's transport answers a ping of the protocol; asked only when the product did not answer. */
  readonly transportAnswers: boolean | null;
}

/** How long the transport may take to answer once the product did not. */
const transportMsMax = 1_000;

export async function ping(session: WebsocketSession, visitor: Visitor): Promise<Pong> {
  const { dialect, elapsedMs, target } = visitor;
  const { deadline } = visitor.context;
  const sentMs = session.send(dialect.ping);
  const waitMs = Math.min(target.settings.pongMsMax, deadline.remainingMs());
  const end = (failure: Failure | null, atMs: number, rest: Partial<Pong> = {}): Pong => ({
    failure,
    sentMs,
    latencyMs: atMs - sentMs,
    userId: null,
    closure: null,
    transportAnswers: null,
    ...rest,
  });

  let words = '';
  for (let leftMs = waitMs; leftMs > 0; leftMs = sentMs + waitMs - elapsedMs()) {
    const received = await session.next(leftMs);
    switch (received.kind) {
      case 'frame': {
        const reading = readFrame(dialect, received.frame);
        if (reading.is === 'pong') {
          return end(null, received.atMs, { userId: reading.userId });
        }
        words = reading.is === 'error' ? `; instead, ${reading.error.sentence}` : words;
        answerServer(session, reading, { dialect, nowMs: visitor.context.nowMs });
        break;
      }
      case 'bad_frame':
        return end({ reason: 'bad_frame', detail: `instead of a pong came ${received.detail}` }, received.atMs);
      case 'closed':
        return end(
          closureFailure(received.closure, 'before the ping was answered', dialect.closeMeanings),
          received.atMs,
          { closure: received.closure },
        );
      case 'silent':
        break;
    }
  }
  const waited = `${(waitMs / 1_000).toFixed(1)} s`;
  if (waitMs < target.settings.pongMsMax) {
    return end({ reason: 'deadline_exceeded', detail: `the run's deadline left ${waited} for a pong` }, elapsedMs());
  }
  const transportAnswers = (await session.pingTransport(transportMsMax)) !== null;
  const who = transportAnswers
    ? 'the transport answers and the product does not'
    : 'the transport does not answer either';
  return end({ reason: 'no_pong', detail: `no pong in ${waited}: ${who}${words}` }, sentMs + waitMs, {
    transportAnswers,
  });
}
