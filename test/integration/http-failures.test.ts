/** Every way in which an exchange can fail, on real sockets: the exact reason, the phases until then, and an end. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Socket } from 'node:net';

import type { Phase } from '../../shared/core/outcome.ts';
import type { Reason } from '../../shared/core/reasons.ts';
import { Secret } from '../../shared/core/secret.ts';
import { exchange, type HttpRequest } from '../../shared/io/http.ts';
import { type CertificateKind, createCertificates } from '../sandbox/wire/certificates.ts';
import { fillQueue } from '../sandbox/wire/full-queue.ts';
import { exchangeContext } from '../support/exchange-context.ts';
import { httpServer, httpsServer, rawServer, tcpServer } from '../support/loopback-server.ts';

/** Waits in vain are cut short, but not so short that a busy machine would be taken for a silent peer. */
const vainMs = 500;

async function fails(request: HttpRequest, reason: Reason, phases: readonly Phase[]) {
  using context = exchangeContext();
  const timeoutMs = reason.endsWith('_timeout') ? vainMs : 9_000;
  const result = await exchange({ timeoutMs, ...request }, context);
  assert.equal(result.failure?.reason, reason, result.failure?.detail);
  assert.deepEqual(Object.keys(result.phases), phases);
  return result;
}

const connected = ['dns', 'tcp'] as const;
const asked = [...connected, 'request'] as const;
const begun = [...asked, 'first_byte'] as const;

const head = 'HTTP/1.1 200 OK\r\ncontent-length: 10\r\n\r\n';

describe('An exchange that cannot connect', () => {
  it('says dns when the name does not resolve', async () => {
    await fails({ url: 'http://no-such-host.invalid/' }, 'dns', []);
  });

  it('says refused when nothing listens', async () => {
    const server = await tcpServer(() => {});
    await server[Symbol.asyncDispose]();
    await fails({ url: server.origin }, 'refused', ['dns']);
  });

  it('says unreachable when there is no route', async () => {
    // The kernel itself refuses TCP to the broadcast address: no packet leaves the machine.
    await fails({ url: 'http://255.255.255.255:9/' }, 'unreachable', ['dns']);
  });

  it('says connect_timeout when packets vanish', async () => {
    const server = await tcpServer(() => {});
    await server[Symbol.asyncDispose]();
    const queue = await fillQueue(server.port);
    try {
      await fails({ url: server.origin }, 'connect_timeout', ['dns']);
    } finally {
      await queue.close();
    }
  });
});

const certificates = await createCertificates();

describe('An exchange over TLS', () => {
  const authorities = new Secret(certificates.authorityPem);
  const wrong: readonly (readonly [CertificateKind, Reason])[] = [
    ['expired', 'tls_expired'],
    ['not_yet_valid', 'tls_not_yet_valid'],
    ['wrong_name', 'tls_name_mismatch'],
    ['self_signed', 'tls_untrusted'],
    ['other_authority', 'tls_untrusted'],
  ];
  for (const [kind, reason] of wrong) {
    it(`says ${reason} for a certificate that is ${kind}, shows it, and sends nothing`, async () => {
      let requests = 0;
      await using server = await httpsServer(certificates.context(kind), (_request, response) => {
        requests += 1;
        response.end('{}');
      });
      const { tls, response } = await fails({ url: server.origin, authorities }, reason, [...connected, 'tls']);
      assert.equal(response, null);
      assert.ok(tls !== null && tls.subject !== '');
      assert.equal(tls.daysLeft < 0, kind === 'expired');
      await server.quiet();
      assert.equal(requests, 0);
    });
  }

  it('says tls_untrusted when the public roots do not know a private authority', async () => {
    await using server = await httpsServer(certificates.context('valid'), (_request, response) => {
      response.end('{}');
    });
    await fails({ url: server.origin }, 'tls_untrusted', [...connected, 'tls']);
  });

  it('says tls_not_spoken when the port speaks plain HTTP', async () => {
    await using server = await httpServer((_request, response) => {
      response.end('{}');
    });
    await fails({ url: `https://localhost:${server.port}/` }, 'tls_not_spoken', connected);
  });

  it('says tls_timeout when the handshake does not finish', async () => {
    await using server = await tcpServer(() => {});
    await fails({ url: `https://localhost:${server.port}/` }, 'tls_timeout', connected);
  });

  it('says reset when the connection is torn down in the handshake', async () => {
    await using server = await rawServer('', (socket) => socket.resetAndDestroy());
    await fails({ url: `https://localhost:${server.port}/` }, 'reset', connected);
  });

  it('says reset when the server hangs up in the handshake', async () => {
    await using server = await rawServer('', (socket) => socket.end());
    await fails({ url: `https://localhost:${server.port}/` }, 'reset', connected);
  });

  it('says tls_other when the server ends the handshake with an alert', async () => {
    // A TLS record with the fatal alert handshake_failure (RFC 8446, section 6).
    await using server = await rawServer(Buffer.from([21, 3, 3, 0, 2, 2, 40]));
    await fails({ url: `https://localhost:${server.port}/` }, 'tls_other', connected);
  });

  it('says config_invalid when the trusted authorities are no PEM', async () => {
    await fails(
      { url: 'https://localhost:1/', authorities: new Secret('-----BEGIN CERTIFICATE-----\nxx') },
      'config_invalid',
      [],
    );
  });
});

describe('An exchange whose answer fails', () => {
  const silent = (_socket: Socket): void => {};

  const cases: readonly (readonly [string, string, (socket: Socket) => void, Reason, readonly Phase[]])[] = [
    ['nothing comes', '', silent, 'first_byte_timeout', asked],
    ['the head stops half way', 'HTTP/1.1 200 OK\r\ncont', silent, 'body_timeout', begun],
    ['the body stops half way', `${head}abc`, silent, 'body_timeout', begun],
    ['the peer hangs up without a word', '', (socket) => socket.end(), 'reset', asked],
    ['the connection is reset before the answer', '', (socket) => socket.resetAndDestroy(), 'reset', asked],
    ['the peer hangs up in the head', 'HTTP/1.1 200 OK\r\ncont', (socket) => socket.end(), 'body_cut', begun],
    ['the peer hangs up in the body', `${head}abc`, (socket) => socket.end(), 'body_cut', begun],
    [
      'the peer hangs up in a chunk',
      'HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n5\r\nab',
      (socket) => socket.end(),
      'body_cut',
      begun,
    ],
    ['the status is none', 'HTTP/1.1 000 OK\r\ncontent-length: 0\r\n\r\n', silent, 'bad_http', begun],
    ['the answer is no HTTP', 'SSH-2.0-OpenSSH_9.2\r\n', silent, 'bad_http', begun],
    [
      'two lengths contradict',
      'HTTP/1.1 200 OK\r\ncontent-length: 1\r\ncontent-length: 2\r\n\r\nab',
      silent,
      'bad_http',
      begun,
    ],
    ['a chunk has no size', 'HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\nzz\r\n', silent, 'bad_http', begun],
    ['the head has no end', `HTTP/1.1 200 OK\r\nx: ${'a'.repeat(40_000)}`, silent, 'bad_http', begun],
    [
      'the protocol is switched unasked',
      'HTTP/1.1 101 Up\r\nconnection: upgrade\r\nupgrade: x\r\n\r\n',
      silent,
      'bad_http',
      begun,
    ],
  ];
  for (const [what, answer, then, reason, phases] of cases) {
    it(`says ${reason} when ${what}`, async () => {
      await using server = await rawServer(answer, then);
      const { response } = await fails({ url: server.origin }, reason, phases);
      assert.equal(response?.body ?? '', '');
      await server.quiet();
    });
  }

  it('does not take an interim response for the answer that it announces', async () => {
    await using server = await rawServer('HTTP/1.1 103 Early Hints\r\nlink: </a>\r\n\r\n');
    const { response } = await fails({ url: server.origin }, 'body_timeout', begun);
    assert.equal(response, null);
  });

  it('says reset when the connection is reset in a body without length', async () => {
    const { promise: headSeen, resolve } = Promise.withResolvers<void>();
    await using server = await rawServer('HTTP/1.1 200 OK\r\n\r\nabc', (socket) => {
      void headSeen.then(() => socket.resetAndDestroy());
    });
    setTimeout(resolve, 50);
    await fails({ url: server.origin }, 'reset', begun);
  });

  it('says body_too_large when the body has no end, and stops reading', async () => {
    let sent = 0;
    await using server = await httpServer((_request, response) => {
      const chunk = Buffer.alloc(65_536, 'a');
      const pump = (): void => {
        sent += chunk.length;
        if (!response.destroyed) {
          response.write(chunk, pump);
        }
      };
      pump();
    });
    await fails({ url: server.origin }, 'body_too_large', begun);
    await server.quiet();
    assert.ok(sent < 64_000_000);
  });

  it('says body_timeout when the body drips', async () => {
    await using server = await httpServer((_request, response) => {
      response.writeHead(200);
      const timer = setInterval(() => response.write('.'), 20);
      response.once('close', () => clearInterval(timer));
    });
    await fails({ url: server.origin }, 'body_timeout', begun);
    await server.quiet();
  });

  it('says bad_http when the server speaks before it is asked', async () => {
    await using server = await tcpServer((socket) => socket.write('220 mail.example ESMTP\r\n'));
    using context = exchangeContext();
    const { failure } = await exchange({ url: server.origin }, context);
    assert.equal(failure?.reason, 'bad_http');
  });
});

describe('An exchange that cannot even be tried', () => {
  for (const url of ['not a url', 'ftp://127.0.0.1/', '/only/a/path']) {
    it(`says config_invalid for ${url}`, async () => {
      await fails({ url }, 'config_invalid', []);
    });
  }

  it('says config_invalid for a header value with a line break, and does not show it', async () => {
    await using server = await httpServer((_request, response) => {
      response.end('{}');
    });
    const headers = { 'x-key': new Secret('hush-hush\n') };
    const { failure } = await fails({ url: server.origin, headers }, 'config_invalid', connected);
    assert.doesNotMatch(JSON.stringify(failure), /hush/);
  });
});

describe("The run's deadline", () => {
  it('blames the product after a clear wait', async () => {
    await using server = await tcpServer(() => {});
    using context = exchangeContext(1_100);
    const { failure, phases } = await exchange({ url: server.origin }, context);
    assert.equal(failure?.reason, 'first_byte_timeout');
    assert.deepEqual(Object.keys(phases), asked);
  });

  it('blames nobody when it leaves no time to tell', async () => {
    await using server = await tcpServer(() => {});
    using context = exchangeContext(100);
    assert.equal((await exchange({ url: server.origin }, context)).failure?.reason, 'deadline_exceeded');
  });

  it('lets nothing be sent when it is over', async () => {
    let requests = 0;
    await using server = await httpServer((_request, response) => {
      requests += 1;
      response.end('{}');
    });
    using context = exchangeContext(0);
    assert.equal((await exchange({ url: server.origin }, context)).failure?.reason, 'deadline_exceeded');
    await server.quiet();
    assert.equal(requests, 0);
  });

  it('ends an exchange when the run is aborted early', async () => {
    await using server = await tcpServer(() => {});
    using context = exchangeContext(60_000);
    const abort = new AbortController();
    const deadline = { signal: abort.signal, remainingMs: () => context.deadline.remainingMs() };
    const running = exchange({ url: server.origin }, { ...context, deadline });
    abort.abort();
    assert.equal((await running).failure?.reason, 'deadline_exceeded');
  });
});
