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
  const { dialect, elapsedMs, context } = visitor;
  const { pongMsMax } = visitor.target.settings;
  const sentMs = session.send(dialect.ping);
  const pong = (failure: Failure | null, atMs: number, rest: Partial<Pong> = {}): Pong => {
    return { failure, sentMs, latencyMs: atMs - sentMs, userId: null, closure: null, transportAnswers: null, ...rest };
  };

  let instead = '';
  for (let leftMs = pongMsMax; leftMs > 0; leftMs = sentMs + pongMsMax - elapsedMs()) {
    const received = await session.next(Math.min(leftMs, context.deadline.remainingMs()));
    if (received.kind === 'frame') {
      const reading = readFrame(dialect, received.frame);
      if (reading.is === 'pong') {
        return pong(null, received.atMs, { userId: reading.userId });
      }
      instead = reading.is === 'error' ? `; instead, ${reading.error.sentence}` : instead;
      answerServer(session, reading, { dialect, nowMs: context.nowMs });
    } else if (context.deadline.remainingMs() <= 0) {
      const detail = `the run's deadline came ${seconds(elapsedMs() - sentMs)} after a ping`;
      return pong({ reason: 'deadline_exceeded', detail }, elapsedMs());
    } else if (received.kind === 'bad_frame') {
      return pong({ reason: 'bad_frame', detail: `instead of a pong came ${received.detail}` }, received.atMs);
    } else if (received.kind === 'closed') {
      const { closure } = received;
      const failure = closureFailure(closure, 'before the ping was answered', dialect.closeMeanings);
      return pong(failure, received.atMs, { closure });
    }
  }
  const transportAnswers = (await session.pingTransport(transportMsMax)) !== null;
  const who = transportAnswers
    ? 'the transport answers and the product does not'
    : 'the transport does not answer either';
  const detail = `no pong in ${seconds(pongMsMax)}: ${who}${instead}`;
  return pong({ reason: 'no_pong', detail }, sentMs + pongMsMax, { transportAnswers });
}

function seconds(ms: number): string {
  return `${(ms / 1_000).toFixed(1)} s`;
}
