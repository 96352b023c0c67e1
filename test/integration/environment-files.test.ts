/** Environments from real files and directories, and from JSON in a variable. */
import assert from 'node:assert/strict';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';

import { sourceLengthMax } from '../../shared/core/environment/source.ts';
import { environmentsMax, loadEnvironments } from '../../shared/io/environment-files.ts';
import { fileWith } from '../support/environment-file.ts';

let directory = '';

before(async () => {
  directory = await mkdtemp(join(tmpdir(), 'golden-path-'));
});

after(async () => {
  await rm(directory, { recursive: true });
});

/** Writes files into a directory of their own. */
async function written(files: Readonly<Record<string, string | Uint8Array>>): Promise<string> {
  const path = await mkdtemp(join(directory, 'case-'));
  for (const [name, content] of Object.entries(files)) {
    await writeFile(join(path, name), content);
  }
  return path;
}

const demo = JSON.stringify(fileWith(), null, 2);
const other = JSON.stringify(fileWith(['name', 'other']), null, 2);

async function names(source: string): Promise<readonly string[]> {
  const loaded = await loadEnvironments(source);
  assert.ok(loaded.ok, JSON.stringify(loaded));
  return loaded.environments.map(({ environment }) => environment.name);
}

/** The problems, with file names relative to the directory of the case. */
async function problems(source: string, path = directory): Promise<readonly string[]> {
  const loaded = await loadEnvironments(source);
  assert.ok(!loaded.ok, 'there should be problems');
  return loaded.problems.map(({ file, line, column, message }) =>
    `${file}:${line}:${column} ${message}`.replaceAll(`${path}/`, ''),
  );
}

describe('environments', () => {
  it('come from one YAML file', async () => {
    const path = await written({ 'demo.yaml': `# a comment\n${demo}` });
    assert.deepEqual(await names(join(path, 'demo.yaml')), ['demo']);
  });

  it('come from one JSON file, with one of them or with several', async () => {
    const path = await written({ 'one.json': demo, 'two.json': `[${demo}, ${other}]` });
    assert.deepEqual(await names(join(path, 'one.json')), ['demo']);
    assert.deepEqual(await names(join(path, 'two.json')), ['demo', 'other']);
  });

  it('come from all files of a directory, in the order of their names, but not from the schema', async () => {
    const path = await written({ 'b.yaml': demo, 'a.json': other, 'schema.json': '{}', 'README.md': '#' });
    assert.deepEqual(await names(path), ['other', 'demo']);
  });

  it('come from the directory that is shipped', async () => {
    assert.deepEqual(await names('infra/environments'), ['netra-staging', 'sandbox']);
  });

  it('come from JSON as it is', async () => {
    assert.deepEqual(await names(demo), ['demo']);
    assert.deepEqual(await names(`\n [${demo},${other}]`), ['demo', 'other']);
  });

  it('bring their warnings along', async () => {
    const loaded = await loadEnvironments(JSON.stringify(fileWith(['steps.auth.refusals', []])));
    assert.ok(loaded.ok);
    assert.deepEqual(
      loaded.warnings.map(({ file, path }) => [file, path]),
      [['GOLDEN_PATH_ENVIRONMENTS', 'steps.auth.refusals']],
    );
  });
});

describe('problems', () => {
  it('of all files are told at once', async () => {
    const path = await written({ 'a.yaml': 'name: [', 'b.yaml': demo.replace('"demo"', '"Demo"'), 'c.yaml': other });
    const told = await problems(path, path);
    assert.equal(told.length, 2);
    assert.match(told[0] ?? '', /^a\.yaml:1:8 /);
    assert.match(told[1] ?? '', /^b\.yaml:2:11 found "Demo"/);
  });

  it('are a name that stands in two files', async () => {
    const path = await written({ 'a.yaml': demo, 'b.yaml': demo });
    assert.deepEqual(await problems(path, path), ['b.yaml:2:11 `demo` is also the name of the one in a.yaml']);
  });

  it('are a name that stands twice in one text', async () => {
    const told = await problems(`[\n${demo},\n${demo}]`);
    assert.deepEqual(
      told.map((line) => line.replace(/:\d+:\d+ /, ': ')),
      ['GOLDEN_PATH_ENVIRONMENTS: `demo` is also the name of the one in GOLDEN_PATH_ENVIRONMENTS'],
    );
  });

  it('are a path where nothing is, and one of something else', async () => {
    assert.deepEqual(await problems('/nowhere/at.all'), ['/nowhere/at.all:1:1 cannot be read (ENOENT)']);
    assert.deepEqual(await problems('/dev/null'), ['/dev/null:1:1 is neither a file nor a directory']);
    assert.deepEqual(await problems(''), ['GOLDEN_PATH_ENVIRONMENTS:1:1 is empty, allowed: a path, or JSON']);
  });

  it('are a directory without files, and one with too many', async () => {
    const empty = await written({ 'schema.json': '{}' });
    assert.deepEqual(await problems(empty), [
      `${empty.replace(`${directory}/`, '')}:1:1 has no *.yaml, *.yml or *.json file`,
    ]);
    const count = environmentsMax + 1;
    const crowded = await written(
      Object.fromEntries(
        Array.from({ length: count }, (_, at) => [`e${at}.json`, JSON.stringify(fileWith(['name', `e${at}`]))]),
      ),
    );
    assert.deepEqual(await problems(crowded), [
      `${crowded.replace(`${directory}/`, '')}:1:1 has ${count} files, allowed: at most ${environmentsMax}`,
    ]);
  });

  it('are a file that is too large, and one that is no text', async () => {
    const size = 3 * sourceLengthMax + 1;
    const path = await written({ 'large.yaml': '#'.repeat(size), 'binary.yaml': new Uint8Array([0x61, 0xff, 0xfe]) });
    assert.deepEqual(await problems(path, path), [
      'binary.yaml:1:1 is not UTF-8',
      `large.yaml:1:1 has ${size} bytes, allowed: at most ${3 * sourceLengthMax}`,
    ]);
  });

  it('are not a directory with the name of a file', async () => {
    const path = await written({ 'a.yaml': demo });
    await mkdir(join(path, 'b.yaml'));
    assert.deepEqual(await problems(path, path), [`b.yaml:1:1 has no *.yaml, *.yml or *.json file`]);
  });
});
