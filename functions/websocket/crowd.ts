/** Many sockets at once: whether a server that takes one takes a crowd. All stay open until the last has arrived. */
import { readyAtMs } from '../../shared/core/dialect/greeting.ts';
import { check } from '../../shared/core/exchange-check.ts';
import type { Check, Failure } from '../../shared/core/outcome.ts';
import type { Deadline } from '../../shared/core/probe.ts';
import type { Secret } from '../../shared/core/secret.ts';
import { visit, type Visit, visitFailure, type Visitor } from './visit.ts';

/** Kept back from the deadline for closing all sockets. */
const reserveMs = 1_000;

export interface Crowd {
  readonly check: Check;
  readonly ready: number;
}

export async function checkCrowd(visitor: Visitor, token: Secret, sockets: number): Promise<Crowd> {
  const startedMs = visitor.elapsedMs();
  const early = { ...visitor, context: { ...visitor.context, deadline: earlier(visitor.context.deadline) } };
  const gate = gateFor(sockets);
  const visits = await Promise.all(
    Array.from({ length: sockets }, async () => {
      const one = await visit(early, { token, whenReady: () => gate.arrive() });
      if (visitFailure(one) !== null) {
        void gate.arrive();
      }
      return one;
    }),
  );
  const failures = visits.map(visitFailure).filter((failure) => failure !== null);
  const ready = sockets - failures.length;
  const facts = {
    startedMs,
    latencyMs: visitor.elapsedMs() - startedMs,
    evidence: { sockets, ready, slowest_ready_ms: slowestReadyMs(visits), reasons: tally(failures) },
  };
  const failure = failures.length === 0 ? null : crowdFailure(ready, sockets, failures);
  const detail = `${sockets} sockets at once are all ready`;
  return { check: check('websocket.crowd', { failure, detail }, facts), ready };
}

/** A wait that ends when everybody has come to it. */
function gateFor(count: number): { arrive(): Promise<void> } {
  const { promise, resolve } = Promise.withResolvers<void>();
  let arrived = 0;
  return {
    arrive() {
      arrived += 1;
      if (arrived === count) {
        resolve();
      }
      return promise;
    },
  };
}

/** If only our own time ran out, nothing is known of the server. */
function crowdFailure(ready: number, sockets: number, failures: readonly Failure[]): Failure {
  const onlyTime = failures.every(({ reason }) => reason === 'deadline_exceeded');
  const detail = `${ready} of ${sockets} sockets at once became ready; the others: ${tally(failures).join(', ')}`;
  return { reason: onlyTime ? 'deadline_exceeded' : 'crowd_incomplete', detail };
}

function tally(failures: readonly Failure[]): readonly string[] {
  const reasons = failures.map(({ reason }) => reason);
  return [...new Set(reasons)].map((reason) => `${reason} ×${reasons.filter((other) => other === reason).length}`);
}

function slowestReadyMs(visits: readonly Visit<void>[]): number {
  const times = visits.map(({ readiness, opening }) =>
    readiness === null || readiness.failure !== null ? 0 : readyAtMs(readiness.greeted) - opening.exchange.startedMs,
  );
  return Math.round(Math.max(0, ...times));
}

function earlier(deadline: Deadline): Deadline {
  return { signal: deadline.signal, remainingMs: () => Math.max(0, deadline.remainingMs() - reserveMs) };
}
