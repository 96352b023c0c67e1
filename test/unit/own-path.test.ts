/** When a failure is our own: exactly when the network seemed broken and the control endpoint is unreachable too. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';

import { blocked, failed, passed, summarise } from '../../shared/core/check.ts';
import type { Check, Measurement } from '../../shared/core/outcome.ts';
import {
  failureUnderControl,
  isNetworkFailure,
  measurementUnderControl,
  needsControl,
} from '../../shared/core/own-path.ts';
import { allReasons } from '../../shared/core/reasons.ts';

const timing = { startedMs: 1, latencyMs: 2, evidence: { status: 0 } };
const unreachable = { control: 'unreachable', why: 'the control endpoint fails too' } as const;

function measurement(checks: readonly Check[], blockedBy: Measurement['blockedBy'] = null): Measurement {
  return {
    checks,
    latencyMs: null,
    phases: {},
    gauges: {},
    components: [],
    timeline: [],
    revision: null,
    blockedBy,
    memory: {},
  };
}

describe('The control endpoint', () => {
  it('is asked about these failures and no others', () => {
    assert.deepEqual(allReasons.filter((reason) => isNetworkFailure(reason)).toSorted(), [
      'connect_timeout',
      'connection_cut',
      'dns',
      'refused',
      'reset',
      'tls_timeout',
      'unreachable',
    ]);
    assert.equal(isNetworkFailure(null), false);
  });

  const dns = failed('health.document', { reason: 'dns', detail: 'no name' }, timing);
  const slow = failed('health.document', { reason: 'slow', detail: 'slow' }, timing);
  const fine = passed('health.tls', 'fine', timing);

  it('is needed when any check failed so', () => {
    assert.equal(needsControl(measurement([fine, dns])), true);
    assert.equal(needsControl(measurement([fine, slow])), false);
  });

  it('that is unreachable makes these checks, and only these, our own', () => {
    const { checks } = measurementUnderControl(measurement([slow, dns, fine]), unreachable);
    assert.deepEqual([checks[0], checks[2]], [slow, fine]);
    assert.equal(checks[1]?.reason, 'own_path');
    assert.equal(checks[1]?.verdict, 'inconclusive');
    assert.deepEqual(checks[1]?.evidence, { status: 0, control: 'unreachable', original_reason: 'dns' });
    assert.match(checks[1]?.detail ?? '', /control endpoint fails too.*no name/);
  });

  for (const answer of [{ control: 'reachable' }, { control: 'untried', why: 'no time' }] as const) {
    it(`that is ${answer.control} leaves the verdict, and is told`, () => {
      const { checks } = measurementUnderControl(measurement([dns]), answer);
      assert.deepEqual(checks, [{ ...dns, evidence: { status: 0, control: answer.control } }]);
      assert.deepEqual(failureUnderControl({ reason: 'dns', detail: 'd' }, answer), { reason: 'dns', detail: 'd' });
    });
  }

  it('turns a blocked step into an inconclusive one, which nothing blocks', () => {
    const login = blocked('websocket.login', { reason: 'refused', detail: 'nothing listens' }, timing);
    const judged = measurementUnderControl(measurement([login], 'auth'), unreachable);
    assert.equal(summarise(judged.checks).verdict, 'inconclusive');
    assert.equal(judged.blockedBy, null);
    assert.equal(measurementUnderControl(measurement([login], 'auth'), { control: 'reachable' }).blockedBy, 'auth');
  });

  it('judges a single failure alike', () => {
    assert.equal(failureUnderControl({ reason: 'reset', detail: 'd' }, unreachable).reason, 'own_path');
    assert.equal(failureUnderControl({ reason: 'server_error', detail: 'd' }, unreachable).reason, 'server_error');
  });
});
