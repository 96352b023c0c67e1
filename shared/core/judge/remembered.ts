/** An outcome as the state keeps it: whole in what it found, bounded in what it shows of it. */
import { cut } from '../check.ts';
import type { Check, Evidence, Outcome } from '../outcome.ts';

/** Room for the evidence of all checks together, in UTF-16 units. */
const evidenceMax = 2_000;
const detailMax = 100;
const checksMax = 40;
const timelineMax = 30;
const componentsMax = 30;
const attemptsMax = 3;

/** Evidence and phases are kept for the checks that are not well, as far as there is room. */
export function remembered(outcome: Outcome): Outcome {
  let room = evidenceMax;
  return {
    ...outcome,
    checks: outcome.checks.slice(0, checksMax).map(bounded),
    timeline: outcome.timeline.length > timelineMax ? outcome.timeline.slice(-timelineMax) : outcome.timeline,
    components: outcome.components.slice(0, componentsMax),
    attempts: outcome.attempts.slice(-attemptsMax),
    // The region's own state has it.
    memory: {},
  };

  function bounded(check: Check): Check {
    const size = check.verdict === 'pass' ? Number.POSITIVE_INFINITY : sizeOf(check.evidence);
    if (size > room) {
      return { ...check, detail: cut(check.detail, detailMax), phases: {}, evidence: {} };
    }
    room -= size;
    return { ...check, detail: cut(check.detail, detailMax) };
  }
}

/** Roughly; numbers and the like count as eight. */
function sizeOf(evidence: Evidence): number {
  return Object.entries(evidence).reduce((size, [key, value]) => size + key.length + lengthOf(value), 0);
}

function lengthOf(value: Evidence[string]): number {
  if (typeof value === 'string') {
    return value.length;
  }
  return Array.isArray(value) ? value.join().length : 8;
}
