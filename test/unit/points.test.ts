import assert from 'node:assert/strict';
import { describe, it } from 'node:test';

import { metricEntry, metricNames } from '../../shared/core/metrics/catalogue.ts';
import { pointsOf } from '../../shared/core/metrics/outcome-points.ts';
import { gauges, type Outcome, phases, type Verdict, verdicts } from '../../shared/core/outcome.ts';
import { checkWith, factsWith, outcomeWith, pointsWith, published, settings, slotMs } from '../support/metric-run.ts';

function namesOf(outcome: Partial<Outcome>): readonly string[] {
  return Object.keys(published(pointsWith(outcome)));
}

describe('the points of a run', () => {
  it('are complete and in order for a run that passes', () => {
    assert.deepEqual(published(pointsWith()), {
      up: 1,
      degraded: 0,
      blocked: 0,
      inconclusive: 0,
      'runs{verdict=pass,reason=none}': 1,
      'latency{phase=dns}': 4,
      'latency{phase=tcp}': 20,
      'latency{phase=total}': 180,
      latency_distribution: 180,
      cold: 0,
      stalled: 3,
      trigger_delay: 1_200,
      incident_open: 0,
    });
  });

  const told: readonly { verdict: Verdict; up: number | undefined; degraded: number | undefined; why: string }[] = [
    { verdict: 'pass', up: 1, degraded: 0, why: 'it works' },
    { verdict: 'degraded', up: 1, degraded: 1, why: 'it works, worse than it should' },
    { verdict: 'fail', up: 0, degraded: 0, why: 'it does not work' },
    { verdict: 'blocked', up: undefined, degraded: undefined, why: 'the step was not tried' },
    { verdict: 'inconclusive', up: undefined, degraded: undefined, why: 'the monitor could not tell' },
  ];
  for (const { verdict, up, degraded, why } of told) {
    it(`say ${up ?? 'nothing'} for up when the verdict is ${verdict}: ${why}`, () => {
      const values = published(pointsWith({ verdict }));
      assert.deepEqual([values['up'], values['degraded']], [up, degraded]);
      assert.deepEqual(
        [values['blocked'], values['inconclusive']],
        [verdict === 'blocked' ? 1 : 0, verdict === 'inconclusive' ? 1 : 0],
      );
    });
  }

  for (const verdict of verdicts) {
    it(`count a run whose verdict is ${verdict} exactly once`, () => {
      const counted = pointsWith({ verdict, reason: 'dns' }).filter(({ metric }) => metric === 'runs');
      assert.deepEqual(published(counted), { [`runs{verdict=${verdict},reason=dns}`]: 1 });
    });
  }

  it('leave out every latency of a run that did not work, since a quick error would look like good news', () => {
    for (const verdict of ['fail', 'blocked', 'inconclusive'] as const) {
      assert.deepEqual(
        namesOf({ verdict }).filter((name) => name.startsWith('latency')),
        [],
      );
    }
  });

  it('leave the first run of a process out of the distribution, but not out of the latency', () => {
    const values = published(pointsWith({ cold: true }));
    assert.equal(values['latency_distribution'], undefined);
    assert.equal(values['latency{phase=total}'], 180);
    assert.equal(values['cold'], 1);
  });

  it('have no headline latency where none was measured', () => {
    const names = namesOf({ latencyMs: null });
    assert.ok(!names.includes('latency{phase=total}') && !names.includes('latency_distribution'));
  });

  it('carry every phase that was measured', () => {
    const measured = Object.fromEntries(phases.map((phase, index) => [phase, index]));
    const values = published(pointsWith({ phases: measured }));
    assert.deepEqual(
      phases.map((phase) => values[`latency{phase=${phase}}`]),
      phases.map((_, index) => index),
    );
  });

  it('carry every gauge that was measured, also of a run that failed', () => {
    const measured = Object.fromEntries(gauges.map((gauge, index) => [gauge, index + 1]));
    const values = Object.values(published(pointsWith({ verdict: 'fail', latencyMs: null, gauges: measured })));
    gauges.forEach((gauge, index) => assert.ok(values.includes(index + 1), gauge));
  });

  it('round what is whole by its nature and keep fractions elsewhere', () => {
    const values = published(pointsWith({ gauges: { agent_events: 11.6, clock_skew_seconds: 0.25 } }));
    assert.deepEqual([values['agent_events'], values['clock_skew']], [12, 0.25]);
  });

  it('leave out numbers that are none', () => {
    const gauges = { tls_days_left: Number.NaN, uptime_seconds: Number.POSITIVE_INFINITY };
    const names = namesOf({ gauges, stalledMs: Number.NaN });
    assert.deepEqual(
      names.filter((name) => ['tls_days_left', 'uptime', 'stalled'].includes(name)),
      [],
    );
  });
});

describe('the points of checks', () => {
  it('stand on the verdict of each check, whatever became of the run', () => {
    const checks = [
      checkWith({ id: 'auth.login' }),
      checkWith({ id: 'auth.token_lifetime', verdict: 'degraded', reason: 'token_lifetime' }),
      checkWith({ id: 'auth.refuses_no_token', verdict: 'fail', reason: 'auth_bypassed' }),
      checkWith({ id: 'auth.refresh', verdict: 'inconclusive', reason: 'own_path' }),
      checkWith({ id: 'auth.protected_resource', verdict: 'blocked', reason: 'dns' }),
    ];
    const values = published(pointsWith({ verdict: 'inconclusive', checks }).filter((it) => it.metric === 'check_up'));
    assert.deepEqual(values, {
      'check_up{check=auth.login}': 1,
      'check_up{check=auth.token_lifetime}': 1,
      'check_up{check=auth.refuses_no_token}': 0,
    });
  });

  it('fall together for checks of one name, the worst speaking', () => {
    const checks = ['pass', 'fail', 'pass'].map((verdict) =>
      checkWith({ id: 'health.document', subject: verdict, verdict: verdict === 'fail' ? 'fail' : 'pass' }),
    );
    const made = pointsWith({ step: 'health', checks }).filter((it) => it.metric === 'check_up');
    assert.deepEqual(published(made), { 'check_up{check=health.document}': 0 });
  });
});

describe('the points of components', () => {
  const component = { name: 'redis', verdict: 'pass', word: 'ok', latencyMs: 3 } as const;

  function componentPoints(components: Outcome['components']): Readonly<Record<string, number>> {
    return published(pointsWith({ step: 'health', components }).filter(({ metric }) => metric.startsWith('component')));
  }

  it('are named as in the environment file', () => {
    const components = [component, { ...component, name: 'database', verdict: 'degraded', latencyMs: null } as const];
    assert.deepEqual(componentPoints(components), {
      'component_up{component=redis}': 1,
      'component_up{component=database}': 1,
      'component_latency{component=redis}': 3,
    });
  });

  it('never carry a name that the file does not know', () => {
    const components = [
      { ...component, name: 'eyJhbGciOiJIUzI1NiJ9.secret', latencyMs: 7 },
      { ...component, name: '__proto__', verdict: 'fail', latencyMs: 9 } as const,
    ];
    assert.deepEqual(componentPoints(components), {
      'component_up{component=other}': 0,
      'component_latency{component=other}': 9,
    });
  });

  it('fall together for components of one name in two documents, the worst speaking', () => {
    const components = [{ ...component, verdict: 'fail', latencyMs: 2 } as const, { ...component, latencyMs: 40 }];
    assert.deepEqual(componentPoints(components), {
      'component_up{component=redis}': 0,
      'component_latency{component=redis}': 40,
    });
  });
});

describe('the points about the monitor itself', () => {
  it('count what happened and write no zeros', () => {
    assert.deepEqual(
      namesOf({}).filter((name) => ['flaky_runs', 'delivery_failures', 'state_conflicts'].includes(name)),
      [],
    );
    const values = published(pointsWith({ flaky: true }, { deliveryFailures: 2, stateConflicts: 1 }));
    assert.deepEqual([values['flaky_runs'], values['delivery_failures'], values['state_conflicts']], [1, 2, 1]);
  });

  it('say nothing about an incident when the state could not be read', () => {
    assert.equal(published(pointsWith({}, { incidentOpen: true }))['incident_open'], 1);
    assert.ok(!('incident_open' in published(pointsWith({}, { incidentOpen: null }))));
  });
});

describe('a run that speaks for no slot of its own', () => {
  const atMs = slotMs + 500_000;

  it('writes one counter when it is late, at the instant at which that was noticed', () => {
    const [point, ...others] = pointsWith({ late: true, verdict: 'fail' }, { atMs });
    assert.deepEqual(others, []);
    assert.deepEqual(
      [point?.metric, point?.value.value, point?.startMs, point?.endMs],
      ['late_runs', 1, atMs - 1, atMs],
    );
  });

  it('writes one counter when it is a duplicate, also of a run that was late', () => {
    for (const late of [false, true]) {
      assert.deepEqual(published(pointsWith({ late }, { atMs, duplicate: true })), { duplicate_runs: 1 });
    }
  });
});

describe('the series of a run', () => {
  it('belong to the environment, the region and the step', () => {
    const made = pointsOf(outcomeWith({ region: 'europe-west1', step: 'agent' }), settings, factsWith());
    for (const { task } of made) {
      assert.deepEqual(task, { location: 'europe-west1', namespace: 'staging', job: 'golden-path', taskId: 'agent' });
    }
  });

  it('start at the slot for counters, have no start for gauges, and end with the run', () => {
    for (const { metric, startMs, endMs } of pointsWith()) {
      const cumulative = metricEntry(metric).metricKind === 'CUMULATIVE';
      assert.deepEqual([metric, startMs, endMs], [metric, cumulative ? slotMs : null, slotMs + 3_000]);
    }
  });

  const cells = [
    { cadenceSeconds: 300, endedAtMs: slotMs - 20, endMs: slotMs + 1, when: 'our clock is behind the slot' },
    { cadenceSeconds: 300, endedAtMs: slotMs + 295_001, endMs: slotMs + 295_001, when: 'the run fills its cell' },
    { cadenceSeconds: 300, endedAtMs: slotMs + 900_000, endMs: slotMs + 295_001, when: 'the run outlives its cell' },
    { cadenceSeconds: 5, endedAtMs: slotMs + 2_000, endMs: slotMs + 1, when: 'the cadence is the shortest there is' },
  ];
  for (const { cadenceSeconds, endedAtMs, endMs, when } of cells) {
    it(`stay inside the cell of their slot when ${when}`, () => {
      const made = pointsOf(outcomeWith({ endedAtMs }), { ...settings, cadenceSeconds }, factsWith());
      assert.deepEqual(new Set(made.map((point) => point.endMs)), new Set([endMs]));
    });
  }

  it('make use of every metric of the catalogue', () => {
    const everything: Partial<Outcome> = {
      flaky: true,
      checks: [checkWith({})],
      components: [{ name: 'redis', verdict: 'pass', word: null, latencyMs: 1 }],
      gauges: Object.fromEntries(gauges.map((gauge) => [gauge, 1])),
    };
    const made = [
      ...pointsWith(everything, { deliveryFailures: 1, stateConflicts: 1 }),
      ...pointsWith({ late: true }),
      ...pointsWith({}, { duplicate: true }),
    ];
    assert.deepEqual(
      metricNames.filter((name) => !made.some(({ metric }) => metric === name)),
      [],
    );
  });
});
