/** The course of an incident: who has taken it, what it was, how long it lasted and how much was said about it. */
import type { Acknowledgement, Incident, IncidentStep } from '../judge/state.ts';
import { steps } from '../step.ts';
import { durationText } from '../time.ts';
import { takeCommand } from './commands.ts';
import type { Fact, Part } from './compose.ts';
import type { RenderContext } from './context.ts';
import { join, phrase } from './escape.ts';
import { counted, instant, sentence, stepTitles } from './words.ts';

/** Who has taken it; not those whose time has run out. */
export function takenNow({ acknowledged }: Incident, nowMs: number): Acknowledgement | null {
  return acknowledged !== null && acknowledged.untilMs > nowMs ? acknowledged : null;
}

export function takenParts(incident: Incident, { nowMs }: RenderContext): readonly Part[] {
  const taken = takenNow(incident, nowMs);
  if (taken === null) {
    return [];
  }
  const body = phrase`${taken.by}, until ${instant(taken.untilMs)}: ${taken.reason}`;
  return [{ kind: 'paragraph', label: 'Taken by:', body }];
}

/** How to take it, as long as nobody has. */
export function takeParts(
  incident: Incident,
  { environment, monitorProject, database, nowMs }: RenderContext,
): readonly Part[] {
  if (takenNow(incident, nowMs) !== null) {
    return [];
  }
  const values = {
    environment: environment.name,
    incident: incident.id,
    ...(monitorProject !== null && { monitor_project: monitorProject }),
    ...(database !== undefined && { database }),
  };
  return [{ kind: 'code', label: 'Take it:', lines: takeCommand(values) }];
}

/** From the first bad run to the first good one after the last bad one, in Unix milliseconds. */
export function spanOf(incident: Incident): { readonly fromMs: number; readonly toMs: number } {
  const parts = Object.values(incident.steps);
  const endMs = incident.resolvedAtMs ?? incident.lastToldAtMs;
  return {
    fromMs: Math.min(incident.openedAtMs, ...parts.map(({ sinceMs }) => sinceMs)),
    toMs: parts.length === 0 ? endMs : Math.max(...parts.map(({ recoveredAtMs }) => recoveredAtMs ?? endMs)),
  };
}

export function lastedText(incident: Incident): string {
  const { fromMs, toMs } = spanOf(incident);
  return durationText(toMs - fromMs);
}

/** What it was, a line a step, in the order of the flow. */
export function wasParts(incident: Incident): readonly Part[] {
  const lines = steps.flatMap((step) => {
    const known = incident.steps[step];
    return known === undefined ? [] : [phrase`${stepTitles[step]}: ${sentence(known.reason)} ${badRuns(known)}.`];
  });
  return lines.length === 0 ? [] : [{ kind: 'paragraph', label: 'It was:', body: join(lines, '\n') }];
}

function badRuns({ verdict, failedRuns }: IncidentStep): string {
  return counted(failedRuns, verdict === 'fail' ? 'failed run' : 'degraded run');
}

export function courseFacts(incident: Incident): readonly Fact[] {
  const { fromMs, toMs } = spanOf(incident);
  const { changes, reminders } = incident;
  return [
    { label: 'Began', value: instant(fromMs) },
    { label: 'Ended', value: phrase`${instant(toMs)}, after ${durationText(toMs - fromMs)}` },
    ...(changes === 0 ? [] : [{ label: 'Changes on the way', value: phrase`${changes}` }]),
    ...(reminders === 0 ? [] : [{ label: 'Reminders', value: phrase`${reminders}` }]),
  ];
}
