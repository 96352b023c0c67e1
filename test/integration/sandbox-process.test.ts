/** The sandbox as a process: where its secrets go, what it prints, how it ends. */
import assert from 'node:assert/strict';
import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, it } from 'node:test';

interface Running extends AsyncDisposable {
  readonly child: ChildProcess;
  readonly directory: string;
  readonly ready: Record<string, unknown>;
  printed(): string;
}

const main = new URL('../sandbox/main.ts', import.meta.url);

async function start(prepare: (directory: string) => void = () => {}): Promise<Running> {
  const directory = mkdtempSync(join(tmpdir(), 'sandbox-'));
  prepare(directory);
  const ports = ['--auth-port', '0', '--backend-port', '0', '--control-port', '0'];
  const child = fork(main, [...ports, '--secrets-dir', directory], { silent: true });
  let printed = '';
  child.stdout?.on('data', (chunk: Buffer) => (printed += chunk.toString('utf8')));
  child.stderr?.on('data', (chunk: Buffer) => (printed += chunk.toString('utf8')));
  const [ready] = await once(child, 'message');
  return {
    child,
    directory,
    ready: Object(ready),
    printed: () => printed,
    async [Symbol.asyncDispose]() {
      if (child.exitCode === null && child.signalCode === null) {
        child.kill('SIGKILL');
        await once(child, 'exit');
      }
      rmSync(directory, { recursive: true, force: true });
    },
  };
}

function secretsIn(directory: string): Readonly<Record<string, string>> {
  return Object.fromEntries(readdirSync(directory).map((name) => [name, readFileSync(join(directory, name), 'utf8')]));
}

describe('the sandbox as a process', () => {
  it('says where it listens and serves there', async () => {
    await using running = await start();
    const { auth, backend, control } = Object(running.ready['origins']);
    assert.equal(running.ready['ready'], true);
    for (const url of [`${auth}/health`, `${backend}/health`, `${control}/faults`]) {
      assert.equal((await fetch(url)).status, 200, url);
    }
    assert.match(running.printed(), /auth +http:\/\/127\.0\.0\.1:\d+\nbackend +http.*\ncontrol +http.*\/faults\n/);
  });

  it('writes its secrets for its owner only, also over files that were open to all', async () => {
    await using running = await start((directory) => {
      writeFileSync(join(directory, 'SANDBOX_LOGIN_KEY'), 'old', { mode: 0o644 });
    });
    const secrets = secretsIn(running.directory);
    assert.ok('SANDBOX_LOGIN_KEY' in secrets && 'SANDBOX_JWT_SECRET' in secrets);
    assert.notEqual(secrets['SANDBOX_LOGIN_KEY'], 'old');
    for (const name of Object.keys(secrets)) {
      assert.equal(statSync(join(running.directory, name)).mode & 0o777, 0o600, name);
    }
    const login = await fetch(`${Object(running.ready['origins']).auth}/auth/e2e/test-auth`, {
      method: 'POST',
      headers: { 'x-e2e-bypass-key': secrets['SANDBOX_LOGIN_KEY'] ?? '' },
      body: '{"email":"golden-path@sandbox.example"}',
    });
    assert.equal(login.status, 200);
  });

  it('prints no secret', async () => {
    await using running = await start();
    const told = running.printed() + JSON.stringify(running.ready);
    for (const [name, value] of Object.entries(secretsIn(running.directory))) {
      assert.ok(!told.includes(value), name);
    }
  });

  for (const end of ['SIGINT', 'SIGTERM', 'disconnect'] as const) {
    it(`removes its secrets and ends by itself on ${end}`, async () => {
      await using running = await start();
      const names = Object.keys(secretsIn(running.directory));
      const exited = once(running.child, 'exit');
      if (end === 'disconnect') {
        running.child.disconnect();
      } else {
        running.child.kill(end);
      }
      const [code, signal] = await exited;
      assert.deepEqual([code, signal], [0, null]);
      assert.deepEqual(
        names.filter((name) => existsSync(join(running.directory, name))),
        [],
      );
    });
  }

  for (const fault of ['stall', 'backend_queue_full', 'health_drips', 'health_endless', 'backend_black_hole']) {
    it(`ends by itself in the middle of ${fault}, with a client still waiting`, async () => {
      await using running = await start();
      const { backend, control } = Object(running.ready['origins']);
      await fetch(`${control}/faults/${fault}`, { method: 'POST' });
      const giveUp = new AbortController();
      const abandoned = fetch(`${backend}/health`, { signal: giveUp.signal })
        .then((response) => response.text())
        .catch(() => null);
      const exited = once(running.child, 'exit');
      running.child.kill('SIGTERM');
      assert.deepEqual(await exited, [0, null]);
      giveUp.abort();
      await abandoned;
    });
  }
});
