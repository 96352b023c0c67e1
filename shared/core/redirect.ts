/** The rules by which redirects are followed: bounded, never in a circle, never from TLS to plain text. */
import type { HttpResponse } from './exchange.ts';
import type { Failure } from './outcome.ts';
import { showUrl } from './redact.ts';

export interface RedirectFacts {
  readonly method: string;
  readonly response: HttpResponse;
  /** Every URL asked for so far, the present one last. */
  readonly visited: readonly string[];
  readonly redirectsMax: number;
}

/** `stay`: the response is the answer. `follow`: ask there next. */
export type RedirectStep =
  | { readonly step: 'stay' }
  | { readonly step: 'follow'; readonly url: string; readonly sameOrigin: boolean }
  | { readonly step: 'stop'; readonly failure: Failure };

const redirectStatuses: ReadonlySet<number> = new Set([301, 302, 303, 307, 308]);

/** Only GET is followed: what a POST carries is meant for the endpoint that it was sent to. */
export function redirectStep({ method, response, visited, redirectsMax }: RedirectFacts): RedirectStep {
  if (redirectsMax === 0 || method !== 'GET' || !redirectStatuses.has(response.status)) {
    return { step: 'stay' };
  }
  const from = URL.parse(visited.at(-1) ?? '');
  const to = URL.parse(response.headers['location'] ?? '', from?.href);
  if (from === null || to === null || !/^https?:$/.test(to.protocol)) {
    return stop('redirected', `HTTP ${response.status} without a place to go`);
  }
  to.hash = '';
  if (from.protocol === 'https:' && to.protocol === 'http:') {
    return stop('redirected', `redirects from TLS to plain text, to ${showUrl(to.href)}`);
  }
  if (visited.includes(to.href)) {
    return stop('redirect_loop', `redirects in a circle, back to ${showUrl(to.href)}`);
  }
  if (visited.length > redirectsMax) {
    return stop('redirect_loop', `redirects more than ${redirectsMax} times, at last to ${showUrl(to.href)}`);
  }
  return { step: 'follow', url: to.href, sameOrigin: to.origin === from.origin };
}

function stop(reason: 'redirected' | 'redirect_loop', detail: string): RedirectStep {
  return { step: 'stop', failure: { reason, detail } };
}
