/** A chart as a table, for those who can't see a canvas. */
import type { StepDetail } from '../../model/contract.ts';
import { h } from '../dom.ts';
import { badge, clockOrDay, latency } from '../words.ts';
import { wide } from './wide.ts';

const tableRows = 60;

/** The same numbers for those who can't see a canvas. */
export function chartTable({ chart }: StepDetail): HTMLElement {
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
