/** One step in depth: its latency over time, its checks, and what is special about it. */
import { phaseTitle, sentence, stepMeanings, stepTitles } from '../../../../core/message/words.ts';
import type { Outcome } from '../../../../core/outcome.ts';
import { hourMs, minuteMs } from '../../../../core/time.ts';
import type { StepCard, StepDetail } from '../../model/contract.ts';
import { instantsOf, type Range, ranges, type Route, routeHash, type Span } from '../../model/route.ts';
import { h } from '../dom.ts';
import type { Model, View } from '../model.ts';
import { checksTable } from '../parts/checks.ts';
import { negotiation } from '../parts/negotiation.ts';
import { phaseBar, phaseList } from '../parts/phase-bar.ts';
import { timeline } from '../parts/timeline.ts';
import { badge, clockOrDay, flagsOf, latency, link } from '../words.ts';
import { wide } from './board.ts';

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

/** Zooming by links works with every keyboard and makes a permalink of what is seen. */
function spanLinks({ detail, nowMs, kind }: Model, route: StepRoute): HTMLElement {
  // A range of a report is the whole of it.
  const whole = kind === 'file' && 'range' in route.span ? detail?.chart : undefined;
  const { fromMs, toMs } = whole ?? instantsOf(route.span, nowMs);
  const length = toMs - fromMs;
  const to = (span: Span): string => routeHash({ ...route, span });
  const moved = (by: number): Span => ({ fromMs: Math.round(fromMs + by), toMs: Math.round(toMs + by) });
  const closer: Span = { fromMs: Math.round(fromMs + length / 4), toMs: Math.round(toMs - length / 4) };
  return h(
    'nav',
    { class: 'spans', 'aria-label': 'Stretch of time' },
    kind === 'file' ? link(to({ range: '1h' }), { class: 'choice' }, 'Whole period') : rangeLinks(route),
    link(to(moved(-length / 2)), { class: 'choice', 'aria-label': 'Earlier' }, '◀'),
    link(to(moved(length / 2)), { class: 'choice', 'aria-label': 'Later' }, '▶'),
    length < 2 * minuteMs ? null : link(to(closer), { class: 'choice', 'aria-label': 'Zoom in' }, '+'),
    length > 4 * 24 * hourMs
      ? null
      : link(
          to({ fromMs: Math.round(fromMs - length / 2), toMs: Math.round(toMs + length / 2) }),
          { class: 'choice', 'aria-label': 'Zoom out' },
          '−',
        ),
  );
}

function rangeLinks(route: StepRoute): readonly HTMLElement[] {
  const current = 'range' in route.span ? route.span.range : null;
  return rangeNames.map((range) =>
    link(
      routeHash({ ...route, span: { range } }),
      { class: 'choice', 'aria-current': current === range ? 'true' : null },
      range,
    ),
  );
}

const rangeNames = Object.keys(ranges).filter((name): name is Range => Object.hasOwn(ranges, name));

const tableRows = 60;

/** The same numbers for those who can't see a canvas. */
function chartTable({ chart }: StepDetail): HTMLElement {
  const first = Math.max(0, chart.atMs.length - tableRows);
  const rows = chart.atMs.slice(first).map((atMs, place) => ({ atMs, at: first + place }));
  return h(
    'details',
    { 'data-key': 'chart-table' },
    h('summary', {}, 'The chart as a table'),
    wide(
      h(
        'table',
        {},
        h('caption', { class: 'hidden' }, 'Latency, newest first'),
        h(
          'thead',
          {},
          h(
            'tr',
            {},
            ['Time (UTC)', 'Verdict', 'Latency', 'Usual'].map((name) => h('th', { scope: 'col' }, name)),
          ),
        ),
        h(
          'tbody',
          {},
          rows.toReversed().map(({ atMs, at }) => {
            const usual = chart.usual[at] ?? null;
            return h(
              'tr',
              {},
              h('td', {}, clockOrDay(atMs, chart.toMs)),
              h('td', {}, badge(chart.verdicts[at] ?? 'pass', chart.verdicts[at] ?? 'pass')),
              h('td', { class: 'number' }, latency(chart.latencyMs[at] ?? null)),
              h(
                'td',
                { class: 'number' },
                usual === null ? '–' : `${latency(usual.lowMs)} to ${latency(usual.highMs)}`,
              ),
            );
          }),
        ),
      ),
    ),
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
