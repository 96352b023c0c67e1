/** The dependency direction is not a habit but a rule: lint refuses each kind of wrong import, in a tree of its own. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { after, describe, it } from 'node:test';

const root = new URL('../..', import.meta.url).pathname;

interface Row {
  readonly file: string;
  readonly code: string;
  /** Part of the message, or null when the code is allowed. */
  readonly refused: string | null;
}

const rows: readonly Row[] = [
  {
    file: 'shared/core/a.ts',
    code: "import { readFileSync } from 'node:fs';\nexport const a = readFileSync;",
    refused: 'The core is pure',
  },
  {
    file: 'shared/core/b.ts',
    code: "import { Client } from 'undici';\nexport const b = Client;",
    refused: 'belong in shared/io',
  },
  {
    file: 'shared/core/c.ts',
    code: "import { x } from '../io/http.ts';\nexport const c = x;",
    refused: 'only the core',
  },
  { file: 'shared/core/d.ts', code: 'export const d = Date.now();', refused: 'Time is an argument' },
  { file: 'shared/core/e.ts', code: 'export const e = Math.random();', refused: 'Randomness is an argument' },
  { file: 'shared/core/f.ts', code: "export const f = process.env['X'];", refused: 'environment is read' },
  { file: 'shared/core/g.ts', code: "export const g = fetch('http://127.0.0.1');", refused: 'network belongs' },
  { file: 'shared/core/h.ts', code: 'export const h = setTimeout(() => undefined, 1);', refused: 'Timers belong' },
  { file: 'shared/core/i.ts', code: "import * as v from 'valibot';\nexport const i = v.string();", refused: null },
  { file: 'shared/io/a.ts', code: "import { x } from '../run/run.ts';\nexport const a = x;", refused: 'core only' },
  {
    file: 'shared/io/b.ts',
    code: "import { x } from '../../functions/index.ts';\nexport const b = x;",
    refused: 'Nothing in shared',
  },
  { file: 'shared/io/c.ts', code: "import { x } from '../core/step.ts';\nexport const c = x;", refused: null },
  {
    file: 'shared/run/a.ts',
    code: "import { x } from '../io/http.ts';\nexport const a = x;",
    refused: 'through ports',
  },
  {
    file: 'shared/local/a.ts',
    code: "import { x } from '../../test/sandbox/sandbox.ts';\nexport const a = x;",
    refused: 'outside test',
  },
  {
    file: 'functions/auth/a.ts',
    code: "import { x } from '../health/probe.ts';\nexport const a = x;",
    refused: 'another probe',
  },
  {
    file: 'functions/agent/a.ts',
    code: "import { x } from '../websocket/probe.ts';\nexport const a = x;",
    refused: 'another probe',
  },
  {
    file: 'functions/auth/b.ts',
    code: "import { x } from '../../shared/run/run.ts';\nexport const b = x;",
    refused: 'another probe',
  },
  {
    file: 'functions/auth/c.ts',
    code: "import { x } from '../../shared/io/http.ts';\nexport const c = x;",
    refused: null,
  },
];

describe('the lint rules', () => {
  const tree = mkdtempSync(join(tmpdir(), 'golden-path-lint-'));
  after(() => rmSync(tree, { recursive: true }));

  cpSync(join(root, '.oxlintrc.json'), join(tree, '.oxlintrc.json'));
  for (const { file, code } of rows) {
    mkdirSync(dirname(join(tree, file)), { recursive: true });
    writeFileSync(join(tree, file), `${code}\n`);
  }
  const lint = spawnSync(process.execPath, [join(root, 'node_modules/oxlint/bin/oxlint'), '--format=json'], {
    cwd: tree,
    encoding: 'utf8',
  });
  const told: unknown = JSON.parse(lint.stdout);

  for (const { file, refused } of rows) {
    it(refused === null ? `allow ${file}` : `refuse ${file}: ${refused}`, () => {
      const messages = messagesOf(told, file);
      if (refused === null) {
        assert.deepEqual(messages, []);
      } else {
        assert.ok(
          messages.some((message) => message.includes(refused)),
          `told: ${JSON.stringify(messages)}`,
        );
      }
    });
  }

  it('find a cycle', () => {
    writeFileSync(join(tree, 'shared/core/x.ts'), "import { y } from './y.ts';\nexport const x = (): unknown => y;\n");
    writeFileSync(join(tree, 'shared/core/y.ts'), "import { x } from './x.ts';\nexport const y = (): unknown => x;\n");
    const { stdout } = spawnSync(
      process.execPath,
      [join(root, 'node_modules/oxlint/bin/oxlint'), 'shared/core/x.ts', 'shared/core/y.ts'],
      {
        cwd: tree,
        encoding: 'utf8',
      },
    );
    assert.match(stdout, /import\(no-cycle\)/);
  });
});

function messagesOf(told: unknown, file: string): readonly string[] {
  assert.ok(typeof told === 'object' && told !== null && 'diagnostics' in told && Array.isArray(told.diagnostics));
  return told.diagnostics.flatMap((diagnostic: { filename: string; message: string; help?: string; code: string }) =>
    diagnostic.filename.endsWith(file) && diagnostic.code.includes('no-restricted')
      ? [`${diagnostic.message} ${diagnostic.help ?? ''}`]
      : [],
  );
}
