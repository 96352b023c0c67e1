/** What people are told of latencies, and when. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';

import type { Environment } from '../../shared/core/environment/definition.ts';
import { judge } from '../../shared/core/judge/judge.ts';
import type { EnvironmentRecord, Notification, StepRecord } from '../../shared/core/judge/state.ts';
import { outcomeOf, type OutcomeInput, settingsWith, slot } from '../simulation/samples.ts';
import { delivered } from '../simulation/timeline.ts';

const usual = settingsWith();
const day = 288;

interface Told {
  readonly news: readonly string[];
  readonly notifications: readonly Notification[];
  readonly step: StepRecord;
  readonly environment: EnvironmentRecord | null;
}

interface Telling {
  readonly settings?: Environment;
  readonly regions?: readonly string[];
  readonly start?: EnvironmentRecord | null;
}

/** Judges that many slots of one step; every message is delivered at once. */
function telling(
  runs: number,
  shape: (index: number, region: string) => OutcomeInput | null,
  options: Telling = {},
): Told {
  const { settings = usual, regions = ['us-central1'], start = null } = options;
  let step: StepRecord | null = null;
  let environment = start;
  const notifications: Notification[] = [];
  const news: string[] = [];
  for (let index = 0; index < runs; index += 1) {
    for (const region of regions) {
      const found = shape(index, region);
      if (found === null) {
        continue;
      }
      const outcome = outcomeOf('auth', index, { region, ...found });
      const judgement = judge({ step, environment, outcome, settings, nowMs: outcome.endedAtMs });
      step = judgement.step ?? step;
      environment = delivered(judgement.environment ?? environment);
      notifications.push(...judgement.notifications);
      news.push(...judgement.notifications.map(({ kind }) => `${index} ${kind}`));
    }
  }
  return { news, notifications, step: step ?? assert.fail(), environment };
}

describe('news of a latency', () => {
  const shifted = (index: number): OutcomeInput => ({
    latencyMs: index >= 100 && index < 150 ? 400 : 200,
    phases: { tls: 20, first_byte: index >= 100 && index < 150 ? 300 : 100 },
    revision: index >= 100 ? 'r-2' : 'r-1',
  });

  it('is one conversation: slower, with the phase that makes it so, and as fast as before', () => {
    const { news, notifications, environment, step } = telling(200, shifted);
    assert.deepEqual(news, ['105 latency_moved', '154 latency_recovered']);
    const [moved, recovered] = notifications;
    assert.equal(
      moved?.change,
      'Log in takes longer: 200 ms → 400 ms (+100 %), most of it in Wait for the first byte (Wait for the first byte 100 ms → 300 ms (+200 %))',
    );
    assert.deepEqual(moved?.shift, {
      phase: 'total',
      fromMs: 200,
      toMs: 400,
      sinceMs: slot(100),
      revisionBefore: 'r-1',
      revisionAfter: 'r-2',
    });
    assert.equal(moved.lane, recovered?.lane);
    assert.equal(moved.reason, 'slower');
    assert.equal(moved.mention, false);
    assert.equal(moved.last, false);
    assert.equal(recovered?.last, true);
    assert.equal(recovered?.change, 'Log in is as fast as before: 400 ms → 200 ms (-50 %)');
    assert.equal(step.latencyTold, null);
    assert.deepEqual(environment?.places, {});
  });

  it('names a phase when the whole step shows nothing', () => {
    const { notifications } = telling(120, (index) => ({
      latencyMs: 5_000,
      phases: { dns: index >= 100 ? 80 : 5, tcp: index >= 100 ? 400 : 5 },
    }));
    assert.deepEqual(
      notifications.map(({ change }) => change),
      ['Log in takes longer: Connection 5 ms → 400 ms (+7900 %)'],
    );
  });

  it('names the phase that lost most, whichever it is, also from nothing', () => {
    const changed = (dnsMs: number, tcpMs: number): string | undefined =>
      telling(120, (index) => ({
        latencyMs: 5_000,
        phases: { dns: index >= 100 ? dnsMs : 0, tcp: index >= 100 ? tcpMs : 50 },
      })).notifications[0]?.change;
    assert.equal(changed(80, 110), 'Log in takes longer: Name lookup 0 ms → 80 ms (+8000 %)');
    assert.equal(changed(80, 140), 'Log in takes longer: Connection 50 ms → 140 ms (+180 %)');
  });

  it('of slow drift names the phase that lost most', () => {
    const longer = (index: number): number => 1 + Math.max(0, index / day - 10) * 0.01;
    const first = (loginMs: number, firstByteMs: number): string | undefined =>
      telling(65 * day, (index) => ({
        latencyMs: 9_000,
        phases: { login: loginMs * longer(index), first_byte: firstByteMs * longer(index) },
      })).notifications[0]?.shift?.phase;
    assert.equal(first(300, 290), 'login');
    assert.equal(first(300, 500), 'first_byte');
  });

  it('tells when it gets worse still', () => {
    const { news, notifications } = telling(170, (index) => ({
      latencyMs: index < 100 ? 200 : index < 150 ? 400 : 800,
    }));
    assert.deepEqual(news, ['105 latency_moved', '154 latency_moved']);
    assert.equal(notifications[1]?.change, 'Log in takes longer: 200 ms → 800 ms (+300 %)');
    assert.equal(new Set(notifications.map(({ lane }) => lane)).size, 1);
  });

  it('of a step in a daily rhythm is told once, and no evening is taken for its end', () => {
    const from = 8 * day + 60;
    const { news, notifications } = telling(12 * day, (index) => ({
      latencyMs: 260 * (1 + 0.3 * Math.sin((2 * Math.PI * index) / day)) * (index < from ? 1 : 1.5),
    }));
    assert.deepEqual(news, [`${from + 5} latency_moved`, `${from + 3 * day} latency_moved`]);
    assert.match(
      notifications[1]?.change ?? '',
      /^Log in has been slower for days: .* \(\+50 %\) is taken as usual from now on$/,
    );
  });

  it('says when the new level is taken as usual, and ends the conversation with it', () => {
    const { news, notifications, environment } = telling(1_000, (index) => ({ latencyMs: index < 100 ? 200 : 400 }));
    assert.deepEqual(news, ['105 latency_moved', '964 latency_moved']);
    assert.equal(
      notifications[1]?.change,
      'Log in has been slower for days: 200 ms → 400 ms (+100 %) is taken as usual from now on',
    );
    assert.equal(notifications[1]?.last, true);
    assert.deepEqual(environment?.places, {});
  });

  it('waits for the end of a mute, and is told then if it still holds', () => {
    const start: EnvironmentRecord = {
      ...(telling(1, () => ({})).environment ?? assert.fail()),
      mutes: [{ by: 'ada', reason: 'load test', untilMs: slot(120), steps: null }],
    };
    assert.deepEqual(telling(130, (index) => ({ latencyMs: index >= 100 ? 400 : 200 }), { start }).news, [
      '120 latency_moved',
    ]);
    assert.deepEqual(
      telling(130, (index) => ({ latencyMs: index >= 100 && index < 110 ? 400 : 200 }), { start }).news,
      [],
    );
  });

  it('is not told of a step that is broken anyway', () => {
    const failing = telling(130, (index) => ({
      latencyMs: index >= 100 ? 400 : 200,
      ...(index >= 103 && index < 120 && index % 2 === 1 ? { verdict: 'fail', reason: 'unavailable' } : {}),
    }));
    assert.deepEqual(failing.news, ['105 opened', '121 resolved', '121 latency_moved']);
  });

  it('needs as many regions as an alert does', () => {
    const settings = settingsWith({ regions: ['us-central1', 'europe-west1'], policy: { regionQuorum: 2 } });
    const regions = settings.regions;
    const one = telling(130, (index, region) => ({ latencyMs: index >= 100 && region === 'us-central1' ? 400 : 200 }), {
      settings,
      regions,
    });
    assert.deepEqual(one.news, []);
    const both = telling(130, (index) => ({ latencyMs: index >= 100 ? 400 : 200 }), { settings, regions });
    assert.deepEqual(both.news, ['105 latency_moved']);
    assert.deepEqual(both.step.latencyTold, { region: 'europe-west1', name: 'total' });
  });

  it('is told by the run of another region too', () => {
    const settings = settingsWith({ regions: ['us-central1', 'europe-west1'] });
    const start: EnvironmentRecord = {
      ...(telling(1, () => ({})).environment ?? assert.fail()),
      mutes: [{ by: 'ada', reason: 'load test', untilMs: slot(110), steps: null }],
    };
    const shape = (index: number, region: string): OutcomeInput | null =>
      region === 'us-central1' && index > 106
        ? null
        : { latencyMs: index >= 100 && region === 'us-central1' ? 400 : 200 };
    const { step } = telling(111, shape, { settings, regions: settings.regions, start });
    assert.deepEqual(step.latencyTold, { region: 'us-central1', name: 'total' });
  });

  it('of slow drift is not told to those who have asked for quiet', () => {
    const start: EnvironmentRecord = {
      ...(telling(1, () => ({})).environment ?? assert.fail()),
      mutes: [{ by: 'ada', reason: 'known', untilMs: slot(99 * day), steps: null }],
    };
    const drift = (index: number): OutcomeInput => ({ latencyMs: 300 * (1 + Math.max(0, index / day - 10) * 0.01) });
    assert.deepEqual(telling(65 * day, drift, { start }).news, []);
  });

  it('of slow drift is told once and ends at once', () => {
    const { notifications } = telling(65 * day, (index) => ({
      latencyMs: 300 * (1 + Math.max(0, index / day - 10) * 0.01),
    }));
    assert.equal(notifications.length, 1);
    assert.match(
      notifications[0]?.change ?? '',
      /^Log in has become slower bit by bit since 2026-\d\d-\d\d: \d+ ms → \d+ ms \(\+3\d %\)$/,
    );
    assert.equal(notifications[0]?.last, true);
  });

  it('ends when the history that it came from was lost', () => {
    const told = telling(110, shifted);
    const lost: StepRecord = { ...told.step, regions: {} };
    const outcome = outcomeOf('auth', 110, { latencyMs: 400 });
    const judgement = judge({
      step: lost,
      environment: told.environment,
      outcome,
      settings: usual,
      nowMs: outcome.endedAtMs,
    });
    assert.deepEqual(
      judgement.notifications.map(({ kind, change, last, shift }) => ({ kind, change, last, shift })),
      [
        {
          kind: 'latency_moved',
          change: 'the history of Log in was lost; what is measured now is taken as usual',
          last: true,
          shift: null,
        },
      ],
    );
    assert.equal(judgement.step?.latencyTold, null);
  });
});
