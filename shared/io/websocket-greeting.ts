/** Brings a fresh connection to the point where messages count, in the dialect of the product. */
import { setTimeout as wait } from 'node:timers/promises';

import { closureFailure, isRefusal } from '../core/close-codes.ts';
import type { Dialect } from '../core/dialect/dialect.ts';
import type { ServerError } from '../core/dialect/error.ts';
import { acknowledgementFrame } from '../core/dialect/frame.ts';
import {
  awaitedUntilMs,
  greet,
  type Greeted,
  greetingFailure,
  type GreetingPlan,
  greetingPlan,
  notGreeted,
  settleMs,
} from '../core/dialect/greeting.ts';
import { type Reading, readFrame } from '../core/dialect/read.ts';
import type { WebsocketSettings } from '../core/environment/websocket.ts';
import type { Failure } from '../core/outcome.ts';
import type { ProbeContext } from '../core/probe.ts';
import type { Reason } from '../core/reasons.ts';
import type { ElapsedMs } from './stopwatch.ts';
import type { WebsocketSession } from './websocket-session.ts';

export interface Readiness {
  readonly greeted: Greeted;
  /** Null when the connection is ready. */
  readonly failure: Failure | null;
  /** The server turned the client away after the upgrade: by an error about its login, or by closing. */
  readonly turnedAway: boolean;
  readonly endedMs: number;
}

export interface GreetingContext {
  readonly dialect: Dialect;
  readonly settings: WebsocketSettings;
  readonly elapsedMs: ElapsedMs;
  readonly deadline: ProbeContext['deadline'];
  readonly nowMs: ProbeContext['nowMs'];
}

/** Resolves when the connection is ready for a message, or will not be. The session stays open. */
export async function becomeReady(session: WebsocketSession, context: GreetingContext): Promise<Readiness> {
  const { dialect, settings, elapsedMs, deadline } = context;
  const plan = greetingPlan(settings, dialect);
  let greeted = notGreeted(session.openedMs);
  const end = (failure: Failure | null, turnedAway = false): Readiness => ({
    greeted,
    failure,
    turnedAway,
    endedMs: elapsedMs(),
  });

  for (let leftMs = timeLeft(greeted, plan, elapsedMs); leftMs > 0; leftMs = timeLeft(greeted, plan, elapsedMs)) {
    const received = await session.next(Math.min(leftMs, deadline.remainingMs()));
    if (received.kind === 'frame') {
      const reading = readFrame(dialect, received.frame);
      greeted = greet(greeted, reading, received.atMs);
      if (reading.is === 'error') {
        return end(errorFailure(reading.error), reading.error.class === 'login');
      }
      answerServer(session, reading, context);
    } else if (deadline.remainingMs() <= 0) {
      return end(outOfTime(elapsedMs() - session.openedMs));
    } else if (received.kind === 'bad_frame') {
      return end({ reason: 'bad_frame', detail: `before the connection was ready came ${received.detail}` });
    } else if (received.kind === 'closed') {
      const until = greeted.welcome === null ? 'before it greeted' : 'before the handshake was complete';
      return end(closureFailure(received.closure, until, dialect.closeMeanings), isRefusal(received.closure));
    }
  }
  const readiness = end(greetingFailure(greeted, plan));
  if (readiness.failure === null) {
    await wait(Math.min(settleMs(greeted, dialect), deadline.remainingMs()));
  }
  return readiness;
}

/** Answers what a server asks of its client by itself, at any time: its heartbeat, and its handshake. */
export function answerServer(
  session: WebsocketSession,
  reading: Reading,
  { dialect, nowMs }: Pick<GreetingContext, 'dialect' | 'nowMs'>,
): void {
  if (reading.is === 'heartbeat' && dialect.heartbeatReply !== null) {
    session.send(dialect.heartbeatReply);
  }
  if (reading.is === 'handshake' && dialect.handshake !== null) {
    const time = new Date(nowMs()).toISOString();
    session.send(acknowledgementFrame(dialect.handshake, reading.threadId, time));
  }
}

function timeLeft(greeted: Greeted, plan: GreetingPlan, elapsedMs: ElapsedMs): number {
  const untilMs = awaitedUntilMs(greeted, plan);
  return untilMs === null ? 0 : untilMs - elapsedMs();
}

function outOfTime(sinceUpgradeMs: number): Failure {
  const waited = `${(sinceUpgradeMs / 1_000).toFixed(1)} s after the upgrade`;
  return { reason: 'deadline_exceeded', detail: `the run's deadline came ${waited}, before the connection was ready` };
}

function errorFailure(error: ServerError): Failure {
  const reason: Reason = error.class === 'rate' ? 'rate_limited' : 'welcome_error';
  return { reason, detail: `before the connection was ready, ${error.sentence}` };
}
