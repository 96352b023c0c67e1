/** The pure half of the main connection after the upgrade: greeting, user, handshake and ping become checks. */
import type { Timing } from '../../shared/core/check.ts';
import { greetedVersion, type GreetingPlan, greetingPlan, readyAtMs } from '../../shared/core/dialect/greeting.ts';
import { foreignUserFailure, isUser } from '../../shared/core/dialect/identity.ts';
import { check } from '../../shared/core/exchange-check.ts';
import type { Check, Failure } from '../../shared/core/outcome.ts';
import type { Readiness } from '../../shared/io/websocket-greeting.ts';
import type { Connection } from './connection.ts';
import type { Pong } from './ping.ts';

/** None when the connection did not open. */
export function judgeGreeting(connection: Connection): readonly Check[] {
  const { readiness, pong, settings, dialect } = connection;
  if (readiness === null) {
    return [];
  }
  const plan = greetingPlan(settings, dialect);
  return [
    ...judgeWelcome(connection, readiness, plan),
    ...judgeUser(connection, readiness),
    ...judgeHandshake(readiness, plan),
    ...(pong === null ? [] : [judgePing(pong)]),
  ];
}

function judgeWelcome(connection: Connection, readiness: Readiness, plan: GreetingPlan): readonly Check[] {
  const { greeted } = readiness;
  const version = greetedVersion(greeted, connection.dialect);
  const own = readiness.failure !== null && isOfWelcome(readiness, plan) ? readiness.failure : null;
  const failure = own ?? slowFailure(connection, readiness);
  if (failure === null && plan.welcome === 'none') {
    return [];
  }
  const detail =
    greeted.welcome === null
      ? 'no greeting came, and none is demanded'
      : `the server greeted in the way of ${version ?? connection.dialect.name}`;
  const facts = { ...until(readiness, greeted.welcome?.atMs), evidence: { protocol_version: version } };
  return [check('websocket.welcome', { failure, detail }, facts)];
}

/** What went wrong before a greeting is told of the greeting, what went wrong after it of the handshake. */
function isOfWelcome({ greeted }: Readiness, plan: GreetingPlan): boolean {
  return greeted.welcome === null || plan.handshake === 'none';
}

function slowFailure({ settings, opening }: Connection, { greeted, failure }: Readiness): Failure | null {
  const readyMs = readyAtMs(greeted) - opening.exchange.startedMs;
  if (failure !== null || settings.readyMsMax === undefined || readyMs <= settings.readyMsMax) {
    return null;
  }
  const detail = `the socket was ready after ${Math.round(readyMs)} ms, more than ${settings.readyMsMax} ms`;
  return { reason: 'slow', detail };
}

/** Greeting and pong may both name the user, and each must name ours. */
function judgeUser({ pong, subject, dialect }: Connection, readiness: Readiness): readonly Check[] {
  const { welcome } = readiness.greeted;
  const shown = [welcome?.userId, pong?.userId].filter((userId) => typeof userId === 'string');
  if (subject === null || shown.length === 0) {
    return [];
  }
  const foreign = shown.find((userId) => !isUser(userId, subject));
  const failure = foreign === undefined ? null : foreignUserFailure(foreign, dialect);
  const detail = 'the connection names the user who logged in';
  return [check('websocket.user', { failure, detail }, until(readiness, welcome?.atMs))];
}

function judgeHandshake(readiness: Readiness, plan: GreetingPlan): readonly Check[] {
  const { handshake } = readiness.greeted;
  const failure = isOfWelcome(readiness, plan) ? null : readiness.failure;
  const took = readiness.failure === null && handshake !== null;
  if (failure === null && !took) {
    return [];
  }
  const completed = handshake !== null && handshake.completedMs !== null;
  const detail = completed
    ? 'the handshake of the server was acknowledged and completed'
    : 'the handshake of the server was acknowledged; it did not say that it is complete, and need not';
  const facts = { ...until(readiness, handshake?.completedMs ?? handshake?.offeredMs), evidence: { completed } };
  return [check('websocket.handshake', { failure, detail }, facts)];
}

function judgePing({ failure, sentMs, latencyMs, transportAnswers }: Pong): Check {
  const evidence = transportAnswers === null ? {} : { transport_answers: transportAnswers };
  const detail = `a pong came after ${latencyMs.toFixed(1)} ms`;
  return check('websocket.ping', { failure, detail }, { startedMs: sentMs, latencyMs, evidence });
}

/** From the upgrade to a moment after it; without one, to the end of the waiting. */
function until({ greeted, endedMs }: Readiness, atMs: number | undefined): Timing {
  return { startedMs: greeted.openedMs, latencyMs: (atMs ?? endedMs) - greeted.openedMs };
}
