/**
 * The outer form of a measurement, for the run that takes it from a probe: a mistake in a probe must end as a fault of
 * the monitor, not as state and metrics that nobody can read any more.
 */
import * as v from 'valibot';

import { checkTitles } from './checks.ts';
import { gauges, phases, verdicts } from './outcome.ts';
import { isReason } from './reasons.ts';
import { steps } from './step.ts';

const number = v.pipe(v.number(), v.finite());
const text = v.pipe(v.string(), v.maxLength(4_000));
const verdict = v.picklist(verdicts);
const values = v.array(v.union([text, number]));

function timesOf<const T extends readonly string[]>(names: T) {
  return v.strictObject(v.entriesFromList(names, v.optional(number)));
}

const phaseTimes = timesOf(phases);

const check = v.object({
  id: v.custom((id) => typeof id === 'string' && Object.hasOwn(checkTitles, id)),
  subject: v.nullable(text),
  verdict,
  reason: v.nullable(v.custom(isReason)),
  detail: text,
  startedMs: number,
  latencyMs: number,
  phases: phaseTimes,
  evidence: v.record(text, v.union([text, number, v.boolean(), v.null(), values])),
});

const measurement = v.object({
  checks: v.array(check),
  latencyMs: v.nullable(number),
  phases: phaseTimes,
  gauges: timesOf(gauges),
  components: v.array(v.object({ name: text, verdict, word: v.nullable(text), latencyMs: v.nullable(number) })),
  timeline: v.array(v.object({ name: text, atMs: number })),
  revision: v.nullable(text),
  blockedBy: v.nullable(v.picklist(steps)),
  memory: v.record(text, v.union([text, number, v.boolean(), values])),
});

/** Where a value is not the measurement that it should be, such as `checks.0.verdict`; null when it is one. */
export function flawOf(value: unknown): string | null {
  const [issue] = v.safeParse(measurement, value, { abortEarly: true }).issues ?? [];
  return issue === undefined ? null : (v.getDotPath(issue) ?? 'all of it');
}
