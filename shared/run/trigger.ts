/**
 * What a caller asks for: which environment, for which slot. Cloud Scheduler names the slot in a header, which makes it
 * the idempotency key of its at-least-once delivery; anyone else means the present one.
 * Source: Cloud Scheduler, HttpTarget headers (google.cloud.scheduler.v1.HttpTarget).
 */
import type { Environment } from '../core/environment/definition.ts';
import { hourMs, isoUtc, minuteMs, parseInstant, slotOf } from '../core/time.ts';

export interface TriggerRequest {
  readonly method: string;
  readonly header: (name: string) => string | undefined;
  /** The parsed body, whatever came. */
  readonly body: unknown;
}

export interface Trigger {
  readonly environment: Environment;
  readonly slotMs: number;
  /** Set when a Google synthetic monitor asks: measure and answer in its form, record nothing. */
  readonly synthetic: boolean;
}

export interface RefusedTrigger {
  readonly status: 400 | 405;
  readonly problem: string;
}

/** Clocks may differ by this much before a slot counts as one of the future. */
const futureMsMax = minuteMs;

/** Cloud Monitoring takes no point that is older than 25 hours; such a slot can only be a mistake. */
const pastMsMax = 24 * hourMs;

export function parseTrigger(
  request: TriggerRequest,
  environments: readonly Environment[],
  nowMs: number,
): Trigger | RefusedTrigger {
  const synthetic = request.header('synthetic-execution-id') !== undefined;
  if (request.method !== 'POST' && !synthetic) {
    return { status: 405, problem: `${request.method} is not allowed: POST {"environment": "…"} starts a run` };
  }
  const environment = findEnvironment(request.body, environments);
  if ('problem' in environment) {
    return environment;
  }
  const slotMs = findSlot(request.header('x-cloudscheduler-scheduletime'), environment.cadenceSeconds * 1_000, nowMs);
  return typeof slotMs === 'number' ? { environment, slotMs, synthetic } : slotMs;
}

function findEnvironment(body: unknown, environments: readonly Environment[]): Environment | RefusedTrigger {
  const allowed = environments.map(({ name }) => name).join(', ');
  const [only, second] = environments;
  const name = nameIn(body);
  if (name === null) {
    return bad(`the body must be a JSON object such as {"environment": "${only?.name ?? '…'}"}`);
  }
  if (name === undefined) {
    return only !== undefined && second === undefined ? only : bad(`"environment" is missing; one of: ${allowed}`);
  }
  return (
    environments.find((environment) => environment.name === name) ?? bad(`no such environment; one of: ${allowed}`)
  );
}

/** The environment's name; undefined when the body names none, null when the body has another form. */
function nameIn(body: unknown): string | undefined | null {
  if (body === undefined || body === null || body === '' || isEmptyBuffer(body)) {
    return undefined;
  }
  if (typeof body !== 'object' || Array.isArray(body)) {
    return null;
  }
  const name: unknown = 'environment' in body ? body.environment : undefined;
  return name === undefined || typeof name === 'string' ? name : null;
}

function isEmptyBuffer(body: unknown): boolean {
  return body instanceof Uint8Array && body.length === 0;
}

function findSlot(scheduleTime: string | undefined, cadenceMs: number, nowMs: number): number | RefusedTrigger {
  if (scheduleTime === undefined) {
    return slotOf(nowMs, cadenceMs);
  }
  const slotMs = parseInstant(scheduleTime);
  if (slotMs === null) {
    return bad('X-CloudScheduler-ScheduleTime must be a time with zone, such as 2026-11-24T20:05:00Z');
  }
  // A slot of the future would make every following run a late one: the monitor would sleep until then.
  if (slotMs > nowMs + futureMsMax || slotMs < nowMs - pastMsMax) {
    return bad(`X-CloudScheduler-ScheduleTime must be within the last 24 hours, now is ${isoUtc(nowMs)}`);
  }
  return slotMs;
}

function bad(problem: string): RefusedTrigger {
  return { status: 400, problem };
}
