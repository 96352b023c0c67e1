/**
 * The root message of an incident: what is the situation now? It is edited at every change, so that nobody has to
 * scroll. Its looks: broken, degraded, security, taken by someone, over.
 */
import type { Incident, IncidentStep, Notification } from '../judge/state.ts';
import { type Step, steps } from '../step.ts';
import { clockUtc } from '../time.ts';
import type { Part } from './compose.ts';
import { calledBy, happened, linksPart, type RenderContext, sceneOf, whatToDo } from './context.ts';
import { courseFacts, lastedText, spanOf, takenNow, takenParts, takeParts, wasParts } from './course.ts';
import { join, type Phrase, phrase } from './escape.ts';
import { sparkline } from './sparkline.ts';
import { factsOf, flowPart, impactParts, isSecurity, seenParts } from './step-parts.ts';
import { sentence, stepMeanings, stepTitles } from './words.ts';

export function incidentParts(incident: Incident, news: Notification, context: RenderContext): readonly Part[] {
  return incident.resolvedAtMs === null ? openParts(incident, news, context) : overParts(incident, news, context);
}

function openParts(incident: Incident, news: Notification, context: RenderContext): readonly Part[] {
  const first = incident.firstStep;
  const known = incident.steps[first];
  if (known === undefined) {
    return [headline(incident, context), flowPart(news)];
  }
  const scene = sceneOf(first, known);
  return [
    headline(incident, context),
    happened(known.reason, calledBy(news, context)),
    ...seenParts(known),
    ...(isSecurity(known.reason) ? [] : impactParts(first, context)),
    ...takenParts(incident, context),
    flowPart(news),
    ...whatToDo(scene, context),
    ...takeParts(incident, context),
    { kind: 'facts', facts: factsOf(known, context) },
    ...alsoParts(incident),
    { kind: 'code', label: 'Evidence:', lines: known.evidence },
    ...sparklineParts(first, known),
    linksPart(scene, { fromMs: known.sinceMs, toMs: news.atMs, traceId: known.traceId }, context),
    { kind: 'note', body: phrase`${stepMeanings[first]}${relapse(incident)} Incident ${incident.id}.` },
  ];
}

const looks = {
  security: { sign: '🚨 SECURITY,', words: 'is insecure' },
  outage: { sign: '🔴', words: 'is broken' },
  degraded: { sign: '🟠', words: 'is degraded' },
} as const;

function headline(incident: Incident, { environment, nowMs }: RenderContext): Part {
  const { sign, words } = looks[incident.severity];
  const taken = takenNow(incident, nowMs);
  const by = taken === null ? '' : ` (${taken.by} is on it)`;
  return { kind: 'headline', text: `${sign} ${environment.title}: ${stepTitles[incident.firstStep]} ${words}${by}` };
}

function relapse({ relapseOf }: Incident): Phrase {
  return relapseOf === null ? phrase`` : phrase` It broke again shortly after incident ${relapseOf} was over.`;
}

/** The other steps that the incident has taken in. */
function alsoParts(incident: Incident): readonly Part[] {
  const lines = steps.flatMap((step) => {
    const known = incident.steps[step];
    return known === undefined || step === incident.firstStep ? [] : [alsoLine(step, known)];
  });
  return lines.length === 0 ? [] : [{ kind: 'paragraph', label: 'Also:', body: join(lines, '\n') }];
}

function alsoLine(step: Step, { reason, recoveredAtMs }: IncidentStep): Phrase {
  const over = recoveredAtMs === null ? phrase`` : phrase` It works again since ${clockUtc(recoveredAtMs)}.`;
  return phrase`${stepTitles[step]}: ${sentence(reason)}${over}`;
}

function sparklineParts(step: Step, known: IncidentStep): readonly Part[] {
  const line = sparkline(known.sparklineMs);
  return line === null ? [] : [{ kind: 'note', body: phrase`Latency of ${stepTitles[step]}: ${line}` }];
}

function overParts(incident: Incident, news: Notification, context: RenderContext): readonly Part[] {
  const first = incident.firstStep;
  const known = incident.steps[first];
  const { fromMs, toMs } = spanOf(incident);
  return [
    { kind: 'headline', text: `✅ ${context.environment.title}: works again after ${lastedText(incident)}` },
    ...wasParts(incident),
    flowPart(news),
    { kind: 'facts', facts: courseFacts(incident) },
    ...(known === undefined ? [] : [linksPart(sceneOf(first, known), { fromMs, toMs, traceId: null }, context)]),
    { kind: 'note', body: phrase`Incident ${incident.id}.` },
  ];
}
