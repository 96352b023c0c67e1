/** One step in depth: its latency over time, its checks, and what is special about it. */
import { phaseTitle, sentence, stepMeanings, stepTitles } from '../../../../core/message/words.ts';
import type { Outcome } from '../../../../core/outcome.ts';
import type { StepCard, StepDetail } from '../../model/contract.ts';
import { type Route, routeHash } from '../../model/route.ts';
import { h } from '../dom.ts';
import type { Model, View } from '../model.ts';
import { chartTable } from '../parts/chart-table.ts';
import { checksTable } from '../parts/checks.ts';
import { negotiation } from '../parts/negotiation.ts';
import { phaseBar, phaseList } from '../parts/phase-bar.ts';
import { spanLinks } from '../parts/spans.ts';
import { timeline } from '../parts/timeline.ts';
import { badge, clockOrDay, flagsOf, latency, link } from '../words.ts';
import { wide } from '../parts/wide.ts';

type StepRoute = Extract<Route, { view: 'step' }>;

export function stepView(model: Model, route: StepRoute): View {
  const { overview, detail } = model;
  const card = overview?.steps.find(({ step }) => step === route.step);
  const title = stepTitles[route.step];
  return {
    title,
    body: [
      h(
        'header',
        { class: 'view-head' },
        h('h1', {}, title),
        card === undefined ? null : badge(card.mark),
        h('p', { class: 'quiet' }, stepMeanings[route.step]),
      ),
      card === undefined ? null : stateLine(card, model.nowMs),
      chartSection(model, route),
      ...(detail === null ? [] : detailSections(detail, model.nowMs)),
    ],
  };
}

function stateLine({ sentence: words, sinceMs, reason, mark, shift }: StepCard, nowMs: number): HTMLElement {
  const since = sinceMs === null ? '' : ` Since ${clockOrDay(sinceMs, nowMs)}.`;
  const named = reason === null || mark === 'pass' ? null : [' ', h('code', {}, reason)];
  const slower =
    shift === null
      ? null
      : ` ${phaseTitle(shift.phase)} went from ${latency(shift.fromMs)} to ${latency(shift.toMs)} at ${clockOrDay(shift.sinceMs, nowMs)}${shift.revisionAfter === shift.revisionBefore ? '' : `, with ${shift.revisionAfter ?? 'another revision'}`}.`;
  return h('p', { class: 'state-line', 'data-mark': mark }, words, named, since, slower);
}

function chartSection(model: Model, route: StepRoute): HTMLElement {
  const { detail } = model;
  return h(
    'section',
    { class: 'panel', 'aria-labelledby': 'chart-title' },
    h('header', {}, h('h2', { id: 'chart-title' }, 'Latency'), spanLinks(model, route)),
    h('div', { class: 'chart', 'data-foreign': true, 'data-key': `chart-${route.step}` }),
    detail === null ? null : chartTable(detail),
  );
}

function detailSections(
  { step, last, lastWithEvents, accept }: StepDetail,
  nowMs: number,
): readonly (HTMLElement | null)[] {
  if (last === null) {
    return [h('p', { class: 'empty' }, 'No run yet.')];
  }
  const { outcome } = last;
  const negotiated = step === 'websocket' ? negotiation(outcome, accept) : null;
  const events = lastWithEvents?.outcome ?? null;
  return [
    negotiated === null ? null : section('negotiation', 'Negotiation', [negotiated]),
    events === null
      ? null
      : section('events', `Events of the run of ${clockOrDay(events.slotMs, nowMs)}`, [timeline(events)]),
    section('last', 'Last run', [
      h(
        'p',
        {},
        link(routeHash({ view: 'run', trace: outcome.traceId }), {}, clockOrDay(outcome.slotMs, nowMs)),
        ' ',
        badge(outcome.verdict, outcome.verdict),
        ' ',
        flagsOf(outcome),
        ` ${runText(outcome)}`,
      ),
      phaseBar(outcome.phases),
      phaseList(outcome.phases),
      wide(checksTable(outcome.checks)),
    ]),
    h(
      'p',
      {},
      link(routeHash({ view: 'runs', step, notable: false, before: null }), {}, `All runs of ${stepTitles[step]}`),
    ),
  ];
}

/** The reason's sentence and what was seen, without saying the same twice. */
function runText({ reason, detail }: Outcome): string {
  if (reason === null) {
    return detail;
  }
  const words = sentence(reason);
  return words.toLowerCase().includes(detail.toLowerCase()) ? words : `${words} Seen: ${detail}`;
}

function section(id: string, title: string, body: readonly (Node | null)[]): HTMLElement {
  return h(
    'section',
    { class: 'panel', 'aria-labelledby': `${id}-title`, 'data-key': id },
    h('h2', { id: `${id}-title` }, title),
    body,
  );
}
