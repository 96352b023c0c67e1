/** The history of runs, newest first, in pages. */
import { stepTitles } from '../../../../core/message/words.ts';
import { steps } from '../../../../core/step.ts';
import type { RunRow } from '../../model/contract.ts';
import { type Route, routeHash } from '../../model/route.ts';
import { h } from '../dom.ts';
import type { Model, View } from '../model.ts';
import { badge, clockOrDay, flagsOf, latency, link, verdictWords } from '../words.ts';
import { wide } from '../parts/wide.ts';

type RunsRoute = Extract<Route, { view: 'runs' }>;

export function runsView(model: Model, route: RunsRoute): View {
  const { runs } = model;
  return {
    title: 'Runs',
    body: [
      h('h1', {}, 'Runs'),
      h('nav', { class: 'toolbar', 'aria-label': 'Which runs' }, stepLinks(route), notableLink(route)),
      h(
        'div',
        { class: 'panel' },
        runs === null ? h('p', { class: 'empty' }, '…') : wide(runsTable(runs.runs, model.nowMs)),
      ),
      h(
        'p',
        { class: 'pages' },
        route.before === null ? null : link(routeHash({ ...route, before: null }), {}, 'Newest'),
        ' ',
        runs?.next === null || runs === null ? null : link(routeHash({ ...route, before: runs.next }), {}, 'Older'),
      ),
    ],
  };
}

function stepLinks(route: RunsRoute): readonly HTMLElement[] {
  return [null, ...steps].map((step) =>
    link(
      routeHash({ ...route, step, before: null }),
      { class: 'choice', 'aria-current': route.step === step ? 'true' : null },
      step === null ? 'All steps' : stepTitles[step],
    ),
  );
}

function notableLink(route: RunsRoute): HTMLElement {
  const words = route.notable ? 'Also plain passes' : 'Only what is notable';
  return link(routeHash({ ...route, notable: !route.notable, before: null }), { class: 'choice' }, words);
}

export function runsTable(rows: readonly RunRow[], nowMs: number): HTMLElement {
  return h(
    'table',
    { class: 'runs' },
    h('caption', { class: 'hidden' }, 'Runs, newest first'),
    h(
      'thead',
      {},
      h(
        'tr',
        {},
        ['Time (UTC)', 'Step', 'Verdict', 'Latency', 'What it says', 'Revision'].map((name) =>
          h('th', { scope: 'col' }, name),
        ),
      ),
    ),
    h(
      'tbody',
      {},
      rows.map((row) => runRow(row, nowMs)),
    ),
  );
}

function runRow(row: RunRow, nowMs: number): HTMLElement {
  const { trace, slotMs, step, verdict, reason, detail, revision } = row;
  return h(
    'tr',
    { 'data-key': trace, 'data-mark': verdict },
    h('td', { class: 'whole' }, link(routeHash({ view: 'run', trace }), {}, clockOrDay(slotMs, nowMs))),
    h('td', { class: 'whole' }, stepTitles[step]),
    h('td', {}, badge(verdict, verdictWords[verdict]), ' ', flagsOf(row)),
    h('td', { class: 'number' }, latency(row.latencyMs)),
    h('td', { class: 'words' }, reason === null ? null : [h('code', {}, reason), ' '], detail),
    h('td', { class: 'quiet whole' }, revision ?? '–'),
  );
}
