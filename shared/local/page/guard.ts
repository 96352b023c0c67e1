/**
 * Who may ask the page's server: this machine's own browser, by the server's own name. A foreign name that leads here
 * (DNS rebinding) and a foreign page that sends a form here are refused.
 */
import type { IncomingHttpHeaders } from 'node:http';

export interface Refusal {
  readonly status: 403 | 421;
  readonly sentence: string;
}

/** Null when the request is to be answered. */
export function refusalOf(method: string, headers: IncomingHttpHeaders, port: number): Refusal | null {
  const own = [`127.0.0.1:${port}`, `localhost:${port}`];
  if (!own.includes(headers.host ?? '')) {
    return { status: 421, sentence: 'This server answers to its own host name only.' };
  }
  const { origin, 'sec-fetch-site': site } = headers;
  const foreignOrigin = origin !== undefined && !own.some((name) => origin === `http://${name}`);
  // A link from elsewhere may lead here; nothing from elsewhere may change anything or read along.
  const foreignSite = site !== undefined && site !== 'same-origin' && site !== 'none';
  const harmless = method === 'GET' && headers['sec-fetch-mode'] === 'navigate';
  return foreignOrigin || (foreignSite && !harmless)
    ? { status: 403, sentence: 'Requests of other web pages are refused.' }
    : null;
}

/** On every answer. Nothing but our own script and style runs, and nobody may frame the page. */
export const securityHeaders: Readonly<Record<string, string>> = {
  'content-security-policy': [
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    "img-src 'self'",
    "connect-src 'self'",
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
    "require-trusted-types-for 'script'",
    "trusted-types 'none'",
  ].join('; '),
  'cache-control': 'no-store',
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
};
