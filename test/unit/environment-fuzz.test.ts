/** Files that are broken at random: never an exception, always an environment or problems, and those inside the text. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, it } from 'node:test';

import * as fc from 'fast-check';

import type { Problem } from '../../shared/core/environment/finding.ts';
import { parseEnvironment } from '../../shared/core/environment/parse.ts';
import { type Parsed, parseEnvironmentsJson } from '../../shared/core/environment/parse-source.ts';
import { secretNamesOf } from '../../shared/core/environment/secret-names.ts';
import { lintEnvironment } from '../../shared/core/lint/lint.ts';
import { fileWith } from '../support/environment-file.ts';
import { fuzzed, fuzzName } from '../support/fuzz.ts';
import { blow, struck } from '../support/mutate.ts';

function assertSound(parsed: Parsed, text: string): void {
  if (!parsed.ok) {
    assert.ok(parsed.problems.some(({ severity }) => severity === 'error'));
    assertInside(parsed.problems, text);
    return;
  }
  assertInside(parsed.warnings, text);
  const { findings } = lintEnvironment(parsed.environment);
  const references = secretNamesOf(parsed.environment).map(
    ({ path }) => ({ severity: 'error', path, message: '' }) as const,
  );
  assertInside(parsed.place([...findings, ...references]), text);
}

function assertInside(problems: readonly Problem[], text: string): void {
  const lines = text.split('\n');
  for (const { line, column } of problems) {
    const length = lines[line - 1]?.length;
    assert.ok(length !== undefined && column >= 1 && column <= length + 1, `${line}:${column} is outside of the text`);
  }
}

describe(fuzzName('files broken at random'), () => {
  for (const name of ['netra-staging', 'sandbox']) {
    it(`are judged soundly when they come from ${name}.yaml`, () => {
      const good = readFileSync(`infra/environments/${name}.yaml`, 'utf8');
      fc.assert(
        fc.property(fc.array(blow, { minLength: 1, maxLength: 4 }), (blows) => {
          const text = blows.reduce(struck, good);
          assertSound(parseEnvironment(text, `${name}.yaml`), text);
        }),
        fuzzed(200),
      );
    });
  }

  it('are judged soundly when they are JSON, in both ways', () => {
    const good = JSON.stringify(fileWith(), null, 2);
    fc.assert(
      fc.property(fc.array(blow, { minLength: 1, maxLength: 3 }), (blows) => {
        const text = blows.reduce(struck, good);
        for (const parsed of [...parseEnvironmentsJson(text, 'demo.json'), parseEnvironment(text, 'demo.json')]) {
          assertSound(parsed, text);
        }
      }),
      fuzzed(200),
    );
  });

  it('are judged soundly when a value anywhere is another one', () => {
    const paths = pathsIn(fileWith());
    const values = fc.oneof(
      fc.constantFrom<unknown>(null, true, 0, -1, 1e9, '', 'x', [], {}, [[]], { kind: 'none' }),
      fc.jsonValue({ maxDepth: 2 }),
    );
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.constantFrom(...paths), values), { minLength: 1, maxLength: 3 }), (changes) => {
        const text = JSON.stringify(changes.reduce(changedFile, fileWith()));
        assertSound(parseEnvironment(text, 'demo.yaml'), text);
      }),
      fuzzed(200),
    );
  });

  it('never give away what stands in the place of a secret', () => {
    const secret = fc.string({ unit: fc.constantFrom(...Array.from('abcXYZ019_-.+/=')), minLength: 12, maxLength: 60 });
    fc.assert(
      fc.property(secret, (value) => {
        const file = fileWith(['steps.auth.login.keySecret', value], ['steps.auth.token.verification.secret', value]);
        const parsed = parseEnvironment(JSON.stringify(file), 'demo.yaml');
        assert.ok(parsed.ok || !JSON.stringify(parsed.problems).includes(value));
      }),
      fuzzed(200),
    );
  });
});

function pathsIn(value: unknown): readonly string[] {
  return typeof value === 'object' && value !== null
    ? Object.entries(value).flatMap(([key, inner]: [string, unknown]) => pathsBehind(key, inner))
    : [];
}

function pathsBehind(key: string, value: unknown): readonly string[] {
  return [key, ...pathsIn(value).map((path) => `${key}.${path}`)];
}

/** The file with one value changed, as far as an earlier change has left a way to it. */
function changedFile(
  file: Record<string, unknown>,
  [path, value]: readonly [string, unknown],
): Record<string, unknown> {
  const [key, ...rest] = path.split('.');
  const inner = file[key ?? ''];
  if (rest.length === 0 || typeof inner !== 'object' || inner === null) {
    return { ...file, [key ?? '']: value };
  }
  const changed = changedFile({ ...inner }, [rest.join('.'), value]);
  return { ...file, [key ?? '']: Array.isArray(inner) ? Object.values(changed) : changed };
}
