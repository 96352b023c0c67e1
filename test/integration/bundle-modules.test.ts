/**
 * What a function loads and when: the deterministic half of a cold start. Every module of the bundle announces itself
 * when it is run for the first time; a function must not load more than it needs, least of all while it starts.
 */
import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import process from 'node:process';
import { after, describe, it } from 'node:test';

import { startProduct } from '../../shared/build/product.ts';
import { functionName, type Step } from '../../shared/core/step.ts';
import { type BundleFolder, bundleFolder } from '../support/bundle-process.ts';

/** The two helpers by which esbuild runs a module once; the name of a module is the key of its wrapper. */
const helpers: readonly (readonly [text: string, announced: string])[] = [
  [
    'return mod||(0,cb[__getOwnPropNames(cb)[0]])((mod={exports:{}}).exports,mod),mod.exports',
    'if(!mod){const name=__getOwnPropNames(cb)[0];globalThis.announce(name);(0,cb[name])((mod={exports:{}}).exports,mod)}return mod.exports',
  ],
  [
    'return fn&&(res=(0,fn[__getOwnPropNames(fn)[0]])(fn=0)),res',
    'if(fn){const name=__getOwnPropNames(fn)[0];globalThis.announce(name);res=(0,fn[name])(fn=0)}return res',
  ],
];

function announce(folder: BundleFolder): void {
  for (const file of ['functions.js', 'later.js']) {
    const path = join(folder.path, file);
    let code = readFileSync(path, 'latin1');
    for (const [text, announced] of helpers) {
      // The second file has no modules of the second form.
      assert.ok(file === 'later.js' || code.includes(text), 'esbuild has changed its helpers');
      code = code.replace(text, () => announced);
    }
    writeFileSync(path, code, 'latin1');
  }
}

/**
 * Loads the function, measures once in the way of a synthetic monitor and in a domain, as the framework does, and prints
 * the modules of both moments, Node's own, and how often the domain was entered.
 */
const script = `
  const { create, Domain } = require('node:domain');
  const { enter } = Domain.prototype;
  let entered = 0;
  Domain.prototype.enter = function () {
    entered += 1;
    enter.call(this);
  };
  let names = [];
  globalThis.announce = (name) => names.push(name);
  const handlers = require(process.cwd());
  const response = { set: () => response, status: () => response };
  setTimeout(async () => {
    const started = names.splice(0);
    response.json = (body) => {
      const builtin = process.moduleLoadList.flatMap((name) => /^NativeModule (?!internal)(.*)/.exec(name)?.[1] ?? []);
      console.log('modules ' + JSON.stringify({ started, measured: names, builtin, entered, body }));
      process.exit();
    };
    const request = { method: 'POST', get: (name) => (name === 'synthetic-execution-id' ? 'test' : undefined), body: {} };
    create().run(() => handlers[process.env.FUNCTION_TARGET](request, response));
  }, 200);
`;

interface Loaded {
  readonly started: readonly string[];
  readonly measured: readonly string[];
  readonly builtin: readonly string[];
  readonly entered: number;
}

const folder = await bundleFolder();
announce(folder);
const product = await startProduct();
after(async () => {
  folder[Symbol.dispose]();
  await product[Symbol.asyncDispose]();
});

async function loadedBy(step: Step, environment = product.environment): Promise<Loaded> {
  const child = spawn(process.execPath, ['-e', script], {
    cwd: folder.path,
    env: {
      ...product.secrets,
      FUNCTION_TARGET: functionName(step),
      GOLDEN_PATH_ENVIRONMENTS: environment,
      GOLDEN_PATH_STATE: 'firestore',
      GOOGLE_CLOUD_PROJECT: 'test',
    },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let out = '';
  for await (const chunk of child.stdout) {
    out += String(chunk);
  }
  const line = out.split('\n').find((each) => each.startsWith('modules '));
  assert.ok(line !== undefined, out.slice(0, 1_000));
  const parsed: Loaded = JSON.parse(line.slice('modules '.length));
  return parsed;
}

function packages(names: readonly string[]): ReadonlySet<string> {
  return new Set(names.map((name) => /node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(name)?.[1] ?? 'golden-path'));
}

/** Modules that may be run, a little above what they are: more is a reason to look. */
const bounds: Readonly<Record<Step, { readonly started: number; readonly measured: number }>> = {
  auth: { started: 80, measured: 80 },
  health: { started: 80, measured: 52 },
  websocket: { started: 80, measured: 92 },
  agent: { started: 80, measured: 100 },
};

describe('A function', () => {
  it('can be started at all', () => {
    const { status, stderr } = spawnSync(process.execPath, ['--check', 'index.cjs'], { cwd: folder.path });
    assert.equal(status, 0, String(stderr));
  });

  for (const [step, bound] of Object.entries(bounds)) {
    it(`that probes ${step} loads what it needs, when it needs it`, async (context) => {
      const { started, measured } = await loadedBy(functionStep(step));
      context.diagnostic(`${step}: ${started.length} modules at the start, ${measured.length} to measure`);
      assert.deepEqual(
        [...packages(started)].toSorted(),
        ['@google-cloud/functions-framework', 'golden-path', 'valibot'],
        'a start runs our own code, the schema of environments, and the registry of the framework',
      );
      const used = packages(measured);
      for (const heavy of ['@google-cloud/firestore', '@google-cloud/monitoring', '@grpc/grpc-js', '@slack/web-api']) {
        assert.ok(!used.has(heavy), `${heavy} is loaded although nothing was recorded`);
      }
      assert.ok(!used.has('yaml'));
      assert.equal(used.has('ws'), step === 'websocket' || step === 'agent', 'ws is for sockets');
      assert.equal(used.has('jose'), step === 'auth', 'jose verifies tokens');
      assert.ok(used.has('undici'));
      const others = Object.keys(bounds).filter((other) => other !== step);
      assert.ok(!measured.some((name) => others.some((other) => name.startsWith(`functions/${other}/`))));
      assert.ok(started.length <= bound.started, `${started.length} modules at the start`);
      assert.ok(measured.length <= bound.measured, `${measured.length} modules to measure`);
    });
  }
});

describe('A function that measures', () => {
  it('asks Node for what it needs and no more: to encrypt only where there is https', async () => {
    const heavy = ['assert', 'crypto', 'dns', 'fs/promises', 'tls', 'zlib'];
    const plain = await loadedBy('health');
    assert.deepEqual(
      heavy.filter((name) => plain.builtin.includes(name)),
      [],
    );
    const secure = await loadedBy('health', product.environment.replaceAll('http://', 'https://'));
    assert.ok(secure.builtin.includes('tls'));
  });

  it('leaves the domain in which the framework puts each request', async () => {
    const { entered } = await loadedBy('health');
    assert.equal(entered, 1);
  });
});

function functionStep(name: string): Step {
  assert.ok(name === 'auth' || name === 'health' || name === 'websocket' || name === 'agent');
  return name;
}
