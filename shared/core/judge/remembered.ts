/** An outcome as the state keeps it: whole in what it found, bounded in what it shows of it. */
import type { Check, Evidence, Outcome } from '../outcome.ts';

/** Room for the evidence and the sentences of all checks together, in UTF-16 units. */
const textMax = 6_000;
const checksMax = 40;
const timelineMax = 40;
const componentsMax = 30;
const attemptsMax = 3;

/** Evidence is kept for the checks that are not well, as far as there is room. */
export function remembered(outcome: Outcome): Outcome {
  let room = textMax;
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
    const size = check.verdict === 'pass' ? 0 : sizeOf(check.evidence);
    room -= check.detail.length;
    const fits = size > 0 && size <= room;
    room -= fits ? size : 0;
    const detail = room < 0 ? '' : check.detail;
    return { ...check, detail, evidence: fits ? check.evidence : {} };
  }
}

function sizeOf(evidence: Evidence): number {
  let size = 0;
  for (const [key, value] of Object.entries(evidence)) {
    size += key.length + (typeof value === 'string' ? value.length : Array.isArray(value) ? value.join().length : 8);
  }
  return size;
}
