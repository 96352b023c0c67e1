/** Faults of HTTP itself, shown at the backend's health document: statuses, redirects, bodies, heads. */
import type { Reason } from '../../../shared/core/reasons.ts';
import { type Answer, type Change, inRealTime, intercept } from '../behaviour.ts';
import * as answers from '../wire/answers.ts';
import { documents } from './environments.ts';
import { finds, type Row, rows } from './row.ts';

const jsonHead = answers.head(200, { 'content-type': 'application/json', 'content-length': '500' });
const wafPage = '<!doctype html><html><head><title>403 Forbidden</title></head><body>Blocked</body></html>';

/** Longer than any document may take, shorter than any deadline. */
const slowMs = 1_000;

function health(title: string, reason: Reason, answer: Answer): Row {
  return { title, change: broken(answer), expected: { health: finds(reason) } };
}

function broken(answer: Answer): Change {
  return intercept('backend', '/health', answer);
}

function followed(row: Row): Row {
  return { ...row, environment: documents((document) => ({ ...document, redirectsMax: 3 })) };
}

export const httpFaults = rows('http', {
  health_400: health('The health document is answered with 400.', 'client_error', answers.text(400, 'Bad Request')),
  health_401: health('The health document asks for a login.', 'unauthorized', answers.json(401, { detail: 'No' })),
  health_403: health('A firewall blocks the health document.', 'forbidden', answers.html(403, wafPage)),
  health_404: health('The health document is gone.', 'not_found', answers.json(404, { detail: 'Not Found' })),
  health_429: health(
    'The health document is refused for too many requests, with Retry-After.',
    'rate_limited',
    answers.json(429, { detail: 'Too many requests' }, { 'retry-after': '600' }),
  ),
  health_500: health('The health document ends in 500.', 'server_error', answers.text(500, 'Internal Server Error')),
  health_502: health('The load balancer answers 502.', 'gateway', answers.html(502, '<html>Bad Gateway</html>')),
  health_503: health('The load balancer answers 503.', 'unavailable', answers.html(503, '<html>503</html>')),
  health_504: health('The load balancer answers 504.', 'gateway', answers.text(504, 'upstream request timeout')),
  health_204: health('The health document is an empty 204.', 'unexpected_status', answers.bytes(noContent())),
  health_redirected: health(
    'The health document redirects to a login page.',
    'redirected',
    answers.redirect('https://login.sandbox.example/'),
  ),
  redirect_loop: followed(
    health('The health document redirects to itself.', 'redirect_loop', answers.redirect('{path}')),
  ),
  redirect_chain: followed(
    health('The health document redirects on and on.', 'redirect_loop', ({ request, ...rest }, proceed) =>
      answers.redirect(`/health?${Number(/\d+/.exec(request.url ?? '')?.[0] ?? 0) + 1}`)({ request, ...rest }, proceed),
    ),
  ),
  health_html: health(
    'The health document is a web page, with 200.',
    'not_json',
    answers.html(200, '<!doctype html><html><body>Welcome</body></html>'),
  ),
  health_text: health('The health document is the text "OK".', 'not_json', answers.text(200, 'OK')),
  health_empty: health('The health document is empty.', 'not_json', answers.text(200, '')),
  health_broken_json: health(
    'The health document is JSON that breaks off.',
    'not_json',
    answers.text(200, '{"status":"healthy","checks":{', { 'content-type': 'application/json' }),
  ),
  health_array: health(
    'The health document is a JSON array.',
    'unexpected_shape',
    answers.text(200, '[]', { 'content-type': 'application/json' }),
  ),
  health_without_status: health(
    'The health document has no status word.',
    'unexpected_shape',
    answers.json(200, { service: 'netra-ai-platform', version: '1.0.0' }),
  ),
  health_not_http: health('The answer is not HTTP.', 'bad_http', answers.bytes('220 mail ESMTP ready\r\n')),
  health_bad_status_line: health('The status line is broken.', 'bad_http', answers.bytes('HTTP/1.1 abc\r\n\r\n')),
  health_bad_chunk: health(
    'The chunked body breaks its own encoding.',
    'bad_http',
    answers.bytes('HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\nxyz\r\n{}\r\n0\r\n\r\n'),
  ),
  health_huge_head: health(
    "The answer's head is larger than any client takes.",
    'bad_http',
    answers.bytes(`HTTP/1.1 200 OK\r\nx-padding: ${'a'.repeat(200_000)}\r\n\r\n`),
  ),
  health_endless: health('The health document has no end.', 'body_too_large', answers.flood),
  health_gzip_bomb: health('A few kilobytes of gzip unpack to 64 megabytes.', 'body_too_large', answers.gzipBomb),
  health_drips: health('The health document comes byte by byte.', 'body_timeout', answers.drip(100)),
  health_stalls: health(
    'The health document begins and never ends.',
    'body_timeout',
    answers.stallAfter(`${jsonHead}{"status":`),
  ),
  health_hangs: health('The health document is never answered.', 'first_byte_timeout', answers.silence),
  health_slow: {
    title: 'The health document takes longer than it may.',
    change: inRealTime(broken(answers.delay(slowMs))),
    expected: { health: finds('slow') },
  },
});

function noContent(): string {
  return 'HTTP/1.1 204 No Content\r\nconnection: close\r\n\r\n';
}
