/** A row of the page's history with everything that a test does not care about filled in. */
import type { RunRow } from '../../shared/local/page/model/contract.ts';

let count = 0;

export function runRow(known: Partial<RunRow>): RunRow {
  count += 1;
  return {
    trace: count.toString(16).padStart(32, '0'),
    step: 'auth',
    region: 'us-central1',
    slotMs: 0,
    verdict: 'pass',
    reason: null,
    detail: 'all checks passed',
    blockedBy: null,
    latencyMs: 100,
    phases: {},
    revision: null,
    flaky: false,
    cold: false,
    late: false,
    ...known,
  };
}
