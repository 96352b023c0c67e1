/** News outside incidents: latencies that moved, trouble of the monitor itself, drills. */
import type { LatencyShift, Notification } from '../judge/state.ts';
import type { Part } from './compose.ts';
import { bareScene, calledBy, linksPart, type RenderContext, whatToDo } from './context.ts';
import { bold, type Phrase, phrase } from './escape.ts';
import { impactParts } from './step-parts.ts';
import type { Scene } from './place.ts';
import { capitalised, instant, sentence, stepTitles } from './words.ts';

export function latencyParts(news: Notification, context: RenderContext): readonly Part[] {
  const { step, shift } = news;
  const change: Part = { kind: 'paragraph', body: bold(capitalised(news.change)) };
  if (step === null || shift === null) {
    return [change];
  }
  const title = `${context.environment.title}: ${stepTitles[step]}`;
  const scene = { ...bareScene(step, 'slower'), ...revisionsOf(shift) };
  const links = linksPart(scene, { fromMs: shift.sinceMs, toMs: news.atMs, traceId: null }, context);
  return news.kind === 'latency_recovered'
    ? [{ kind: 'headline', text: `✅ ${title} is as fast as before` }, change, ...revisionParts(shift), links]
    : [
        { kind: 'headline', text: `🐢 ${title} works, slower than before` },
        change,
        ...revisionParts(shift),
        { kind: 'facts', facts: [{ label: 'Since', value: instant(shift.sinceMs) }] },
        ...whatToDo(scene, context),
        links,
      ];
}

function revisionsOf({ revisionBefore, revisionAfter }: LatencyShift): Pick<Scene, 'revision' | 'revisionBefore'> {
  return { revision: revisionAfter, revisionBefore };
}

function revisionParts({ revisionBefore, revisionAfter }: LatencyShift): readonly Part[] {
  if (revisionBefore === null || revisionAfter === null) {
    return [];
  }
  const body =
    revisionBefore === revisionAfter
      ? phrase`The revision did not change (${revisionAfter}), so it did not come with a deploy.`
      : phrase`It came with a deploy: revision ${revisionBefore} before, ${revisionAfter} after.`;
  return [{ kind: 'paragraph', body }];
}

/** Without headline and without calling anyone: nobody has to get up for it. */
export function troubleParts(news: Notification, context: RenderContext): readonly Part[] {
  const { step, reason } = news;
  const opening: Part = { kind: 'paragraph', body: monitorNews('🔧', news, context) };
  if (reason === null) {
    return [opening];
  }
  const scene = bareScene(step, reason);
  return [
    opening,
    ...whatToDo(scene, context),
    linksPart(scene, { fromMs: news.atMs, toMs: news.atMs, traceId: null }, context),
  ];
}

export function troubleOverParts(news: Notification, context: RenderContext): readonly Part[] {
  return [{ kind: 'paragraph', body: monitorNews('✅', news, context) }];
}

function monitorNews(sign: string, { change }: Notification, { environment }: RenderContext): Phrase {
  return phrase`${sign} ${bold(`Monitor of ${environment.title}:`)} ${change}`;
}

export function drillParts(news: Notification, { environment }: RenderContext): readonly Part[] {
  return [
    { kind: 'headline', text: `🧪 Drill: nothing is broken in ${environment.title}` },
    {
      kind: 'paragraph',
      body: phrase`This tests the way from the monitor to this channel. Nobody has to do anything.`,
    },
    { kind: 'paragraph', label: 'Step:', body: phrase`${news.change}` },
    { kind: 'note', body: phrase`Sent by golden-path drill, ${instant(news.atMs)}.` },
  ];
}

/** What can be said of news whose incident is not known. */
export function plainParts(news: Notification, context: RenderContext): readonly Part[] {
  const called = calledBy(news, context);
  const change = phrase`${bold(`${context.environment.title}:`)} ${news.change}`;
  const { step, reason } = news;
  const opening: Part = { kind: 'paragraph', body: called === null ? change : phrase`${called} ${change}` };
  if (step === null || reason === null) {
    return [opening];
  }
  const scene = bareScene(step, reason);
  return [
    opening,
    { kind: 'paragraph', label: 'Reason:', body: phrase`${sentence(reason)}` },
    ...impactParts(step, context),
    ...whatToDo(scene, context),
    linksPart(scene, { fromMs: news.atMs, toMs: news.atMs, traceId: null }, context),
  ];
}
