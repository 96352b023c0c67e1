/** `docs/operations.md` lists every environment variable that the code reads, and none that nothing reads. */
import assert from 'node:assert/strict';
import { globSync, readFileSync } from 'node:fs';
import { describe, it } from 'node:test';

const root = new URL('../../', import.meta.url);

/** The command `npm run build` says what it sets for its rehearsal; the page runs in a browser. */
const files = globSync(['shared/**/*.ts', 'functions/**/*.ts'], {
  cwd: root,
  exclude: ['shared/build/**', 'shared/local/page/browser/**'],
});

/** Read by Google's client, which is told nothing of it. */
const readByLibraries = ['FIRESTORE_EMULATOR_HOST'];

/** Names that an environment file gives its secrets; the table has one row for all of them. */
const secretsOfSandbox = ['SANDBOX_LOGIN_KEY', 'SANDBOX_JWT_SECRET'];

/** The names in capitals of every file that has anything to do with variables. */
function readByCode(): ReadonlySet<string> {
  const texts = files.map((file) => readFileSync(new URL(file, root), 'utf8'));
  const reading = texts.filter((text) => /process\.env|\bvariables?\b/.test(text));
  const names = reading.flatMap((text) => [...text.matchAll(/'([A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+|USER)'/g)]);
  return new Set(names.map(([, name = '']) => name)).difference(new Set(secretsOfSandbox));
}

function documented(): ReadonlySet<string> {
  const page = readFileSync(new URL('docs/operations.md', root), 'utf8');
  const [, table = ''] = /## Environment variables\n([^]*?)\n#/.exec(page) ?? [];
  return new Set([...table.matchAll(/`([A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+|USER)`/g)].map(([, name = '']) => name));
}

describe('the table of environment variables', () => {
  it('has what the code reads, and nothing else', () => {
    const read = readByCode();
    assert.ok(read.has('GOLDEN_PATH_ENVIRONMENTS') && read.has('GCE_METADATA_HOST') && read.size > 12);
    const form = new Set(['NAME_FILE']);
    assert.deepEqual(
      [...documented().difference(form)].toSorted(byName),
      [...read.union(new Set(readByLibraries))].toSorted(byName),
    );
  });

  it('is about reads that can be found: none goes by a name that was put together, but for secrets', () => {
    const composed = files.filter((file) => /process\.env\[(?!')/.test(readFileSync(new URL(file, root), 'utf8')));
    assert.deepEqual(composed, []);
  });
});

function byName(a: string, b: string): number {
  return a < b ? -1 : 1;
}
