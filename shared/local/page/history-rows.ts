/** Reads rows of the history back. What another version wrote and this one does not know is left out. */
import type { SQLOutputValue } from 'node:sqlite';

import { type Phase, type Phases, phases, type Verdict, verdicts } from '../../core/outcome.ts';
import { isReason } from '../../core/reasons.ts';
import { isStep } from '../../core/step.ts';
import type { LocalMessage } from '../slack/channels.ts';
import type { IncidentView, RunRow } from './model/contract.ts';

/** In the order of `History.add`. */
export const rowColumns = [
  'trace',
  'step',
  'region',
  'slot_ms',
  'verdict',
  'reason',
  'detail',
  'blocked_by',
  'latency_ms',
  'phases',
  'revision',
  'flaky',
  'cold',
  'late',
] as const;

type Row = Readonly<Record<string, SQLOutputValue>>;

export function rowOf(row: Row): readonly RunRow[] {
  const { step, verdict, reason, blocked_by: blockedBy } = row;
  if (!isStep(step) || !isVerdict(verdict)) {
    return [];
  }
  return [
    {
      trace: String(row['trace']),
      step,
      region: String(row['region']),
      slotMs: Number(row['slot_ms']),
      verdict,
      reason: isReason(reason) ? reason : null,
      detail: String(row['detail']),
      blockedBy: isStep(blockedBy) ? blockedBy : null,
      latencyMs: numberOrNull(row['latency_ms']),
      phases: phasesOf(row['phases']),
      revision: row['revision'] === null ? null : String(row['revision']),
      flaky: row['flaky'] === 1,
      cold: row['cold'] === 1,
      late: row['late'] === 1,
    },
  ];
}

function isVerdict(value: unknown): value is Verdict {
  return (verdicts as readonly unknown[]).includes(value);
}

function numberOrNull(value: unknown): number | null {
  return typeof value === 'number' ? value : null;
}

/** Charts read thousands of these at once, so that only what is there is looked at. */
function phasesOf(json: unknown): Phases {
  const known: Partial<Record<Phase, number>> = {};
  const entries: readonly (readonly [string, unknown])[] = Object.entries(Object(parseJson(json)));
  for (const [name, ms] of entries) {
    if (isPhase(name) && typeof ms === 'number') {
      known[name] = ms;
    }
  }
  return known;
}

const phaseNames: ReadonlySet<string> = new Set(phases);

function isPhase(name: string): name is Phase {
  return phaseNames.has(name);
}

export function parseIncident(json: unknown): readonly IncidentView[] {
  const parsed = parseJson(json);
  return isIncident(parsed) ? [parsed] : [];
}

/** We wrote it ourselves: what has the outer form of one is one. */
function isIncident(value: unknown): value is IncidentView {
  return typeof value === 'object' && value !== null && 'firstStep' in value && 'parts' in value;
}

export function parseMessage(json: unknown): readonly LocalMessage[] {
  const parsed = parseJson(json);
  return isMessage(parsed) ? [parsed] : [];
}

function isMessage(value: unknown): value is LocalMessage {
  return typeof value === 'object' && value !== null && 'ts' in value && 'blocks' in value;
}

function parseJson(json: unknown): unknown {
  try {
    return JSON.parse(String(json));
  } catch {
    return null;
  }
}
