/** Replies in the thread of an incident: what is new since the last message. Each kind looks different at a glance. */
import type { Incident, IncidentStep, Notification } from '../judge/state.ts';
import { reasonEntry } from '../reasons.ts';
import type { Step } from '../step.ts';
import { durationText } from '../time.ts';
import type { Part } from './compose.ts';
import { calledBy, linksPart, nextStepPart, type RenderContext, sceneOf, whatToDo } from './context.ts';
import { courseFacts, spanOf, takenParts, wasParts } from './course.ts';
import { bold, type Phrase, phrase } from './escape.ts';
import { factsOf, flowPart, seenParts } from './step-parts.ts';
import { sentence, stepTitles } from './words.ts';

/** The step that the news is about; the first broken one when it names none that the incident knows. */
function subjectOf(incident: Incident, { step }: Notification): { step: Step; known: IncidentStep } | null {
  const about = step !== null && incident.steps[step] !== undefined ? step : incident.firstStep;
  const known = incident.steps[about];
  return known === undefined ? null : { step: about, known };
}

export function changedParts(incident: Incident, news: Notification, context: RenderContext): readonly Part[] {
  const called = calledBy(news, context);
  const sign = incident.severity === 'security' ? '🚨' : news.kind === 'health_contradiction' ? '⚠️' : '🔁';
  const change = told(sign, news.change, context);
  return [
    { kind: 'paragraph', body: called === null ? change : phrase`${called} ${change}` },
    ...nowParts(incident, news, context),
  ];
}

/** The first line, which is all that a notification on a phone may show. */
function told(sign: string, change: string, { environment }: RenderContext): Phrase {
  return phrase`${sign} ${bold(`${environment.title}: ${change}`)}`;
}

function nowParts(incident: Incident, news: Notification, context: RenderContext): readonly Part[] {
  const subject = subjectOf(incident, news);
  if (subject === null) {
    return [flowPart(news)];
  }
  const { step, known } = subject;
  const scene = { ...sceneOf(step, known), reason: news.reason ?? known.reason };
  // The evidence is that of the step's own reason, and stands in the root message.
  const isOther = scene.reason !== known.reason;
  const isSaid = news.change.includes(reasonEntry(known.reason).sentence);
  return [
    ...(isSaid ? [] : [mendFirst(step, known)]),
    ...seenParts(known),
    flowPart(news),
    ...whatToDo(scene, context),
    { kind: 'code', label: 'Evidence:', lines: isOther ? [] : known.evidence },
    linksPart(scene, { fromMs: known.sinceMs, toMs: news.atMs, traceId: known.traceId }, context),
  ];
}

function mendFirst(step: Step, known: IncidentStep): Part {
  return { kind: 'paragraph', label: 'Mend first:', body: phrase`${stepTitles[step]}. ${sentence(known.reason)}` };
}

export function reminderParts(incident: Incident, news: Notification, context: RenderContext): readonly Part[] {
  const lasting = durationText(context.nowMs - spanOf(incident).fromMs);
  const still: Part = { kind: 'paragraph', body: told('⏰', `still not over after ${lasting}`, context) };
  const subject = subjectOf(incident, news);
  if (subject === null) {
    return [still, flowPart(news)];
  }
  const { step, known } = subject;
  const scene = sceneOf(step, known);
  return [
    still,
    mendFirst(step, known),
    ...takenParts(incident, context),
    flowPart(news),
    { kind: 'facts', facts: factsOf(known, context) },
    nextStepPart(scene.reason),
    linksPart(scene, { fromMs: known.sinceMs, toMs: news.atMs, traceId: known.traceId }, context),
  ];
}

export function resolvedParts(incident: Incident, news: Notification, context: RenderContext): readonly Part[] {
  return [
    { kind: 'paragraph', body: told('✅', news.change, context) },
    ...wasParts(incident),
    flowPart(news),
    { kind: 'facts', facts: courseFacts(incident) },
  ];
}
