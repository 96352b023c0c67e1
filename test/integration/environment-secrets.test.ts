/** Secrets from variables and files, and their rotation. The values are made here, at random. */
import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { mkdtemp, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { inspect } from 'node:util';

import type { ParsedEnvironment } from '../../shared/core/environment/parse-source.ts';
import { parseEnvironmentsJson } from '../../shared/core/environment/parse-source.ts';
import { readSecrets, type SecretOptions } from '../../shared/io/secrets.ts';
import { fileWith } from '../support/environment-file.ts';

let directory = '';

before(async () => {
  directory = await mkdtemp(join(tmpdir(), 'golden-path-'));
});

after(async () => {
  await rm(directory, { recursive: true });
});

const parsed = parseEnvironmentsJson(
  JSON.stringify([fileWith(), fileWith(['name', 'other'])], null, 2),
  'demo.json',
).filter((each): each is ParsedEnvironment => each.ok);

function made(): string {
  return randomBytes(16).toString('hex');
}

async function fileHolding(content: string): Promise<string> {
  const path = join(await mkdtemp(join(directory, 'secret-')), 'value');
  await writeFile(path, content);
  return path;
}

type Variables = Readonly<Record<string, string | undefined>>;

async function read(variables: Variables, options?: SecretOptions) {
  const result = await readSecrets(parsed, variables, options);
  assert.ok(result.ok, JSON.stringify(result));
  return result;
}

async function problems(variables: Variables, options?: SecretOptions): Promise<readonly string[]> {
  const result = await readSecrets(parsed, variables, options);
  assert.ok(!result.ok, 'there should be problems');
  return result.problems.map(({ path, message }) => `${path}: ${message.replaceAll(directory, '')}`);
}

describe('a secret', () => {
  it('comes from its variable', async () => {
    const [key, jwt] = [made(), made()];
    const { secrets } = await read({ DEMO_LOGIN_KEY: key, DEMO_JWT_SECRET: `${jwt}\n` });
    assert.equal(secrets('DEMO_LOGIN_KEY')?.reveal(), key);
    assert.equal(secrets('DEMO_JWT_SECRET')?.reveal(), jwt);
    assert.equal(secrets('SOMETHING_ELSE'), null);
  });

  it('comes from the file that a variable names, without the newline at its end', async () => {
    const [key, jwt] = [made(), made()];
    const { secrets } = await read({
      DEMO_LOGIN_KEY_FILE: await fileHolding(`${key}\r\n`),
      DEMO_JWT_SECRET_FILE: await fileHolding(` ${jwt}\n\n`),
    });
    assert.equal(secrets('DEMO_LOGIN_KEY')?.reveal(), key);
    assert.equal(secrets('DEMO_JWT_SECRET')?.reveal(), ` ${jwt}\n`, 'only one newline goes');
  });

  it('comes from a directory with a file a secret, where nothing else names it', async () => {
    const [key, jwt] = [made(), made()];
    const path = await mkdtemp(join(directory, 'secrets-'));
    await writeFile(join(path, 'DEMO_LOGIN_KEY'), made());
    await writeFile(join(path, 'DEMO_JWT_SECRET'), jwt);
    const { secrets } = await read({ DEMO_LOGIN_KEY: key }, { directory: path });
    assert.equal(secrets('DEMO_LOGIN_KEY')?.reveal(), key);
    assert.equal(secrets('DEMO_JWT_SECRET')?.reveal(), jwt);
  });

  it('is not needed by a step that does not use it', async () => {
    const { secrets } = await read({}, { steps: ['health'] });
    assert.equal(secrets('DEMO_LOGIN_KEY'), null);
  });

  it('cannot be seen in what is handed out', async () => {
    const key = made();
    const result = await read({ DEMO_LOGIN_KEY: key, DEMO_JWT_SECRET: key });
    const shown = `${inspect(result, { depth: 9 })}${JSON.stringify(result)}${String(result.secrets('DEMO_LOGIN_KEY'))}`;
    assert.ok(!shown.includes(key));
  });
});

describe('a secret that is no good', () => {
  const jwt = { DEMO_JWT_SECRET: 'a-good-secret' };

  it('is told where the file refers to it, each once although two environments do', async () => {
    const told = await problems({});
    assert.deepEqual(told, [
      'steps.auth.login.keySecret: the secret is missing: set DEMO_LOGIN_KEY, or DEMO_LOGIN_KEY_FILE to a file that holds it',
      'steps.auth.token.verification.secret: the secret is missing: set DEMO_JWT_SECRET, or DEMO_JWT_SECRET_FILE to a file that holds it',
    ]);
    const result = await readSecrets(parsed, {});
    assert.ok(!result.ok && result.problems[0] !== undefined && result.problems[0].line > 1);
  });

  it('is told when it is empty, too short or given twice', async () => {
    const at = 'steps.auth.login.keySecret';
    assert.deepEqual(await problems({ ...jwt, DEMO_LOGIN_KEY: ' \n' }), [`${at}: the secret DEMO_LOGIN_KEY is empty`]);
    assert.deepEqual(await problems({ ...jwt, DEMO_LOGIN_KEY: '1234567\n' }), [
      `${at}: the secret DEMO_LOGIN_KEY has 7 characters, allowed: at least 8`,
    ]);
    assert.deepEqual(await problems({ ...jwt, DEMO_LOGIN_KEY: made(), DEMO_LOGIN_KEY_FILE: '/tmp/x' }), [
      `${at}: the secret is given twice: by DEMO_LOGIN_KEY and by DEMO_LOGIN_KEY_FILE; allowed: one of them`,
    ]);
  });

  it('is told when its file is not there, is no file or is too large', async () => {
    const at = 'steps.auth.login.keySecret';
    const large = await fileHolding('a'.repeat(65_537));
    const cases: readonly [file: string, message: string][] = [
      [join(directory, 'nowhere'), 'the secret DEMO_LOGIN_KEY cannot be read from /nowhere (ENOENT)'],
      [
        '/dev/zero',
        'the secret DEMO_LOGIN_KEY cannot be read from /dev/zero: allowed is a file of at most 65536 bytes',
      ],
      [
        large,
        `the secret DEMO_LOGIN_KEY cannot be read from ${large.replace(directory, '')}: allowed is a file of at most 65536 bytes`,
      ],
    ];
    for (const [file, message] of cases) {
      assert.deepEqual(await problems({ ...jwt, DEMO_LOGIN_KEY_FILE: file }), [`${at}: ${message}`]);
    }
  });

  it('is told without its value', async () => {
    const result = await readSecrets(parsed, { ...jwt, DEMO_LOGIN_KEY: 'hunter2' });
    assert.ok(!result.ok && !JSON.stringify(result.problems).includes('hunter2'));
  });
});

describe('a rotated secret', () => {
  it('is the new one after a refresh, also when its file was replaced', async () => {
    const [first, second, third] = [made(), made(), made()];
    const file = await fileHolding(first);
    const { secrets, refresh } = await read({ DEMO_LOGIN_KEY_FILE: file, DEMO_JWT_SECRET: made() });
    await writeFile(file, second);
    assert.equal(secrets('DEMO_LOGIN_KEY')?.reveal(), first, 'nothing changes in the middle of a run');
    assert.deepEqual(await refresh(), []);
    assert.equal(secrets('DEMO_LOGIN_KEY')?.reveal(), second);
    await rename(await fileHolding(third), file);
    assert.deepEqual(await refresh(), []);
    assert.equal(secrets('DEMO_LOGIN_KEY')?.reveal(), third);
  });

  it('stays the old one while the new one is no good, and that is told', async () => {
    const first = made();
    const file = await fileHolding(first);
    const { secrets, refresh } = await read({ DEMO_LOGIN_KEY_FILE: file, DEMO_JWT_SECRET: made() });
    for (const spoil of [async () => writeFile(file, ''), async () => rm(file)]) {
      await spoil();
      const told = await refresh();
      assert.deepEqual(
        told.map(({ path }) => path),
        ['steps.auth.login.keySecret'],
      );
      assert.equal(secrets('DEMO_LOGIN_KEY')?.reveal(), first);
    }
  });
});
