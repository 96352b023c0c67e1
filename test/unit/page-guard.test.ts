/** Who may ask the page's server: a table of what browsers and others send. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';

import { refusalOf, securityHeaders } from '../../shared/local/page/guard.ts';

const port = 4180;
const own = { host: `127.0.0.1:${port}` };

interface Row {
  readonly who: string;
  readonly method: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly status: 403 | 421 | null;
}

const rows: readonly Row[] = [
  {
    who: 'the page itself',
    method: 'POST',
    headers: { ...own, origin: `http://127.0.0.1:${port}`, 'sec-fetch-site': 'same-origin' },
    status: null,
  },
  {
    who: 'a typed address',
    method: 'GET',
    headers: { ...own, 'sec-fetch-site': 'none', 'sec-fetch-mode': 'navigate' },
    status: null,
  },
  { who: 'the page by the name localhost', method: 'GET', headers: { host: `localhost:${port}` }, status: null },
  { who: 'a tool without any of these headers', method: 'POST', headers: own, status: null },
  {
    who: 'a link on another page',
    method: 'GET',
    headers: { ...own, 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'navigate' },
    status: null,
  },
  {
    who: 'a name that was rebound to this machine',
    method: 'GET',
    headers: { host: `evil.example:${port}` },
    status: 421,
  },
  {
    who: 'a name that only begins like ours',
    method: 'GET',
    headers: { host: `127.0.0.1:${port}.evil.example` },
    status: 421,
  },
  { who: 'the same machine by another port', method: 'GET', headers: { host: '127.0.0.1:80' }, status: 421 },
  { who: 'nobody by name', method: 'GET', headers: {}, status: 421 },
  { who: "another page's script", method: 'POST', headers: { ...own, origin: 'https://evil.example' }, status: 403 },
  {
    who: 'another page on this machine',
    method: 'DELETE',
    headers: { ...own, origin: 'http://127.0.0.1:3000' },
    status: 403,
  },
  { who: 'a page without an origin', method: 'POST', headers: { ...own, origin: 'null' }, status: 403 },
  {
    who: "another page's form",
    method: 'POST',
    headers: { ...own, 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'navigate' },
    status: 403,
  },
  {
    who: 'another port of this machine',
    method: 'POST',
    headers: { ...own, 'sec-fetch-site': 'same-site' },
    status: 403,
  },
  {
    who: "another page's image",
    method: 'GET',
    headers: { ...own, 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'no-cors' },
    status: 403,
  },
];

describe("the page's door", () => {
  for (const { who, method, headers, status } of rows) {
    it(`${status === null ? 'opens to' : `answers ${status} to`} ${who} (${method})`, () => {
      assert.equal(refusalOf(method, headers, port)?.status ?? null, status);
    });
  }

  it('lets nothing run but the own script, and nothing be framed', () => {
    const policy = securityHeaders['content-security-policy'] ?? '';
    assert.match(policy, /default-src 'none'/);
    assert.match(policy, /script-src 'self'(;|$)/);
    assert.match(policy, /frame-ancestors 'none'/);
    assert.doesNotMatch(policy, /unsafe|https?:|\*/);
  });
});
