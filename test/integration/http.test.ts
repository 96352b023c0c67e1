/** Every way in which an exchange can go right, on real sockets: phases, headers, redirects, bodies, bounds. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { createServer, type IncomingHttpHeaders, type RequestListener } from 'node:http';
import { describe, it } from 'node:test';
import { brotliCompressSync, deflateSync, gzipSync } from 'node:zlib';

import type { Phase, Phases } from '../../shared/core/outcome.ts';
import { Secret } from '../../shared/core/secret.ts';
import { exchange, type HttpRequest } from '../../shared/io/http.ts';
import { userAgent, version } from '../../shared/io/user-agent.ts';
import { createCertificates } from '../sandbox/wire/certificates.ts';
import { exchangeContext, traceId } from '../support/exchange-context.ts';
import { bodyOf, httpServer, httpsServer, rawServer } from '../support/loopback-server.ts';

async function ask(request: HttpRequest) {
  using context = exchangeContext();
  return await exchange(request, context);
}

/** Far more than anything on loopback takes. */
const slowMs = 400;

/** The delay is in this phase, and nothing of it in any other. */
function assertSlow(phases: Phases, slow: Phase): void {
  for (const [phase, ms] of Object.entries(phases)) {
    assert.equal(ms > slowMs * 0.75, phase === slow, `${phase} took ${ms} ms`);
  }
}

describe('An exchange that works', () => {
  it('gives status, headers, body and a time for each phase', async () => {
    await using server = await httpServer((_request, response) => {
      response.writeHead(200, { 'X-Revision': 'r-7', 'Set-Cookie': ['a=1', 'b=2'] }).end('{"status":"héalthy"}');
    });
    const { response, failure, phases, ...rest } = await ask({ url: `${server.origin}/health?deep=yes` });
    assert.equal(failure, null);
    assert.equal(response?.status, 200);
    assert.equal(response.body, '{"status":"héalthy"}');
    assert.equal(response.headers['x-revision'], 'r-7');
    assert.equal(response.headers['set-cookie'], 'a=1, b=2');
    assert.deepEqual(Object.keys(phases), ['dns', 'tcp', 'request', 'first_byte', 'body']);
    assert.equal(rest.shownUrl, `${server.origin}/health?deep=…`);
    assert.equal(rest.tls, null);
    assert.deepEqual(rest.redirects, []);
    const sumMs = Object.values(phases).reduce((sum, ms) => sum + ms, 0);
    assert.ok(sumMs <= rest.latencyMs && rest.startedMs >= 0);
  });

  it('names itself, sends the trace, and sends nothing that switches a product into a bypass', async () => {
    let seen: IncomingHttpHeaders = {};
    await using server = await httpServer((request, response) => {
      seen = request.headers;
      response.end('{}');
    });
    await ask({ url: server.origin });
    assert.equal(seen['user-agent'], userAgent);
    assert.match(String(seen['traceparent']), new RegExp(`^00-${traceId}-[0-9a-f]{16}-01$`));
    assert.equal(seen['accept-encoding'], 'identity');
    assert.equal(seen['connection'], 'close');
    assert.match(String(seen['accept']), /json/);
    assert.doesNotMatch(JSON.stringify(seen), /bot|crawler|spider|scraper|scanner|test|e2e/i);
  });

  it('carries the version of the package', async () => {
    const manifest: unknown = JSON.parse(await readFile(new URL('../../package.json', import.meta.url), 'utf8'));
    assert.ok(typeof manifest === 'object' && manifest !== null && 'version' in manifest);
    assert.equal(version, manifest.version);
  });

  it('sends a body and secret headers as they are', async () => {
    let seen = '';
    await using server = await httpServer(async (request, response) => {
      const { 'x-key': key, 'content-length': length } = request.headers;
      seen = `${request.method} ${String(key)} ${length} ${await bodyOf(request)}`;
      response.end('{}');
    });
    const headers = { 'X-Key': new Secret('k-1'), 'content-type': 'application/json' };
    const { failure } = await ask({ method: 'POST', url: server.origin, headers, body: new Secret('{"p":"ö"}') });
    assert.equal(failure, null);
    assert.equal(seen, 'POST k-1 10 {"p":"ö"}');
  });

  it('counts the wait for the answer as first_byte and not as anything else', async () => {
    await using server = await httpServer((_request, response) => {
      setTimeout(() => response.writeHead(200).end('{}'), slowMs);
    });
    const { phases } = await ask({ url: server.origin });
    assertSlow(phases, 'first_byte');
  });

  it('counts a slow body as body', async () => {
    await using server = await httpServer((_request, response) => {
      response.writeHead(200);
      response.write('{"a":');
      setTimeout(() => response.end('1}'), slowMs);
    });
    const { phases, response } = await ask({ url: server.origin });
    assert.equal(response?.body, '{"a":1}');
    assertSlow(phases, 'body');
  });

  it('counts a slow TLS handshake as tls', async () => {
    const certificates = await createCertificates();
    const answer: RequestListener = (_request, response) => response.end('{}');
    await using server = await httpsServer(certificates.context('valid'), answer, slowMs);
    const { phases, failure } = await ask({ url: server.origin, authorities: new Secret(certificates.authorityPem) });
    assert.equal(failure, null);
    assertSlow(phases, 'tls');
  });

  it('shows the certificate of its connection', async () => {
    const certificates = await createCertificates();
    await using server = await httpsServer(certificates.context('valid'), (_request, response) => {
      response.end('{}');
    });
    const { phases, tls } = await ask({ url: server.origin, authorities: new Secret(certificates.authorityPem) });
    assert.deepEqual(Object.keys(phases), ['dns', 'tcp', 'tls', 'request', 'first_byte', 'body']);
    assert.equal(tls?.issuer, 'Golden Path Sandbox');
    assert.equal(tls.subject, 'localhost');
    assert.equal(tls.protocol, 'TLSv1.3');
    assert.ok(tls.daysLeft > 89 && tls.daysLeft < 90.01);
  });

  it('presents the address of an IP host to the check of the certificate', async () => {
    const certificates = await createCertificates();
    await using server = await httpsServer(certificates.context('valid'), (_request, response) => {
      response.end('{}');
    });
    const authorities = new Secret(certificates.authorityPem);
    const { failure } = await ask({ url: `https://127.0.0.1:${server.port}/`, authorities });
    assert.equal(failure, null);
  });

  it('works over IPv6', async (test) => {
    const server = createServer((_request, response) => response.end('{}'));
    try {
      await once(server.listen(0, '::1'), 'listening');
    } catch {
      test.skip('this machine has no IPv6 loopback');
      return;
    }
    const address = server.address();
    assert.ok(typeof address === 'object' && address !== null);
    const { failure, shownUrl } = await ask({ url: `http://[::1]:${address.port}/` });
    assert.equal(failure, null);
    assert.equal(shownUrl, `http://[::1]:${address.port}/`);
    await new Promise((resolve) => server.close(resolve));
  });

  it('closes its socket', async () => {
    await using server = await httpServer((_request, response) => {
      response.writeHead(200, { connection: 'keep-alive' }).end('{}');
    });
    await ask({ url: server.origin });
    await server.quiet();
    assert.equal(server.openSockets(), 0);
  });

  it('takes interim responses for what they are', async () => {
    await using server = await rawServer(
      'HTTP/1.1 103 Early Hints\r\nlink: </a>\r\n\r\nHTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n{}',
    );
    const { response, failure } = await ask({ url: server.origin });
    assert.equal(failure, null);
    assert.equal(response?.status, 200);
  });

  it('takes an error status as an answer', async () => {
    await using server = await httpServer((_request, response) => {
      response.writeHead(503, { 'Retry-After': '10' }).end('Service Unavailable');
    });
    const { response, failure } = await ask({ url: server.origin });
    assert.equal(failure, null);
    assert.equal(response?.status, 503);
    assert.equal(response.body, 'Service Unavailable');
  });
});

describe('An encoded body', () => {
  const encodings = { gzip: gzipSync, deflate: deflateSync, br: brotliCompressSync };
  for (const [coding, encode] of Object.entries(encodings)) {
    it(`is decoded although identity was asked for: ${coding}`, async () => {
      await using server = await httpServer((_request, response) => {
        response.writeHead(200, { 'content-encoding': coding }).end(encode('{"status":"ok"}'));
      });
      const { response, failure } = await ask({ url: server.origin });
      assert.equal(failure, null);
      assert.equal(response?.body, '{"status":"ok"}');
    });

    it(`is refused when it is a bomb: ${coding}`, async () => {
      await using server = await httpServer((_request, response) => {
        response.writeHead(200, { 'content-encoding': coding }).end(encode(Buffer.alloc(20_000_000)));
      });
      const { response, failure } = await ask({ url: server.origin });
      assert.equal(failure?.reason, 'body_too_large');
      assert.equal(response?.body, '');
    });
  }

  it('is bad HTTP when it does not decode', async () => {
    await using server = await httpServer((_request, response) => {
      response.writeHead(200, { 'content-encoding': 'gzip' }).end('not gzip at all');
    });
    assert.equal((await ask({ url: server.origin })).failure?.reason, 'bad_http');
  });

  it('is bad HTTP when the coding is unknown', async () => {
    await using server = await httpServer((_request, response) => {
      response.writeHead(200, { 'content-encoding': 'rot13' }).end('{}');
    });
    assert.equal((await ask({ url: server.origin })).failure?.reason, 'bad_http');
  });
});

describe('A redirect', () => {
  function redirecting(locations: Readonly<Record<string, string>>) {
    const seen: IncomingHttpHeaders[] = [];
    const server = httpServer((request, response) => {
      seen.push(request.headers);
      const location = locations[request.url ?? ''];
      if (location === undefined) {
        response.end('{"here":true}');
      } else {
        response.writeHead(302, { location }).end();
      }
    });
    return { server, seen };
  }

  it('is the answer unless redirects are allowed', async () => {
    await using server = await redirecting({ '/': '/there' }).server;
    const { response, failure, redirects } = await ask({ url: `${server.origin}/` });
    assert.equal(failure, null);
    assert.equal(response?.status, 302);
    assert.deepEqual(redirects, []);
  });

  it('is followed when allowed, with all headers while the origin stays', async () => {
    const { server: starting, seen } = redirecting({ '/': '/there?code=xyz' });
    await using server = await starting;
    const headers = { authorization: new Secret('Bearer t'), 'x-plain': 'p' };
    const { response, redirects, shownUrl } = await ask({ url: `${server.origin}/`, headers, redirectsMax: 2 });
    assert.equal(response?.body, '{"here":true}');
    assert.deepEqual(redirects, [`${server.origin}/there?code=…`]);
    assert.equal(shownUrl, `${server.origin}/`);
    assert.deepEqual(
      seen.map((received) => received.authorization),
      ['Bearer t', 'Bearer t'],
    );
  });

  it('never takes a secret header to another origin', async () => {
    const { server: other, seen } = redirecting({ '/in': '/in/2' });
    await using there = await other;
    await using here = await redirecting({ '/': `${there.origin}/in` }).server;
    const headers = { authorization: new Secret('Bearer t'), 'x-key': new Secret('k'), 'x-plain': 'p' };
    const { response } = await ask({ url: `${here.origin}/`, headers, redirectsMax: 3 });
    assert.equal(response?.body, '{"here":true}');
    assert.equal(seen.length, 2);
    for (const received of seen) {
      assert.equal(received.authorization, undefined);
      assert.equal(received['x-key'], undefined);
      assert.equal(received['x-plain'], 'p');
    }
  });

  it('is not followed for POST', async () => {
    await using server = await redirecting({ '/': '/there' }).server;
    const { response } = await ask({ method: 'POST', url: `${server.origin}/`, body: 'p', redirectsMax: 3 });
    assert.equal(response?.status, 302);
  });

  it('in a circle is a redirect_loop', async () => {
    await using server = await redirecting({ '/': '/a', '/a': '/b', '/b': '/a' }).server;
    const { failure, redirects } = await ask({ url: `${server.origin}/`, redirectsMax: 5 });
    assert.equal(failure?.reason, 'redirect_loop');
    assert.deepEqual(redirects, [`${server.origin}/a`, `${server.origin}/b`]);
  });

  it('too many times is a redirect_loop', async () => {
    await using server = await redirecting({ '/': '/1', '/1': '/2', '/2': '/3' }).server;
    assert.equal((await ask({ url: `${server.origin}/`, redirectsMax: 2 })).failure?.reason, 'redirect_loop');
    assert.equal((await ask({ url: `${server.origin}/`, redirectsMax: 3 })).failure, null);
  });

  it('without a usable place is reported as redirected', async () => {
    await using server = await redirecting({ '/': 'mailto:a@b.example' }).server;
    assert.equal((await ask({ url: `${server.origin}/`, redirectsMax: 2 })).failure?.reason, 'redirected');
  });

  it('from TLS to plain text is not followed', async () => {
    const certificates = await createCertificates();
    await using plain = await redirecting({}).server;
    await using server = await httpsServer(certificates.context('valid'), (_request, response) => {
      response.writeHead(301, { location: `${plain.origin}/` }).end();
    });
    const authorities = new Secret(certificates.authorityPem);
    const { failure } = await ask({ url: server.origin, authorities, redirectsMax: 2 });
    assert.equal(failure?.reason, 'redirected');
  });
});
