/** Chooses the view for the route and makes the page equal to it. */
import type { ChartData } from '../model/chart.ts';
import type { Route } from '../model/route.ts';
import { type Chart, type ChartActions, mountChart } from './chart/chart.ts';
import { h } from './dom.ts';
import type { Model, View } from './model.ts';
import { morph } from './morph.ts';
import { shell } from './shell.ts';
import { boardView } from './views/board.ts';
import { explainView } from './views/explain.ts';
import { metricsView } from './views/metrics.ts';
import { overviewView } from './views/overview.ts';
import { runView } from './views/run.ts';
import { runsView } from './views/runs.ts';
import { stepView } from './views/step.ts';
import { summaryView } from './views/summary.ts';

export interface Renderer {
  readonly draw: (model: Model) => void;
  /** Charts draw in colours of their own and have to be told of a new theme. */
  repaint(): void;
}

export function createRenderer(page: HTMLElement, actions: ChartActions): Renderer {
  let mounted: { readonly host: HTMLElement; readonly chart: Chart; data: ChartData } | null = null;

  function drawChart(data: ChartData | null): void {
    const host = page.querySelector<HTMLElement>('.chart');
    if (mounted !== null && mounted.host !== host) {
      mounted.chart.destroy();
      mounted = null;
    }
    if (host === null || data === null) {
      return;
    }
    if (mounted === null) {
      mounted = { host, chart: mountChart(host, data, actions), data };
    } else if (mounted.data !== data) {
      mounted.chart.show(data);
      mounted.data = data;
    }
  }

  return {
    draw: (model) => {
      const view = viewOf(model, model.route);
      const title = `${view.title} · Golden path`;
      if (document.title !== title) {
        document.title = title;
      }
      morph(page, shell(model, view));
      drawChart(model.detail?.chart ?? null);
    },
    repaint: () => mounted?.chart.repaint(),
  };
}

function viewOf(model: Model, route: Route): View {
  const { overview } = model;
  if (overview === null) {
    return { title: 'Starting', body: [h('p', { class: 'starting' }, 'Golden path: waiting for the server …')] };
  }
  switch (route.view) {
    case 'overview':
      return overviewView(model, overview);
    case 'board':
      return boardView(model, overview);
    case 'step':
      return stepView(model, route);
    case 'runs':
      return runsView(model, route);
    case 'run':
      return runView(model, route.trace);
    case 'metrics':
      return metricsView(model);
    case 'explain':
      return explainView(model);
    case 'summary':
      return summaryView(model);
  }
}
