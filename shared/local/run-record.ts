/** Reads a function's answer, or what was kept of it. */
import type { RunRecord } from '../run/answer.ts';

/** Our own functions on this machine: what has the outer form of a record is one. Null when it has not. */
export function parseRunRecord(json: string): RunRecord | null {
  try {
    const parsed: unknown = JSON.parse(json);
    return isRunRecord(parsed) ? parsed : null;
  } catch {
    return null;
  }
}

function isRunRecord(value: unknown): value is RunRecord {
  return typeof value === 'object' && value !== null && 'outcome' in value && 'decisions' in value;
}
