/** Whether the monitor stays below the limits of the product and of its own budget: it must not starve itself. */
import type { AuthSettings } from '../environment/auth.ts';
import { type Environment, stepsOf } from '../environment/definition.ts';
import { errorAt, type Finding, warningAt, when } from '../environment/finding.ts';
import type { WebsocketSettings } from '../environment/websocket.ts';
import type { Step } from '../step.ts';
import { durationText, secondMs } from '../time.ts';
import { runTimes } from './times.ts';

const daySeconds = 86_400;

export function requestFindings(environment: Environment): readonly Finding[] {
  return [...rateFindings(environment), ...socketFindings(environment), ...budgetFindings(environment)];
}

/** HTTP requests, upgrades included, that one attempt of a step may make. */
export function requestsPerAttempt({ control, services, steps }: Environment, step: Step): number {
  const revisions = Object.values(services).filter(({ revision }) => revision?.from === 'json').length;
  const login = Number(steps.auth !== undefined && steps.auth.login.kind !== 'self_signed');
  const around = revisions + Number(control !== undefined);
  switch (step) {
    case 'auth':
      return around + login + authRequests(steps.auth);
    case 'health':
      return around + (steps.health?.documents ?? []).reduce((sum, { redirectsMax }) => sum + 1 + redirectsMax, 0);
    case 'websocket':
      return around + login + upgrades(steps.websocket);
    case 'agent':
      return around + login + 1;
  }
}

/** The protected resource, once for us and once for everything that must be refused; keys and refresh. */
function authRequests(auth: AuthSettings | undefined): number {
  return auth === undefined
    ? 0
    : 1 + auth.refusals.length + Number(auth.token.verification.kind === 'jwks') + Number(auth.refresh !== undefined);
}

function upgrades(websocket: WebsocketSettings | undefined): number {
  return websocket === undefined
    ? 0
    : 1 + websocket.refusals.length + Number(websocket.checkAuthorizationCarrier) + websocket.crowdSockets;
}

/** At worst all steps of a region fall into one minute, fail and are confirmed. */
function rateFindings(environment: Environment): readonly Finding[] {
  const limit = environment.limits?.requestsPerMinute ?? Infinity;
  const perSlot = stepsOf(environment).reduce(
    (sum, step) => sum + requestsPerAttempt(environment, step) * runTimes(environment, step).attempts,
    0,
  );
  const perMinute = Math.ceil(perSlot * Math.max(1, 60 / environment.cadenceSeconds));
  return when(
    perMinute > limit,
    errorAt(
      ['limits', 'requestsPerMinute'],
      `is ${limit}, but a region may send ${perMinute} requests in a minute in which every step fails; ` +
        'fewer refusals, documents or sockets would fit',
    ),
  );
}

function socketFindings({ limits, regions, steps }: Environment): readonly Finding[] {
  const limit = limits?.socketsPerUser ?? Infinity;
  const crowd = steps.websocket?.crowdSockets ?? 0;
  const watching = regions.length * [steps.websocket, steps.agent].filter((step) => step !== undefined).length;
  return [
    ...when(
      crowd > limit,
      errorAt(
        ['steps', 'websocket', 'crowdSockets'],
        `is ${crowd}, but the product allows a user ${limit}: they could never all be ready, allowed: at most ${limit}`,
      ),
    ),
    ...when(
      watching > limit,
      warningAt(
        ['regions'],
        `${regions.length} regions may hold ${watching} sockets of one user at once; the product allows ${limit}`,
      ),
    ),
  ];
}

/** Questions that the agent is asked in a day, in the steady state and in an outage in which each run is confirmed. */
function budgetFindings(environment: Environment): readonly Finding[] {
  const { cadenceSeconds, steps } = environment;
  if (steps.agent === undefined) {
    return [];
  }
  const budget = steps.agent.runsPerDayMax;
  const { attempts } = runTimes(environment, 'agent');
  const perDay = Math.ceil(daySeconds / cadenceSeconds);
  const lasts = (each: number): string => durationText(Math.floor(budget / each) * cadenceSeconds * secondMs);
  const path = ['steps', 'agent', 'runsPerDayMax'];
  const cadenceMin = Math.ceil(daySeconds / budget);
  return [
    ...when(
      perDay > budget,
      errorAt(
        path,
        `is ${budget}, but a day has ${perDay} runs at a cadence of ${cadenceSeconds} s: the budget ends after ${lasts(1)}, ` +
          `allowed: at least ${perDay}, or \`cadenceSeconds\` of at least ${cadenceMin}`,
      ),
    ),
    ...when(
      perDay <= budget && attempts * perDay > budget,
      warningAt(
        path,
        `is ${budget}: in an outage each run is confirmed, and the budget ends after ${lasts(attempts)}; until midnight UTC ` +
          `nothing more could fire or recover, better: at least ${attempts * perDay}`,
      ),
    ),
  ];
}
