/**
 * Measures the `websocket` step: a connection like that of the real client first, alone and undisturbed; then what a
 * client without a browser and what strangers get; last a crowd, if the environment asks for one.
 */
import { failed } from '../../shared/core/check.ts';
import { greetingPhases, readyAtMs } from '../../shared/core/dialect/greeting.ts';
import { dialectOf } from '../../shared/core/dialect/resolve.ts';
import { isFailure } from '../../shared/core/endpoint.ts';
import type { Grant } from '../../shared/core/login.ts';
import { loginCheck } from '../../shared/core/login-check.ts';
import { measurementOf } from '../../shared/core/measurement.ts';
import { offerBytes } from '../../shared/core/negotiation.ts';
import type { Check, Measurement, Phases } from '../../shared/core/outcome.ts';
import type { Probe, ProbeContext } from '../../shared/core/probe.ts';
import type { Secret } from '../../shared/core/secret.ts';
import { withControl } from '../../shared/io/control.ts';
import { login } from '../../shared/io/login.ts';
import { readRevision } from '../../shared/io/revision.ts';
import { type ElapsedMs, startStopwatch } from '../../shared/io/stopwatch.ts';
import { socketTarget, websocketRequest } from '../../shared/io/websocket-request.ts';
import { checkAuthorizationCarrier } from './carrier.ts';
import type { Connection } from './connection.ts';
import { checkCrowd, type Crowd } from './crowd.ts';
import { judgeGreeting } from './judge-greeting.ts';
import { judgeUpgrade } from './judge-upgrade.ts';
import { inLanes } from './lanes.ts';
import { ping } from './ping.ts';
import { checkRefusal } from './refusals.ts';
import { visit, type Visitor } from './visit.ts';

/** Connections at one time, apart from the crowd: the product allows a user three. */
const lanes = 3;

export const probeWebsocket: Probe = async (context) => {
  const elapsedMs = startStopwatch();
  return withControl(await measure(context, elapsedMs), context, elapsedMs);
};

async function measure(context: ProbeContext, elapsedMs: ElapsedMs): Promise<Measurement> {
  const found = { memory: context.memory, blocker: 'auth' } as const;
  const target = socketTarget(context);
  if (isFailure(target)) {
    return measurementOf([failed('websocket.upgrade', target, { startedMs: 0, latencyMs: 0 })], found);
  }
  const grant = await login(context, elapsedMs);
  const loginMs = elapsedMs();
  const loggedIn = loginCheck('websocket.login', grant, loginMs);
  if (!grant.ok) {
    return measurementOf([loggedIn], { ...found, phases: { login: loginMs } });
  }
  const visitor: Visitor = { context, elapsedMs, target, dialect: dialectOf(context.environment.dialect) };
  const connection = await connect(visitor, grant);
  const around = await checkAround(visitor, connection, grant.token);
  const crowd = await crowdOf(visitor, connection, grant.token);
  const checks = [loggedIn, ...judgeUpgrade(connection), ...judgeGreeting(connection), ...around];
  const { exchange } = connection.opening;
  return measurementOf(crowd === null ? checks : [...checks, crowd.check], {
    ...found,
    latencyMs: readyMs(connection),
    phases: { login: loginMs, ...phasesOf(connection) },
    gauges: {
      offer_header_bytes: connection.offerBytes,
      ...(exchange.tls === null ? {} : { tls_days_left: exchange.tls.daysLeft }),
      ...(crowd === null ? {} : { crowd_ready: crowd.ready }),
    },
    revision: await readRevision(target.endpoint, [exchange], { ...context, elapsedMs }),
  });
}

/** The main connection, closed again when this resolves. */
async function connect(visitor: Visitor, { token, subject }: Grant): Promise<Connection> {
  const { target, dialect } = visitor;
  const { offer, authorization } = websocketRequest(target, token);
  const { opening, readiness, found } = await visit(visitor, { token, whenReady: (session) => ping(session, visitor) });
  return {
    settings: target.settings,
    dialect,
    offer,
    offerBytes: offerBytes(offer, authorization),
    opening,
    readiness,
    pong: found,
    subject,
  };
}

/**
 * Other carriers and strangers. A server that did not even switch protocols says nothing about them; one that is not
 * well may still let a stranger in, and only that is worth telling then.
 */
async function checkAround(visitor: Visitor, connection: Connection, token: Secret): Promise<readonly Check[]> {
  const { settings } = visitor.target;
  if (connection.opening.exchange.response?.status !== 101) {
    return [];
  }
  const ready = readyMs(connection) !== null;
  const isOtherCarrier = settings.carrier === 'subprotocol' || settings.carrier === 'none';
  const carriers = ready && settings.checkAuthorizationCarrier && isOtherCarrier;
  const checks = await inLanes(
    [
      ...(carriers ? [() => checkAuthorizationCarrier(visitor, token)] : []),
      ...settings.refusals.map((refusal) => () => checkRefusal(visitor, refusal, token)),
    ],
    lanes,
  );
  return ready ? checks : checks.filter(({ verdict, reason }) => verdict === 'pass' || reason === 'auth_bypassed');
}

function crowdOf(visitor: Visitor, connection: Connection, token: Secret): Promise<Crowd | null> {
  const sockets = readyMs(connection) === null ? 0 : visitor.target.settings.crowdSockets;
  return sockets === 0 ? Promise.resolve(null) : checkCrowd(visitor, token, sockets);
}

/** From the first packet to a socket that takes messages; null when it never was one. */
function readyMs({ readiness, opening }: Connection): number | null {
  return readiness === null || readiness.failure !== null
    ? null
    : readyAtMs(readiness.greeted) - opening.exchange.startedMs;
}

function phasesOf({ opening, readiness, pong }: Connection): Phases {
  return {
    ...opening.exchange.phases,
    ...(readiness === null ? {} : greetingPhases(readiness.greeted, readiness.failure === null)),
    ...(pong?.failure === null ? { ping: pong.latencyMs } : {}),
  };
}
