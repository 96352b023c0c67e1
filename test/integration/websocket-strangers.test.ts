/**
 * Goal: a stranger who gets in is the gravest finding, one who is turned away a pass, and what is neither has its own
 * name; carriers and crowds are judged on their own. Method: real sockets; servers that look at tokens, and some that don't.
 */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { setTimeout as wait } from 'node:timers/promises';

import { probeWebsocket } from '../../functions/websocket/probe.ts';
import { summarise } from '../../shared/core/check.ts';
import { answerHttp, type ChatClient, type ChatScript, startChatServer } from '../support/chat-server.ts';
import { isGenuine, socketContext, subject } from '../support/socket-environment.ts';
import {
  answerPing,
  authenticate,
  checkIds,
  healthySocket,
  probeSocket,
  reasons,
  welcomeFrame,
} from '../support/socket-probe.ts';

describe('strangers', () => {
  const websocket = {
    refusals: ['no_token', 'bad_token', 'foreign_origin'],
    origin: 'https://app.example',
    welcomeMsMax: 1_000,
    pongMsMax: 1_000,
  };
  const refusalChecks = ['no_token', 'bad_token', 'foreign_origin'].map((name) => `websocket.refuses_${name}`);
  const guarded = (turnAway: (client: ChatClient) => void): ChatScript => ({
    ...healthySocket,
    intercept: (request, stream) => request.headers.origin !== 'https://app.example' && answerHttp(stream, 403, ''),
    connected: (client) => {
      if (isGenuine(client.token)) {
        client.send(welcomeFrame);
      } else {
        turnAway(client);
      }
    },
  });
  const close = (code: number, reason = '') => guarded((client) => client.socket.close(code, reason));

  const refusing: readonly (readonly [string, ChatScript])[] = [
    ['an error frame and close 1008', guarded((client) => void authenticate(client))],
    ['an error frame alone', guarded((client) => client.send({ type: 'authentication_error', error: 'NO_TOKEN' }))],
    ['close 1008', close(1008)],
    ['close 1011', close(1011)],
    ['close 1003', close(1003)],
    ['close 1000', close(1000, 'main cleanup')],
    ['close 4401', close(4401)],
  ];
  for (const [name, script] of refusing) {
    it(`are turned away by ${name}`, async () => {
      const found = await probeSocket(script, { websocket });
      assert.deepEqual(reasons(found), {});
      assert.deepEqual(checkIds(found).slice(-3), refusalChecks);
    });
  }

  for (const status of [400, 401, 403, 404]) {
    it(`are turned away by HTTP ${status}`, async () => {
      let first = true;
      const intercept: ChatScript['intercept'] = (_request, stream) => {
        const main = first;
        first = false;
        return !main && answerHttp(stream, status, '');
      };
      assert.deepEqual(reasons(await probeSocket({ ...healthySocket, intercept }, { websocket })), {});
    });
  }

  it('are let in by a server that looks at nothing, which is the gravest finding', async () => {
    const open = { ...healthySocket, connected: (client: ChatClient) => client.send(welcomeFrame) };
    const found = await probeSocket(open, { websocket });
    assert.deepEqual(reasons(found), Object.fromEntries(refusalChecks.map((id) => [id, 'auth_bypassed'])));
    assert.equal(summarise(found.checks).reason, 'auth_bypassed');
  });

  it('are let in by a server that chooses no subprotocol, greets nobody and answers pings', async () => {
    const found = await probeSocket(
      { frame: answerPing, select: ([first]) => first ?? false },
      { websocket: { ...websocket, welcome: 'none' } },
    );
    assert.deepEqual(Object.values(reasons(found)), ['auth_bypassed', 'auth_bypassed', 'auth_bypassed']);
    const lenient = await probeSocket(
      { ...healthySocket, connected: (client) => client.send(welcomeFrame), select: () => false },
      { websocket },
    );
    assert.equal(reasons(lenient)['websocket.refuses_no_token'], 'auth_bypassed');
    assert.equal(reasons(lenient)['websocket.subprotocol'], 'subprotocol_missing');
  });

  it('carry a token of the same user whose signature does not fit, and no token at all', async () => {
    await using server = await startChatServer(guarded((client) => client.socket.close(1008)));
    using context = socketContext({ url: server.url, websocket: { ...websocket, carrier: 'both' } });
    await probeWebsocket(context);
    const [, ...strangers] = server.clients;
    const tokens = strangers.map(({ token }) => token);
    assert.equal(tokens.filter((token) => token === null).length, 1);
    const forged = tokens.find((token) => token !== null) ?? '';
    const claims: unknown = JSON.parse(Buffer.from(forged.split('.')[1] ?? '', 'base64url').toString());
    assert.equal(Reflect.get(Object(claims), 'sub'), subject);
    const naked = strangers.find(({ token }) => token === null);
    assert.deepEqual(naked?.offered, ['jwt-auth']);
    assert.equal(naked?.request.headers.authorization, undefined);
  });

  const unclear: readonly (readonly [string, ChatScript, string])[] = [
    ['HTTP 503', guardedBy((stream) => answerHttp(stream, 503, '')), 'upgrade_unavailable'],
    ['HTTP 429', guardedBy((stream) => answerHttp(stream, 429, '')), 'upgrade_rate_limited'],
    ['HTTP 200', guardedBy((stream) => answerHttp(stream, 200, 'hello')), 'upgrade_ignored'],
    ['a reset', guardedBy((stream) => stream.destroy() !== null), 'reset'],
    ['silence after the upgrade', guarded(() => {}), 'no_welcome'],
    ['a cut after the upgrade', guarded((client) => client.stream.destroy()), 'connection_cut'],
    ['a restart', close(1012), 'closed_early'],
    [
      'an error about something else',
      guarded((client) => client.send({ type: 'error_message', error_code: 'SERVICE_INIT_FAILED' })),
      'welcome_error',
    ],
  ];
  for (const [name, script, reason] of unclear) {
    it(`are neither turned away nor let in by ${name}, which is ${reason}`, async () => {
      const found = await probeSocket(script, { websocket: { ...websocket, refusals: ['no_token'] } });
      assert.deepEqual(reasons(found), { 'websocket.refuses_no_token': reason });
    });
  }

  function guardedBy(refuse: (stream: ChatClient['stream']) => boolean): ChatScript {
    const intercept: ChatScript['intercept'] = (request, stream) =>
      !(request.headers['sec-websocket-protocol'] ?? '').includes('jwt.') && refuse(stream);
    return { ...healthySocket, intercept };
  }

  it('are not tried where the real client does not even get an answer', async () => {
    await using server = await startChatServer({ intercept: (_request, stream) => answerHttp(stream, 503, '') });
    using context = socketContext({ url: server.url, websocket });
    const found = await probeWebsocket(context);
    assert.equal(server.requests.length, 1);
    assert.deepEqual(checkIds(found), ['websocket.login', 'websocket.upgrade', 'websocket.offer_size']);
  });

  it('are let in by a server that greets them before it turns them away', async () => {
    const late = guarded((client) => {
      client.send(welcomeFrame);
      client.socket.close(1008);
    });
    const found = await probeSocket(late, {
      websocket: { ...websocket, refusals: ['no_token'], serverHandshake: 'auto' },
    });
    assert.deepEqual(reasons(found), { 'websocket.refuses_no_token': 'auth_bypassed' });
  });

  it('are not spoken of where the real client is not served either, unless they are let in', async () => {
    const settings = { websocket: { ...websocket, refusals: ['no_token', 'bad_token'] } };
    const silent = await probeSocket({ connected: () => {} }, settings);
    assert.deepEqual(reasons(silent), { 'websocket.welcome': 'no_welcome' });
    const upsideDown: ChatScript['connected'] = (client) => {
      if (!isGenuine(client.token)) {
        client.send(welcomeFrame);
      }
    };
    const found = await probeSocket({ connected: upsideDown, frame: answerPing }, settings);
    assert.equal(summarise(found.checks).reason, 'auth_bypassed');
  });

  it('are tried at most three at a time', async () => {
    const connected: ChatScript['connected'] = (client) => {
      if (isGenuine(client.token) && client.request.headers.origin === 'https://app.example') {
        client.send(welcomeFrame);
      } else {
        void wait(50).then(() => client.socket.close(1008));
      }
    };
    await using server = await startChatServer({ ...healthySocket, connected });
    using context = socketContext({ url: server.url, websocket: { ...websocket, checkAuthorizationCarrier: true } });
    const found = await probeWebsocket(context);
    assert.deepEqual(reasons(found), {});
    assert.equal(server.requests.length, 5);
    assert.equal(server.openMax, 3);
  });
});

describe('the Authorization header as carrier', () => {
  const websocket = { checkAuthorizationCarrier: true };

  it('is used alone, and passes', async () => {
    await using server = await startChatServer(healthySocket);
    using context = socketContext({ url: server.url, websocket });
    const found = await probeWebsocket(context);
    assert.deepEqual(reasons(found), {});
    assert.equal(found.checks.at(-1)?.id, 'websocket.carrier_authorization');
    assert.equal(server.requests[1]?.headers['sec-websocket-protocol'], undefined);
    assert.match(server.requests[1]?.headers.authorization ?? '', /^Bearer /);
  });

  const strip = (answer: (client: ChatClient) => void): ChatScript => ({
    ...healthySocket,
    connected: (client) => (client.offered.length === 0 ? answer(client) : client.send(welcomeFrame)),
  });
  const cases: readonly (readonly [string, ChatScript, string])[] = [
    ['a refusal after the upgrade', strip((client) => client.socket.close(1008)), 'carrier_stripped'],
    [
      'HTTP 403',
      {
        ...healthySocket,
        intercept: (request, stream) => request.headers.authorization !== undefined && answerHttp(stream, 403, ''),
      },
      'carrier_stripped',
    ],
    [
      'HTTP 503',
      {
        ...healthySocket,
        intercept: (request, stream) => request.headers.authorization !== undefined && answerHttp(stream, 503, ''),
      },
      'upgrade_unavailable',
    ],
    ['a cut', strip((client) => client.stream.destroy()), 'connection_cut'],
  ];
  for (const [name, script, reason] of cases) {
    it(`is ${reason} after ${name}`, async () => {
      assert.deepEqual(reasons(await probeSocket(script, { websocket })), {
        'websocket.carrier_authorization': reason,
      });
    });
  }
});

describe('a crowd', () => {
  it('is there all at once: the first waits for the last', async () => {
    const open = Promise.withResolvers<number>();
    let crowd = 0;
    const connected: ChatScript['connected'] = (client) => {
      const place = server.clients.length;
      crowd += 1;
      const greet = (): void => {
        client.send(welcomeFrame);
        if (place === 6) {
          open.resolve(crowd);
        }
      };
      setTimeout(greet, place === 1 ? 0 : place * 40);
      client.socket.once('close', () => {
        crowd -= 1;
      });
    };
    await using server = await startChatServer({ ...healthySocket, connected });
    using context = socketContext({ url: server.url, websocket: { crowdSockets: 5 } });
    const found = await probeWebsocket(context);
    assert.deepEqual(reasons(found), {});
    assert.equal(await open.promise, 5);
  });

  it('is ready together', async () => {
    await using server = await startChatServer(healthySocket);
    using context = socketContext({ url: server.url, websocket: { crowdSockets: 20 } });
    const found = await probeWebsocket(context);
    assert.deepEqual(reasons(found), {});
    assert.equal(found.gauges.crowd_ready, 20);
    assert.equal(server.openMax, 20);
  });

  it('is incomplete when some do not get in', async () => {
    let greeted = 0;
    const connected: ChatScript['connected'] = (client) => {
      greeted += 1;
      if (greeted <= 4) {
        client.send(welcomeFrame);
      } else {
        client.socket.close(1013, 'too many');
      }
    };
    const found = await probeSocket({ ...healthySocket, connected }, { websocket: { crowdSockets: 5 } });
    assert.deepEqual(reasons(found), { 'websocket.crowd': 'crowd_incomplete' });
    assert.equal(found.gauges.crowd_ready, 3);
    assert.deepEqual(found.checks.at(-1)?.evidence['reasons'], ['closed_early ×2']);
  });
});
