/** The tables of faults and variants hold together: ids, reasons, flow, and environments that stay valid. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, it } from 'node:test';

import { parseEnvironment } from '../../shared/core/environment/parse.ts';
import { isReason, reasonEntry, verdictOf } from '../../shared/core/reasons.ts';
import { flowOrder, requiredSteps, type Step, steps } from '../../shared/core/step.ts';
import { sandboxEnvironment } from '../sandbox/environment.ts';
import { faults } from '../sandbox/faults.ts';
import { startSandbox } from '../sandbox/sandbox.ts';
import { variants } from '../sandbox/variants.ts';

/** Every step that has to work before this one can. */
function allRequired(step: Step): readonly Step[] {
  const direct = requiredSteps[step];
  return [...direct, ...direct.flatMap(allRequired)];
}

describe('the table of faults', () => {
  it('has at least a hundred rows, and the variants at least thirty', () => {
    assert.ok(faults.length >= 100, `${faults.length} faults`);
    assert.ok(variants.length >= 30, `${variants.length} variants`);
  });

  it('is as long as the README says', () => {
    const readme = readFileSync(new URL('../../README.md', import.meta.url), 'utf8');
    assert.equal(/\[(\d+) cases\]/.exec(readme)?.[1], String(faults.length + variants.length));
  });

  it('has every id once, the variants included, in a form that fits into a path', () => {
    const ids = [...faults, ...variants].map(({ id }) => id);
    assert.equal(new Set(ids).size, ids.length);
    for (const id of ids) {
      assert.match(id, /^[a-z][a-z0-9_]*$/);
    }
  });

  it('says in one whole sentence what each row is', () => {
    for (const { id, title } of [...faults, ...variants]) {
      assert.match(title, /^[A-Z].{10,150}\.$/s, id);
      assert.doesNotMatch(title.slice(0, -1), /[.!?] [A-Z]/, id);
    }
  });

  it('has no title twice', () => {
    const titles = faults.map(({ title }) => title);
    assert.deepEqual(
      titles.filter((title, at) => titles.indexOf(title) !== at),
      [],
    );
  });

  it('has the knobs that everything else is built on', () => {
    const ids = new Set(faults.map(({ id }) => id));
    const demanded =
      'backend_503_text startup_503 redis_down database_slow login_key_wrong token_expired anonymous_accepted ' +
      'upgrade_403 upgrade_500 upgrade_503 no_subprotocol unoffered_subprotocol close_1000_after_accept ' +
      'message_ignored event_missing canned_answer wrong_answer stall slow_handshake';
    assert.deepEqual(
      demanded.split(' ').filter((id) => !ids.has(id)),
      [],
    );
  });

  it('uses reasons of the catalogue, at steps that can give them, with the verdicts that they stand for', () => {
    for (const { id, expected } of faults) {
      for (const step of steps) {
        const { verdict, reason } = expected[step];
        if (reason === null) {
          assert.equal(verdict, 'pass', id);
          continue;
        }
        assert.ok(isReason(reason), id);
        assert.ok(reasonEntry(reason).steps.includes(step), `${id}: ${reason} cannot be found by ${step}`);
        assert.ok(verdict === 'blocked' || verdict === verdictOf(reason), id);
      }
    }
  });

  it('blocks a step only by the reason of an earlier step that is broken', () => {
    for (const { id, expected } of faults) {
      for (const step of steps.filter((name) => expected[name].verdict === 'blocked')) {
        const broken = allRequired(step).filter((name) => expected[name].verdict === 'fail');
        assert.ok(
          broken.some((name) => expected[name].reason === expected[step].reason),
          `${id}: nothing before ${step} is broken by ${expected[step].reason}`,
        );
      }
    }
  });

  it('names the first step that notices', () => {
    for (const { id, step, expected } of faults) {
      const noticing = steps
        .filter((name) => expected[name].reason !== null)
        .toSorted((a, b) => flowOrder(a) - flowOrder(b));
      assert.equal(step, noticing[0], id);
    }
  });
});

describe('the environment of the sandbox', () => {
  it('is a file without any problem', () => {
    const file = new URL('../../infra/environments/sandbox.yaml', import.meta.url);
    const parsed = parseEnvironment(readFileSync(file, 'utf8'), 'sandbox.yaml');
    assert.ok(parsed.ok, JSON.stringify(parsed));
  });

  it('stays valid with whatever a row changes in it, and never leaves this machine', async () => {
    await using sandbox = await startSandbox();
    for (const { id } of [...faults, ...variants].filter(({ environment }) => environment !== null)) {
      await sandbox.setFaults([id]);
      const environment = sandboxEnvironment(sandbox);
      for (const { url } of Object.values(environment.services)) {
        assert.match(url, /^https?:\/\/(?:127\.0\.0\.1:\d+|[a-z]+\.sandbox\.invalid)$/, id);
      }
    }
  });

  it('has no bound in reach of a busy machine but those that its faults are about', async () => {
    await using sandbox = await startSandbox({ pace: 5 });
    const bounds = async (...ids: readonly string[]) => {
      await sandbox.setFaults(ids);
      const { auth, health, websocket, agent } = sandboxEnvironment(sandbox).steps;
      return {
        deadlines: [auth, health, websocket, agent].map((step) => step?.deadlineSeconds),
        speed: [auth?.loginMsMax, health?.documents[0]?.latencyMsMax, websocket?.readyMsMax, agent?.completedMsMax],
        waits: [websocket?.upgradeMsMax, websocket?.welcomeMsMax, websocket?.pongMsMax, agent?.silenceMsMax],
      };
    };
    const none = { deadlines: [10, 10, 10, 10], speed: Array(4).fill(60_000), waits: Array(4).fill(6_000) };
    assert.deepEqual(await bounds(), none);
    assert.deepEqual(await bounds('health_slow'), { ...none, speed: [60_000, 700, 60_000, 60_000] });
    assert.deepEqual(await bounds('agent_slow'), { ...none, speed: [60_000, 60_000, 60_000, 2_600] });
    assert.deepEqual(await bounds('health_hangs'), { ...none, deadlines: [10, 4, 10, 10] });
    assert.deepEqual(await bounds('no_pong', 'stall'), { ...none, waits: [6_000, 6_000, 1_500, 1_500] });
  });

  it('has the live ports, shorter waits for a faster sandbox, and what a test wants otherwise', async () => {
    await using sandbox = await startSandbox({ pace: 5 });
    const environment = sandboxEnvironment(sandbox, (before) => ({ ...before, cadenceSeconds: 20 }));
    assert.equal(environment.services['backend']?.url, sandbox.origins.backend);
    assert.equal(environment.control?.url, `${sandbox.origins.control}/alive`);
    assert.equal(environment.steps.agent?.fakedRunMsMax, 200);
    assert.equal(environment.cadenceSeconds, 20);
    await sandbox.setFaults(['agent_slow']);
    assert.equal(sandboxEnvironment(sandbox).steps.agent?.fakedRunMsMax, 1_000, 'what is slow is slow in real time');
  });
});
