/**
 * The steps of the platform's builder, as its public source has them, with the framework that is in the bundle: install,
 * check, build, and start the command of the framework. What the platform itself does with it can't be shown here.
 * Source: GoogleCloudPlatform/buildpacks, cmd/nodejs/npm and cmd/nodejs/functions_framework, read 2026-11-24.
 */
import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { delimiter, dirname, join } from 'node:path';
import process from 'node:process';
import { describe, it } from 'node:test';

import { startGoogle } from '../../shared/build/google.ts';
import { startProduct } from '../../shared/build/product.ts';
import { ask } from '../../shared/local/ask.ts';
import { freePort } from '../../shared/local/free-port.ts';
import { bundleFolder } from '../support/bundle-process.ts';
import { nodeOptions } from '../support/node-options.ts';

const path = [dirname(process.execPath), process.env['PATH'] ?? ''].join(delimiter);
const missing = ['npm', 'bash'].filter((name) => spawnSync('which', [name], { env: { PATH: path } }).status !== 0);

function run(
  cwd: string,
  command: string,
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
): string {
  const home = process.env['HOME'] ?? '';
  const { status, stdout, stderr } = spawnSync(command, args, {
    cwd,
    env: { PATH: path, HOME: home, ...env },
    encoding: 'utf8',
    timeout: 120_000,
  });
  assert.equal(status, 0, `${command} ${args.join(' ')}: ${stdout}${stderr}`);
  return `${stdout}${stderr}`;
}

describe("The platform's builder", () => {
  const skip = missing.length > 0 && `needs ${missing.join(' and ')}`;
  if (skip !== false) {
    console.log(`skipped: the builder's steps: ${skip}`);
  }

  it('installs, builds and starts the bundle, framework and all, without a network', { skip }, async () => {
    using folder = await bundleFolder('bundled');
    await using google = await startGoogle();
    await using product = await startProduct();
    const production = { NODE_ENV: 'production' };
    run(folder.path, 'node', ['--check', 'index.cjs']);
    run(folder.path, 'npm', ['ci', '--offline', '--quiet', '--no-fund', '--no-audit'], production);
    // The builder keeps what was installed in a layer, and brings it back the next time.
    run(folder.path, 'cp', ['--archive', 'node_modules', 'layer']);
    run(folder.path, 'rm', ['-r', 'node_modules']);
    run(folder.path, 'mv', ['layer', 'node_modules']);
    run(folder.path, 'npm', ['install', '--offline', '--quiet'], production);
    const build = { NODE_ENV: 'development', GOOGLE_FUNCTION_TARGET: 'probe-health' };
    assert.match(run(folder.path, 'npm', ['run', 'gcp-build'], build), /rehearsed: probe-health pass/);
    assert.equal(folder.caches().length, 2);

    const command = join('node_modules', '.bin', 'functions-framework');
    assert.ok(existsSync(join(folder.path, command)));
    const port = await freePort();
    const env = {
      PATH: path,
      ...production,
      ...product.secrets,
      FUNCTION_TARGET: 'probe-health',
      FUNCTION_SIGNATURE_TYPE: 'http',
      PORT: String(port),
      NODE_OPTIONS: nodeOptions.join(' '),
      GOLDEN_PATH_ENVIRONMENTS: product.environment,
      GOLDEN_PATH_STATE: 'firestore',
      GOOGLE_CLOUD_PROJECT: 'test',
      FIRESTORE_EMULATOR_HOST: google.address,
      CLOUD_MONITORING_EMULATOR_HOST: google.address,
      METADATA_SERVER_DETECTION: 'none',
    };
    const child = spawn('/bin/bash', ['-c', command], { cwd: folder.path, env, stdio: 'ignore' });
    try {
      const answer = await whenUp(`http://127.0.0.1:${port}/`);
      assert.equal(answer.status, 200);
      assert.equal(Object(JSON.parse(answer.body)).outcome.verdict, 'pass');
    } finally {
      const exited = once(child, 'exit');
      child.kill('SIGTERM');
      await exited;
    }
  });
});

const triesMax = 300;

async function whenUp(url: string): Promise<{ readonly status: number; readonly body: string }> {
  const headers = { 'content-type': 'application/json' };
  for (let tries = 1; ; tries += 1) {
    try {
      return await ask({ method: 'POST', url, body: '{}', headers, timeoutMs: 30_000 });
    } catch (error) {
      if (tries === triesMax) {
        throw error;
      }
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }
}
