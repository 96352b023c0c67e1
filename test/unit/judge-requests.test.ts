/** What people ask for, and what becomes of it in the state. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';

import { emptyEnvironment } from '../../shared/core/judge/documents.ts';
import {
  acknowledged,
  withMaintenance,
  withMute,
  withoutMaintenance,
  withoutMutes,
} from '../../shared/core/judge/requests.ts';
import type { EnvironmentRecord, MaintenanceEntry, Mute } from '../../shared/core/judge/state.ts';
import { settingsWith, slot } from '../simulation/samples.ts';
import { play } from '../simulation/timeline.ts';

const settings = settingsWith();
const empty = emptyEnvironment('acme');
const mute: Mute = { by: 'ada', reason: 'known', untilMs: 1_000, steps: ['auth'] };
const entry: MaintenanceEntry = { ...mute, fromMs: 0, expect: 'down' };

describe('a mute', () => {
  it('is added to those that last', () => {
    const first = withMute(empty, mute, 0);
    assert.deepEqual(first?.mutes, [mute]);
    const later = { ...mute, untilMs: 5_000 };
    assert.deepEqual(withMute(first, later, 999)?.mutes, [mute, later]);
    assert.deepEqual(withMute(first, later, 1_000)?.mutes, [later]);
  });

  it('is refused when there are twenty', () => {
    const mutes = Array.from({ length: 20 }, () => mute);
    assert.equal(withMute({ ...empty, mutes }, mute, 0), null);
    assert.equal(withMute({ ...empty, mutes: mutes.slice(1) }, mute, 0)?.mutes.length, 20);
    assert.equal(withMute({ ...empty, mutes }, mute, 1_000)?.mutes.length, 1);
  });

  it('ends with all others', () => {
    assert.deepEqual(withoutMutes({ ...empty, mutes: [mute] }), empty);
    assert.equal(withoutMutes(empty), null);
  });
});

describe('a window that is begun by hand', () => {
  it('is added to those that last, up to twenty', () => {
    const first = withMaintenance(empty, entry, 0);
    assert.deepEqual(first?.maintenance, [entry]);
    assert.deepEqual(withMaintenance(first, entry, 1_000)?.maintenance, [entry]);
    const maintenance = Array.from({ length: 20 }, () => entry);
    assert.equal(withMaintenance({ ...empty, maintenance }, entry, 999), null);
    assert.equal(withMaintenance({ ...empty, maintenance: maintenance.slice(1) }, entry, 999)?.maintenance.length, 20);
  });

  it('ends with all others', () => {
    assert.deepEqual(withoutMaintenance({ ...empty, maintenance: [entry] }), empty);
    assert.equal(withoutMaintenance(empty), null);
  });
});

describe('an acknowledgement', () => {
  const { environment } = play({ settings, runs: { auth: 'FF' } });
  const taken = { by: 'ada', reason: 'rolling back', untilMs: slot(1) + 2 * 3_600_000 };
  const nowMs = slot(1);

  it('needs an open incident', () => {
    assert.equal(acknowledged(empty, taken, { settings, nowMs }), null);
  });

  it('is in the incident, and on its way into the thread', () => {
    const record = acknowledged(environment, taken, { settings, nowMs }) ?? assert.fail();
    const incident = record.incident ?? assert.fail();
    assert.deepEqual(incident, { ...environment.incident, acknowledged: taken, changes: 1, lastToldAtMs: nowMs });
    const expected: EnvironmentRecord['outbox'] = [
      {
        notification: {
          id: `${incident.id}:changed:1`,
          kind: 'changed',
          lane: incident.id,
          environment: 'acme',
          atMs: nowMs,
          change: 'ada has taken it for 2 h: rolling back',
          step: 'auth',
          reason: 'unavailable',
          incident,
          shift: null,
          flow: { auth: 'fail' },
          mention: false,
          last: false,
          folded: 0,
        },
        attempts: 0,
        nextAttemptAtMs: nowMs,
        ambiguous: false,
      },
    ];
    assert.deepEqual(record.outbox, expected);
  });

  it('is only in the incident when there is no channel', () => {
    const { slack: _, ...silent } = settings;
    const record = acknowledged(environment, taken, { settings: silent, nowMs });
    assert.equal(record?.incident?.acknowledged, taken);
    assert.deepEqual(record.outbox, []);
  });
});
