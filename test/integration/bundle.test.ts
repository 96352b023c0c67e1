/** What is deployed: the same bytes every time, everything that is needed, and nothing else. */
import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';

import { parse } from 'yaml';

import { forbiddenIn, packagesIn } from '../../shared/build/contents.ts';
import { makeBundle, root } from '../../shared/build/make.ts';
import { cuts, missed } from '../../shared/build/slim.ts';
import { bundleFolder } from '../support/bundle-process.ts';

const bundle = await makeBundle('registry');

function text(path: string): string {
  const bytes = bundle.files.get(path);
  assert.ok(bytes !== undefined, `the bundle has no ${path}`);
  return Buffer.from(bytes).toString('utf8');
}

function json(path: string): Record<string, unknown> {
  const parsed: unknown = JSON.parse(text(path));
  assert.ok(typeof parsed === 'object' && parsed !== null);
  return { ...parsed };
}

describe('The bundle', () => {
  for (const framework of ['registry', 'bundled'] as const) {
    it(`is the same twice, with the framework ${framework === 'registry' ? 'of the registry' : 'in it'}`, async () => {
      const [first, second] = [await makeBundle(framework), await makeBundle(framework)];
      assert.deepEqual([...first.files.keys()], [...second.files.keys()]);
      for (const [path, bytes] of first.files) {
        assert.ok(Buffer.from(bytes).equals(second.files.get(path) ?? Buffer.alloc(0)), path);
      }
    });
  }

  it('is the same in a folder as in memory, and leaves nothing of an earlier build there', async () => {
    using folder = await bundleFolder();
    for (const [path, bytes] of bundle.files) {
      assert.ok(readFileSync(join(folder.path, path)).equals(Buffer.from(bytes)), path);
    }
    assert.ok(!existsSync(join(folder.path, 'framework')));
  });

  it('holds nothing that must not be deployed', () => {
    assert.deepEqual(forbiddenIn(bundle.files, root), []);
  });

  it('would be refused with anything in it that must not be deployed', () => {
    const traps = {
      sandbox: 'require("test/sandbox/main.ts")',
      'secret of the sandbox': '"keySecret": "SANDBOX_LOGIN_KEY"',
      'user of the sandbox': '"email": "golden-path@sandbox.example"',
      loopback: '"url": "http://127.0.0.1:4100"',
      'loopback by its name': '"url": "https://localhost/alive"',
      'loopback of the sixth version': '"url": "http://[::1]"',
      stack: '"shared/local/stack.ts"(){}',
      cli: '"shared/cli/main.ts"(){}',
      development: '"node_modules/playwright-core/index.js"(e,m){}',
      map: '//# sourceMappingURL=functions.js.map',
      registry: '"resolved": "https://registry.example/x/-/x-1.0.0.tgz"',
      key: `-----BEGIN PRIVATE KEY-----\n${'A'.repeat(64)}`,
      machine: `"${root}/functions/index.ts"`,
    };
    for (const [name, trap] of Object.entries(traps)) {
      const found = forbiddenIn(new Map([['functions.js', Buffer.from(`x;${trap};y`)]]), root);
      assert.equal(found.length, 1, name);
    }
  });

  it('keeps its source maps apart', () => {
    assert.deepEqual([...bundle.maps.keys()], ['functions.js.map', 'later.js.map']);
    assert.deepEqual(
      [...bundle.files.keys()].filter((path) => path.endsWith('.map')),
      [],
    );
  });

  it('is ASCII, which needs no decoding', () => {
    for (const path of ['functions.js', 'later.js']) {
      assert.ok(!/[^\0-\x7f]/.test(text(path)), path);
    }
  });

  it('keeps identifiers, by which libraries tell their classes apart', () => {
    const names = ['MetricServiceClient', 'FirestoreClient'].map((name) => `${name}=class`);
    assert.ok(names.every((name) => text('later.js').includes(name)));
    assert.ok(text('functions.js').includes('function openFirestoreStore('));
  });

  it('loads the clients of the cloud later, and nothing that only a laptop needs', () => {
    const names = new Set(packagesIn(bundle.metafiles.functions).map(({ name }) => name));
    for (const needed of ['golden-path', 'undici', 'ws', 'jose', '@google-cloud/functions-framework', 'express']) {
      assert.ok(names.has(needed), needed);
    }
    const heavy = ['@google-cloud/monitoring', '@google-cloud/firestore', '@grpc/grpc-js', '@slack/web-api', 'yaml'];
    const later = new Set(packagesIn(bundle.metafiles.later).map(({ name }) => name));
    for (const each of heavy) {
      assert.ok(!names.has(each) && later.has(each), each);
    }
    const own = packagesIn(bundle.metafiles.later).find(({ name }) => name === 'golden-path');
    assert.ok((own?.bytes ?? 0) < 1_000, 'our own code is in one file');
  });

  it('stays small', () => {
    const bytes = (path: string) => bundle.files.get(path)?.length ?? Number.POSITIVE_INFINITY;
    assert.ok(bytes('functions.js') < 1_600_000, `functions.js has ${bytes('functions.js')} bytes`);
    assert.ok(bytes('later.js') < 2_400_000, `later.js has ${bytes('later.js')} bytes`);
    assert.ok(bytes('index.cjs') < 2_000 && bytes('code-cache.cjs') < 20_000);
  });

  it('notices when a package no longer has what is left out of it', () => {
    assert.deepEqual(missed(new Set(cuts)), []);
    assert.equal(missed(new Set(cuts.slice(1))).length, 1);
  });

  it('takes the environment files with it as they are, without their defaults, and no rehearsal', () => {
    const file = readFileSync(join(root, 'infra/environments/netra-staging.yaml'), 'utf8');
    assert.deepEqual(json('environments/netra-staging.json'), parse(file));
    assert.deepEqual(
      [...bundle.files.keys()].filter((path) => path.startsWith('environments/')),
      ['environments/netra-staging.json'],
    );
  });

  it('names its entry, its Node and the one package that it needs, each in the version that was tested', () => {
    const manifest = json('package.json');
    assert.equal(manifest['main'], 'index.cjs');
    assert.deepEqual(manifest['engines'], { node: '^24.12.0' });
    const { packages } = json('package-lock.json');
    const locked = Object.keys(Object(packages));
    assert.deepEqual(Object.keys(Object(manifest['dependencies'])), ['@google-cloud/functions-framework']);
    assert.ok(
      locked.includes('node_modules/@google-cloud/functions-framework') && locked.includes('node_modules/express'),
    );
    assert.ok(!locked.includes('node_modules/undici'), 'what is bundled is not installed again');
  });
});
