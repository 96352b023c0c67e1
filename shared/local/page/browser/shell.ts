/** What is around every view: name, navigation, whether news still comes, and the theme. */
import { stepTitles } from '../../../core/message/words.ts';
import { type Route, routeHash } from '../model/route.ts';
import { h } from './dom.ts';
import type { Model, View } from './model.ts';
import { ago, link, sign } from './words.ts';

/** The whole page as it should be. */
export function shell(model: Model, view: View): HTMLElement {
  return h(
    'div',
    { id: 'page' },
    h('a', { class: 'skip', href: '#main', 'data-action': 'skip' }, 'Skip to the content'),
    h(
      'header',
      { class: 'top' },
      h(
        'p',
        { class: 'name' },
        h('span', { class: 'logo', 'aria-hidden': 'true' }),
        h('b', {}, 'Golden path'),
        h('span', { class: 'environment' }, model.overview?.title ?? ''),
      ),
      h('nav', { 'aria-label': 'Views' }, navigation(model)),
      h(
        'p',
        { class: 'news' },
        news(model),
        h(
          'button',
          { type: 'button', class: 'theme', 'data-action': 'theme', 'aria-label': 'Change between light and dark' },
          '◐',
        ),
      ),
    ),
    h(
      'main',
      { id: 'main', tabindex: -1, 'data-view': model.route.view },
      view.body.map((node) => (node === false ? null : node)),
    ),
    h('footer', {}, h('p', {}, `All times in UTC. ${footnote(model)}`)),
  );
}

function navigation({ route, overview, kind }: Model): HTMLElement {
  const views: readonly (readonly [Route, string])[] = [
    ...(kind === 'file' ? [[{ view: 'summary' }, 'Summary'] as const] : []),
    [{ view: 'overview' }, 'Overview'],
    ...(overview?.steps ?? []).map(
      ({ step }) => [{ view: 'step', step, span: { range: '1h' } }, stepTitles[step]] as const,
    ),
    [{ view: 'runs', step: null, notable: false, before: null }, 'Runs'],
    ...(kind === 'live' ? [[{ view: 'metrics' }, 'Metrics'] as const] : []),
    [{ view: 'explain' }, 'Why'],
    ...(overview?.breaks === null || overview === null ? [] : [[{ view: 'board' }, 'Break board'] as const]),
  ];
  return h(
    'ul',
    {},
    views.map(([to, words]) =>
      h('li', {}, link(routeHash(to), { 'aria-current': isHere(to, route) ? 'page' : null }, words)),
    ),
  );
}

function isHere(to: Route, here: Route): boolean {
  return to.view === here.view && (to.view !== 'step' || here.view !== 'step' || to.step === here.step);
}

function news({ link: state, overview, kind, nowMs }: Model): readonly (Node | string)[] {
  if (kind === 'file') {
    return ['report'];
  }
  if (state === 'lost') {
    return [sign('fail'), ' no connection to golden-path'];
  }
  const lastMs = Math.max(...(overview?.steps ?? []).map(({ last }) => last?.slotMs ?? 0), 0);
  return lastMs === 0
    ? [sign('unknown'), ' waiting for the first run']
    : [sign('pass'), ' live · ', ago(lastMs, nowMs), ' ago'];
}

function footnote({ overview, kind }: Model): string {
  if (overview === null) {
    return '';
  }
  const every = `every ${overview.cadenceMs / 1_000} s`;
  return kind === 'file' ? `Watched ${every}.` : `A run of each step ${every}; ${overview.runs} runs in the history.`;
}
