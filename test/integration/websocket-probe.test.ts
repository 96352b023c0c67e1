/**
 * Goal: the websocket probe passes on a healthy server of every version, asks as a browser would, and names what comes
 * before the socket and after the upgrade exactly. Method: real sockets; a small server that does what each case says.
 */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { setTimeout as wait } from 'node:timers/promises';

import { probeWebsocket } from '../../functions/websocket/probe.ts';
import { summarise } from '../../shared/core/check.ts';
import { type ChatScript, startChatServer } from '../support/chat-server.ts';
import { socketContext, subject } from '../support/socket-environment.ts';
import {
  answerPing,
  checkIds,
  greeting,
  healthySocket,
  probeSocket,
  reasons,
  welcomeFrame,
} from '../support/socket-probe.ts';

describe('a healthy socket', () => {
  const systemWelcome = { type: 'system_message', data: { event: 'connection_established', user_id: subject } };
  const versions: readonly (readonly [string, ChatScript, object])[] = [
    ['b10, whose greeting is wrapped', { ...healthySocket, connected: greeting(systemWelcome) }, {}],
    [
      'b12, whose greeting is called connect',
      { ...healthySocket, connected: greeting({ ...welcomeFrame, type: 'connect' }) },
      {},
    ],
    [
      'b14, which echoes the token form',
      { ...healthySocket, select: (offered) => offered[1] ?? false },
      { tokenEcho: 'allowed' },
    ],
    ['as documented', { ...healthySocket, connected: greeting({ type: 'connection_ready', user_id: subject }) }, {}],
  ];
  for (const [name, script, websocket] of versions) {
    it(`passes: ${name}`, async () => {
      const found = await probeSocket(script, { websocket });
      assert.deepEqual(reasons(found), {});
      assert.deepEqual(
        checkIds(found),
        ['login', 'upgrade', 'subprotocol', 'token_hygiene', 'offer_size', 'welcome', 'user', 'ping'].map(
          (id) => `websocket.${id}`,
        ),
      );
    });
  }

  it('passes in each version when that version is demanded, and only there', async () => {
    const b12 = { ...healthySocket, connected: greeting({ ...welcomeFrame, type: 'connect' }) };
    const ask = (version: string) =>
      probeSocket(b12, { dialect: { kind: 'netra', version }, websocket: { welcomeMsMax: 300 } });
    assert.deepEqual(reasons(await ask('b12')), {});
    assert.deepEqual(reasons(await ask('b14')), { 'websocket.welcome': 'no_welcome' });
  });

  it('has times for every phase, ready and ping not among the others', async () => {
    const found = await probeSocket(healthySocket);
    assert.deepEqual(Object.keys(found.phases), [
      'login',
      'dns',
      'tcp',
      'request',
      'upgrade',
      'first_frame',
      'ready',
      'ping',
    ]);
    const { tcp = 0, upgrade = 0, ready = 0 } = found.phases;
    assert.ok(found.latencyMs !== null && found.latencyMs >= tcp + upgrade + ready);
  });

  it('passes with a handshake that the server starts, before or after its greeting', async () => {
    const handshake = { type: 'handshake_response', thread_id: 'thread_1', run_id: 'run_1' };
    for (const frames of [
      [welcomeFrame, handshake],
      [handshake, welcomeFrame],
    ]) {
      const acknowledged: unknown[] = [];
      const frame: ChatScript['frame'] = (client, received) => {
        if (received['type'] === 'handshake_acknowledged') {
          acknowledged.push(received['thread_id']);
          client.send({ type: 'handshake_complete' });
        }
        answerPing(client, received);
      };
      const found = await probeSocket(
        { connected: greeting(...frames), frame },
        { websocket: { serverHandshake: 'required' } },
      );
      assert.deepEqual(reasons(found), {});
      assert.ok(checkIds(found).includes('websocket.handshake'));
      assert.deepEqual(acknowledged, ['thread_1']);
    }
  });

  it('passes with heartbeats in between, which it answers, and does not take them for a pong', async () => {
    const answered = Promise.withResolvers<void>();
    const frame: ChatScript['frame'] = (client, received) => {
      if (received['type'] === 'ping') {
        client.send({ type: 'heartbeat', data: {} });
      } else if (received['type'] === 'heartbeat_ack') {
        answered.resolve();
        client.send({ type: 'pong' });
      }
    };
    assert.deepEqual(reasons(await probeSocket({ ...healthySocket, frame })), {});
    await answered.promise;
  });

  it('passes without a subprotocol where none is offered, and without a greeting where none is demanded', async () => {
    const websocket = { offer: [], carrier: 'authorization', welcome: 'none' };
    const found = await probeSocket({ connected: greeting(), frame: answerPing }, { websocket });
    assert.deepEqual(reasons(found), {});
    assert.ok(!checkIds(found).includes('websocket.welcome'));
  });

  it('is asked as a browser asks: our own agent, a trace, the origin, and nothing that switches on a bypass', async () => {
    await using server = await startChatServer(healthySocket);
    using context = socketContext({
      url: server.url,
      websocket: { origin: 'https://app.example', headers: { 'X-Client': 'web' } },
    });
    await probeWebsocket(context);
    const headers = server.requests[0]?.headers ?? {};
    assert.match(headers['user-agent'] ?? '', /^golden-path-synthetics\//);
    assert.match(String(headers['traceparent']), new RegExp(`^00-${context.traceId}-[0-9a-f]{16}-01$`));
    assert.equal(headers.origin, 'https://app.example');
    assert.equal(headers['x-client'], 'web');
    assert.equal(headers['sec-websocket-extensions'], undefined);
    assert.equal(headers.authorization, undefined);
    assert.ok(Object.keys(headers).every((name) => !/test|e2e/.test(name)));
    assert.equal(server.requests[0]?.url, '/ws');
  });

  it('is slow when it is ready later than it may be', async () => {
    const late: ChatScript['connected'] = (client) => void wait(80).then(() => client.send(welcomeFrame));
    const found = await probeSocket({ ...healthySocket, connected: late }, { websocket: { readyMsMax: 50 } });
    assert.deepEqual(reasons(found), { 'websocket.welcome': 'slow' });
    assert.equal(summarise(found.checks).verdict, 'degraded');
  });
});

describe('after the upgrade', () => {
  const fast = { welcomeMsMax: 700, pongMsMax: 700 };
  const cases: readonly (readonly [string, ChatScript, string, string])[] = [
    [
      'close 1000 without a word',
      { connected: (client) => client.socket.close(1000, 'main cleanup') },
      'welcome',
      'closed_early',
    ],
    [
      'close 1011 while not ready',
      { connected: (client) => client.socket.close(1011, 'Service not ready: database') },
      'welcome',
      'closed_early',
    ],
    ['a cut without a close frame', { connected: (client) => client.stream.destroy() }, 'welcome', 'connection_cut'],
    ['silence', { connected: () => {} }, 'welcome', 'no_welcome'],
    [
      'an error frame',
      { connected: (client) => client.send({ type: 'error_message', error_code: 'SERVICE_INIT_FAILED' }) },
      'welcome',
      'welcome_error',
    ],
    [
      'a login error for a good token',
      { connected: (client) => client.send({ type: 'authentication_error', event: 'auth_failed' }) },
      'welcome',
      'welcome_error',
    ],
    [
      'a rate limit',
      { connected: (client) => client.send({ type: 'error', error: 'Too many connections' }) },
      'welcome',
      'rate_limited',
    ],
    ['a binary frame', { connected: (client) => client.socket.send(Buffer.from([1, 2])) }, 'welcome', 'bad_frame'],
    ['a text that is no JSON', { connected: (client) => client.socket.send('hello') }, 'welcome', 'bad_frame'],
    [
      'a frame of more than a megabyte',
      { connected: (client) => client.socket.send(`"${'x'.repeat(1_100_000)}"`) },
      'welcome',
      'protocol_error',
    ],
    [
      'bytes that are no frame',
      { connected: (client) => client.stream.write(Buffer.from([0xff, 0x00])) },
      'welcome',
      'protocol_error',
    ],
    [
      'another user',
      { ...healthySocket, connected: greeting({ type: 'connection_ready', user_id: 'someone-else' }) },
      'user',
      'isolation_breach',
    ],
    [
      'another user in short',
      { ...healthySocket, connected: greeting({ ...welcomeFrame, data: { user_id: 'someone-...' } }) },
      'user',
      'isolation_breach',
    ],
    [
      'a stand-in user',
      { ...healthySocket, connected: greeting({ ...welcomeFrame, data: { user_id: 'demo-use...' } }) },
      'user',
      'auth_bypassed',
    ],
    ['no pong', { connected: greeting(welcomeFrame) }, 'ping', 'no_pong'],
    [
      'a close instead of a pong',
      { connected: greeting(welcomeFrame), frame: (client) => client.socket.close(1012) },
      'ping',
      'closed_early',
    ],
  ];
  for (const [name, script, check, reason] of cases) {
    it(`${name} is ${reason}`, async () => {
      const found = await probeSocket(script, { websocket: fast });
      assert.deepEqual(reasons(found), { [`websocket.${check}`]: reason });
    });
  }

  it('says of the known close what it is known to mean', async () => {
    const found = await probeSocket({ connected: (client) => client.socket.close(1000, 'main cleanup') });
    assert.match(
      found.checks.at(-1)?.detail ?? '',
      /^the server closed with 1000 \(normal closure\) "main cleanup" after 0\.\d s, before it greeted: .*swallowed$/,
    );
  });

  it('says of a missing pong whether the transport is alive', async () => {
    const found = await probeSocket({ connected: greeting(welcomeFrame) }, { websocket: fast });
    assert.deepEqual(found.checks.at(-1)?.evidence, { transport_answers: true });
  });

  it('does not take a greeting that comes late for a pong', async () => {
    const frame: ChatScript['frame'] = (client) => client.send(welcomeFrame);
    const found = await probeSocket({ connected: () => {}, frame }, { websocket: { ...fast, welcome: 'optional' } });
    assert.deepEqual(reasons(found), { 'websocket.ping': 'no_pong' });
  });

  it('demands the handshake where it is demanded, and lives without its end where it is not', async () => {
    const started = {
      ...healthySocket,
      connected: greeting(welcomeFrame, { type: 'handshake_response', thread_id: 't' }),
    };
    const [never, incomplete, version, lived] = await Promise.all([
      probeSocket(healthySocket, { websocket: { ...fast, serverHandshake: 'required' } }),
      probeSocket(started, { websocket: { ...fast, serverHandshake: 'required' } }),
      probeSocket(started, {
        websocket: { ...fast, serverHandshake: 'auto' },
        dialect: { kind: 'netra', version: 'oct2025' },
      }),
      probeSocket(started, { websocket: { ...fast, serverHandshake: 'auto' } }),
    ]);
    for (const found of [never, incomplete, version]) {
      assert.deepEqual(reasons(found), { 'websocket.handshake': 'handshake_incomplete' });
    }
    assert.deepEqual(reasons(lived), {});
    assert.deepEqual(lived.checks.find(({ id }) => id === 'websocket.handshake')?.evidence, { completed: false });
  });
});

describe('what comes before the socket', () => {
  it('blocks it when nobody can log in', async () => {
    const login = { kind: 'password', email: 'a@b.example', passwordSecret: 'SIGNING_KEY' };
    await using server = await startChatServer(healthySocket);
    await server[Symbol.asyncDispose]();
    using context = socketContext({ url: server.url, login });
    const found = await probeWebsocket(context);
    assert.deepEqual(
      found.checks.map(({ id, verdict, reason }) => [id, verdict, reason]),
      [['websocket.login', 'blocked', 'refused']],
    );
    assert.equal(found.blockedBy, 'auth');
  });

  it('is inconclusive when a secret of ours is missing', async () => {
    const login = { kind: 'password', email: 'a@b.example', passwordSecret: 'NOT_THERE' };
    const found = await probeSocket(healthySocket, { login });
    assert.deepEqual(
      found.checks.map(({ verdict, reason }) => [verdict, reason]),
      [['inconclusive', 'config_invalid']],
    );
    assert.equal(found.blockedBy, null);
  });

  it('is inconclusive when the deadline is over before anything could be slow', async () => {
    const found = await probeSocket({ intercept: () => true }, { deadlineMs: 300 });
    assert.deepEqual(reasons(found), { 'websocket.upgrade': 'deadline_exceeded' });
  });

  it('tells the revision that answered', async () => {
    const head: ChatScript['head'] = (lines) => lines.push('X-Revision: backend-00611-cr5');
    const service = { revision: { from: 'header', header: 'X-Revision' } };
    assert.equal((await probeSocket({ ...healthySocket, head }, { service })).revision, 'backend-00611-cr5');
  });
});
