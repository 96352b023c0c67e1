/** Trouble that shows only after judging: when it begins and ends, and how the next run's judge tells of it. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';

import fc from 'fast-check';

import { excuseOf } from '../../shared/core/judge/blocked.ts';
import { emptyEnvironment } from '../../shared/core/judge/documents.ts';
import { type Judgement, judge } from '../../shared/core/judge/judge.ts';
import {
  followOwnTrouble,
  noOwnHistory,
  type OwnHistory,
  type OwnTrouble,
} from '../../shared/core/judge/own-trouble.ts';
import { parseEnvironmentRecord } from '../../shared/core/judge/parse.ts';
import type { EnvironmentRecord, StepRecord } from '../../shared/core/judge/state.ts';
import type { Step } from '../../shared/core/step.ts';
import { openOwnHistories } from '../../shared/run/own-histories.ts';
import { outcomeOf, settingsWith, slot } from '../simulation/samples.ts';

/** `m`: metrics fail, `s`: state fails, `b`: both, `.`: all is well. */
function history(runs: string, runsMin: number): OwnHistory {
  const reasons = {
    '.': [],
    m: ['metrics_unavailable'],
    s: ['state_unavailable'],
    b: ['state_unavailable', 'metrics_unavailable'],
    k: ['slack_unavailable'],
  } as const;
  let followed = noOwnHistory;
  for (const [index, letter] of runs.split('').entries()) {
    const known = Object.entries(reasons).find(([key]) => key === letter)?.[1] ?? assert.fail(letter);
    followed = followOwnTrouble(followed, { slotMs: slot(index), reasons: known }, runsMin);
  }
  return followed;
}

function told({ troubles }: OwnHistory): readonly string[] {
  return troubles.map(({ reason, sinceMs }) => `${reason} since ${(sinceMs - slot(0)) / (slot(1) - slot(0))}`);
}

describe('trouble of the monitor itself', () => {
  const rows: readonly (readonly [runs: string, runsMin: number, troubles: readonly string[]])[] = [
    ['', 3, []],
    ['mm', 3, []],
    ['mmm', 3, ['metrics_unavailable since 0']],
    ['.mmm', 3, ['metrics_unavailable since 1']],
    ['m.m.m', 3, ['metrics_unavailable since 0']],
    ['m..m..m..m', 3, []],
    ['mmm..', 3, ['metrics_unavailable since 0']],
    ['mmm...', 3, []],
    ['mmm..m..', 3, ['metrics_unavailable since 0']],
    ['mmm...mm', 3, []],
    ['m', 1, ['metrics_unavailable since 0']],
    ['m.', 1, []],
    ['bbs', 2, ['state_unavailable since 0', 'metrics_unavailable since 0']],
    ['bbss', 2, ['state_unavailable since 0']],
    ['kkk', 2, []],
  ];
  for (const [runs, runsMin, troubles] of rows) {
    it(`is, after the runs "${runs}" with ${runsMin}: ${troubles.join(', ') || 'none'}`, () => {
      assert.deepEqual(told(history(runs, runsMin)), troubles);
    });
  }

  it('does not flap when every other run fails, and remembers no more than it needs', () => {
    fc.assert(
      fc.property(fc.integer({ min: 2, max: 6 }), fc.integer({ min: 20, max: 80 }), (runsMin, length) => {
        const runs = 'm.'.repeat(length);
        const changes = Array.from({ length: runs.length }, (_, index) => history(runs.slice(0, index), runsMin));
        const states = changes.map(({ troubles }) => troubles.length);
        assert.ok(
          states.every((now, index) => index === 0 || now >= (states[index - 1] ?? 0)),
          'it never ends',
        );
        assert.ok(changes.every((each) => each.runs.length <= 2 * runsMin - 1));
      }),
      { numRuns: 20 },
    );
  });

  it('is remembered for each environment and step of a process, and is unknown before its first run', () => {
    const own = openOwnHistories();
    assert.equal(own.recall('acme', 'auth'), null);
    own.note(outcomeOf('auth', 0), ['metrics_unavailable'], 1);
    assert.deepEqual(
      own.recall('acme', 'auth')?.map(({ reason }) => reason),
      ['metrics_unavailable'],
    );
    assert.equal(own.recall('acme', 'health'), null);
    assert.equal(own.recall('other', 'auth'), null);
    own.note(outcomeOf('auth', 1), [], 1);
    assert.deepEqual(own.recall('acme', 'auth'), []);
  });
});

const metrics: OwnTrouble = { reason: 'metrics_unavailable', sinceMs: slot(0), goodInRow: 0 };

/** Judges runs one after the other over one environment. */
function course(settings = settingsWith({ slack: { channel: '#alerts', monitorChannel: '#monitor' } })) {
  const steps: Partial<Record<Step, StepRecord>> = {};
  let environment: EnvironmentRecord = emptyEnvironment('acme');
  const next = (step: Step, index: number, own: readonly OwnTrouble[] | null, region = 'us-central1'): Judgement => {
    const outcome = outcomeOf(step, index, { region });
    const judgement = judge({ step: steps[step] ?? null, environment, outcome, settings, nowMs: slot(index), own });
    steps[step] = judgement.step ?? steps[step] ?? assert.fail();
    environment = judgement.environment ?? environment;
    return judgement;
  };
  return { environment: () => environment, next };
}

function sentences({ notifications }: Judgement): readonly string[] {
  return notifications.map(({ kind, change }) => `${kind}: ${change}`);
}

describe('the judge of the next run', () => {
  it('tells of it in the conversation about the monitor, and of its end', () => {
    const { next, environment } = course();
    assert.deepEqual(sentences(next('health', 1, [metrics])), [
      'monitor_trouble: Cloud Monitoring does not take the measurements, noticed by the runs of Health in us-central1 since 00:00 UTC',
    ]);
    assert.deepEqual(sentences(next('health', 2, [metrics])), []);
    assert.deepEqual(sentences(next('health', 3, [])), [
      'monitor_recovered: Cloud Monitoring takes the measurements again, after it had failed since 00:00 UTC',
    ]);
    assert.deepEqual(environment().troubles, []);
  });

  it('tells of it once, however many steps and regions notice it, and of its end when the last one is well', () => {
    const { next } = course(settingsWith({ regions: ['us-central1', 'europe-west1'], slack: { channel: '#alerts' } }));
    assert.equal(next('auth', 1, [metrics]).notifications.length, 1);
    assert.equal(next('health', 1, [metrics]).notifications.length, 0);
    assert.equal(next('auth', 2, []).notifications.length, 0);
    assert.equal(next('health', 2, []).notifications.length, 1);
  });

  it('believes neither a new process nor another region that it is over', () => {
    const { next, environment } = course(settingsWith({ regions: ['us-central1', 'europe-west1'] }));
    next('auth', 1, [metrics]);
    assert.deepEqual(sentences(next('auth', 2, null)), []);
    assert.deepEqual(sentences(next('auth', 3, [], 'europe-west1')), []);
    assert.equal(environment().troubles.length, 1);
    assert.equal(next('auth', 4, []).notifications.length, 1);
  });

  it('tells two different troubles of one step apart', () => {
    const { next, environment } = course();
    const state: OwnTrouble = { ...metrics, reason: 'state_unavailable' };
    assert.equal(next('health', 1, [metrics]).notifications.length, 1);
    assert.match(sentences(next('health', 2, [metrics, state])).join(), /^monitor_trouble: the state store failed/);
    assert.equal(next('health', 3, [metrics]).notifications.length, 0);
    assert.deepEqual(
      environment().troubles.map(({ reason }) => reason),
      ['metrics_unavailable'],
    );
  });

  it('finds it again in the stored state', () => {
    const { next, environment } = course();
    next('health', 1, [metrics]);
    const stored: unknown = JSON.parse(JSON.stringify(environment()));
    assert.deepEqual(parseEnvironmentRecord(stored), { record: environment(), problems: [] });
  });

  it('does not take it for an excuse of a later step, as it does when the earlier one can’t be measured', () => {
    const trouble = { step: 'auth', region: 'us-central1', reason: 'own_path', sinceMs: 0, told: true } as const;
    const excused = (kind: 'own' | 'inconclusive'): boolean =>
      excuseOf(outcomeOf('websocket', 9, { verdict: 'blocked', blockedBy: 'auth' }), {
        environment: { ...emptyEnvironment('acme'), flow: { auth: 'fail' }, troubles: [{ ...trouble, kind }] },
        settings: settingsWith(),
        nowMs: slot(9),
        blockedInRow: 50,
      }).excused;
    assert.equal(excused('inconclusive'), true);
    assert.equal(excused('own'), false);
  });
});
