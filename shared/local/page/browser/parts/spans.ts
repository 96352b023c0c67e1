/** Which stretch of time a chart shows, as links: ranges up to now, earlier, later, closer and wider. */
import { hourMs, minuteMs } from '../../../../core/time.ts';
import { instantsOf, type Range, ranges, type Route, routeHash, type Span } from '../../model/route.ts';
import { h } from '../dom.ts';
import type { Model } from '../model.ts';
import { link } from '../words.ts';

type StepRoute = Extract<Route, { view: 'step' }>;

/** Zooming by links works with every keyboard and makes a permalink of what is seen. */
export function spanLinks({ detail, nowMs, kind }: Model, route: StepRoute): HTMLElement {
  // A range of a report is the whole of it.
  const whole = kind === 'file' && 'range' in route.span ? detail?.chart : undefined;
  const { fromMs, toMs } = whole ?? instantsOf(route.span, nowMs);
  const length = toMs - fromMs;
  const to = (span: Span): string => routeHash({ ...route, span });
  const moved = (by: number): Span => ({ fromMs: Math.round(fromMs + by), toMs: Math.round(toMs + by) });
  const closer: Span = { fromMs: Math.round(fromMs + length / 4), toMs: Math.round(toMs - length / 4) };
  return h(
    'nav',
    { class: 'spans', 'aria-label': 'Stretch of time' },
    kind === 'file' ? link(to({ range: '1h' }), { class: 'choice' }, 'Whole period') : rangeLinks(route),
    link(to(moved(-length / 2)), { class: 'choice', 'aria-label': 'Earlier' }, '◀'),
    link(to(moved(length / 2)), { class: 'choice', 'aria-label': 'Later' }, '▶'),
    length < 2 * minuteMs ? null : link(to(closer), { class: 'choice', 'aria-label': 'Zoom in' }, '+'),
    length > 4 * 24 * hourMs
      ? null
      : link(
          to({ fromMs: Math.round(fromMs - length / 2), toMs: Math.round(toMs + length / 2) }),
          { class: 'choice', 'aria-label': 'Zoom out' },
          '−',
        ),
  );
}

function rangeLinks(route: StepRoute): readonly HTMLElement[] {
  const current = 'range' in route.span ? route.span.range : null;
  return rangeNames.map((range) =>
    link(
      routeHash({ ...route, span: { range } }),
      { class: 'choice', 'aria-current': current === range ? 'true' : null },
      range,
    ),
  );
}

const rangeNames = Object.keys(ranges).filter((name): name is Range => Object.hasOwn(ranges, name));
