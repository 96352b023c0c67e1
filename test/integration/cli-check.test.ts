/**
 * `golden-path check` as people and pipelines run it: exit codes, JSON, table, and what it says of bad usage. One case of
 * each kind is run as a process; the others call the command itself, which is all that the process adds to.
 */
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';

import { checkCommand } from '../../shared/cli/check.ts';
import { UsageError } from '../../shared/cli/command.ts';
import type { Verdict } from '../../shared/core/outcome.ts';
import { steps } from '../../shared/core/step.ts';
import { sandboxEnvironment } from '../sandbox/environment.ts';
import { type Fault, faults } from '../sandbox/faults.ts';
import { type Sandbox, startSandbox } from '../sandbox/sandbox.ts';
import { secretNames } from '../sandbox/secrets.ts';
import { findLeaks } from '../support/canary.ts';
import { at, root } from '../support/function-world.ts';

const main = join(root, 'shared/cli/main.ts');
const folder = mkdtempSync(join(tmpdir(), 'golden-path-cli-'));

interface Ended {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

function goldenPath(args: readonly string[]): Promise<Ended> {
  const { PATH = '' } = process.env;
  const { promise, resolve } = Promise.withResolvers<Ended>();
  const options = { cwd: folder, env: { PATH }, timeout: 60_000 };
  const child = execFile(process.execPath, [main, ...args], options, (_error, out, err) =>
    resolve({ code: child.exitCode ?? -1, out, err }),
  );
  return promise;
}

/** The command in this process. */
async function checkHere(args: readonly string[]): Promise<Ended> {
  const out: string[] = [];
  const err: string[] = [];
  const io = { out: (line: string) => void out.push(line), err: (line: string) => void err.push(line) };
  const code = await checkCommand.run(args, io);
  return { code, out: out.join('\n'), err: err.join('\n') };
}

/** Sandboxes with a folder of their own, each with its secrets as files. */
interface Lane {
  readonly sandbox: Sandbox;
  readonly secrets: string;
  readonly environmentFile: string;
}

const free: Lane[] = [];
const lanesMax = 3;

async function openLane(index: number): Promise<Lane> {
  const sandbox = await startSandbox({ pace: 5 });
  const secrets = mkdtempSync(join(folder, 'secrets-'));
  for (const name of secretNames) {
    writeFileSync(join(secrets, name), sandbox.secrets(name)?.reveal() ?? '');
  }
  return { sandbox, secrets, environmentFile: join(folder, `sandbox-${index}.json`) };
}

interface Checked extends Ended {
  readonly secrets: Readonly<Record<string, string>>;
}

type Way = 'process' | 'here';

/** Runs `check` against a sandbox with this fault. */
async function check(fault: string | null, args: readonly string[], way: Way = 'here'): Promise<Checked> {
  const lane = free.pop() ?? assert.fail('more checks at once than sandboxes');
  await lane.sandbox.setFaults(fault === null ? [] : [fault]);
  writeFileSync(lane.environmentFile, JSON.stringify(sandboxEnvironment(lane.sandbox)));
  const all = [...args, '--environment', lane.environmentFile, '--secrets', lane.secrets];
  const ended = await (way === 'process' ? goldenPath(['check', ...all]) : checkHere(all));
  const secrets = Object.fromEntries(secretNames.map((name) => [name, lane.sandbox.secrets(name)?.reveal() ?? '']));
  free.push(lane);
  return { ...ended, secrets };
}

before(async () => {
  free.push(...(await Promise.all(Array.from({ length: lanesMax }, (_, index) => openLane(index)))));
});
after(async () => {
  await Promise.all(free.map(({ sandbox }) => sandbox.close()));
  rmSync(folder, { recursive: true });
});

/** One of each verdict. */
const asProcess: ReadonlySet<string> = new Set(['backend_503_text', 'redis_down', 'login_key_wrong']);

const codes: Readonly<Record<Verdict, number>> = { pass: 0, degraded: 1, fail: 1, blocked: 1, inconclusive: 2 };

describe('golden-path check against a broken product', { concurrency: lanesMax }, () => {
  const ids = [
    'backend_503_text',
    'startup_503',
    'redis_down',
    'database_slow',
    'login_key_wrong',
    'token_expired',
    'anonymous_accepted',
    'upgrade_403',
    'upgrade_500',
    'upgrade_503',
    'no_subprotocol',
    'unoffered_subprotocol',
    'close_1000_after_accept',
    'message_ignored',
    'event_missing',
    'canned_answer',
    'wrong_answer',
    'stall',
    'slow_handshake',
  ];
  for (const id of ids) {
    const fault: Fault | undefined = faults.find((each) => each.id === id);
    it(`exits with the verdict, and --json has all of it: ${id}`, async () => {
      assert.ok(fault, `no fault ${id}`);
      const { step } = fault;
      const { verdict, reason } = fault.expected[step];
      const { code, out, err, secrets } = await check(
        id,
        [step, '--once', '--json'],
        asProcess.has(id) ? 'process' : 'here',
      );
      assert.equal(code, codes[verdict], err);
      const [outcome, second] = Object(at(JSON.parse(out), 'outcomes'));
      assert.equal(second, undefined, 'only the step that was asked for');
      assert.deepEqual([at(outcome, 'step'), at(outcome, 'verdict'), at(outcome, 'reason')], [step, verdict, reason]);
      const checks: unknown = at(outcome, 'checks');
      assert.ok(Array.isArray(checks));
      const named = checks.filter((each) => at(each, 'id') === at(outcome, 'checkId') && at(each, 'reason') === reason);
      assert.ok(named.length > 0, 'the reason is that of a check');
      const filled = (key: string): boolean => checks.some((each) => Object.keys(Object(at(each, key))).length > 0);
      assert.ok(filled('evidence') && filled('phases'), 'evidence and phases come with the checks');
      assert.deepEqual(findLeaks([out, err], secrets), []);
    });
  }
});

describe('golden-path check', { concurrency: lanesMax }, () => {
  it('exits with 0 when everything passes, and shows a line a step and a line a check', async () => {
    const { code, out, err, secrets } = await check(null, [], 'process');
    assert.equal(code, 0, out);
    assert.equal(err, '');
    const lines = out.trimEnd().split('\n');
    const heads = lines.filter((line) => /^✓ \w+ +pass +\d+(?:\.\d)? ms/.test(line));
    assert.deepEqual(
      heads.map((line) => line.split(/\s+/)[1]),
      [...steps],
    );
    assert.ok(lines.some((line) => /^ {4}✓ websocket\.subprotocol +pass +\d/.test(line)));
    assert.ok(
      lines.every((line) => line.length <= 120 && line === line.trimEnd()),
      'fits a terminal',
    );
    assert.ok(
      lines.some((line) => /^ {4}login \d.*· ready \d/.test(line)),
      'phases that need a line of their own',
    );
    assert.deepEqual(findLeaks([out], secrets), []);
  });

  it('shows of a failure what was seen, what it means and who is to mend it', async () => {
    const { code, out } = await check('no_subprotocol', ['websocket', '--once']);
    assert.equal(code, 1);
    assert.match(out, /^✗ websocket +fail subprotocol_missing/m);
    assert.match(out, /^ {4}✗ websocket\.subprotocol +fail subprotocol_missing/m);
    assert.match(out, /^ {6}offered jwt-auth, jwt\.\[token\]; the server chose none$/m);
    assert.match(out, /^ {6}· \w+: /m);
    assert.match(out, /^ {4}→ subprotocol_missing: .* \(to be mended by: the product\)$/m);
  });

  it('exits with 2 when nothing could be told, and with 1 when one step is broken beside', async () => {
    const [nothing, beside] = [
      await check('own_network_down', ['auth', 'health', '--once', '--json']),
      await check('login_key_wrong', ['auth', 'websocket', '--once']),
    ];
    assert.equal(nothing.code, 2);
    assert.equal(beside.code, 2, 'a rejected key of ours says nothing of the product');
  });

  it('repeats a failure once to confirm it, unless told not to', async () => {
    const { out } = await check('upgrade_500', ['websocket', '--json']);
    const [outcome] = Object(at(JSON.parse(out), 'outcomes'));
    assert.equal(Object(at(outcome, 'attempts')).length, 2);
  });
});

describe('golden-path check, used badly,', () => {
  /** Mistakes of usage are thrown for the command line to print; what is wrong with files is printed here. */
  const bad: readonly (readonly [name: string, args: readonly string[], says: RegExp])[] = [
    ['with a step that there is not', ['login', '--environment', 'good.json'], /no step 'login'; the file has: health/],
    ['with a step that the file does not have', ['agent', '--environment', 'good.json'], /no step 'agent'/],
    ['with a file that is not there', ['--environment', 'no.yaml'], /no\.yaml:1:1: error: cannot be read \(ENOENT\)/],
    ['with a file that is wrong', ['--environment', 'bad.json'], /cadenceSeconds[^]*colour/],
    ['with two environments', ['--environment', 'two.json'], /one file with one environment/],
    ['without a secret', ['--environment', 'secret.json'], /steps\.auth\.login\.secret: the secret .*ACME_KEY/],
  ];
  const good = {
    name: 'acme',
    title: 'Acme',
    services: { backend: { url: 'http://127.0.0.1:1' } },
    steps: { health: { documents: [{ id: 'backend', service: 'backend' }] } },
  };
  before(() => {
    const write = (name: string, content: unknown): void => writeFileSync(join(folder, name), JSON.stringify(content));
    write('good.json', good);
    write('bad.json', { ...good, cadenceSeconds: 'often', colour: 'red' });
    write('two.json', [good, { ...good, name: 'other' }]);
    const login = { kind: 'self_signed', secret: 'ACME_KEY', subject: 'probe' };
    write('secret.json', {
      ...good,
      steps: { auth: { service: 'backend', login, token: { verification: { kind: 'none' } }, protectedResource: {} } },
    });
  });
  for (const [name, args, says] of bad) {
    it(`${name}, exits with 2 and says what is wrong`, async () => {
      const inFolder = args.map((arg) => (arg.includes('.') ? join(folder, arg) : arg));
      const { code, out, err } = await checkHere(inFolder).catch((error: unknown) => {
        assert.ok(error instanceof UsageError);
        return { code: 2, out: '', err: error.message };
      });
      assert.equal(code, 2);
      assert.match(err, says);
      assert.equal(out, '');
    });
  }

  it('without an environment or with an option that there is not, exits with 2 and points at its help', async () => {
    const [without, unknown, wrong] = await Promise.all([
      goldenPath(['check']),
      goldenPath(['check', '--fast']),
      goldenPath(['check', '--environment', 'bad.json']),
    ]);
    assert.deepEqual([without.code, unknown.code, wrong.code], [2, 2, 2]);
    assert.match(without.err, /--environment FILE is missing\n.*--help tells/);
    assert.match(unknown.err, /Unknown option '--fast'/);
    assert.match(wrong.err, /bad\.json:\d+:\d+: error: cadenceSeconds/);
    assert.equal(without.out + unknown.out + wrong.out, '');
  });

  it('tells its help all the same', async () => {
    const { code, out } = await goldenPath(['check', '--help']);
    assert.equal(code, 0);
    assert.match(out, /Exit code: 0 all pass, 1 something failed or is degraded, 2 inconclusive or bad usage/);
  });

  it('names the commands that there are to those who know none', async () => {
    const { code, err } = await goldenPath(['chekc']);
    assert.equal(code, 2);
    assert.match(err, /no command 'chekc'; one of: check, /);
  });
});
