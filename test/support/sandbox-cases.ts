/** Runs a table of symptoms against sandboxes: every fault of a group must show on the wire as told, and in nothing else. */
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';

import { type FaultGroup, faults } from '../sandbox/faults.ts';
import { type Sandbox, startSandbox } from '../sandbox/sandbox.ts';
import { differences, type Observation, observe } from './sandbox-observer.ts';

/** The lines that differ from the healthy product, each with a part of what it says. */
export type Symptoms = Readonly<Record<string, string>>;

/** Everything is as it should be, and something takes this many milliseconds. */
export interface Slow {
  readonly slowMs: number;
}

/** Longer than anything that is merely slow. */
const patientMs = 10_000;

/** Sandboxes at work at the same time; each waits for silences most of the time. */
const sandboxesAtOnce = 8;

/** Fast enough that a run takes a fifth of a second, slow enough for its order to be seen. */
export const pace = 10;

export function describeFaults(groups: readonly FaultGroup[], table: Readonly<Record<string, Symptoms | Slow>>): void {
  const rows = faults.filter(({ group }) => groups.includes(group));

  describe(`faults of ${groups.join(' and ')} on the wire`, { concurrency: sandboxesAtOnce }, () => {
    const pool = createPool();
    let healthy: Observation = {};
    before(async () => {
      healthy = await pool.use((sandbox) => observe(sandbox));
    });
    after(() => pool.close());

    it('have a symptom each', () => {
      const ids = rows.map(({ id }) => id);
      assert.deepEqual(Object.keys(table).toSorted(), ids.toSorted());
    });

    for (const { id, title } of rows) {
      it(`${id}: ${title}`, async () => {
        const expected = table[id] ?? {};
        const { observed, tookMs } = await pool.use(async (sandbox) => {
          await sandbox.setFaults([id]);
          const startedMs = performance.now();
          const seen = await observe(sandbox, isSlow(expected) ? { silentMs: patientMs } : {});
          await sandbox.clearFaults();
          return { observed: seen, tookMs: performance.now() - startedMs };
        });
        assertSymptoms(differences(observed, healthy), isSlow(expected) ? {} : expected);
        assert.ok(!isSlow(expected) || tookMs >= expected.slowMs, `it took only ${tookMs} ms`);
      });
    }
  });
}

function isSlow(expected: Symptoms | Slow): expected is Slow {
  return typeof expected['slowMs'] === 'number';
}

function assertSymptoms(differing: Observation, expected: Symptoms): void {
  assert.deepEqual(Object.keys(differing).toSorted(), Object.keys(expected).toSorted(), JSON.stringify(differing));
  for (const [key, part] of Object.entries(expected)) {
    assert.ok(differing[key]?.includes(part), `${key}: "${differing[key]}" has to say "${part}"`);
  }
}

interface Pool {
  /** Lends a sandbox that is healthy. */
  use<T>(work: (sandbox: Sandbox) => Promise<T>): Promise<T>;
  close(): Promise<void>;
}

function createPool(): Pool {
  const all: Sandbox[] = [];
  const free: Sandbox[] = [];
  return {
    async use(work) {
      const sandbox = free.pop() ?? (await startSandbox({ pace }));
      if (!all.includes(sandbox)) {
        all.push(sandbox);
      }
      const result = await work(sandbox);
      free.push(sandbox);
      return result;
    },
    async close() {
      await Promise.all(all.map((sandbox) => sandbox.close()));
    },
  };
}

/** All talks with the socket. */
export function sockets(symptom: string): Symptoms {
  return { ...accepted(symptom), 'socket foreign': symptom };
}

/** All talks with a socket that is accepted: a foreign origin never gets that far. */
export function accepted(symptom: string): Symptoms {
  return { ...admitted(symptom), 'socket without token': symptom, 'socket tampered': symptom };
}

/** The talks of those who have a good token. */
export function admitted(symptom: string): Symptoms {
  return { socket: symptom, 'socket authorization': symptom, run: symptom };
}

/** Everything that the backend answers. */
export function backend(symptom: string): Symptoms {
  return { 'backend health': symptom, dependencies: symptom, ...sockets(symptom) };
}

/** A login that gives no token; whatever needs one is not reached. */
export function login(symptom: string): Symptoms {
  return { login: symptom, token: 'none' };
}

/** The same, with the health document of the auth service in the same state. */
export function authService(symptom: string): Symptoms {
  return { ...login(symptom), 'auth health': symptom };
}
