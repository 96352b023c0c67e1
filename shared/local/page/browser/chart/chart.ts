/** One chart in the page: mounts the library, follows new data, size and theme, and reads out the point under the cursor. */
import uPlot from 'uplot';

import type { ChartData } from '../../model/chart.ts';
import { h } from '../dom.ts';
import { coloursOf } from './colours.ts';
import { legendEntries } from './legend.ts';
import { columnsOf, type Curve, type CurveName, curvesOf, haveSameNames, optionsOf, seriesIndex } from './options.ts';
import { hintOf, nextPoint, pointText } from './reading.ts';

export interface Chart {
  readonly show: (data: ChartData) => void;
  /** Draws anew in the colours of the present theme. */
  readonly repaint: () => void;
  readonly destroy: () => void;
}

export interface ChartActions {
  readonly zoom: (fromMs: number, toMs: number) => void;
  readonly open: (trace: string) => void;
}

const height = 300;
const widthMin = 200;

interface Mounted {
  readonly host: HTMLElement;
  readonly canvas: HTMLElement;
  readonly readout: HTMLElement;
  readonly legend: HTMLElement;
  readonly actions: ChartActions;
  readonly hidden: Set<CurveName>;
  data: ChartData;
  curves: readonly Curve[];
  /** The point that is read out. */
  at: number | null;
  plot: uPlot | null;
}

/** The host is an element with `data-foreign`: everything inside belongs to the chart. */
export function mountChart(host: HTMLElement, data: ChartData, actions: ChartActions): Chart {
  const label = 'Chart; arrow keys read out one point after the other, Enter opens its run';
  const mounted: Mounted = {
    host,
    actions,
    data,
    canvas: h('div', { class: 'plot', tabindex: 0, role: 'group', 'aria-label': label }),
    readout: h('p', { class: 'readout', 'aria-live': 'polite' }),
    legend: h('ul', { class: 'legend' }),
    // Logging in comes before what the other steps measure, and would set the scale for all of it.
    hidden: new Set(['login']),
    curves: curvesOf(data),
    at: null,
    plot: null,
  };
  host.replaceChildren(mounted.canvas, mounted.readout, mounted.legend);
  draw(mounted);
  read(mounted, null);
  listen(mounted);
  const resized = new ResizeObserver(() => mounted.plot?.setSize(sizeOf(mounted)));
  resized.observe(mounted.canvas);
  return {
    show: (next) => show(mounted, next),
    repaint: () => draw(mounted),
    destroy: () => {
      resized.disconnect();
      mounted.plot?.destroy();
    },
  };
}

function sizeOf({ canvas }: Mounted): { readonly width: number; readonly height: number } {
  return { width: Math.max(widthMin, canvas.clientWidth), height };
}

function draw(mounted: Mounted): void {
  const { host, canvas, curves, hidden, actions } = mounted;
  mounted.plot?.destroy();
  const look = {
    ...sizeOf(mounted),
    colour: coloursOf(host),
    hidden,
    data: () => mounted.data,
    onSelect: actions.zoom,
    onCursor: (index: number | null) => read(mounted, index),
  };
  mounted.plot = new uPlot(optionsOf(curves, look), columnsOf(mounted.data, curves), canvas);
  fillLegend(mounted);
}

function fillLegend(mounted: Mounted): void {
  const { legend, curves, hidden } = mounted;
  legend.replaceChildren(...legendEntries(curves, hidden, (name) => toggle(mounted, name)));
}

function toggle(mounted: Mounted, name: CurveName): void {
  const { hidden, plot, curves } = mounted;
  const show = hidden.delete(name);
  if (!show) {
    hidden.add(name);
  }
  plot?.setSeries(seriesIndex(curves, name), { show });
  fillLegend(mounted);
}

function read(mounted: Mounted, index: number | null): void {
  const { data, curves, readout } = mounted;
  mounted.at = index;
  readout.textContent = index === null ? hintOf(data) : pointText(data, curves, index);
}

function show(mounted: Mounted, next: ChartData): void {
  const before = mounted.curves;
  mounted.data = next;
  mounted.curves = curvesOf(next);
  if (haveSameNames(before, mounted.curves)) {
    mounted.plot?.setData(columnsOf(next, mounted.curves));
  } else {
    draw(mounted);
  }
  read(mounted, mounted.at !== null && mounted.at < next.atMs.length ? mounted.at : null);
}

function listen(mounted: Mounted): void {
  const { canvas, actions } = mounted;
  const openPoint = (): void => {
    const trace = mounted.data.traces[mounted.at ?? -1] ?? '';
    if (trace !== '') {
      actions.open(trace);
    }
  };
  canvas.addEventListener('keydown', (event) => {
    const next = nextPoint(event.key, mounted.at, mounted.data);
    if (next !== null) {
      event.preventDefault();
      const left = mounted.plot?.valToPos(mounted.data.atMs[next] ?? 0, 'x') ?? 0;
      mounted.plot?.setCursor({ left, top: 20 }, false);
      read(mounted, next);
    } else if (event.key === 'Enter') {
      openPoint();
    }
  });
  // A drag is a zoom and ends in a click as well; the library eats that one.
  canvas.addEventListener('click', openPoint);
}
