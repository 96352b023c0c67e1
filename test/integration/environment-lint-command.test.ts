/** `golden-path lint` as people and pipelines use it. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';

import { lintCommand } from '../../shared/cli/lint.ts';
import { fileWith } from '../support/environment-file.ts';

let directory = '';

before(async () => {
  directory = await mkdtemp(join(tmpdir(), 'golden-path-'));
  await writeFile(join(directory, 'good.yaml'), JSON.stringify(fileWith(), null, 2));
  await writeFile(
    join(directory, 'warned.yaml'),
    JSON.stringify(fileWith(['name', 'warned'], ['slack', undefined]), null, 2),
  );
  await writeFile(join(directory, 'bad.yaml'), 'name: bad\ntitle: 5\n');
  await writeFile(join(directory, 'twin.yaml'), JSON.stringify(fileWith(), null, 2));
});

after(async () => {
  await rm(directory, { recursive: true });
});

async function lint(...args: readonly string[]): Promise<{ code: number; out: readonly string[] }> {
  const out: string[] = [];
  const code = await lintCommand.run(args, { out: (line) => out.push(line), err: (line) => out.push(`err ${line}`) });
  return { code, out: out.map((line) => line.replaceAll(`${directory}/`, '')) };
}

const at = (name: string): string => join(directory, name);

describe('golden-path lint', () => {
  it('says that a good file is good', async () => {
    assert.deepEqual(await lint(at('good.yaml')), { code: 0, out: ['0 errors, 0 warnings'] });
  });

  it('takes warnings for no failure', async () => {
    const { code, out } = await lint(at('warned.yaml'));
    assert.equal(code, 0);
    assert.deepEqual(out, [
      'warned.yaml:1:1: warning: has no `slack`: incidents are recorded, and nobody is told',
      '0 errors, 1 warning',
    ]);
  });

  it('judges all files, good ones too when others are bad', async () => {
    const { code, out } = await lint(at('bad.yaml'), at('warned.yaml'));
    assert.equal(code, 1);
    assert.deepEqual(out, [
      'bad.yaml:1:1: error: services: is missing, allowed: an object',
      'bad.yaml:1:1: error: steps: is missing, allowed: an object with `auth`, `health`, `websocket` and `agent`',
      'bad.yaml:2:8: error: title: found the number 5, allowed: a text that is not empty, at most 300 characters',
      'warned.yaml:1:1: warning: has no `slack`: incidents are recorded, and nobody is told',
      '3 errors, 1 warning',
    ]);
  });

  it('finds names that stand in two files', async () => {
    const { code, out } = await lint(at('good.yaml'), at('twin.yaml'));
    assert.equal(code, 1);
    assert.deepEqual(out, [
      'twin.yaml:2:11: error: name: `demo` is also the name of the one in good.yaml',
      '1 error, 0 warnings',
    ]);
  });

  it('judges the shipped files when none is named', async () => {
    const { code, out } = await lint();
    assert.equal(code, 0, out.join('\n'));
    assert.match(out.at(-1) ?? '', /^0 errors, /);
  });

  it('gives machines everything as one object', async () => {
    const { code, out } = await lint('--json', at('warned.yaml'));
    assert.equal(code, 0);
    const { errors, warnings, problems, environments } = JSON.parse(out.join('\n'));
    assert.deepEqual([errors, warnings, problems.length], [0, 1, 1]);
    assert.deepEqual([environments[0].name, environments[0].file], ['warned', 'warned.yaml']);
    assert.deepEqual(environments[0].rules[0], {
      step: 'auth',
      rule: 'fire',
      firesAfterRuns: 2,
      firesAfterSeconds: 600,
      recoversAfterRuns: 2,
    });
  });

  it('gives machines what never happens as null', async () => {
    const file = fileWith(
      ['name', 'starved'],
      ['steps.agent.runsPerDayMax', 1],
      ['policy.steps.agent', { fire: { failures: 50, of: 50 } }],
    );
    await writeFile(at('starved.yaml'), JSON.stringify(file));
    const { code, out } = await lint('--json', at('starved.yaml'), at('bad.yaml'));
    assert.equal(code, 1);
    const { environments } = JSON.parse(out.join('\n'));
    assert.equal(environments.length, 1);
    const never = {
      step: 'agent',
      rule: 'fire',
      firesAfterRuns: null,
      firesAfterSeconds: null,
      recoversAfterRuns: null,
    };
    assert.ok(environments[0].rules.some((rule: unknown) => JSON.stringify(rule) === JSON.stringify(never)));
  });

  it('ends with 2 when it is used wrongly, and explains itself when asked', () => {
    const run = (...args: readonly string[]) =>
      spawnSync(process.execPath, ['shared/cli/main.ts', 'lint', ...args], { encoding: 'utf8' });
    const wrong = run('--jsn');
    assert.equal(wrong.status, 2, wrong.stderr);
    assert.match(wrong.stderr, /--jsn/);
    const help = run('--help');
    assert.equal(help.status, 0, help.stderr);
    assert.match(help.stdout, /^Usage: golden-path lint/);
  });
});
