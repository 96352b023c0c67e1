/** Makes checks and sums them up. */
import type { CheckId } from './checks.ts';
import {
  type Check,
  type Evidence,
  evidenceTextMax,
  type Failure,
  type Phases,
  type Summary,
  type Verdict,
} from './outcome.ts';
import { type Reason, reasonEntry, verdictOf } from './reasons.ts';

/** When and how long; every check carries its own. */
export interface Timing {
  readonly startedMs: number;
  readonly latencyMs: number;
  readonly phases?: Phases;
}

export interface CheckFacts extends Timing {
  readonly subject?: string;
  readonly evidence?: Evidence;
}

export function passed(id: CheckId, detail: string, facts: CheckFacts): Check {
  return makeCheck(id, { verdict: 'pass', reason: null, detail }, facts);
}

/** The verdict follows from the reason's severity. */
export function failed(id: CheckId, failure: Failure, facts: CheckFacts): Check {
  return makeCheck(id, { verdict: verdictOf(failure.reason), ...failure }, facts);
}

/** The check could not be made, because an earlier step of the flow is broken. */
export function blocked(id: CheckId, failure: Failure, facts: CheckFacts): Check {
  const verdict = verdictOf(failure.reason) === 'inconclusive' ? 'inconclusive' : 'blocked';
  return makeCheck(id, { verdict, ...failure }, facts);
}

function makeCheck(
  id: CheckId,
  judged: { readonly verdict: Verdict; readonly reason: Reason | null; readonly detail: string },
  facts: CheckFacts,
): Check {
  return {
    id,
    subject: facts.subject ?? null,
    verdict: judged.verdict,
    reason: judged.reason,
    detail: cut(judged.detail),
    startedMs: facts.startedMs,
    latencyMs: facts.latencyMs,
    phases: facts.phases ?? {},
    evidence: facts.evidence ?? {},
  };
}

/** Text of at most `evidenceTextMax` units, cut between characters. */
export function cut(text: string, max: number = evidenceTextMax): string {
  if (text.length <= max) {
    return text;
  }
  const end = max - 1;
  const splitsPair = /[\uD800-\uDBFF]/.test(text.charAt(end - 1));
  return `${text.slice(0, splitsPair ? end - 1 : end)}…`;
}

const severityRank = { security: 5, outage: 4, monitor: 2, degraded: 1, notice: 0 } as const;

/** How much a check weighs in the summary: what is certain and grave before what is unclear before what is mild. */
function weight(check: Check): number {
  if (check.verdict === 'blocked') {
    return 3;
  }
  return check.reason === null ? -1 : severityRank[reasonEntry(check.reason).severity];
}

/** The most serious check speaks for the step; of equals the first, since checks are made in the order of the path. */
export function summarise(checks: readonly Check[]): Summary {
  let worst: Check | null = null;
  for (const check of checks) {
    if (worst === null || weight(check) > weight(worst)) {
      worst = check;
    }
  }
  if (worst === null) {
    return { verdict: 'inconclusive', reason: 'unclassified', detail: 'no check was made', checkId: null };
  }
  if (worst.verdict === 'pass' && worst.reason === null) {
    const made = checks.length === 1 ? 'the one check passed' : `all ${checks.length} checks passed`;
    return { verdict: 'pass', reason: null, detail: made, checkId: null };
  }
  return { verdict: worst.verdict, reason: worst.reason, detail: worst.detail, checkId: worst.id };
}
