/** A point of a chart in words, and which point comes next. */
import type { ChartData } from '../../model/chart.ts';
import { clockOrDay, latency, verdictWords } from '../words.ts';
import type { Curve } from './options.ts';

export function hintOf({ atMs, usual }: ChartData): string {
  if (atMs.length === 0) {
    return 'No runs in this stretch of time.';
  }
  const band = usual.some((range) => range !== null) ? ' The shaded band is what is usual.' : '';
  return `Point at the chart to read it, click for the run, drag to zoom.${band}`;
}

export function pointText(data: ChartData, curves: readonly Curve[], at: number): string {
  const verdict = verdictWords[data.verdicts[at] ?? 'pass'];
  const runs = data.runs[at] ?? 1;
  const values = curves.flatMap(({ title, values: column }) => {
    const value = column[at] ?? null;
    return value === null ? [] : [`${title} ${latency(value)}`];
  });
  const range = data.usual[at] ?? null;
  const usual = range === null ? [] : [`usual ${latency(range.lowMs)} to ${latency(range.highMs)}`];
  const what = runs === 1 ? verdict : `${runs} runs, worst: ${verdict}`;
  return [`${clockOrDay(data.atMs[at] ?? 0, data.toMs)} ${what}`, ...values, ...usual].join(' · ');
}

/** The point that a key leads to; null when the key means nothing here. */
export function nextPoint(key: string, at: number | null, { atMs }: ChartData): number | null {
  const last = atMs.length - 1;
  if (last < 0) {
    return null;
  }
  switch (key) {
    case 'ArrowLeft':
      return Math.max(0, (at ?? last + 1) - 1);
    case 'ArrowRight':
      return Math.min(last, (at ?? last - 1) + 1);
    case 'Home':
      return 0;
    case 'End':
      return last;
    default:
      return null;
  }
}
