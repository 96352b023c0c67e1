/** Judging in plain words for the page: the incident first, then each step. */
import { type Environment, stepsOf } from '../../core/environment/definition.ts';
import { explainIncident, explainStep } from '../../core/explain.ts';
import { emptyEnvironment } from '../../core/judge/documents.ts';
import type { Explanation } from './model/contract.ts';
import type { KnownState } from './state-reader.ts';

export function explanationsOf(state: KnownState, settings: Environment, nowMs: number): readonly Explanation[] {
  const environment = state.environment ?? emptyEnvironment(settings.name);
  const input = { settings, environment, nowMs };
  const incident = environment.incident ?? environment.lastIncident;
  return [
    ...(incident === null ? [] : [explained(explainIncident(incident, input))]),
    ...stepsOf(settings).map((step) => explained(explainStep(step, state.steps[step] ?? null, input))),
  ];
}

/** The first line is the answer, the others are its reasons. */
function explained([heading = '', ...lines]: readonly string[]): Explanation {
  return { heading, lines: lines.map((line) => line.replace(/^ {2}/, '')) };
}
