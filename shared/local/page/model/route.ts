/** What the page shows, as the part of the address behind `#`: every view has a permalink. */
import { isStep, type Step } from '../../../core/step.ts';
import { dayMs, hourMs } from '../../../core/time.ts';

export const ranges = { '1h': hourMs, '24h': dayMs, '7d': 7 * dayMs } as const;

export type Range = keyof typeof ranges;

/** The last so much time up to now, or a fixed stretch in Unix milliseconds. */
export type Span = { readonly range: Range } | { readonly fromMs: number; readonly toMs: number };

export type Route =
  | { readonly view: 'overview' | 'board' | 'metrics' | 'explain' | 'summary' }
  | { readonly view: 'step'; readonly step: Step; readonly span: Span }
  | { readonly view: 'runs'; readonly step: Step | null; readonly notable: boolean; readonly before: string | null }
  | { readonly view: 'run'; readonly trace: string };

/** Anything that is no address of a view leads to the overview. */
export function parseRoute(hash: string): Route {
  const [path = '', query = ''] = hash.replace(/^#\/?/, '').split('?');
  const [view, id = null] = path.split('/');
  const params = new URLSearchParams(query);
  switch (view) {
    case 'board':
    case 'metrics':
    case 'explain':
    case 'summary':
      return { view };
    case 'step':
      return isStep(id) ? { view, step: id, span: spanOf(params) } : { view: 'overview' };
    case 'runs':
      return { view, step: isStep(id) ? id : null, notable: params.has('notable'), before: params.get('before') };
    case 'run':
      return id !== null && /^[0-9a-f]{32}$/.test(id) ? { view, trace: id } : { view: 'overview' };
    case undefined:
    default:
      return { view: 'overview' };
  }
}

export function routeHash(route: Route): string {
  switch (route.view) {
    case 'overview':
      return '#/';
    case 'step':
      return `#/step/${route.step}${spanQuery(route.span)}`;
    case 'runs':
      return `#/runs${route.step === null ? '' : `/${route.step}`}${runsQuery(route.notable, route.before)}`;
    case 'run':
      return `#/run/${route.trace}`;
    case 'board':
    case 'metrics':
    case 'explain':
    case 'summary':
      return `#/${route.view}`;
  }
}

function spanOf(params: URLSearchParams): Span {
  const fromMs = Number(params.get('from'));
  const toMs = Number(params.get('to'));
  if (Number.isSafeInteger(fromMs) && Number.isSafeInteger(toMs) && fromMs > 0 && toMs > fromMs) {
    return { fromMs, toMs };
  }
  const range = params.get('range');
  return { range: isRange(range) ? range : '1h' };
}

function isRange(value: string | null): value is Range {
  return value !== null && Object.hasOwn(ranges, value);
}

function spanQuery(span: Span): string {
  if ('range' in span) {
    return span.range === '1h' ? '' : `?range=${span.range}`;
  }
  return `?from=${span.fromMs}&to=${span.toMs}`;
}

function runsQuery(notable: boolean, before: string | null): string {
  const parts = [...(notable ? ['notable'] : []), ...(before === null ? [] : [`before=${before}`])];
  return parts.length === 0 ? '' : `?${parts.join('&')}`;
}

/** The instants that a span means now. */
export function instantsOf(span: Span, nowMs: number): { readonly fromMs: number; readonly toMs: number } {
  return 'range' in span ? { fromMs: nowMs - ranges[span.range], toMs: nowMs } : span;
}
