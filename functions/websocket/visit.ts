/** One connection from its first packet to its close, as a value: the way in which every check of this step looks. */
import type { Dialect } from '../../shared/core/dialect/dialect.ts';
import type { Failure } from '../../shared/core/outcome.ts';
import type { ProbeContext } from '../../shared/core/probe.ts';
import type { Secret } from '../../shared/core/secret.ts';
import type { ElapsedMs } from '../../shared/io/stopwatch.ts';
import { openWebsocket, type WebsocketOpening } from '../../shared/io/websocket.ts';
import { becomeReady, type Readiness } from '../../shared/io/websocket-greeting.ts';
import { type SocketTarget, type Variant, websocketRequest } from '../../shared/io/websocket-request.ts';
import type { WebsocketSession } from '../../shared/io/websocket-session.ts';

/** What all connections of a run have in common. */
export interface Visitor {
  readonly context: Pick<ProbeContext, 'deadline' | 'traceId' | 'nowMs'>;
  readonly elapsedMs: ElapsedMs;
  readonly target: SocketTarget;
  readonly dialect: Dialect;
}

export interface VisitOptions<T> {
  readonly token: Secret | null;
  readonly variant?: Variant;
  /** What to do once the connection is ready. */
  readonly whenReady: (session: WebsocketSession) => Promise<T>;
}

export interface Visit<T> {
  readonly opening: WebsocketOpening;
  /** Null when the connection did not open. */
  readonly readiness: Readiness | null;
  /** What `whenReady` gave; null when the connection did not become ready. */
  readonly found: T | null;
}

export async function visit<T>(visitor: Visitor, options: VisitOptions<T>): Promise<Visit<T>> {
  const { context, elapsedMs, target, dialect } = visitor;
  const request = websocketRequest(target, options.token, options.variant);
  const opening = await openWebsocket(request, { ...context, elapsedMs });
  if (opening.kind !== 'open') {
    return { opening, readiness: null, found: null };
  }
  const { session } = opening;
  try {
    const readiness = await becomeReady(session, { ...context, dialect, elapsedMs, settings: target.settings });
    const found = readiness.failure === null ? await options.whenReady(session) : null;
    return { opening, readiness, found };
  } finally {
    await session.close();
  }
}

/** Why the connection did not become ready; null when it did. */
export function visitFailure({ opening, readiness }: Visit<unknown>): Failure | null {
  return opening.kind === 'open' ? (readiness?.failure ?? null) : opening.failure;
}
