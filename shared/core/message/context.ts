/** What rendering knows besides the news itself, and the parts that several messages share. */
import type { Environment } from '../environment/definition.ts';
import type { IncidentStep } from '../judge/state.ts';
import type { Reason } from '../reasons.ts';
import { functionName, type Step } from '../step.ts';
import { filledCommands } from './commands.ts';
import type { Part } from './compose.ts';
import { subjectIn } from './evidence.ts';
import { bold, join, link, mention, type Phrase, phrase } from './escape.ts';
import { type LogsRange, logsUrl, runbookUrl, traceUrl } from './links.ts';
import { nextSteps } from './next-steps.ts';
import { blankValuesOf, cloudPlaceOf, type Scene } from './place.ts';
import { sentence } from './words.ts';

export interface RenderContext {
  readonly environment: Environment;
  /** When it is rendered, in Unix milliseconds: messages show the present. */
  readonly nowMs: number;
  /** Google Cloud project of the monitor, for links to its own log; null on a laptop. */
  readonly monitorProject: string | null;
  /** Firestore database of the state, for the command that takes an incident; left out on a laptop. */
  readonly database?: string;
}

export function sceneOf(step: Step, known: IncidentStep): Scene {
  const { reason, evidence, traceId, revision, revisionBefore } = known;
  return { step, reason, subject: subjectIn(evidence), traceId, revision, revisionBefore };
}

/** A scene of which no more than step and reason are known. */
export function bareScene(step: Step | null, reason: Reason): Scene {
  return { step, reason, subject: null, traceId: null, revision: null, revisionBefore: null };
}

/** What happened, in the words of the catalogue; before it, those who are called. */
export function happened(reason: Reason, called: Phrase | null): Part {
  const words = bold(sentence(reason));
  return { kind: 'paragraph', body: called === null ? words : phrase`${called} ${words}` };
}

/** Those whom the environment file calls, if this news calls anyone. */
export function calledBy(news: { readonly mention: boolean }, { environment }: RenderContext): Phrase | null {
  const whom = environment.slack?.mention;
  return news.mention && whom !== undefined ? mention(whom) : null;
}

/** What to do first, and the commands for it. */
export function whatToDo(scene: Scene, context: RenderContext): readonly Part[] {
  const values = blankValuesOf(context.environment, scene, context.monitorProject);
  return [nextStepPart(scene.reason), { kind: 'code', label: 'Run:', lines: filledCommands(scene.reason, values) }];
}

export function nextStepPart(reason: Reason): Part {
  return { kind: 'paragraph', label: 'Do next:', body: phrase`${nextSteps[reason]}` };
}

export function linksPart(scene: Scene, range: LogsRange, context: RenderContext): Part {
  const { environment, monitorProject } = context;
  const cloud = cloudPlaceOf(environment, scene);
  const project = cloud?.project ?? monitorProject;
  const runbook = runbookUrl(environment, scene.reason);
  const dashboard = environment.links.dashboard;
  const links = [
    runbook === null ? phrase`Runbook: docs/runbook.md, ${scene.reason}` : link('Runbook', runbook),
    cloud === null ? null : link('Product log', logsUrl(cloud.project, cloud.service, range)),
    monitorProject === null || scene.step === null
      ? null
      : link('Monitor log', logsUrl(monitorProject, functionName(scene.step), range)),
    project === null || scene.traceId === null ? null : link('Trace', traceUrl(project, scene.traceId)),
    dashboard === undefined ? null : link('Dashboard', dashboard),
  ];
  return {
    kind: 'note',
    body: join(
      links.filter((each) => each !== null),
      ' · ',
    ),
  };
}
