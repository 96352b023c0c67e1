/**
 * What was seen, as a few lines for people: the worst check with its evidence, what was negotiated, the phases and
 * where they stop, the skeleton of an agent run, what else is wrong, and whether a second try went the same way.
 * Facts only, no text of users, bounded.
 */
import { cut } from '../check.ts';
import { checkTitles } from '../checks.ts';
import { evidenceLineMax, evidenceLinesMax } from '../judge/state.ts';
import type { Check, Evidence, EvidenceValue, Outcome, Phases, TimelineEvent } from '../outcome.ts';
import { phases as phaseOrder } from '../outcome.ts';
import { latencyText } from './words.ts';

export function evidenceLines(outcome: Outcome): readonly string[] {
  const worst = outcome.checks.find((check) => check.id === outcome.checkId && check.reason === outcome.reason) ?? null;
  const phases = worst === null || Object.keys(worst.phases).length === 0 ? outcome.phases : worst.phases;
  const frame = [
    worst === null ? null : titleLine(worst),
    negotiationLine(outcome, worst),
    phasesLine(phases),
    timelineLine(outcome.timeline),
    othersLine(outcome, worst),
    attemptsLine(outcome),
  ].filter((line) => line !== null);
  const facts = worst === null ? [] : packed(factsOf(worst.evidence)).slice(0, evidenceLinesMax - frame.length);
  const lines = worst === null ? frame : [...frame.slice(0, 1), ...facts, ...frame.slice(1)];
  return lines.slice(0, evidenceLinesMax).map((line) => cut(line, evidenceLineMax));
}

function titleLine(check: Check): string {
  return `check: ${checkTitles[check.id]}${check.subject === null ? '' : ` (${check.subject})`}`;
}

/** What the worst check was about, read back from the lines; null when it is not said. */
export function subjectIn(lines: readonly string[]): string | null {
  return /^check: .* \(([^()]+)\)$/.exec(lines[0] ?? '')?.[1] ?? null;
}

function factsOf(evidence: Evidence): readonly string[] {
  return Object.entries(evidence).map(([key, value]) => factText(key, value));
}

/** `response_ms: 5030` reads `response: 5.03 s`. */
function factText(key: string, value: EvidenceValue): string {
  const isLatency = key.endsWith('_ms') && typeof value === 'number';
  const name = isLatency ? key.slice(0, -'_ms'.length) : key;
  return `${name.replaceAll('_', ' ')}: ${isLatency ? latencyText(value) : valueText(value)}`;
}

function valueText(value: EvidenceValue): string {
  if (value === null || value === '') {
    return 'none';
  }
  if (typeof value === 'boolean') {
    return value ? 'yes' : 'no';
  }
  return Array.isArray(value) ? value.join(', ') || 'none' : String(value);
}

/** As many facts on a line as there is room for. */
function packed(facts: readonly string[]): readonly string[] {
  const lines: string[] = [];
  for (const fact of facts) {
    const last = lines.at(-1);
    const longer = `${last} · ${fact}`;
    if (last !== undefined && longer.length <= evidenceLineMax) {
      lines[lines.length - 1] = longer;
    } else {
      lines.push(fact);
    }
  }
  return lines;
}

/** Whatever goes wrong on a socket, what was agreed upon at its beginning is asked for first. */
function negotiationLine({ checks }: Outcome, worst: Check | null): string | null {
  const negotiation = checks.find(({ id }) => id === 'websocket.subprotocol');
  return negotiation === undefined || negotiation === worst ? null : factsOf(negotiation.evidence).join(' · ');
}

/** In the order of the path: the last one named is where it stopped, so the first ones go when there are too many. */
function phasesLine(phases: Phases): string | null {
  const parts = phaseOrder.flatMap((phase) => {
    const ms = phases[phase];
    return ms === undefined ? [] : [`${phase.replaceAll('_', ' ')} ${latencyText(ms)}`];
  });
  let line = `phases: ${parts.join(', ')}`;
  for (let dropped = 1; line.length > evidenceLineMax && dropped < parts.length; dropped += 1) {
    line = `phases: … ${parts.slice(dropped).join(', ')}`;
  }
  return parts.length === 0 ? null : line;
}

/** The run by the names of its events; of many, the first and the last few. */
function timelineLine(timeline: readonly TimelineEvent[]): string | null {
  if (timeline.length === 0) {
    return null;
  }
  const events = timeline.map((event) => `${event.name} ${latencyText(event.atMs)}`);
  const told =
    events.length <= 5 ? events : [...events.slice(0, 2), `… ${events.length - 4} more …`, ...events.slice(-2)];
  return `events: ${told.join(', ')}`;
}

function othersLine({ checks }: Outcome, worst: Check | null): string | null {
  const others = checks.filter(
    (check) => check !== worst && (check.verdict === 'fail' || check.verdict === 'degraded'),
  );
  return others.length === 0 ? null : `also: ${others.map((check) => `${check.id} ${check.reason}`).join(', ')}`;
}

function attemptsLine({ attempts }: Outcome): string | null {
  return attempts.length < 2
    ? null
    : `tries: ${attempts.map((attempt) => attempt.reason ?? attempt.verdict).join(', then ')}`;
}
