/** What `explain` says: the rule, the runs, what keeps people from hearing of it, what would end it. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';

import { explainIncident, explainStep } from '../../shared/core/explain.ts';
import type { EnvironmentRecord, Incident } from '../../shared/core/judge/state.ts';
import { settingsWith, slot } from '../simulation/samples.ts';
import { play, type Played, type Timeline } from '../simulation/timeline.ts';

const usual = settingsWith();

function explained(runs: Timeline['runs'], settings = usual, nowIndex = 8): { step: string; played: Played } {
  const played = play({ runs, settings });
  const input = { settings, environment: played.environment, nowMs: slot(nowIndex) };
  return { step: explainStep('auth', played.steps.auth ?? null, input).join('\n'), played };
}

describe('explaining a step', () => {
  it('says rule, runs, and what would end it', () => {
    const { step, played } = explained({ auth: 'PpFFP' });
    assert.equal(
      step,
      [
        'Log in: fires (fail, unavailable) in us-central1 since 2026-11-23T00:10:00Z: the service is unavailable (HTTP 503): no instance ready, starting or overloaded.',
        '  Rule: an outage is 2 of 3 runs that failed, a degradation 3 of 5 runs that were degraded or worse; security findings count at once.',
        '  us-central1: firing',
        '    2026-11-23T00:00:00Z  pass           200 ms',
        '    2026-11-23T00:05:00Z  pass           200 ms  reset at the first try',
        '    2026-11-23T00:10:00Z  fail           200 ms  unavailable',
        '    2026-11-23T00:15:00Z  fail           200 ms  unavailable',
        '    2026-11-23T00:20:00Z  pass           200 ms',
        '    To recover: 1 more passes in a row, without a second try (1 of 2).',
        `  Told: it is a part of incident ${played.environment.incident?.id}.`,
      ].join('\n'),
    );
  });

  it('says that a step that flaps has to pass more often', () => {
    assert.match(
      explained({ auth: 'FFPPFF' }).step,
      /4 more passes .* \(0 of 4; more than usual, since it broke again 1 times/,
    );
  });

  it('says that nothing is wrong, or that nothing is known', () => {
    assert.match(explained({ auth: 'PPP' }).step, /^Log in: does not fire \(pass\)\./);
    assert.equal(explained({ health: 'P' }).step, 'Log in: no run has been judged.');
    const { steps } = play({ runs: { auth: 'P' }, settings: usual });
    const environment = play({ runs: { health: 'P' }, settings: usual }).environment;
    assert.match(
      explainStep('auth', steps.auth ?? null, { settings: usual, environment, nowMs: slot(1) })[0] ?? '',
      /\(unknown\)/,
    );
  });

  it('shows both tries of the last run, and no latency where there is none', () => {
    const { steps, environment } = play({ runs: { auth: 'P' }, settings: usual });
    const record = steps.auth ?? assert.fail();
    const [name, region] = Object.entries(record.regions)[0] ?? assert.fail();
    const [mark = assert.fail()] = region?.window ?? [];
    const attempt = {
      verdict: 'fail',
      reason: 'reset',
      detail: '',
      checkId: null,
      startedAtMs: 0,
      latencyMs: null,
    } as const;
    const lastOutcome = {
      ...(region?.lastOutcome ?? assert.fail()),
      attempts: [attempt, { ...attempt, verdict: 'pass', reason: null } as const],
    };
    const changed = {
      ...record,
      regions: { [name]: { ...region, lastOutcome, window: [{ ...mark, flaky: true, latencyMs: null }] } },
    };
    const text = explainStep('auth', changed, { settings: usual, environment, nowMs: slot(1) }).join('\n');
    assert.match(text, /The last run was tried 2 times: reset, then pass\./);
    assert.match(text, /pass {23}at the first try|pass\s+at the first try/);
  });

  it('names regions that see it alone, and those that are silent', () => {
    const settings = settingsWith({ regions: ['us-central1', 'europe-west1'], policy: { regionQuorum: 2 } });
    const lone = explained({ 'auth@us-central1': 'FFFFFFFF', 'auth@europe-west1': 'PPPPPPPP' }, settings).step;
    assert.match(lone, /^Log in: fires in us-central1 only; an alert needs 2 regions\./);
    assert.match(lone, /Told: trouble of the monitor \(one_region, us-central1, unavailable\) since/);
    const silent = explained({ 'auth@us-central1': 'P', 'auth@europe-west1': 'PPPPPPPPP' }, settings).step;
    assert.match(silent, /us-central1: ok; silent since 2026-11-23T00:00:00Z, so it has no say/);
  });

  it('names who asked for quiet', () => {
    const played = play({ runs: { auth: 'FF' }, settings: usual });
    const environment: EnvironmentRecord = {
      ...played.environment,
      mutes: [{ by: 'ada', reason: 'known', untilMs: slot(9), steps: null }],
    };
    const text = explainStep('auth', played.steps.auth ?? null, { settings: usual, environment, nowMs: slot(3) }).join(
      '\n',
    );
    assert.match(
      text,
      /Quiet: muted by ada until 2026-11-23T00:45:00Z \(known\); security findings are told all the same\./,
    );
  });

  it('names a latency that has moved', () => {
    const { steps, environment } = play({ runs: { auth: 'P' }, settings: usual });
    const record = steps.auth ?? assert.fail();
    const region = record.regions['us-central1'] ?? assert.fail();
    const total = region.latencies.series.total ?? assert.fail();
    const shift = {
      phase: 'total',
      fromMs: 200,
      toMs: 400,
      sinceMs: slot(0),
      revisionBefore: null,
      revisionAfter: 'r-2',
    } as const;
    const latencies = { ...region.latencies, series: { total: { ...total, shift } } };
    const moved = {
      ...record,
      latencyTold: { region: 'us-central1', name: 'total' } as const,
      regions: { 'us-central1': { ...region, latencies } },
    };
    const text = explainStep('auth', moved, { settings: usual, environment, nowMs: slot(1) }).join('\n');
    assert.match(text, /Slower: Whole step 200 ms → 400 ms since 2026-11-23T00:00:00Z, revision unknown → r-2\./);
    assert.match(text, /Told: that it is slower \(Whole step, us-central1\)\./);
  });
});

describe('explaining an incident', () => {
  function lines(
    runs: Timeline['runs'],
    change: (record: EnvironmentRecord) => EnvironmentRecord = (record) => record,
    settings = usual,
  ): string {
    const environment = change(play({ runs, settings }).environment);
    const incident: Incident = environment.incident ?? environment.lastIncident ?? assert.fail();
    return explainIncident(incident, { settings, environment, nowMs: slot(6) }).join('\n');
  }

  it('says what is broken, what was told, and what would end it', () => {
    const text = lines({ auth: 'FFGG' });
    assert.match(text, /^Incident acme-\w+: outage, open for 25 min, named after Log in\.\n/);
    assert.match(
      text,
      /Log in: broken since 2026-11-23T00:00:00Z, 4 bad runs, gateway: HTTP 502\. Reasons that were told: unavailable, gateway\./,
    );
    assert.match(
      text,
      /Told: 1 changes and 0 reminders so far, the last at 2026-11-23T00:15:10Z; the next reminder is due at 2026-11-23T04:15:10Z\./,
    );
    assert.match(text, /To end it: auth must recover\.$/);
  });

  it('says what has recovered, and what it is a relapse of', () => {
    const text = lines({ auth: 'FFPP', websocket: 'FFFF' });
    assert.match(text, /Recovered: auth at 00:10 UTC\./);
    assert.doesNotMatch(lines({ auth: 'FF' }), /Recovered/);
    assert.match(lines({ auth: 'FFPPFF' }), /It broke again shortly after incident acme-\w+\./);
  });

  it('says of one that is over no more than that', () => {
    const text = lines({ auth: 'FFPP' });
    assert.match(text, /over since 2026-11-23T00:15:10Z/);
    assert.doesNotMatch(text, /To end it|reminder/);
  });

  it('says why there are no reminders', () => {
    const acknowledged = { by: 'ada', reason: 'on it', untilMs: slot(9) };
    const taken =
      (untilMs: number) =>
      (record: EnvironmentRecord): EnvironmentRecord => ({
        ...record,
        incident: record.incident === null ? null : { ...record.incident, acknowledged: { ...acknowledged, untilMs } },
      });
    assert.match(
      lines({ auth: 'FF' }, taken(slot(9))),
      /no reminders until 2026-11-23T00:45:00Z: acknowledged by ada \(on it\)\./,
    );
    assert.match(lines({ auth: 'FF' }, taken(slot(6))), /the next reminder is due/);
    assert.match(
      lines({ auth: 'FF' }, undefined, settingsWith({ policy: { reminderMinutes: 0 } })),
      /the file wants no reminders\./,
    );
  });

  it('says what has not been delivered', () => {
    const waiting =
      (nextAttemptAtMs: number, ambiguous: boolean) =>
      (record: EnvironmentRecord): EnvironmentRecord => {
        const [notification = assert.fail()] = play({ runs: { auth: 'FF' }, settings: usual }).notifications;
        return { ...record, outbox: [{ notification, attempts: 3, nextAttemptAtMs, ambiguous }] };
      };
    assert.match(
      lines({ auth: 'FF' }, waiting(slot(6), true)),
      /Not delivered yet: opened, 3 attempts, the next run tries again; it may be there already\./,
    );
    assert.match(
      lines({ auth: 'FF' }, waiting(slot(7), false)),
      /3 attempts, it is tried again at 2026-11-23T00:35:00Z\./,
    );
  });
});
