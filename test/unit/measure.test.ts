/** Whatever a probe does, a measurement comes back, in time, with every attempt in it. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';

import { failed, passed } from '../../shared/core/check.ts';
import type { Check, Measurement, ProbeMemory } from '../../shared/core/outcome.ts';
import type { Probe, ProbeContext } from '../../shared/core/probe.ts';
import type { Reason } from '../../shared/core/reasons.ts';
import { measure, type MeasureOptions } from '../../shared/run/measure.ts';
import { environmentWith } from '../support/environment-file.ts';

const environment = environmentWith();

const timing = { startedMs: 0, latencyMs: 5 };

function measured(check: Check, memory: ProbeMemory = {}): Measurement {
  return {
    checks: [check],
    latencyMs: 5,
    phases: {},
    gauges: {},
    components: [],
    timeline: [],
    revision: null,
    blockedBy: null,
    memory,
  };
}

const good = measured(passed('health.document', 'fine', timing));

function bad(reason: Reason, memory: ProbeMemory = {}): Measurement {
  return measured(failed('health.document', { reason, detail: 'broken' }, timing), memory);
}

/** A probe that gives these measurements one after the other, and remembers what it was called with. */
function scripted(...measurements: readonly Measurement[]): { probe: Probe; calls: ProbeContext[] } {
  const calls: ProbeContext[] = [];
  return {
    calls,
    probe: async (context) => {
      calls.push(context);
      const next = measurements[calls.length - 1];
      assert.ok(next !== undefined, 'the probe was called once too often');
      return next;
    },
  };
}

function options(probe: Probe, changes: Partial<MeasureOptions> = {}): MeasureOptions {
  return {
    probe,
    context: {
      environment,
      secrets: () => null,
      traceId: '0'.repeat(32),
      nowMs: () => 1_000,
      memory: { seen: 1 },
      region: 'local',
    },
    deadlineMs: 5_000,
    confirmAfterMs: 1,
    onFault: () => assert.fail('no fault was expected'),
    ...changes,
  };
}

describe('measuring', () => {
  it('takes a pass at its word', async () => {
    const { probe, calls } = scripted(good);
    const { summary, attempts, flaky } = await measure(options(probe));
    assert.equal(summary.verdict, 'pass');
    assert.equal(attempts.length, 1);
    assert.equal(flaky, false);
    assert.deepEqual(calls[0]?.memory, { seen: 1 });
  });

  it('tries a failure once more, and calls a pass then flaky', async () => {
    const { probe } = scripted(bad('server_error'), good);
    const { summary, attempts, flaky } = await measure(options(probe));
    assert.equal(summary.verdict, 'pass');
    assert.equal(flaky, true);
    assert.deepEqual(
      attempts.map(({ verdict, reason }) => [verdict, reason]),
      [
        ['fail', 'server_error'],
        ['pass', null],
      ],
    );
  });

  it('confirms a failure, and shows both reasons when they differ', async () => {
    const { probe } = scripted(bad('server_error'), bad('unavailable'));
    const { summary, attempts, flaky } = await measure(options(probe));
    assert.equal(summary.reason, 'unavailable');
    assert.equal(flaky, false);
    assert.deepEqual(
      attempts.map(({ reason }) => reason),
      ['server_error', 'unavailable'],
    );
  });

  it('gives the second attempt what the first one remembered', async () => {
    const { probe, calls } = scripted(bad('server_error', { spent: 7 }), good);
    await measure(options(probe));
    assert.deepEqual(calls[1]?.memory, { spent: 7 });
  });

  for (const reason of ['auth_bypassed', 'isolation_breach', 'credential', 'own_path', 'slow'] as const) {
    it(`never repeats for ${reason}`, async () => {
      const { probe, calls } = scripted(bad(reason));
      const { summary } = await measure(options(probe));
      assert.equal(summary.reason, reason);
      assert.equal(calls.length, 1);
    });
  }

  it('does not repeat when that is switched off', async () => {
    const { probe, calls } = scripted(bad('server_error'));
    await measure(options(probe, { confirmAfterMs: 0 }));
    assert.equal(calls.length, 1);
  });

  for (const [name, thrown] of [
    ['an error', new TypeError('a token is in here')],
    ['a text', 'a token is in here'],
    ['nothing', undefined],
  ] as const) {
    it(`turns a probe that throws ${name} into the monitor's own fault`, async () => {
      const faults: unknown[] = [];
      const probe: Probe = () => Promise.reject(thrown);
      const { summary, measurement } = await measure(options(probe, { onFault: (fault) => faults.push(fault) }));
      assert.deepEqual([summary.verdict, summary.reason], ['inconclusive', 'unclassified']);
      assert.doesNotMatch(summary.detail, /token/);
      assert.deepEqual(measurement.memory, { seen: 1 });
      assert.deepEqual(faults, [thrown]);
    });
  }

  it('says deadline_exceeded when the probe fails because the deadline came', async () => {
    const probe: Probe = async ({ deadline }) => {
      const { promise, reject } = Promise.withResolvers<never>();
      deadline.signal.addEventListener('abort', () => reject(deadline.signal.reason));
      return promise;
    };
    const { summary } = await measure(options(probe, { deadlineMs: 20, onFault: () => undefined }));
    assert.deepEqual([summary.verdict, summary.reason], ['inconclusive', 'deadline_exceeded']);
  });

  it('leaves a probe alone that does not heed the deadline, and hears of its later end', async () => {
    const { promise, reject } = Promise.withResolvers<never>();
    const faults: unknown[] = [];
    const { summary } = await measure(
      options(() => promise, { deadlineMs: 10, onFault: (fault) => faults.push(fault) }),
    );
    assert.deepEqual([summary.verdict, summary.reason], ['inconclusive', 'deadline_exceeded']);
    const late = new Error('late');
    reject(late);
    await assert.rejects(promise);
    assert.deepEqual(faults, [late]);
  });

  it('calls a probe without checks inconclusive, never a pass', async () => {
    const { summary } = await measure(options(async () => ({ ...good, checks: [] })));
    assert.deepEqual([summary.verdict, summary.reason], ['inconclusive', 'unclassified']);
  });
});
