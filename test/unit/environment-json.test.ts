/** The way for JSON, which needs no YAML parser, says the same as the way for YAML. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { describe, it } from 'node:test';

import * as fc from 'fast-check';

import { parseEnvironment } from '../../shared/core/environment/parse.ts';
import { parseEnvironmentsJson } from '../../shared/core/environment/parse-source.ts';
import { readJson } from '../../shared/core/environment/json-source.ts';
import { sourceDepthMax, sourceLengthMax } from '../../shared/core/environment/source.ts';
import { type Change, fileWith } from '../support/environment-file.ts';

/** The problems of a text, as `line:column path: message`. */
function told(text: string): readonly string[] {
  return parseEnvironmentsJson(text, 'demo.json').flatMap((parsed) =>
    (parsed.ok ? parsed.warnings : parsed.problems).map(
      ({ line, column, path, message }) => `${line}:${column} ${path === '' ? '' : `${path}: `}${message}`,
    ),
  );
}

describe('an environment in JSON', () => {
  const changes: readonly (readonly Change[])[] = [
    [],
    [['cadenceSeconds', 1]],
    [
      ['x', 1],
      ['steps.auth.login.kind', 'nothing'],
      ['regions', ['a', 'a']],
    ],
    [
      ['steps.auth', []],
      ['slack', undefined],
    ],
    [
      ['steps.websocket.service', 'nowhere'],
      ['services.other', { url: 'https://other.demo.example' }],
    ],
  ];
  for (const [index, change] of changes.entries()) {
    it(`is judged as by the way for YAML (${index + 1} of ${changes.length})`, () => {
      const text = JSON.stringify(fileWith(...change), null, 2);
      const [parsed, ...others] = parseEnvironmentsJson(text, 'demo.json');
      assert.deepEqual(others, []);
      assert.deepEqual({ ...parsed, place: null }, { ...parseEnvironment(text, 'demo.json'), place: null });
    });
  }

  it('may stand in a list with others, whose problems are placed in the whole text', () => {
    const text = JSON.stringify([fileWith(), fileWith(['cadenceSeconds', 1], ['name', 'other'])], null, 2);
    const [first, second] = parseEnvironmentsJson(text, 'both.json');
    assert.ok(first?.ok && second !== undefined && !second.ok);
    const [problem] = second.problems;
    assert.equal(text.split('\n')[(problem?.line ?? 0) - 1]?.trim(), '"cadenceSeconds": 1');
  });

  it('may not stand in an empty list', () => {
    const [problem, ...others] = told('[]');
    assert.deepEqual(others, []);
    assert.match(problem ?? '', /^1:1 found a list of 0, allowed: an object with `name`/);
  });

  it('needs no YAML parser', () => {
    const script = `
      const { parseEnvironmentsJson } = await import('./shared/core/environment/parse-source.ts');
      const [parsed] = parseEnvironmentsJson(process.argv[1], 'demo.json');
      const { createRequire } = await import('node:module');
      const yaml = Object.keys(createRequire(import.meta.url).cache).filter((path) => path.includes('/yaml/'));
      console.log(JSON.stringify({ ok: parsed.ok, yaml }));`;
    const args = ['--input-type=module', '--eval', script, JSON.stringify(fileWith())];
    const { stdout, stderr } = spawnSync(process.execPath, args, { encoding: 'utf8' });
    assert.deepEqual(JSON.parse(stdout || '{}'), { ok: true, yaml: [] }, stderr);
  });
});

describe('a text that is not JSON', () => {
  const table: readonly [text: string, problem: string][] = [
    ['', '1:1 the document ends too early'],
    ['  ', '1:3 the document ends too early'],
    ['{', '1:2 is not JSON: a key in double quotes and a colon should be here'],
    ['{"name": "demo",}', '1:17 is not JSON: a key in double quotes and a colon should be here'],
    ['{"name" "demo"}', '1:9 is not JSON: a key in double quotes and a colon should be here'],
    ['{"name": demo}', '1:10 is not JSON: a value should be here'],
    ['{"name": "demo"', '1:16 is not JSON: a comma or the closing brace should be here'],
    ['{"name": "a\nb"}', '1:10 is not JSON: a value should be here'],
    ['{"name": "\\x"}', '1:10 is not JSON: a value should be here'],
    ['{"regions": ["a" "b"]}', '1:18 is not JSON: a comma or the closing bracket should be here'],
    ['{"regions": [01]}', '1:15 is not JSON: a comma or the closing bracket should be here'],
    ['{} {}', '1:4 something follows the end of the document; allowed: one document'],
    ['nul', '1:1 is not JSON: a value should be here'],
  ];
  for (const [text, problem] of table) {
    it(`is told with its place: ${JSON.stringify(text)}`, () => {
      assert.deepEqual(told(text), [problem]);
    });
  }

  it('is told when it is nested too deeply, or too long', () => {
    for (const opening of ['[', '{"a":']) {
      const text = opening.repeat(sourceLengthMax / 8);
      assert.match(told(text).join('\n'), new RegExp(`allowed: ${sourceDepthMax} levels$`));
    }
    assert.match(told(' '.repeat(sourceLengthMax + 1)).join('\n'), new RegExp(`allowed: at most ${sourceLengthMax}$`));
  });

  it('is told when a key stands twice', () => {
    assert.ok(told('{"name": "a",\n "name": "b"}').includes('2:2 this key has been given before; each key only once'));
  });
});

describe('reading JSON', () => {
  it('gives what JSON.parse gives, with each value where it stands', () => {
    const seed = 20_261_124;
    fc.assert(
      fc.property(fc.json({ depthSize: 'medium' }), fc.integer({ min: 0, max: 4 }), (json, indent) => {
        const value: unknown = JSON.parse(json);
        const text = JSON.stringify(value, null, indent);
        const { root, problems } = readJson(text, 'x.json');
        assert.deepEqual(problems, []);
        assert.equal(JSON.stringify(root?.value), JSON.stringify(value));
        const scalarStart = JSON.stringify(value).charAt(0);
        assert.equal(text.charAt(root?.offset ?? -1), scalarStart);
      }),
      { seed, numRuns: 500 },
    );
  });

  it('refuses what JSON.parse refuses', () => {
    const seed = 20_261_125;
    const character = fc.constantFrom(...Array.from('{}[]",:0123456789.eE+-truefalsn\\ \n'));
    fc.assert(
      fc.property(fc.string({ unit: character, maxLength: 40 }), (text) => {
        const { root, problems } = readJson(text, 'x.json');
        const isDoubled = problems.some(({ message }) => message.startsWith('this key has been given'));
        assert.equal(root !== null && (problems.length === 0 || isDoubled), isJson(text), JSON.stringify(text));
      }),
      { seed, numRuns: 5_000 },
    );
  });
});

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}
