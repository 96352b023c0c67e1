/** What was written to the local Cloud Monitoring: every series with its newest value, and what was refused. */
import { stepTitles } from '../../../../core/message/words.ts';
import { type Step, steps } from '../../../../core/step.ts';
import type { MetricSeries, RefusedWrite } from '../../model/contract.ts';
import { h } from '../dom.ts';
import type { Model, View } from '../model.ts';
import { clock, sign } from '../words.ts';
import { wide } from '../parts/wide.ts';

export function metricsView({ metrics }: Model): View {
  const title = 'Metrics';
  if (metrics === null) {
    return { title, body: [h('h1', {}, title), h('p', { class: 'empty' }, '…')] };
  }
  const { series, refused, taken } = metrics;
  return {
    title,
    body: [
      h('h1', {}, title),
      h(
        'p',
        {},
        `${taken} points in ${series.length} series, ${refused.length === 0 ? 'none refused' : `${refused.length} refused`}. Cloud Monitoring here is a local one, which takes and refuses what the real one does.`,
      ),
      refused.length === 0 ? null : refusedPanel(refused),
      h(
        'section',
        { class: 'panel', 'aria-labelledby': 'series-title' },
        h('h2', { id: 'series-title' }, 'Newest values'),
        wide(seriesTable(series)),
      ),
    ],
  };
}

function refusedPanel(refused: readonly RefusedWrite[]): HTMLElement {
  return h(
    'section',
    { class: 'panel bad', 'aria-labelledby': 'refused-title' },
    h('h2', { id: 'refused-title' }, sign('fail'), ' Refused'),
    wide(
      h(
        'table',
        { class: 'refused' },
        h('caption', { class: 'hidden' }, 'Refused points, newest first'),
        head(['Time (UTC)', 'Metric', 'Labels', 'Rule', 'Why']),
        h('tbody', {}, refused.map(refusedRow)),
      ),
    ),
  );
}

function refusedRow({ atMs, metric, labels, rule, message }: RefusedWrite): HTMLElement {
  return h(
    'tr',
    {},
    h('td', {}, clock(atMs)),
    h('td', {}, shortName(metric)),
    h('td', {}, labelText(labels)),
    h('td', {}, h('code', {}, rule)),
    h('td', { class: 'words' }, message),
  );
}

/** One metric with one set of labels, which several steps may write. */
interface Line {
  readonly first: MetricSeries;
  readonly byStep: ReadonlyMap<string, MetricSeries>;
}

function linesOf(series: readonly MetricSeries[]): readonly Line[] {
  const groups = Map.groupBy(series, ({ metric, labels }) => `${metric} ${labelText(labels)}`);
  return [...groups.values()].flatMap((group) => {
    const [first] = group;
    return first === undefined ? [] : [{ first, byStep: new Map(group.map((each) => [each.step, each])) }];
  });
}

function seriesTable(series: readonly MetricSeries[]): HTMLElement {
  const lines = linesOf(series);
  return h(
    'table',
    { class: 'series' },
    h('caption', { class: 'hidden' }, 'Series with their newest values, a column a step'),
    head(['Metric', 'Labels', ...steps.map((step) => stepTitles[step]), 'Unit', 'Kind']),
    h(
      'tbody',
      {},
      lines.map((line, at) => seriesRow(line, lines[at - 1]?.first.metric !== line.first.metric)),
    ),
  );
}

function seriesRow({ first, byStep }: Line, isFirst: boolean): HTMLElement {
  return h(
    'tr',
    { 'data-key': `${first.metric} ${labelText(first.labels)}`, 'data-first': String(isFirst) },
    h('td', { class: 'whole' }, shortName(first.metric)),
    h('td', {}, labelText(first.labels)),
    steps.map((step) => valueCell(step, byStep)),
    h('td', { class: 'quiet' }, first.unit),
    h('td', { class: 'quiet' }, first.kind.toLowerCase()),
  );
}

function valueCell(step: Step, byStep: Line['byStep']): HTMLElement {
  const series = byStep.get(step);
  return series === undefined
    ? h('td', { class: 'quiet' }, '')
    : h('td', { class: 'number', title: `${series.points} points, the newest of ${clock(series.atMs)}` }, series.value);
}

function head(names: readonly string[]): HTMLElement {
  return h(
    'thead',
    {},
    h(
      'tr',
      {},
      names.map((name) => h('th', { scope: 'col' }, name)),
    ),
  );
}

/** All of ours begin alike. */
function shortName(metric: string): string {
  return metric.replace(/^custom\.googleapis\.com\/golden_path\//, '');
}

function labelText(labels: Readonly<Record<string, string>>): string {
  return Object.entries(labels)
    .map(([key, value]) => `${key}=${value}`)
    .join(' ');
}
