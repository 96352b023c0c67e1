/** What an alert shows of an outcome: the facts that help, in few lines, whatever the outcome holds. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';

import * as fc from 'fast-check';

import { failed, passed, summarise } from '../../shared/core/check.ts';
import { evidenceLineMax, evidenceLinesMax } from '../../shared/core/judge/state.ts';
import { evidenceLines } from '../../shared/core/message/evidence.ts';
import { type Attempt, type Check, type Outcome, phases as allPhases } from '../../shared/core/outcome.ts';
import { hostileText } from '../support/hostile-text.ts';

const timing = { startedMs: 0, latencyMs: 12 };

function outcome(checks: readonly Check[], more: Partial<Outcome> = {}): Outcome {
  return {
    ...summarise(checks),
    checks,
    latencyMs: null,
    phases: {},
    gauges: {},
    components: [],
    timeline: [],
    revision: null,
    blockedBy: null,
    memory: {},
    environment: 'staging',
    region: 'us-central1',
    step: 'websocket',
    slotMs: 0,
    startedAtMs: 0,
    endedAtMs: 0,
    attempts: [],
    flaky: false,
    cold: false,
    late: false,
    stalledMs: 0,
    traceId: '4bf92f3577b34da6a3ce929d0e0e4736',
    ...more,
  };
}

function attempt(reason: Attempt['reason']): Attempt {
  const verdict = reason === null ? 'pass' : 'fail';
  return { verdict, reason, detail: '', checkId: null, startedAtMs: 0, latencyMs: null };
}

const negotiated = passed('websocket.subprotocol', 'jwt-auth was chosen', {
  ...timing,
  evidence: { offered: ['jwt-auth', 'jwt.[token]'], selected: 'jwt-auth' },
});

describe('the evidence', () => {
  it('shows the worst check first, then what was negotiated and how far it came', () => {
    const hungUp = failed(
      'websocket.welcome',
      { reason: 'closed_early', detail: 'closed with 1000' },
      { ...timing, evidence: { close_code: 1000, close_reason: 'main cleanup', frames: 0, waited_ms: 14.2 } },
    );
    const lines = evidenceLines(
      outcome([negotiated, hungUp], {
        phases: { upgrade: 61, dns: 2, tls: 24.4, tcp: 11 },
        attempts: [attempt('closed_early'), attempt('closed_early')],
      }),
    );
    assert.deepEqual(lines, [
      'check: The server greets with the frame of its version',
      'close code: 1000 · close reason: main cleanup · frames: 0 · waited: 14 ms',
      'offered: jwt-auth, jwt.[token] · selected: jwt-auth',
      'phases: dns 2 ms, tcp 11 ms, tls 24 ms, upgrade 61 ms',
      'tries: closed_early, then closed_early',
    ]);
  });

  it('shows the negotiation once when it is what went wrong', () => {
    const none = failed(
      'websocket.subprotocol',
      { reason: 'subprotocol_missing', detail: 'none' },
      { ...timing, phases: { upgrade: 5 }, evidence: { offered: ['jwt-auth'], selected: null } },
    );
    assert.deepEqual(evidenceLines(outcome([none])), [
      'check: The negotiated subprotocol is one that was offered and wanted',
      'offered: jwt-auth · selected: none',
      'phases: upgrade 5 ms',
    ]);
  });

  it('names the component that is meant, and says yes and no', () => {
    const redis = failed(
      'health.component',
      { reason: 'component_degraded', detail: 'down' },
      { ...timing, subject: 'redis', evidence: { word: 'failed', connected: false, listed: [], cached: true } },
    );
    assert.deepEqual(evidenceLines(outcome([redis])), [
      'check: A component of the product is up and fast enough (redis)',
      'word: failed · connected: no · listed: none · cached: yes',
    ]);
  });

  it('shows a run by its first and last events, and what else is wrong', () => {
    const timeline = Array.from({ length: 9 }, (_, at) => ({ name: `event_${at}`, atMs: at * 1_000 }));
    const stalled = failed('agent.liveness', { reason: 'agent_stall', detail: 'silent' }, timing);
    const slow = failed('agent.pace', { reason: 'slow', detail: 'slow' }, timing);
    assert.deepEqual(evidenceLines(outcome([slow, stalled], { timeline })), [
      'check: The run does not stall and the connection holds',
      'events: event_0 0 ms, event_1 1 s, … 5 more …, event_7 7 s, event_8 8 s',
      'also: agent.pace slow',
    ]);
  });

  it('drops the first phases rather than the last when there are too many', () => {
    const phases = Object.fromEntries(allPhases.map((phase) => [phase, 123]));
    const [line = ''] = evidenceLines(outcome([], { phases }));
    assert.match(line, /^phases: … (?!login)\w.*, longest silence 123 ms, completed 123 ms$/);
    assert.ok(line.length > evidenceLineMax - 20);
  });

  it('says something also when no check was made', () => {
    assert.deepEqual(evidenceLines(outcome([], { phases: { dns: 1 } })), ['phases: dns 1 ms']);
  });

  it('stays short, and keeps room for how far it came, whatever the evidence', () => {
    const value = fc.oneof(hostileText(), fc.boolean(), fc.constant(null), fc.double(), fc.array(hostileText()));
    fc.assert(
      fc.property(fc.dictionary(fc.string({ maxLength: 30 }), value, { maxKeys: 40 }), (evidence) => {
        const bad = failed('websocket.upgrade', { reason: 'upgrade_refused', detail: 'x' }, { ...timing, evidence });
        const lines = evidenceLines(outcome([negotiated, bad], { phases: { dns: 1 } }));
        assert.ok(lines.length <= evidenceLinesMax);
        assert.ok(lines.every((line) => line.length <= evidenceLineMax));
        assert.equal(lines.at(-1), 'phases: dns 1 ms');
      }),
    );
  });
});
