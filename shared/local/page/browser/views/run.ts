/** One run with everything that is known of it; the raw record is what the log and `curl` show as well. */
import { durationText, isoUtc } from '../../../../core/time.ts';
import { nextSteps } from '../../../../core/message/next-steps.ts';
import { sentence, stepTitles } from '../../../../core/message/words.ts';
import type { RunRecord } from '../../../../run/answer.ts';
import { routeHash } from '../../model/route.ts';
import { h } from '../dom.ts';
import type { Model, View } from '../model.ts';
import { checksTable } from '../parts/checks.ts';
import { negotiation } from '../parts/negotiation.ts';
import { phaseBar, phaseList } from '../parts/phase-bar.ts';
import { timeline } from '../parts/timeline.ts';
import { badge, clock, flagsOf, latency, link } from '../words.ts';
import { wide } from '../parts/wide.ts';

export function runView({ record }: Model, trace: string): View {
  const title = 'Run';
  if (record === null) {
    return { title, body: [h('h1', {}, title), h('p', { class: 'empty' }, '…')] };
  }
  if (record === 'missing') {
    return {
      title,
      body: [
        h('h1', {}, title),
        h('p', {}, `No run of the trace ${trace} is known here: it is older than the history, or of another machine.`),
      ],
    };
  }
  const { outcome } = record;
  return {
    title: `${stepTitles[outcome.step]} ${clock(outcome.slotMs)}`,
    body: [
      h(
        'header',
        { class: 'view-head' },
        h('h1', {}, `${stepTitles[outcome.step]}, ${isoUtc(outcome.slotMs).replace('T', ' ').replace('Z', ' UTC')}`),
        badge(outcome.verdict, outcome.verdict),
        flagsOf(outcome),
      ),
      wordsOf(record),
      factsOf(record),
      h(
        'section',
        { class: 'panel', 'aria-labelledby': 'run-phases' },
        h('h2', { id: 'run-phases' }, 'Phases'),
        phaseBar(outcome.phases),
        phaseList(outcome.phases),
      ),
      panelOf('run-negotiation', 'Negotiation', negotiation(outcome, null)),
      panelOf('run-events', 'Events', outcome.timeline.length === 0 ? null : timeline(outcome)),
      panelOf('run-checks', 'Checks', wide(checksTable(outcome.checks))),
      panelOf('run-judged', 'What was done about it', decisions(record)),
      panelOf('run-raw', 'Record', h('pre', { class: 'raw', tabindex: 0 }, JSON.stringify(record, null, 2))),
    ],
  };
}

function panelOf(id: string, title: string, body: HTMLElement | null): HTMLElement | null {
  return body === null
    ? null
    : h('section', { class: 'panel', 'aria-labelledby': id, 'data-key': id }, h('h2', { id }, title), body);
}

function wordsOf({ outcome }: RunRecord): HTMLElement {
  const { reason, detail } = outcome;
  if (reason === null) {
    return h('p', { class: 'state-line', 'data-mark': outcome.verdict }, detail);
  }
  return h(
    'div',
    { class: 'state-line', 'data-mark': outcome.verdict },
    h('p', {}, sentence(reason), ' ', h('code', {}, reason)),
    h('p', {}, h('b', {}, 'Seen: '), detail),
    h('p', {}, h('b', {}, 'Do next: '), nextSteps[reason]),
  );
}

function factsOf({ outcome, points }: RunRecord): HTMLElement {
  const facts: readonly (readonly [string, Node | string])[] = [
    ['Latency', latency(outcome.latencyMs)],
    ['Region', outcome.region],
    ['Started', `${clock(outcome.startedAtMs)}, ${outcome.startedAtMs - outcome.slotMs} ms after its slot`],
    ['Took', durationText(outcome.endedAtMs - outcome.startedAtMs)],
    ['Revision', outcome.revision ?? 'not known'],
    ['Tries', outcome.attempts.map(({ verdict, reason }) => reason ?? verdict).join(', then ')],
    ['Own stall', `${outcome.stalledMs} ms`],
    ['Points', points === null ? 'not written' : `${points.written} written, ${points.refused} refused`],
    ['Trace', h('code', {}, outcome.traceId)],
    ...(outcome.blockedBy === null
      ? []
      : [
          [
            'Blocked by',
            link(
              routeHash({ view: 'step', step: outcome.blockedBy, span: { range: '1h' } }),
              {},
              stepTitles[outcome.blockedBy],
            ),
          ] as const,
        ]),
  ];
  return h(
    'dl',
    { class: 'facts-list' },
    facts.map(([name, value]) => h('div', {}, h('dt', {}, name), h('dd', {}, value))),
  );
}

function decisions({ decisions: list, trouble, judged, delivery }: RunRecord): HTMLElement {
  return h(
    'ul',
    { class: 'decisions' },
    list.map(({ kind, detail }) => h('li', {}, h('code', {}, kind), ' ', detail)),
    delivery === null
      ? null
      : h('li', {}, `delivery: ${delivery.status}, told ${delivery.told.length}, waiting ${delivery.waiting}`),
    trouble.map(({ reason, detail }) => h('li', { class: 'bad' }, h('code', {}, reason), ' ', detail)),
    list.length === 0 && delivery === null && trouble.length === 0 ? h('li', {}, judged) : null,
  );
}
