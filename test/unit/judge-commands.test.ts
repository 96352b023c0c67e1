/** The commands about judging, on a real store. */
import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, it } from 'node:test';

import { ackCommand } from '../../shared/cli/ack.ts';
import { type Command, UsageError } from '../../shared/cli/command.ts';
import { explainCommand } from '../../shared/cli/explain.ts';
import { maintenanceCommand } from '../../shared/cli/maintenance.ts';
import { muteCommand } from '../../shared/cli/mute.ts';
import { takeCommand } from '../../shared/core/message/commands.ts';
import { openStateStore } from '../../shared/io/state/open.ts';
import { loadState } from '../../shared/run/state-access.ts';
import { environmentJson, settingsWith } from '../simulation/samples.ts';
import { play } from '../simulation/timeline.ts';

const folder = await mkdtemp(join(tmpdir(), 'golden-path-commands-'));
after(() => rm(folder, { recursive: true }));
const file = join(folder, 'acme.json');
const path = join(folder, 'acme.sqlite');
await writeFile(file, environmentJson());

/** A state in which `auth` is as its runs make it. */
async function given(line: string): Promise<void> {
  for (const suffix of ['', '-wal', '-shm']) {
    await rm(`${path}${suffix}`, { force: true });
  }
  const { steps, environment } = play({ runs: { auth: line }, settings: settingsWith() });
  const store = await openStateStore({ kind: 'sqlite', path }, '');
  await store.commit([
    { key: { environment: 'acme', document: 'auth' }, value: steps.auth, ifVersion: null },
    { key: { environment: 'acme', document: 'environment' }, value: environment, ifVersion: null },
  ]);
  await store.close();
}

async function stored() {
  const store = await openStateStore({ kind: 'sqlite', path }, '');
  const { environment } = await loadState(store, 'acme', 'auth');
  await store.close();
  return environment ?? assert.fail();
}

async function running(command: Command, ...args: readonly string[]) {
  const out: string[] = [];
  const err: string[] = [];
  const io = { out: (text: string) => out.push(text), err: (text: string) => err.push(text) };
  const code = await command.run([...args, '--environment', file, '--state', `sqlite:${path}`], io);
  return { code, out: out.join('\n'), err: err.join('\n') };
}

describe('golden-path mute', () => {
  it('asks for quiet, and ends it', async () => {
    await given('PP');
    const muted = await running(
      muteCommand,
      '--for',
      '2h',
      '--reason',
      'load test',
      '--steps',
      'auth, agent',
      '--by',
      'ada',
    );
    assert.equal(muted.code, 0);
    assert.match(muted.out, /^acme is muted until 20\S+Z \(auth, agent\)$/);
    const [mute] = (await stored()).mutes;
    assert.deepEqual([mute?.by, mute?.reason, mute?.steps], ['ada', 'load test', ['auth', 'agent']]);
    const minutes = ((mute?.untilMs ?? 0) - Date.now()) / 60_000;
    assert.ok(minutes > 119 && minutes <= 120, `${minutes} minutes`);

    assert.equal((await running(muteCommand, '--end')).out, 'acme is no longer muted');
    assert.deepEqual((await stored()).mutes, []);
    const again = await running(muteCommand, '--end');
    assert.deepEqual([again.code, again.out], [1, 'acme was not muted']);
  });

  it('is of all steps when none is named', async () => {
    await given('PP');
    assert.match((await running(muteCommand, '--for', '30m', '--reason', 'x')).out, /\(all steps\)$/);
    assert.equal((await stored()).mutes[0]?.steps, null);
  });

  it('is refused when there are too many', async () => {
    await given('PP');
    for (let count = 0; count < 20; count += 1) {
      await running(muteCommand, '--for', '1d', '--reason', 'x');
    }
    const refused = await running(muteCommand, '--for', '1d', '--reason', 'x');
    assert.deepEqual([refused.code, refused.out], [1, 'not muted: there are too many mutes already; end them first']);
  });

  it('wants a time and a reason that make sense', async () => {
    await given('PP');
    for (const args of [
      ['--reason', 'x'],
      ['--for', '2', '--reason', 'x'],
      ['--for', '0h', '--reason', 'x'],
      ['--for', '31d', '--reason', 'x'],
      ['--for', '2h'],
      ['--for', '2h', '--reason', ' '],
      ['--for', '2h', '--reason', 'x'.repeat(301)],
      ['--for', '2h', '--reason', 'x', '--steps', 'auth,search'],
    ]) {
      await assert.rejects(running(muteCommand, ...args), UsageError, args.join(' '));
    }
  });
});

describe('golden-path ack', () => {
  it('takes the open incident', async () => {
    await given('FF');
    const taken = await running(ackCommand, '--reason', 'rolling back', '--by', 'ada');
    assert.equal(taken.code, 0);
    assert.match(taken.out, /^taken by ada until .*; the next run says so in the thread$/);
    const { incident, outbox } = await stored();
    assert.equal(incident?.acknowledged?.reason, 'rolling back');
    assert.equal(outbox[0]?.notification.change, 'ada has taken it for 8 h: rolling back');
  });

  it('takes the incident that is meant, and not one that has opened since', async () => {
    await given('FF');
    const id = (await stored()).incident?.id ?? assert.fail();
    const stale = await running(ackCommand, '--reason', 'on it', '--incident', 'acme-before');
    assert.deepEqual([stale.code, stale.out], [1, 'acme has no open incident acme-before']);
    assert.equal((await stored()).incident?.acknowledged, null);
    const [shown = ''] = takeCommand({ environment: 'acme', incident: id });
    const [, meant = '', reason = ''] = / ack --environment \S+ --incident (\S+) --reason "(.+)"$/.exec(shown) ?? [];
    assert.equal((await running(ackCommand, '--reason', reason, '--incident', meant)).code, 0, shown);
    assert.equal((await stored()).incident?.acknowledged?.reason, 'on it');
  });

  it('has nothing to take when no incident is open', async () => {
    await given('PP');
    const nothing = await running(ackCommand, '--reason', 'x');
    assert.deepEqual([nothing.code, nothing.out], [1, 'acme has no open incident']);
  });
});

describe('golden-path maintenance', () => {
  it('shows, begins and ends windows', async () => {
    await given('PP');
    assert.equal((await running(maintenanceCommand)).out, 'acme has no windows');
    const begun = await running(
      maintenanceCommand,
      'start',
      '--for',
      '90m',
      '--reason',
      'upgrade',
      '--steps',
      'auth',
      '--by',
      'ada',
    );
    assert.equal(begun.code, 0);
    assert.match(begun.out, /^now {6}\S+ to \S+ {2}auth expected down: upgrade \(ada\)$/);
    await running(
      maintenanceCommand,
      'start',
      '--for',
      '1h',
      '--reason',
      'slow',
      '--expect',
      'degraded',
      '--by',
      'bob',
    );
    assert.match(
      (await running(maintenanceCommand)).out,
      /auth expected down: upgrade \(ada\)\n.*all steps expected degraded: slow \(bob\)$/,
    );
    const ended = await running(maintenanceCommand, 'end');
    assert.deepEqual([ended.code, ended.out], [0, 'all windows that were begun by hand have ended']);
    assert.equal((await running(maintenanceCommand, 'end')).code, 1);
  });

  it('tells windows of the file that are over from planned ones', async () => {
    await given('PP');
    const windows = [
      { from: '2020-01-01T00:00:00Z', to: '2020-01-02T00:00:00Z', expect: 'down', reason: 'old' },
      { from: '2099-01-01T00:00:00Z', to: '2099-01-02T00:00:00Z', expect: 'down', reason: 'new' },
    ] as const;
    const other = join(folder, 'windows.json');
    await writeFile(other, environmentJson({ maintenance: windows.map((window) => Object.assign({}, window)) }));
    const out: string[] = [];
    const io = { out: (text: string) => out.push(text), err: assert.fail };
    await maintenanceCommand.run(['--environment', other, '--state', `sqlite:${path}`], io);
    assert.deepEqual(
      out.map((text) => text.slice(0, 9).trim()),
      ['over', 'planned'],
    );
  });

  it('wants a word that it knows', async () => {
    await given('PP');
    await assert.rejects(running(maintenanceCommand, 'stop'), UsageError);
    await assert.rejects(running(maintenanceCommand, 'start', 'now'), UsageError);
    await assert.rejects(
      running(maintenanceCommand, 'start', '--for', '1h', '--reason', 'x', '--expect', 'rain'),
      UsageError,
    );
  });
});

describe('golden-path explain', () => {
  it('explains everything, a step, or an incident', async () => {
    await given('FF');
    const id = (await stored()).incident?.id ?? assert.fail();
    const all = await running(explainCommand);
    assert.equal(all.code, 0);
    assert.match(all.out, new RegExp(`^Incident ${id}: outage`));
    assert.match(all.out, /\nLog in: fires/);
    assert.match(all.out, /\nAgent answer: no run has been judged\.$/);
    assert.match((await running(explainCommand, 'auth')).out, /^Log in: fires/);
    assert.match((await running(explainCommand, id)).out, new RegExp(`^Incident ${id}`));
  });

  it('says that nothing is open, and does not know every incident', async () => {
    await given('PP');
    assert.match((await running(explainCommand)).out, /^No incident is open\.\nLog in: does not fire/);
    const unknown = await running(explainCommand, 'acme-1');
    assert.equal(unknown.code, 1);
    assert.match(unknown.err, /'acme-1' is neither a step/);
    await assert.rejects(running(explainCommand, 'auth', 'agent'), UsageError);
  });

  it('says what of the state can not be read', async () => {
    await given('PP');
    const store = await openStateStore({ kind: 'sqlite', path }, '');
    const key = { environment: 'acme', document: 'environment' } as const;
    const [document] = await store.load([key]);
    await store.commit([{ key, value: { version: 9 }, ifVersion: document?.version ?? null }]);
    await store.close();
    assert.match((await running(explainCommand)).err, /the state can't be read: environment\.version: expected 1/);
  });
});

describe('a command about judging', () => {
  const io = { out: () => undefined, err: () => undefined };

  it('wants an environment, one, and a state that is there', async () => {
    await assert.rejects(muteCommand.run(['--end'], io), /--environment FILE is missing/);
    const both = join(folder, 'both');
    await assert.rejects(
      muteCommand.run(['--end', '--environment', `[${environmentJson()},${environmentJson({ name: 'other' })}]`], io),
      /one file with one environment; this one has 2$/,
    );
    await assert.rejects(
      muteCommand.run(['--end', '--environment', file, '--state', `sqlite:${both}`], io),
      /there is no state at/,
    );
    await assert.rejects(
      muteCommand.run(['--end', '--environment', file, '--state', 'paper'], io),
      /the state must be/,
    );
  });

  it('ends with 2 when the file is no good', async () => {
    const bad = join(folder, 'bad.json');
    await writeFile(bad, '{}');
    assert.equal(await muteCommand.run(['--end', '--environment', bad], io), 2);
  });
});
