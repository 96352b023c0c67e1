/**
 * Tells "the product is unreachable" from "our own way out is broken": when a measurement failed in the way of a broken
 * network, the environment's control endpoint is asked once, in what is left of the run's time.
 */
import { showUrl } from '../core/redact.ts';
import type { Failure, Measurement } from '../core/outcome.ts';
import {
  type ControlAnswer,
  failureUnderControl,
  isNetworkFailure,
  measurementUnderControl,
  needsControl,
} from '../core/own-path.ts';
import type { ProbeContext } from '../core/probe.ts';
import { exchange } from './http.ts';
import type { ElapsedMs } from './stopwatch.ts';

/** An endpoint that is always up answers well within this, in milliseconds. */
const controlMsMax = 3_000;

/** With less time than this left, a missing answer would prove nothing. */
const controlMsMin = 250;

/** The measurement, with `own_path` where our own way out is what failed. To be called at the end of a probe. */
export async function withControl(
  measurement: Measurement,
  context: ProbeContext,
  elapsedMs: ElapsedMs,
): Promise<Measurement> {
  const answer = needsControl(measurement) ? await askControl(context, elapsedMs) : null;
  return answer === null ? measurement : measurementUnderControl(measurement, answer);
}

/** The same for one failure. */
export async function failureWithControl(
  failure: Failure,
  context: ProbeContext,
  elapsedMs: ElapsedMs,
): Promise<Failure> {
  const answer = isNetworkFailure(failure.reason) ? await askControl(context, elapsedMs) : null;
  return answer === null ? failure : failureUnderControl(failure, answer);
}

/** Null when the environment has no control endpoint: then every failure is taken for the product's. */
async function askControl(context: ProbeContext, elapsedMs: ElapsedMs): Promise<ControlAnswer | null> {
  const { control } = context.environment;
  if (control === undefined) {
    return null;
  }
  if (context.deadline.remainingMs() < controlMsMin) {
    return { control: 'untried', why: 'no time was left to ask the control endpoint' };
  }
  const { response, failure } = await exchange(
    { url: control.url, timeoutMs: controlMsMax },
    { ...context, elapsedMs },
  );
  if (failure !== null || response === null) {
    return { control: 'unreachable', why: `the control endpoint fails too: ${failure?.detail ?? 'no answer'}` };
  }
  return control.statuses.includes(response.status)
    ? { control: 'reachable' }
    : { control: 'unreachable', why: `the control endpoint ${showUrl(control.url)} answers HTTP ${response.status}` };
}
