/** The JSON Schema and the reference are those of the definition, and the schema judges as the parser does. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, it } from 'node:test';

import { Ajv } from 'ajv';
import { parse as parseYaml } from 'yaml';

import { generatedFiles } from '../../shared/cli/schema.ts';
import { environmentSchema } from '../../shared/core/environment/definition.ts';
import { type Key, type Shape, shapeOf } from '../../shared/core/environment/shape.ts';
import { validate } from '../../shared/core/environment/validate.ts';
import { type Change, fileWith } from '../support/environment-file.ts';

const schemaPath = 'infra/environments/schema.json';
const referencePath = 'docs/environment-file.md';
const hint = 'run `npm run schema`';

describe('generated files', () => {
  const generated = generatedFiles();

  it('hold the schema of the present definition', () => {
    const committed: unknown = JSON.parse(readFileSync(schemaPath, 'utf8'));
    assert.deepEqual(committed, JSON.parse(generated[schemaPath] ?? ''), hint);
  });

  it('hold the reference of the present definition', () => {
    assert.equal(readFileSync(referencePath, 'utf8'), generated[referencePath], hint);
  });

  it('give Terraform the defaults that it reads', () => {
    const { properties } = JSON.parse(generated[schemaPath] ?? '');
    assert.equal(properties.cadenceSeconds.default, 300);
    assert.equal(properties.policy.properties.confirmAfterMs.default, 3_000);
    assert.equal(properties.steps.properties.agent.properties.deadlineSeconds.default, 120);
  });
});

/** Every key of every object, by its path. */
function keysIn(shape: Shape, path: string): readonly (readonly [path: string, key: Key])[] {
  switch (shape.kind) {
    case 'object':
      return [...shape.keys].flatMap(([name, key]) => keysBehind(`${path}.${name}`, key));
    case 'variant':
      return [...shape.variants].flatMap(([name, variant]) => keysIn(variant, `${path}(${name})`));
    case 'record':
      return keysIn(shape.value, `${path}.*`);
    case 'list':
      return keysIn(shape.item, `${path}[]`);
    case 'choice':
    case 'scalar':
      return [];
  }
}

function keysBehind(path: string, key: Key): readonly (readonly [path: string, key: Key])[] {
  return [[path, key], ...keysIn(key.shape, path)];
}

describe('every key', () => {
  const keys = keysIn(shapeOf(environmentSchema), '');
  const reference = readFileSync(referencePath, 'utf8');

  it('has a sentence that says what it is', () => {
    const silent = keys.filter(([, { about }]) => about === null || !/[.…]$/.test(about));
    assert.deepEqual(
      silent.map(([path]) => path),
      [],
    );
    assert.ok(keys.length > 150);
  });

  it('is in the reference', () => {
    const missing = keys.filter(([path]) => {
      const name = path.split('.').at(-1) ?? '';
      return (
        !reference.includes(`**\`${name}\`**`) &&
        !reference.includes(`\`${name}: `) &&
        !reference.includes(`With \`${name}`)
      );
    });
    assert.deepEqual(
      missing.map(([path]) => path),
      [],
    );
  });
});

describe('schema and parser', () => {
  const schema: unknown = JSON.parse(readFileSync(schemaPath, 'utf8'));
  assert.ok(typeof schema === 'object' && schema !== null);
  const allows = new Ajv({ strict: true, allErrors: true, formats: {} }).compile(schema);
  const agree = (value: unknown, isGood: boolean): void => {
    assert.equal(allows(value), isGood, JSON.stringify(allows.errors));
    assert.equal(validate(value).environment !== null, isGood, 'parser');
  };

  for (const name of ['netra-staging', 'sandbox']) {
    it(`both take ${name}.yaml`, () => {
      agree(parseYaml(readFileSync(`infra/environments/${name}.yaml`, 'utf8')), true);
    });
  }

  const good: readonly Change[] = [
    ['cadenceSeconds', 5],
    ['cadenceSeconds', 3_600],
    ['services.a-1', { url: 'http://127.0.0.1:80', revision: { from: 'json', path: '/v', jsonPath: 'a.*.b' } }],
    ['control', { url: 'https://example.org/a?b=c', statuses: [204] }],
    ['steps.auth.login', { kind: 'client_credentials', path: '/token', clientIdSecret: 'A', clientSecretSecret: 'B' }],
    ['steps.auth.token.verification', { kind: 'none' }],
    ['steps.health.documents.0.assertions', [{ path: 'a', oneOf: [1, 'b', true] }]],
    ['steps.websocket.offer', []],
    ['dialect', { kind: 'generic', question: { type: 'a', textPath: 'b' }, events: { started: 'a', completed: 'b' } }],
    ['policy.steps', { auth: { fire: { failures: 1, of: 1 } } }],
    ['maintenance', [{ from: '2026-01-01T00:00Z', to: '2026-01-01T01:00+01:00', expect: 'down', reason: 'x' }]],
    ['limits', {}],
    ['slack', undefined],
  ];
  for (const [index, change] of good.entries()) {
    it(`both take ${change[0]} (good ${index + 1})`, () => {
      agree(fileWith(change), true);
    });
  }

  const bad: readonly Change[] = [
    ['name', undefined],
    ['name', 'Demo'],
    ['name', 'a'.repeat(41)],
    ['title', ''],
    ['title', 'a'.repeat(301)],
    ['title', null],
    ['x', 1],
    ['services', {}],
    ['services', []],
    ['services.auth.url', 'https://auth.demo.example/'],
    ['services.auth.url', 'ftp://auth.demo.example'],
    ['services.Big', { url: 'https://auth.demo.example' }],
    ['services.auth.revision', { from: 'git' }],
    ['services.auth.revision', { from: 'header' }],
    ['control', { url: 'example.org' }],
    ['cadenceSeconds', 4],
    ['cadenceSeconds', 3_601],
    ['cadenceSeconds', 60.5],
    ['cadenceSeconds', '60'],
    ['regions', []],
    ['dialect', { kind: 'klingon' }],
    ['dialect', { kind: 'netra', version: 'b9' }],
    ['steps.login', {}],
    ['steps.auth.login.kind', 'password'],
    ['steps.auth.login.keySecret', 'lower_case'],
    ['steps.auth.refusals', ['anything']],
    ['steps.health.documents', []],
    ['steps.health.documents', Array.from({ length: 21 }, (_, at) => ({ id: `d${at}`, service: 'auth' }))],
    ['steps.health.documents.0.statuses', [99]],
    ['steps.health.documents.0.path', '//evil.example'],
    ['steps.websocket.offer', ['a b']],
    ['steps.websocket.headers', { 'A B': 'c' }],
    ['steps.agent.keepAnswerText', 'no'],
    ['policy.fire', { failures: 0, of: 3 }],
    ['policy.fire', { failures: 1 }],
    ['policy.slower', { runs: 2 }],
    ['maintenance', [{ from: 'now', to: 'later', expect: 'down', reason: 'x' }]],
    ['limits', { requestsPerMinute: 0 }],
  ];
  for (const [index, change] of bad.entries()) {
    it(`both refuse ${change[0]} (bad ${index + 1})`, () => {
      agree(fileWith(change), false);
    });
  }
});
