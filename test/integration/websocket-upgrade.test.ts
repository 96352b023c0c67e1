/**
 * Goal: every answer to the upgrade and every outcome of the negotiation has its own name, and none shows the token.
 * Method: real sockets; raw bytes where the protocol is broken on purpose.
 */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';

import { probeWebsocket } from '../../functions/websocket/probe.ts';
import { answerHttp, type ChatScript, startChatServer } from '../support/chat-server.ts';
import { socketContext } from '../support/socket-environment.ts';
import { healthySocket, probeSocket, reasons } from '../support/socket-probe.ts';

describe('the answer to the upgrade', () => {
  const statuses: readonly (readonly [number, string])[] = [
    [200, 'upgrade_ignored'],
    [302, 'redirected'],
    [400, 'upgrade_refused'],
    [401, 'upgrade_unauthorized'],
    [403, 'upgrade_forbidden'],
    [404, 'upgrade_refused'],
    [408, 'upgrade_refused'],
    [429, 'upgrade_rate_limited'],
    [500, 'upgrade_server_error'],
    [502, 'upgrade_server_error'],
    [503, 'upgrade_unavailable'],
  ];
  for (const [status, reason] of statuses) {
    it(`HTTP ${status} is ${reason}`, async () => {
      const found = await probeSocket({
        intercept: (_request, stream) => answerHttp(stream, status, 'Service Unavailable'),
      });
      assert.deepEqual(reasons(found), { 'websocket.upgrade': reason });
      assert.equal(found.checks[1]?.evidence['status'], status);
      assert.equal(found.latencyMs, null);
      assert.ok((found.phases.upgrade ?? -1) >= 0);
    });
  }

  const handshakes: readonly (readonly [string, string, string])[] = [
    [
      'a wrong Sec-WebSocket-Accept',
      'HTTP/1.1 101 S\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: x\r\n\r\n',
      'bad_handshake',
    ],
    [
      'another upgrade than asked for',
      'HTTP/1.1 101 S\r\nUpgrade: h2c\r\nConnection: Upgrade\r\n\r\n',
      'bad_handshake',
    ],
    ['101 and nothing else', 'HTTP/1.1 101 S\r\n\r\n', 'bad_handshake'],
    ['no HTTP at all', 'SSH-2.0-OpenSSH_9.6\r\n', 'bad_http'],
    ['half a head and the end', 'HTTP/1.1 101 S\r\nUpgr', 'reset'],
  ];
  for (const [name, answer, reason] of handshakes) {
    it(`${name} is ${reason}`, async () => {
      const found = await probeSocket({ intercept: (_request, stream) => stream.end(answer) !== null });
      assert.deepEqual(reasons(found), { 'websocket.upgrade': reason });
    });
  }

  it('with an extension that nobody asked for is a bad handshake', async () => {
    const found = await probeSocket({
      ...healthySocket,
      head: (lines) => lines.push('Sec-WebSocket-Extensions: permessage-deflate'),
    });
    assert.deepEqual(reasons(found), { 'websocket.upgrade': 'bad_handshake' });
  });

  it('that never comes is a timeout of the upgrade, and that never ends as well', async () => {
    const websocket = { upgradeMsMax: 200 };
    const silent = await probeSocket({ intercept: () => true }, { websocket });
    assert.deepEqual(reasons(silent), { 'websocket.upgrade': 'upgrade_timeout' });
    const drip: ChatScript['intercept'] = (_request, stream) => {
      stream.write('HTTP/1.1 101 S\r\n');
      const timer = setInterval(() => stream.write('X-Drip: 1\r\n'), 20);
      stream.once('close', () => clearInterval(timer));
      return true;
    };
    assert.deepEqual(reasons(await probeSocket({ intercept: drip }, { websocket })), {
      'websocket.upgrade': 'upgrade_timeout',
    });
  });

  it('that is torn down is a reset, and a closed port a refused connection', async () => {
    const torn = await probeSocket({ intercept: (_request, stream) => stream.destroy() !== null });
    assert.deepEqual(reasons(torn), { 'websocket.upgrade': 'reset' });
    const server = await startChatServer(healthySocket);
    await server[Symbol.asyncDispose]();
    using context = socketContext({ url: server.url });
    const refused = await probeWebsocket(context);
    assert.deepEqual(reasons(refused), { 'websocket.upgrade': 'refused' });
  });

  it('that fails leaves no connection behind', { timeout: 10_000 }, async () => {
    for (const answer of ['', 'HTTP/1.1 101 S\r\n\r\n', 'HTTP/1.1 403 F\r\ncontent-length: 2\r\n\r\nno']) {
      const closed = Promise.withResolvers<void>();
      const intercept: ChatScript['intercept'] = (_request, stream) => {
        stream.once('close', () => closed.resolve()).resume();
        return stream.write(answer);
      };
      await using server = await startChatServer({ intercept });
      using context = socketContext({ url: server.url, websocket: { upgradeMsMax: 200 } });
      const found = await probeWebsocket(context);
      assert.notEqual(reasons(found)['websocket.upgrade'], undefined, answer);
      await closed.promise;
    }
  });

  it('names what the product says about itself, without the token that it repeats', async () => {
    const intercept: ChatScript['intercept'] = (request, stream) =>
      answerHttp(
        stream,
        503,
        JSON.stringify({ error: `service_not_ready for ${request.headers['sec-websocket-protocol']}` }),
        ['retry-after: 10'],
      );
    const found = await probeSocket({ intercept });
    const detail = found.checks[1]?.detail ?? '';
    assert.match(detail, /service_not_ready/);
    assert.match(detail, /retry after 10 s/);
    assert.ok(!JSON.stringify(found).includes('eyJ') && !JSON.stringify(found).includes('ZXlK'));
  });
});

describe('the negotiation', () => {
  it('fails when nothing is chosen, and shows the offer without the token', async () => {
    const found = await probeSocket({ ...healthySocket, select: () => false });
    assert.deepEqual(reasons(found), { 'websocket.subprotocol': 'subprotocol_missing' });
    const check = found.checks.find(({ id }) => id === 'websocket.subprotocol');
    assert.deepEqual(check?.evidence, { offered: ['jwt-auth', 'jwt.[token]'], selected: null });
    assert.equal(check?.detail, 'offered jwt-auth, jwt.[token]; the server chose none');
  });

  it('fails when something is chosen that was not offered, or although nothing was', async () => {
    const unoffered = await probeSocket({ ...healthySocket, select: () => 'bearer' });
    assert.deepEqual(reasons(unoffered), { 'websocket.subprotocol': 'subprotocol_unoffered' });
    assert.equal(unoffered.checks.find(({ id }) => id === 'websocket.subprotocol')?.evidence['selected'], 'bearer');
    const unasked = await probeSocket(
      { ...healthySocket, head: (lines) => lines.push('Sec-WebSocket-Protocol: jwt-auth') },
      { websocket: { offer: [], carrier: 'authorization' } },
    );
    assert.deepEqual(reasons(unasked), { 'websocket.subprotocol': 'subprotocol_unoffered' });
  });

  it('is degraded when the choice was offered and is not the wanted one', async () => {
    const found = await probeSocket(
      { ...healthySocket, select: (offered) => offered[1] ?? false },
      { websocket: { accept: ['jwt-auth'], tokenEcho: 'allowed' } },
    );
    assert.deepEqual(reasons(found), { 'websocket.subprotocol': 'subprotocol_unexpected' });
  });

  it('is degraded when the token comes back, in the choice or in any other header', async () => {
    const chosen = await probeSocket({ ...healthySocket, select: (offered) => offered[1] ?? false });
    assert.deepEqual(reasons(chosen), { 'websocket.token_hygiene': 'token_echoed' });
    assert.deepEqual(chosen.checks.find(({ id }) => id === 'websocket.token_hygiene')?.evidence, {
      headers_with_token: ['sec-websocket-protocol'],
    });
    let token = '';
    const other = await probeSocket({
      ...healthySocket,
      select: ([first, second = '']) => {
        token = Buffer.from(second.slice(4), 'base64url').toString();
        return first ?? false;
      },
      head: (lines) => lines.push(`X-Debug: ${token}`),
    });
    assert.deepEqual(reasons(other), { 'websocket.token_hygiene': 'token_echoed' });
    for (const found of [chosen, other]) {
      assert.ok(!JSON.stringify(found).includes('eyJ') && !JSON.stringify(found).includes('ZXlK'));
    }
  });

  it('is degraded when the offer grows too large for proxies', async () => {
    const offer = Array.from({ length: 6 }, (_, index) => `jwt-${index}.{token_base64url}`);
    const found = await probeSocket(healthySocket, {
      websocket: { offer: ['jwt-auth', ...offer], carrier: 'both', offerBytesMax: 1_024 },
    });
    assert.deepEqual(reasons(found), { 'websocket.offer_size': 'offer_too_large' });
    assert.ok((found.gauges.offer_header_bytes ?? 0) > 1_024);
  });
});
