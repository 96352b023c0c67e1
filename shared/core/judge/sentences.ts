/** What changed, in one sentence each. The messages around them are made elsewhere. */
import { cut } from '../check.ts';
import { stepTitles } from '../message/words.ts';
import { reasonEntry } from '../reasons.ts';
import { type Step, steps } from '../step.ts';
import { durationText } from '../time.ts';
import { openPart } from './incident-parts.ts';
import type { BadVerdict, Incident, IncidentSeverity, IncidentStep } from './state.ts';

const states: Readonly<Record<BadVerdict, string>> = { fail: 'is broken', degraded: 'works, but worse than it should' };

const severities: Readonly<Record<IncidentSeverity, string>> = {
  security: 'it is a security finding',
  outage: 'it is an outage',
  degraded: 'it is a degradation, no longer an outage',
};

export function openedSentence({ firstStep, relapseOf }: Incident, part: IncidentStep): string {
  const again = relapseOf === null ? '' : 'again ';
  return cut(`${again}${brokenSentence(firstStep, part)}`);
}

function brokenSentence(step: Step, part: IncidentStep): string {
  return `${stepTitles[step]} ${states[part.verdict]}: ${reasonEntry(part.reason).sentence}${whereSentence(part)}`;
}

/** With several regions, who sees it and who doesn't is half of the diagnosis. */
function whereSentence({ regions, healthyRegions, reason }: IncidentStep): string {
  if (healthyRegions.length === 0) {
    return '';
  }
  const only = `; seen from ${regions.join(', ')} only, not from ${healthyRegions.join(', ')}`;
  return reasonEntry(reason).fault === 'path' ? `${only}: it may be the way from there` : only;
}

/** Everything that is different now, most important first. */
export function changedSentence(before: Incident, after: Incident): string {
  const parts = steps.flatMap((step) => stepChange(step, before, after));
  if (after.firstStep !== before.firstStep) {
    parts.push(`the first broken step is now ${stepTitles[after.firstStep]}`);
  }
  if (after.severity !== before.severity) {
    parts.push(severities[after.severity]);
  }
  return cut(parts.join('; '));
}

function stepChange(step: Step, before: Incident, after: Incident): string[] {
  const was = openPart(before, step);
  const is = openPart(after, step);
  if (is === null) {
    return was === null ? [] : [`${stepTitles[step]} works again`];
  }
  if (was === null) {
    return [brokenSentence(step, is)];
  }
  return was.reason === is.reason
    ? []
    : [`${stepTitles[step]} has another reason now: ${reasonEntry(is.reason).sentence} (before: ${was.reason})`];
}

export function resolvedSentence(incident: Incident): string {
  const parts = Object.values(incident.steps);
  const sinceMs = Math.min(...parts.map((part) => part.sinceMs));
  // All of them have recovered, or this would not be said.
  const untilMs = Math.max(sinceMs, ...parts.map((part) => Number(part.recoveredAtMs)));
  const runs = parts.reduce((sum, part) => sum + part.failedRuns, 0);
  const names = steps.filter((step) => incident.steps[step] !== undefined).map((step) => stepTitles[step]);
  return `over after ${durationText(untilMs - sinceMs)} and ${runs} bad ${runs === 1 ? 'run' : 'runs'}: ${names.join(', ')}`;
}

export function recoveredSentence(step: Step): string {
  return `${stepTitles[step]} works again; the record of its incident was lost, so this is all that is known of it`;
}

export function reminderSentence(incident: Incident, nowMs: number): string {
  const sinceMs = Math.min(...Object.values(incident.steps).map((part) => part.sinceMs));
  return `still not over after ${durationText(nowMs - sinceMs)}`;
}
