/** Which environment files are deployed: every one that names a product out there, and none of a product on a laptop. */
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, it } from 'node:test';

import { forbiddenIn } from '../../shared/build/contents.ts';
import { bundledEnvironments } from '../../shared/build/environments.ts';
import { root } from '../../shared/build/make.ts';
import { type Change, fileWith } from '../support/environment-file.ts';

function built(files: Readonly<Record<string, readonly Change[]>>): Readonly<Record<string, string>> {
  const folder = mkdtempSync(join(tmpdir(), 'golden-path-environments-'));
  try {
    for (const [name, changes] of Object.entries(files)) {
      writeFileSync(join(folder, `${name}.yaml`), JSON.stringify(fileWith(['name', name], ...changes)));
    }
    return bundledEnvironments(folder);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function at(auth: string, backend: string): readonly Change[] {
  return [
    ['services.auth.url', auth],
    ['services.backend.url', backend],
  ];
}

const away = 'https://api.demo.example';

describe('The environments of a bundle', () => {
  it('are those whose services are out there', () => {
    assert.deepEqual(Object.keys(built({ sandbox: [], staging: [] })), [
      'environments/sandbox.json',
      'environments/staging.json',
    ]);
  });

  for (const here of ['http://127.0.0.1:4100', 'http://127.9.9.9:4100', 'http://localhost:4100', 'http://[::1]:4100']) {
    it(`are not those whose services are all on this machine, as at ${here}, whatever their name`, () => {
      const other = here.replace('4100', '4101');
      assert.deepEqual(Object.keys(built({ production: at(here, other), staging: [] })), ['environments/staging.json']);
    });

    it(`are refused when one of several services is at ${here}`, () => {
      const files = Object.entries(built({ mixed: at(here, away) }));
      const bundle = new Map(files.map(([path, text]) => [path, Buffer.from(text)]));
      const [found = '', ...more] = forbiddenIn(bundle, root);
      assert.match(found, /^environments\/mixed\.json holds an address of the machine it runs on: /);
      assert.deepEqual(more, []);
    });
  }

  it('are told of a mistake in any file, also in one that stays behind', () => {
    assert.throws(
      () => built({ local: [...at('http://127.0.0.1:1', 'http://127.0.0.1:2'), ['steps.auth.login.kind', 'magic']] }),
      /an environment file is wrong:\n {2}local\.yaml:1:\d+: error: .*found "magic"/,
    );
  });
});
