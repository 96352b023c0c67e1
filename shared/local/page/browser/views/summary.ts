/** A period in numbers: the share of tries that worked against its target, incidents, and what changed. */
import { counted, latencyText, sentence, stepTitles } from '../../../../core/message/words.ts';
import { durationText, isoUtc } from '../../../../core/time.ts';
import { percentText } from '../../model/changes.ts';
import type { IncidentView } from '../../model/contract.ts';
import { routeHash } from '../../model/route.ts';
import type { PeriodSummary, Share, StepSummary, Summary } from '../../model/summary.ts';
import { h } from '../dom.ts';
import type { Model, View } from '../model.ts';
import { badge, latency, link } from '../words.ts';
import { wide } from '../parts/wide.ts';

export function summaryView({ summary, overview }: Model): View {
  const title = `Report: ${overview?.title ?? ''}`;
  if (summary === null) {
    return { title, body: [h('h1', {}, title), h('p', {}, 'Only a report file has a summary.')] };
  }
  return {
    title,
    body: [
      h('h1', {}, title),
      h(
        'p',
        {},
        `${instant(summary.fromMs)} to ${instant(summary.toMs)}, ${durationText(summary.toMs - summary.fromMs)}. Everything here was computed from the runs of that time.`,
      ),
      panel('targets', 'Against the targets', wide(targetTable(summary))),
      panel('incidents', `Incidents: ${summary.incidents.length}`, incidentList(summary)),
      panel('changes', 'What changed', changeList(summary)),
      panel('reasons', 'What was wrong', reasonList(summary)),
    ],
  };
}

function panel(id: string, title: string, body: HTMLElement | null): HTMLElement {
  return h('section', { class: 'panel', 'aria-labelledby': id }, h('h2', { id }, title), body);
}

function instant(atMs: number): string {
  return `${isoUtc(atMs).slice(0, 16).replace('T', ' ')} UTC`;
}

function targetTable(summary: Summary): HTMLElement {
  const names = [
    '',
    'Runs',
    'Worked',
    'Failed',
    'Blocked',
    'Inconclusive',
    'Flaky',
    'Share that worked',
    'By itself',
    'Target',
    '',
    'Before',
    'Median',
    '95 % within',
  ];
  return h(
    'table',
    { class: 'targets' },
    h(
      'caption',
      {},
      'Share of tries that worked. A try that an earlier step blocked did not work, as no user gets past it; “by itself” leaves those out.',
    ),
    h(
      'thead',
      {},
      h(
        'tr',
        {},
        names.map((name) => h('th', { scope: 'col' }, name)),
      ),
    ),
    h(
      'tbody',
      {},
      summary.steps.map((step) => stepRow(step, summary.previous)),
      pathRow(summary),
    ),
  );
}

function stepRow(step: StepSummary, previous: PeriodSummary | null): HTMLElement {
  const { counts } = step;
  const before = previous?.steps.find((each) => each.step === step.step)?.share ?? null;
  return h(
    'tr',
    {},
    h(
      'th',
      { scope: 'row' },
      link(routeHash({ view: 'step', step: step.step, span: { range: '1h' } }), {}, stepTitles[step.step]),
    ),
    [step.runs, counts.pass + counts.degraded, counts.fail, counts.blocked, counts.inconclusive, step.flaky].map(
      (count) => h('td', { class: 'number' }, count),
    ),
    shareCells(step),
    h('td', { class: 'number' }, percentText(before)),
    h('td', { class: 'number' }, latency(step.medianMs)),
    h('td', { class: 'number' }, step.slowMs === null ? '–' : latencyText(step.slowMs)),
  );
}

function pathRow({ path, previous }: Summary): HTMLElement {
  return h(
    'tr',
    { class: 'total' },
    h('th', { scope: 'row' }, 'Whole path'),
    h('td', { class: 'number' }, path.rounds),
    h('td', { class: 'number' }, path.worked),
    h('td', { class: 'number' }, path.rounds - path.worked),
    ['', '', ''].map((blank) => h('td', {}, blank)),
    shareCells({ ...path, ownShare: null }),
    h('td', { class: 'number' }, percentText(previous?.path.share ?? null)),
    h('td', {}),
    h('td', {}),
  );
}

function shareCells({
  share,
  ownShare,
  target,
  met,
}: Share & { readonly ownShare: number | null }): readonly HTMLElement[] {
  const state = met === null ? badge('unknown', 'nothing tried') : met ? badge('pass', 'met') : badge('fail', 'missed');
  return [
    h('td', { class: 'number' }, percentText(share)),
    h('td', { class: 'number' }, percentText(ownShare)),
    h('td', { class: 'number' }, `> ${percentText(target)}`),
    h('td', {}, state),
  ];
}

function incidentList({ incidents, brokenMs, toMs }: Summary): HTMLElement {
  if (incidents.length === 0) {
    return h('p', {}, 'None.');
  }
  return h(
    'div',
    {},
    h('p', {}, `${durationText(brokenMs)} in all.`),
    h(
      'ol',
      { class: 'bullets' },
      incidents.map((incident) => h('li', {}, incidentLine(incident, toMs))),
    ),
  );
}

function incidentLine(
  { severity, firstStep, parts, openedAtMs, resolvedAtMs, id }: IncidentView,
  toMs: number,
): string {
  const reason = parts.find(({ step }) => step === firstStep)?.reason;
  const lasted =
    resolvedAtMs === null
      ? `Still open after ${durationText(toMs - openedAtMs)}`
      : `Over after ${durationText(resolvedAtMs - openedAtMs)}`;
  const others = parts.filter(({ step }) => step !== firstStep).map(({ step }) => stepTitles[step]);
  const also = others.length === 0 ? '' : ` Also: ${others.join(', ')}.`;
  return `${instant(openedAtMs)}, ${severity}, ${stepTitles[firstStep]}: ${reason === undefined ? '' : sentence(reason)} ${lasted}.${also} (${id})`;
}

function changeList({ changes, previous }: Summary): HTMLElement {
  if (previous === null) {
    return h('p', {}, 'Nothing is known of the time before.');
  }
  return changes.length === 0
    ? h('p', {}, 'Nothing to speak of, compared with the same length of time before.')
    : h(
        'ul',
        { class: 'bullets' },
        changes.map((change) => h('li', {}, change)),
      );
}

function reasonList({ steps }: Summary): HTMLElement {
  const lines = steps.flatMap(({ step, reasons }) =>
    reasons.map(({ reason, runs }) =>
      h('li', {}, `${stepTitles[step]}: `, h('code', {}, reason), ` in ${counted(runs, 'run')}. ${sentence(reason)}`),
    ),
  );
  return lines.length === 0 ? h('p', {}, 'Nothing.') : h('ul', { class: 'bullets' }, lines);
}
