/** An incident of the state as the page and the history keep it: what people read, without what only judging needs. */
import type { Environment } from '../../core/environment/definition.ts';
import type { Incident } from '../../core/judge/state.ts';
import { filledCommands } from '../../core/message/commands.ts';
import { sceneOf } from '../../core/message/context.ts';
import { takenNow } from '../../core/message/course.ts';
import { blankValuesOf } from '../../core/message/place.ts';
import { steps } from '../../core/step.ts';
import type { IncidentPart, IncidentView, Overview } from './model/contract.ts';
import type { KnownState } from './state-reader.ts';

export function incidentView(incident: Incident, environment: Environment, nowMs: number): IncidentView {
  const { id, severity, firstStep, openedAtMs, resolvedAtMs } = incident;
  const first = incident.steps[firstStep];
  const scene = first === undefined ? null : sceneOf(firstStep, first);
  return {
    id,
    severity,
    firstStep,
    openedAtMs,
    resolvedAtMs,
    parts: partsOf(incident),
    evidence: first?.evidence ?? [],
    // Who gets in without a token hurts no user's session; what the file says of an outage would mislead.
    impact: severity === 'security' ? null : (environment.impact[firstStep] ?? null),
    commands: scene === null ? [] : filledCommands(scene.reason, blankValuesOf(environment, scene, null)),
    takenBy: takenNow(incident, nowMs)?.by ?? null,
  };
}

/** The open incident and the last closed one of a state. */
export function incidentsOf(
  { environment: record }: KnownState,
  settings: Environment,
): Pick<Overview, 'incident' | 'lastIncident'> {
  const view = (incident: Incident | null | undefined): IncidentView | null =>
    incident === null || incident === undefined ? null : incidentView(incident, settings, Date.now());
  return { incident: view(record?.incident), lastIncident: view(record?.lastIncident) };
}

function partsOf(incident: Incident): readonly IncidentPart[] {
  return steps.flatMap((step) => {
    const known = incident.steps[step];
    if (known === undefined) {
      return [];
    }
    const { reason, detail, sinceMs, failedRuns, recoveredAtMs } = known;
    return [{ step, reason, detail, sinceMs, failedRuns, recoveredAtMs }];
  });
}
