/** One chart in the page: mounts the library, follows new data, size and theme, and reads out the point under the cursor. */
import uPlot from 'uplot';

import type { ChartData } from '../../model/chart.ts';
import { h } from '../dom.ts';
import { coloursOf } from './colours.ts';
import { columnsOf, type Curve, type CurveName, curvesOf, optionsOf, seriesIndex } from './options.ts';
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

interface Parts {
  readonly canvas: HTMLElement;
  readonly readout: HTMLElement;
  readonly legend: HTMLElement;
}

function partsIn(host: HTMLElement): Parts {
  const label = 'Chart; arrow keys read out one point after the other, Enter opens its run';
  const canvas = h('div', { class: 'plot', tabindex: 0, role: 'group', 'aria-label': label });
  const readout = h('p', { class: 'readout', 'aria-live': 'polite' });
  const legend = h('ul', { class: 'legend' });
  host.replaceChildren(canvas, readout, legend);
  return { canvas, readout, legend };
}

/** The host is an element with `data-foreign`: everything inside belongs to the chart. */
export function mountChart(host: HTMLElement, first: ChartData, actions: ChartActions): Chart {
  const { canvas, readout, legend } = partsIn(host);
  // Logging in comes before what the other steps measure, and would set the scale for all of it.
  const hidden = new Set<CurveName>(['login']);
  let data = first;
  let curves = curvesOf(data);
  let at: number | null = null;
  let plot = draw();

  function draw(): uPlot {
    const width = Math.max(widthMin, canvas.clientWidth);
    const colour = coloursOf(host);
    const look = { width, height, colour, hidden, data: () => data, onSelect: actions.zoom, onCursor: read };
    return new uPlot(optionsOf(curves, look), columnsOf(data, curves), canvas);
  }

  function redraw(): void {
    plot.destroy();
    plot = draw();
    fillLegend();
  }

  function read(index: number | null): void {
    at = index;
    readout.textContent = index === null ? hintOf(data) : pointText(data, curves, index);
  }

  function fillLegend(): void {
    const entry = (curve: Curve): HTMLElement => legendEntry(curve, !hidden.has(curve.name), () => toggle(curve.name));
    legend.replaceChildren(...curves.map(entry));
  }

  function toggle(name: CurveName): void {
    const show = hidden.delete(name);
    if (!show) {
      hidden.add(name);
    }
    plot.setSeries(seriesIndex(curves, name), { show });
    fillLegend();
  }

  function show(next: ChartData): void {
    const before = curves.map(({ name }) => name).join();
    data = next;
    curves = curvesOf(next);
    if (before === curves.map(({ name }) => name).join()) {
      plot.setData(columnsOf(data, curves));
    } else {
      redraw();
    }
    read(at !== null && at < data.atMs.length ? at : null);
  }

  function move(to: number): void {
    plot.setCursor({ left: plot.valToPos(data.atMs[to] ?? 0, 'x'), top: 20 }, false);
    read(to);
  }

  const resized = new ResizeObserver(() => {
    plot.setSize({ width: Math.max(widthMin, canvas.clientWidth), height });
  });
  listen(canvas, { data: () => data, at: () => at, move, open: actions.open });
  fillLegend();
  read(null);
  resized.observe(canvas);
  return {
    show,
    repaint: redraw,
    destroy: () => {
      resized.disconnect();
      plot.destroy();
    },
  };
}

interface Reading {
  readonly data: () => ChartData;
  readonly at: () => number | null;
  readonly move: (to: number) => void;
  readonly open: (trace: string) => void;
}

function listen(canvas: HTMLElement, { data, at, move, open }: Reading): void {
  const openPoint = (): void => {
    const trace = data().traces[at() ?? -1] ?? '';
    if (trace !== '') {
      open(trace);
    }
  };
  canvas.addEventListener('keydown', (event) => {
    const next = nextPoint(event.key, at(), data());
    if (next !== null) {
      event.preventDefault();
      move(next);
    } else if (event.key === 'Enter') {
      openPoint();
    }
  });
  // A drag is a zoom and ends in a click as well; the library eats that one.
  canvas.addEventListener('click', openPoint);
}

function legendEntry({ name, title }: Curve, shown: boolean, toggle: () => void): HTMLElement {
  const key = h('span', { class: 'curve-key', 'data-phase': name, 'aria-hidden': 'true' });
  const button = h('button', { type: 'button', 'aria-pressed': String(shown) }, key, title);
  button.addEventListener('click', toggle);
  return h('li', {}, button);
}
