/**
 * Finds the outcome in a line of a log or an export: the outcome itself, the record of a run, or an entry of Cloud
 * Logging around it. Checks what judging relies on; a line that is something else is no outcome.
 */
import type { Outcome } from './outcome.ts';
import { verdicts } from './outcome.ts';
import { isReason } from './reasons.ts';
import { isStep } from './step.ts';

type Fields = Readonly<Record<string, unknown>>;

/** The outcome, or why the line has none. */
export function recordedOutcome(line: string): Outcome | string {
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch {
    return 'is not JSON';
  }
  const found = outcomeIn(value);
  if (found === null) {
    return 'holds no outcome';
  }
  // What only messages show may be missing, as in a shortened export.
  const whole = { ...optional, ...found };
  return isOutcome(whole) ? whole : `has an outcome with a wrong ${wrongIn(whole)}`;
}

function isOutcome(value: Fields): value is Fields & Outcome {
  return wrongIn(value) === undefined;
}

function wrongIn(value: Fields): string | undefined {
  return names.find((name) => !fields[name]?.(value[name]));
}

function outcomeIn(value: unknown): Fields | null {
  if (!isFields(value)) {
    return null;
  }
  if (isFields(value['jsonPayload'])) {
    return outcomeIn(value['jsonPayload']);
  }
  if (isFields(value['outcome'])) {
    return value['outcome'];
  }
  return value['slotMs'] === undefined ? null : value;
}

function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

const fields: Readonly<Record<string, (value: unknown) => boolean>> = {
  environment: isText,
  region: isText,
  step: isStep,
  slotMs: Number.isFinite,
  endedAtMs: Number.isFinite,
  verdict: (value) => (verdicts as readonly unknown[]).includes(value),
  reason: (value) => value === null || isReason(value),
  detail: isText,
  latencyMs: (value) => value === null || Number.isFinite(value),
  phases: isFields,
  flaky: isFlag,
  cold: isFlag,
  checks: Array.isArray,
  attempts: Array.isArray,
  timeline: Array.isArray,
};

const names = Object.keys(fields);

function isText(value: unknown): boolean {
  return typeof value === 'string';
}

function isFlag(value: unknown): boolean {
  return typeof value === 'boolean';
}

const optional = {
  startedAtMs: 0,
  checkId: null,
  checks: [],
  gauges: {},
  components: [],
  timeline: [],
  revision: null,
  blockedBy: null,
  memory: {},
  attempts: [],
  late: false,
  stalledMs: 0,
  traceId: '',
} satisfies Partial<Outcome>;
