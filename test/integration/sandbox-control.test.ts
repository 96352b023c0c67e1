/** The control port: breaking and mending, clear errors, no foreign pages; and what the sandbox counts and keeps. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { request } from 'node:http';
import { connect } from 'node:net';
import { describe, it } from 'node:test';
import { setImmediate } from 'node:timers/promises';

import { faults } from '../sandbox/faults.ts';
import { type Sandbox, startSandbox } from '../sandbox/sandbox.ts';

interface Told {
  readonly status: number;
  readonly body: Record<string, unknown>;
}

async function tell(sandbox: Sandbox, method: string, path: string, body?: string): Promise<Told> {
  const response = await fetch(`${sandbox.origins.control}${path}`, {
    method,
    ...(body === undefined ? {} : { body }),
  });
  return { status: response.status, body: Object(await response.json()) };
}

/** `fetch` sets `Host` and `Origin` by itself; this can lie about them. */
async function lie(sandbox: Sandbox, path: string, headers: Record<string, string>): Promise<number> {
  const outgoing = request(`${sandbox.origins.control}${path}`, { method: 'POST', headers, agent: false });
  outgoing.end();
  const [response] = await once(outgoing, 'response');
  response.resume();
  return Number(response.statusCode);
}

describe('the control port of the sandbox', () => {
  it('lists every fault with its sentence, its step and what has to be found', async () => {
    await using sandbox = await startSandbox();
    await sandbox.setFaults(['redis_down']);
    const { status, body } = await tell(sandbox, 'GET', '/faults');
    assert.equal(status, 200);
    const listed = Object(body['faults']);
    assert.equal(listed.length, faults.length);
    const active = listed.filter((fault: Record<string, unknown>) => fault['active'] === true);
    assert.deepEqual(active, [
      {
        id: 'redis_down',
        title: 'Redis is down: the dependencies document answers 200 and says degraded.',
        group: 'health',
        step: 'health',
        expected: {
          auth: { verdict: 'pass', reason: null },
          health: { verdict: 'degraded', reason: 'component_degraded' },
          websocket: { verdict: 'pass', reason: null },
          agent: { verdict: 'pass', reason: null },
        },
        needs_environment: false,
        active: true,
      },
    ]);
  });

  it('breaks one thing more, mends one, sets exactly some, and mends all', async () => {
    await using sandbox = await startSandbox();
    const active = async (method: string, path: string, body?: string): Promise<unknown> =>
      (await tell(sandbox, method, path, body)).body['active'];
    assert.deepEqual(await active('POST', '/faults/redis_down'), ['redis_down']);
    assert.deepEqual(await active('POST', '/faults/upgrade_403'), ['redis_down', 'upgrade_403']);
    assert.deepEqual(await active('POST', '/faults/upgrade_403'), ['redis_down', 'upgrade_403']);
    assert.deepEqual(await active('DELETE', '/faults/redis_down'), ['upgrade_403']);
    assert.deepEqual(await active('PUT', '/faults', '{"active":["stall","no_pong"]}'), ['stall', 'no_pong']);
    assert.deepEqual(await active('GET', '/state'), ['stall', 'no_pong']);
    assert.deepEqual(await active('DELETE', '/faults'), []);
  });

  it('two faults at once are both there', async () => {
    await using sandbox = await startSandbox();
    await sandbox.setFaults(['redis_down', 'status_degraded']);
    const [plain, dependencies] = await Promise.all(
      ['/health', '/api/health'].map(async (path) => (await fetch(sandbox.origins.backend + path)).json()),
    );
    assert.equal(Object(plain).status, 'degraded');
    assert.equal(Object(dependencies).checks.redis.status, 'failed');
  });

  it('explains what it does not understand, with what is allowed, and changes nothing', async () => {
    await using sandbox = await startSandbox();
    await sandbox.setFaults(['stall']);
    const unknown = await tell(sandbox, 'POST', '/faults/redis_dwon');
    assert.equal(unknown.status, 400);
    assert.match(String(unknown.body['error']), /"redis_dwon"/);
    assert.deepEqual(
      unknown.body['allowed'],
      faults.map(({ id }) => id),
    );
    for (const body of ['', '[]', '{"active":"stall"}', '{"active":[1]}', '{"active":[],"more":1}', '{']) {
      const { status, body: told } = await tell(sandbox, 'PUT', '/faults', body);
      assert.equal(status, 400, body);
      assert.match(String(told['error']), /the body is \{"active"/);
    }
    assert.equal((await tell(sandbox, 'PUT', '/faults', `{"active":["${'x'.repeat(100_000)}"]}`)).status, 400);
    assert.equal((await tell(sandbox, 'PATCH', '/faults')).status, 405);
    assert.equal((await tell(sandbox, 'GET', '/nowhere')).status, 404);
    assert.deepEqual((await tell(sandbox, 'GET', '/state')).body['active'], ['stall']);
  });

  it('refuses what another web page could make a browser send', async () => {
    await using sandbox = await startSandbox();
    const host = new URL(sandbox.origins.control).host;
    assert.equal(await lie(sandbox, '/faults/stall', { host: 'rebound.example' }), 421);
    assert.equal(await lie(sandbox, '/faults/stall', { host, origin: 'https://attacker.example' }), 403);
    assert.equal(await lie(sandbox, '/faults/stall', { host, origin: 'null' }), 403);
    assert.deepEqual(sandbox.active(), []);
    assert.equal(await lie(sandbox, '/faults/stall', { host, origin: `http://${host}` }), 200);
  });

  it('keeps answering for our own way out, unless that is what is broken', async () => {
    await using sandbox = await startSandbox();
    const alive = async (): Promise<number> => (await fetch(`${sandbox.origins.control}/alive`)).status;
    assert.equal(await alive(), 204);
    await sandbox.setFaults(['backend_refused']);
    assert.equal(await alive(), 204);
    await sandbox.setFaults(['own_network_down']);
    await assert.rejects(alive());
    assert.equal((await tell(sandbox, 'DELETE', '/faults')).status, 200);
    assert.equal(await alive(), 204);
  });
});

describe('the sandbox itself', () => {
  it('counts requests, names of clients, suspicious headers and sockets', async () => {
    await using sandbox = await startSandbox();
    await Promise.all(
      ['/health', '/health', '/api/health?token=abc'].map(async (path) => {
        const headers = { 'user-agent': 'curious/1.0', 'x-e2e-mode': 'true', connection: 'close' };
        await (await fetch(sandbox.origins.backend + path, { headers })).text();
      }),
    );
    const { requests, userAgents, suspicious, socketsMost } = sandbox.counters;
    assert.equal(requests.get('backend GET /health'), 2);
    assert.deepEqual([...userAgents], ['curious/1.0']);
    assert.deepEqual([...suspicious].toSorted(), ['backend ?token', 'backend x-e2e-mode']);
    assert.ok(socketsMost >= 1);
    while (sandbox.counters.socketsOpen > 0) {
      await setImmediate();
    }
  });

  it('turns away the two hundred and first socket', async () => {
    await using sandbox = await startSandbox();
    const port = Number(new URL(sandbox.origins.backend).port);
    const sockets = Array.from({ length: 200 }, () => connect(port, '127.0.0.1'));
    await Promise.all(sockets.map((socket) => once(socket, 'connect')));
    const onTop = connect(port, '127.0.0.1').resume();
    await once(onTop, 'close');
    assert.ok(sandbox.counters.socketsMost <= 200);
    sockets.forEach((socket) => socket.destroy());
  });

  it('answers also what makes no sense', async () => {
    await using sandbox = await startSandbox();
    const port = Number(new URL(sandbox.origins.backend).port);
    for (const target of ['//', '/%', '*', 'http://[', '/health?%zz', '/nowhere']) {
      const outgoing = request({ host: '127.0.0.1', port, path: target, agent: false });
      outgoing.end();
      const [response] = await once(outgoing, 'response');
      response.resume();
      assert.equal(response.statusCode, target.startsWith('/health') ? 200 : 404, target);
    }
    const headers = { authorization: `Basic ${btoa('%zz:%zz')}` };
    const body = 'grant_type=client_credentials';
    const login = await fetch(`${sandbox.origins.auth}/auth/token`, { method: 'POST', headers, body });
    assert.equal(login.status, 401);
  });

  it('has a socket at its own paths only', async () => {
    await using sandbox = await startSandbox();
    const status = async (path: string): Promise<unknown> => {
      const headers = {
        connection: 'Upgrade',
        upgrade: 'websocket',
        'sec-websocket-version': '13',
        'sec-websocket-key': 'AAAAAAAAAAAAAAAAAAAAAA==',
      };
      const outgoing = request(sandbox.origins.backend + path, { headers, agent: false });
      outgoing.end();
      const [response] = await Promise.race([once(outgoing, 'response'), once(outgoing, 'upgrade')]);
      outgoing.destroy();
      return response.statusCode;
    };
    assert.equal(await status('/ws'), 101);
    assert.equal(await status('/api/v1/websocket'), 101);
    assert.equal(await status('/elsewhere'), 403);
  });

  it('refuses a body that is too large', async () => {
    await using sandbox = await startSandbox();
    const response = await fetch(`${sandbox.origins.auth}/auth/login`, { method: 'POST', body: 'x'.repeat(100_000) });
    assert.equal(response.status, 413);
  });

  it('shows no secret in what it tells of itself', async () => {
    await using sandbox = await startSandbox();
    const secret = sandbox.secrets('SANDBOX_LOGIN_KEY');
    assert.ok(secret);
    const headers = { 'x-e2e-bypass-key': secret.reveal() };
    await fetch(`${sandbox.origins.auth}/auth/e2e/test-auth`, {
      method: 'POST',
      headers,
      body: '{"email":"a@b.example"}',
    });
    const told = JSON.stringify([await tell(sandbox, 'GET', '/state'), await tell(sandbox, 'GET', '/faults')]);
    assert.ok(!told.includes(secret.reveal()));
    assert.equal(sandbox.secrets('SOMETHING_ELSE'), null);
  });
});
