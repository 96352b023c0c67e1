/** Every healthy variant of the sandbox lets a user in, greets, answers a ping and answers the question. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';

import { WebSocket } from 'ws';

import { type Sandbox, startSandbox } from '../sandbox/sandbox.ts';
import { variants } from '../sandbox/variants.ts';
import { decode } from '../support/sandbox-http-observer.ts';
import { observe } from '../support/sandbox-observer.ts';

/** The word of the server after which messages count, where it is not the end of its handshake. */
const readyOn: Readonly<Record<string, string>> = {
  version_b10: 'system_message',
  version_b11: '101',
  version_b12: 'connect',
  version_b14: 'connection_established',
  version_b14_chosen: 'connection_established',
  token_form_only: 'connection_established',
  documented_welcome: 'connection_ready',
  handshake_end_untold: 'handshake_response',
  welcome_left_out: '101',
};

/** Variants that the observer, who knows only the product's own frames, cannot follow to their end. */
const foreign = new Set(['generic_product']);

describe('healthy variants on the wire', { concurrency: 8 }, () => {
  for (const { id, title } of variants.filter((variant) => !foreign.has(variant.id))) {
    it(`${id}: ${title}`, async () => {
      await using sandbox = await startSandbox({ pace: 10 });
      await sandbox.setFaults([id]);
      const seen = await observe(sandbox, { readyOn: readyOn[id] ?? 'handshake_complete' });
      assert.match(seen['socket'] ?? '', /^101 .*pong\S*; well$/, 'a ping is answered');
      assert.match(seen['me'] ?? '', /^200 /, 'the token opens the protected resource');
      assert.match(seen['me tampered'] ?? '', /^401 /, 'a forged token does not');
      assert.match(seen['socket without token'] ?? '', /AUTH_FAILED; close 1008/);
      assert.match(seen['backend health'] ?? '', /^(?:200|302) /);
      assert.ok(sandbox.counters.agentRuns >= 1);
    });
  }

  it('the product as usual gives exactly this to see', async () => {
    await using sandbox = await startSandbox({ pace: 10 });
    const refused = '401 {"detail":"Invalid or expired token"}';
    const turnedAway = '101 jwt-auth; error_message AUTH_FAILED; close 1008 Authentication failed';
    const greeted = '101 jwt-auth; connection_established; handshake_response; handshake_complete; pong';
    const { login = '', dependencies = '', 'auth health': auth = '', ...rest } = await observe(sandbox);
    assert.deepEqual(rest, {
      token:
        'HS256, signed, sub e2e-golden-path, iss netra-auth-service, aud netra-platform, env sandbox, for 900 s, 0 min ahead',
      'backend health': '200 {"status":"healthy","service":"netra-ai-platform","version":"1.0.0","timestamp":"…"}',
      control: '204 ""',
      me: '200 {"user_id":"e2e-golden-path","email":"golden-path@sandbox.example","permissions":[],"token_expires_at":"…","demo":false}',
      'me without token': refused,
      'me tampered': refused,
      'me unsigned': refused,
      'me expired': refused,
      'me wrong key': refused,
      refresh:
        '200 {"access_token":"…","refresh_token":"…","token_type":"Bearer","expires_in":900,"refresh_expires_in":1209600,"user":{"id":"e2e-golden-path","email":"golden-path@sandbox.example"}}',
      keys: '200 {"keys":"…"}',
      socket: `${greeted}; well`,
      'socket without token': turnedAway,
      'socket tampered': turnedAway,
      'socket foreign': 'HTTP 403',
      'socket authorization': `${greeted}; well`,
      run: `${greeted}; agent_started; agent_started triage; agent_thinking triage; agent_completed triage; agent_thinking; tool_executing; tool_completed; agent_thinking; agent_completed; answered`,
    });
    assert.match(login, /^200 \{"access_token":"…","refresh_token":"…","token_type":"Bearer","expires_in":900/);
    assert.match(dependencies, /^200 \{"status":"healthy",.*"uptime_seconds":"long","checks":\{"postgresql"/);
    assert.match(auth, /^200 \{"status":"healthy","service":"auth-service".*"database_status":"connected"/);
  });

  it('the shapes and words of runs differ, and the supervisor always ends them with the answer', async () => {
    await using sandbox = await startSandbox({ pace: 10 });
    const ids = variants.map(({ id }) => id).filter((id) => /^(?:answer_(?!in_)|.*sub_agent|.*tool)/.test(id));
    for (const id of ids) {
      await sandbox.setFaults([id]);
      const { run = '' } = await observe(sandbox);
      assert.match(run, /agent_completed; answered$/, `${id}: ${run}`);
    }
  });

  it('rotating_keys: one login after the other is signed with another key, and all keys are published', async () => {
    await using sandbox = await startSandbox();
    await sandbox.setFaults(['rotating_keys']);
    const used: string[] = [];
    for (let login = 0; login < 3; login += 1) {
      used.push(String(decode(await logIn(sandbox))?.header['kid']));
    }
    const { keys } = Object(await (await fetch(`${sandbox.origins.auth}/auth/jwks`)).json());
    const published = keys.map((key: { readonly kid: string }) => key.kid);
    assert.equal(new Set(used).size, 3);
    assert.deepEqual(published.toSorted(), used.toSorted());
  });

  it('generic_product: another product greets, answers its own ping and answers a question', async () => {
    await using sandbox = await startSandbox({ pace: 10 });
    await sandbox.setFaults(['generic_product']);
    const frames = await genericTalk(sandbox.origins.backend.replace('http', 'ws'), await logIn(sandbox));
    assert.deepEqual(
      frames.map((frame) => Object(JSON.parse(frame)).kind).filter((kind) => !String(kind).startsWith('inner.')),
      [
        'hello',
        'i_am_here',
        'run.accepted',
        'run.started',
        'run.thought',
        'tool.called',
        'tool.returned',
        'run.thought',
        'run.finished',
      ],
    );
    assert.match(frames.at(-1) ?? '', /"output":\{"text":"[^"]*\b1700\b/);
    assert.match(frames.at(-1) ?? '', /"user":\{"id":"e2e-golden-path"\}/);
  });
});

async function logIn(sandbox: Sandbox): Promise<string> {
  const login = await fetch(`${sandbox.origins.auth}/auth/e2e/test-auth`, {
    method: 'POST',
    headers: { 'x-e2e-bypass-key': sandbox.secrets('SANDBOX_LOGIN_KEY')?.reveal() ?? '' },
    body: JSON.stringify({ email: 'golden-path@sandbox.example' }),
  });
  return String(Object(await login.json()).access_token);
}

async function genericTalk(origin: string, token: string): Promise<readonly string[]> {
  const socket = new WebSocket(`${origin}/ws`, ['jwt-auth', `jwt.${Buffer.from(token).toString('base64url')}`]);
  const text = 'The bakery sold 800 rolls on Saturday and 900 on Sunday. How many are that over the whole weekend?';
  const frames: string[] = [];
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  socket.on('error', reject);
  socket.on('message', (data: Buffer) => {
    const frame = data.toString('utf8');
    frames.push(frame);
    if (frame.includes('"hello"')) {
      socket.send(JSON.stringify({ kind: 'are_you_there' }));
      socket.send(JSON.stringify({ kind: 'ask', question: { text, locale: 'en' } }));
    }
    if (frame.includes('"run.finished"')) {
      resolve();
    }
  });
  await promise;
  socket.terminate();
  return frames;
}
