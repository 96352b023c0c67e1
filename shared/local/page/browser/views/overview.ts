/** The first view: the flow with its incident, the Slack channel beside the break board. */
import { stepTitles } from '../../../../core/message/words.ts';
import { tourStops } from '../../model/tour-stops.ts';
import { routeHash } from '../../model/route.ts';
import type { Overview } from '../../model/contract.ts';
import { h } from '../dom.ts';
import type { Model, View } from '../model.ts';
import { banner } from '../parts/banner.ts';
import { faultRow } from '../parts/board.ts';
import { flow } from '../parts/flow.ts';
import { slackChannels } from '../parts/slack-channel.ts';
import { tourPanel } from '../parts/tour.ts';
import { link } from '../words.ts';

export function overviewView(model: Model, overview: Overview): View {
  const { incident } = overview;
  return {
    title: incident === null ? overview.title : `✗ ${stepTitles[incident.firstStep]}: ${overview.title}`,
    body: [
      h('h1', { class: 'hidden' }, overview.title),
      banner(overview),
      overview.tour === null ? null : tourPanel(overview.tour),
      h(
        'section',
        { 'aria-labelledby': 'flow-title' },
        h('h2', { id: 'flow-title', class: 'hidden' }, 'The flow'),
        flow(overview),
      ),
      h(
        'div',
        { class: 'columns' },
        slackSection(model),
        overview.breaks === null ? null : boardSection(model, overview),
      ),
    ],
  };
}

function slackSection({ slack }: Model): HTMLElement {
  return h(
    'section',
    { class: 'panel', 'aria-labelledby': 'slack-title' },
    h('header', {}, h('h2', { id: 'slack-title' }, 'What Slack is told')),
    h('div', { class: 'scroll', tabindex: 0, role: 'region', 'aria-labelledby': 'slack-title' }, slackChannels(slack)),
  );
}

function boardSection({ faults, notice, nowMs }: Model, { breaks }: Overview): HTMLElement | null {
  if (breaks === null) {
    return null;
  }
  const featured = tourStops.map(({ fault }) => fault);
  const shown = [...featured, ...breaks.active.filter((id) => !featured.includes(id))].flatMap((id) =>
    faults.filter((fault) => fault.id === id),
  );
  return h(
    'section',
    { class: 'panel', 'aria-labelledby': 'board-title' },
    h(
      'header',
      {},
      h('h2', { id: 'board-title' }, 'Break it'),
      h('p', { class: 'notice', role: 'status' }, notice),
      h('button', { type: 'button', 'data-action': 'mend-all', disabled: breaks.active.length === 0 }, 'Mend all'),
    ),
    h(
      'ul',
      { class: 'faults' },
      shown.map((fault) => faultRow(fault, breaks, nowMs)),
    ),
    h('p', {}, link(routeHash({ view: 'board' }), {}, `All ${faults.length} ways to break it`)),
  );
}
