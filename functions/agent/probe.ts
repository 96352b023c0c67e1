/**
 * Measures the `agent` step: asks one fresh question over a socket like that of the real client, and follows the run
 * to its end. What cannot even be tried is blocked by the earlier step that is broken.
 */
import { runsToday } from '../../shared/core/agent/budget.ts';
import { failed } from '../../shared/core/check.ts';
import type { CheckIdOf } from '../../shared/core/checks.ts';
import { dialectOf } from '../../shared/core/dialect/resolve.ts';
import { isFailure } from '../../shared/core/endpoint.ts';
import { loginCheck } from '../../shared/core/login-check.ts';
import { measurementOf } from '../../shared/core/measurement.ts';
import type { Failure, Measurement } from '../../shared/core/outcome.ts';
import type { Probe, ProbeContext } from '../../shared/core/probe.ts';
import { withControl } from '../../shared/io/control.ts';
import { login } from '../../shared/io/login.ts';
import { readRevision } from '../../shared/io/revision.ts';
import { type ElapsedMs, startStopwatch } from '../../shared/io/stopwatch.ts';
import { socketTarget } from '../../shared/io/websocket-request.ts';
import { type Caller, converse } from './conversation.ts';

export const probeAgent: Probe = async (context) => {
  const elapsedMs = startStopwatch();
  return withControl(await measure(context, elapsedMs), context, elapsedMs);
};

async function measure(context: ProbeContext, elapsedMs: ElapsedMs): Promise<Measurement> {
  const { memory } = context;
  const caller = callerOf(context, elapsedMs);
  if (isFailure(caller)) {
    const id: CheckIdOf<'agent'> = caller.reason === 'probe_budget' ? 'agent.budget' : 'agent.connection';
    return measurementOf([failed(id, caller, { startedMs: 0, latencyMs: 0 })], { memory, blocker: 'websocket' });
  }
  const grant = await login(context, elapsedMs);
  const loginMs = elapsedMs();
  const loggedIn = loginCheck('agent.login', grant, loginMs);
  if (!grant.ok) {
    return measurementOf([loggedIn], { memory, blocker: 'auth', phases: { login: loginMs } });
  }
  const { exchange, checks, phases, ...found } = await converse(caller, grant);
  return measurementOf([loggedIn, ...checks], {
    memory,
    ...found,
    blocker: 'websocket',
    phases: { login: loginMs, ...phases },
    gauges: { ...found.gauges, ...(exchange.tls === null ? {} : { tls_days_left: exchange.tls.daysLeft }) },
    revision: await readRevision(caller.target.endpoint, [exchange], { ...context, elapsedMs }),
  });
}

/** Nobody is asked when the day's questions are used up, or when the environment does not say whom. */
function callerOf(context: ProbeContext, elapsedMs: ElapsedMs): Caller | Failure {
  const settings = context.environment.steps.agent;
  if (settings === undefined) {
    return { reason: 'config_invalid', detail: 'the environment file has no `steps.agent`' };
  }
  const target = socketTarget(context);
  if (isFailure(target)) {
    return target;
  }
  const runs = runsToday(context.memory, context.nowMs());
  if (runs >= settings.runsPerDayMax) {
    const detail = `${runs} questions were asked today (UTC), of ${settings.runsPerDayMax} that the environment allows`;
    return { reason: 'probe_budget', detail };
  }
  return { context, elapsedMs, settings, target, dialect: dialectOf(context.environment.dialect) };
}
