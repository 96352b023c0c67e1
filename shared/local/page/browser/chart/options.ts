/** The chart as the chart library wants it: columns, curves, axes. */
import uPlot from 'uplot';

import { latencyText, phaseTitle } from '../../../../core/message/words.ts';
import { type Phase, phases as phaseOrder } from '../../../../core/outcome.ts';
import { dayMs, isoUtc, minuteMs } from '../../../../core/time.ts';
import type { ChartData } from '../../model/chart.ts';
import type { Colour } from './colours.ts';
import { marksPlugin } from './marks.ts';

export type CurveName = Phase | 'total' | 'slowest';

export interface Curve {
  readonly name: CurveName;
  readonly title: string;
  readonly values: readonly (number | null)[];
}

/** In the order of the legend. */
export function curvesOf({ latencyMs, slowestMs, phases }: ChartData): readonly Curve[] {
  const total: Curve = {
    name: 'total',
    title: slowestMs === null ? phaseTitle('total') : 'Whole step, median',
    values: latencyMs,
  };
  const slowest: readonly Curve[] =
    slowestMs === null ? [] : [{ name: 'slowest', title: 'Whole step, slowest', values: slowestMs }];
  const byPhase = phaseOrder.flatMap((phase): Curve[] => {
    const values = phases[phase];
    return values === undefined ? [] : [{ name: phase, title: phaseTitle(phase), values }];
  });
  return [total, ...slowest, ...byPhase];
}

/** Whether a drawn chart can take the new curves without being made anew. */
export function haveSameNames(some: readonly Curve[], others: readonly Curve[]): boolean {
  return some.length === others.length && some.every(({ name }, at) => name === others[at]?.name);
}

/** Columns that come before those of the curves: time, and the two edges of what is usual. */
const leading = 3;

export function columnsOf(data: ChartData, curves: readonly Curve[]): uPlot.AlignedData {
  return [
    [...data.atMs],
    data.usual.map((range) => range?.lowMs ?? null),
    data.usual.map((range) => range?.highMs ?? null),
    ...curves.map(({ values }) => [...values]),
  ];
}

export interface ChartLook {
  readonly width: number;
  readonly height: number;
  readonly colour: Colour;
  /** The data as it is when something is drawn. */
  readonly data: () => ChartData;
  readonly hidden: ReadonlySet<CurveName>;
  readonly onSelect: (fromMs: number, toMs: number) => void;
  readonly onCursor: (at: number | null) => void;
}

export function optionsOf(curves: readonly Curve[], look: ChartLook): uPlot.Options {
  const { width, height, colour, data, hidden } = look;
  const edge: uPlot.Series = { show: true, width: 0, points: { show: false } };
  return {
    width,
    height,
    ms: 1,
    tzDate: (atMs) => uPlot.tzDate(new Date(atMs), 'Etc/UTC'),
    legend: { show: false },
    cursor: { drag: { x: true, y: false, setScale: false }, points: { size: 6 } },
    scales: {
      x: { time: true, range: () => [data().fromMs, data().toMs] },
      // Below zero is the lane of marks.
      y: { range: (_chart, _low, high) => [-Math.max(1, high ?? 1) * laneShare, Math.max(1, high ?? 1) * 1.1] },
    },
    axes: [
      {
        stroke: colour('muted'),
        grid: { show: false },
        ticks: { stroke: colour('line'), width: 1 },
        space: 70,
        values: (_chart, marks) => timeTexts(marks),
      },
      {
        stroke: colour('muted'),
        grid: { stroke: colour('line'), width: 1 },
        ticks: { show: false },
        size: 64,
        filter: (_chart, marks) => marks.map((mark) => (mark < 0 ? null : mark)),
        values: (_chart, marks) => marks.map((mark) => (mark === null ? '' : mark === 0 ? '0' : latencyText(mark))),
      },
    ],
    series: [{}, edge, edge, ...curves.map((curve) => seriesOf(curve, colour, hidden))],
    bands: [{ series: [2, 1], fill: colour('usual') }],
    padding: [8, 12, 0, 0],
    plugins: [marksPlugin(data, colour)],
    hooks: {
      setSelect: [(chart) => selected(chart, look)],
      setCursor: [(chart) => look.onCursor(chart.cursor.idx ?? null)],
    },
  };
}

/** Height of the lane of marks, as a share of the largest value. */
const laneShare = 0.1;

/** UTC, on a clock of 24 hours; the day where it begins, and once at the left. */
function timeTexts(marksMs: readonly number[]): string[] {
  const [first = 0, second = first] = marksMs;
  const stepMs = second - first;
  return marksMs.map((atMs) => {
    const text = isoUtc(atMs);
    const day = text.slice(5, 10);
    const time = stepMs < minuteMs ? text.slice(11, 19) : text.slice(11, 16);
    if (stepMs >= dayMs) {
      return day;
    }
    return atMs === first || time.startsWith('00:00') ? `${time}\n${day}` : time;
  });
}

function seriesOf({ name }: Curve, colour: Colour, hidden: ReadonlySet<CurveName>): uPlot.Series {
  const total = name === 'total';
  return {
    show: !hidden.has(name),
    stroke: colour(total ? 'ink' : name === 'slowest' ? 'muted' : `phase-${name}`),
    width: total ? 2 : 1,
    ...(name === 'slowest' ? { dash: [3, 3] } : {}),
    // Left to the library, points are shown only where they don't cover each other.
    points: total ? { size: 5 } : { show: false },
    spanGaps: false,
    gaps: (...[chart, , from, to, nullGaps]) => [...nullGaps, ...silences(chart, from, to)].sort(([a], [b]) => a - b),
  };
}

/** Times without runs are no straight lines: nobody knows what was in between. */
function silences(chart: uPlot, from: number, to: number): [number, number][] {
  const timesMs = Array.from(chart.data[0]);
  const steps = timesMs.slice(1).map((atMs, at) => atMs - (timesMs[at] ?? atMs));
  const usualMs = steps.toSorted((a, b) => a - b)[Math.floor(steps.length / 2)] ?? 0;
  const place = (atMs: number): number => chart.valToPos(atMs, 'x', true);
  return steps.flatMap((stepMs, at): [number, number][] =>
    at < from || at >= to || stepMs <= usualMs * usualStepsMax
      ? []
      : [[place(timesMs[at] ?? 0), place(timesMs[at + 1] ?? 0)]],
  );
}

const usualStepsMax = 4;

/** The place of a curve among the chart's series. */
export function seriesIndex(curves: readonly Curve[], name: CurveName): number {
  return leading + curves.findIndex((curve) => curve.name === name);
}

function selected(chart: uPlot, { onSelect }: ChartLook): void {
  const { left, width } = chart.select;
  if (width < 4) {
    return;
  }
  const fromMs = Math.round(chart.posToVal(left, 'x'));
  const toMs = Math.round(chart.posToVal(left + width, 'x'));
  chart.setSelect({ left: 0, top: 0, width: 0, height: 0 }, false);
  onSelect(fromMs, toMs);
}
