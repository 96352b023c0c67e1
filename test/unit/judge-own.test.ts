/** Trouble of the monitor with what it needs itself, brought along from earlier runs of the same process. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';

import type { Environment } from '../../shared/core/environment/definition.ts';
import { judge } from '../../shared/core/judge/judge.ts';
import {
  followOwnTrouble,
  noOwnHistory,
  type OwnHistory,
  type OwnTrouble,
} from '../../shared/core/judge/own-trouble.ts';
import type { EnvironmentRecord, Notification, StepRecord } from '../../shared/core/judge/state.ts';
import type { Reason } from '../../shared/core/reasons.ts';
import { type Step } from '../../shared/core/step.ts';
import { outcomeOf, type OutcomeInput, settingsWith, slot } from '../simulation/samples.ts';
import { delivered, letters } from '../simulation/timeline.ts';

const usual = settingsWith();

/** What a process knows after such runs: `S` without state, `M` without metrics, `B` without both, `.` all is well. */
function history(line: string, runsMin = 3): OwnHistory {
  const broken: Readonly<Record<string, readonly Reason[]>> = {
    S: ['state_unavailable'],
    M: ['metrics_unavailable', 'slack_unavailable'],
    B: ['state_unavailable', 'metrics_unavailable'],
    '.': [],
  };
  return line
    .split('')
    .reduce(
      (known, letter, index) =>
        followOwnTrouble(known, { slotMs: slot(index), reasons: broken[letter] ?? [] }, runsMin),
      noOwnHistory,
    );
}

describe('the memory of a process', () => {
  it('takes N of the last 2N - 1 runs for trouble, each reason by itself', () => {
    assert.deepEqual(history('SS').troubles, []);
    assert.deepEqual(history('SSS').troubles, [{ reason: 'state_unavailable', sinceMs: slot(0), goodInRow: 0 }]);
    assert.deepEqual(history('.S.S.S').troubles, [{ reason: 'state_unavailable', sinceMs: slot(1), goodInRow: 0 }]);
    assert.deepEqual(history('S..S.S').troubles, []);
    assert.deepEqual(history('SMSMM').troubles, [{ reason: 'metrics_unavailable', sinceMs: slot(1), goodInRow: 0 }]);
    assert.deepEqual(
      history('BBB').troubles.map(({ reason }) => reason),
      ['state_unavailable', 'metrics_unavailable'],
    );
  });

  it('takes N good runs in a row for its end', () => {
    assert.equal(history('SSS..').troubles[0]?.goodInRow, 2);
    assert.deepEqual(history('SSS...').troubles, []);
    assert.equal(history('SSS..S..').troubles[0]?.goodInRow, 2);
    assert.equal(history('SSSMM').troubles[0]?.goodInRow, 2);
  });

  it('keeps no more runs than it needs', () => {
    assert.equal(history('.'.repeat(50)).runs.length, 5);
    assert.equal(history('.'.repeat(50), 1).runs.length, 1);
  });
});

interface Run {
  readonly step?: Step;
  readonly region?: string;
  readonly own?: readonly OwnTrouble[] | null;
  readonly found?: OutcomeInput;
}

function judging(
  runs: readonly Run[],
  settings: Environment = usual,
): { news: readonly Notification[]; record: EnvironmentRecord } {
  const steps = new Map<Step, StepRecord>();
  const news: Notification[] = [];
  let environment: EnvironmentRecord | null = null;
  for (const [index, { step = 'auth', region = 'us-central1', own = null, found = {} }] of runs.entries()) {
    const outcome = outcomeOf(step, index, { region, ...found });
    const judgement = judge({
      step: steps.get(step) ?? null,
      environment,
      outcome,
      settings,
      nowMs: outcome.endedAtMs,
      own,
    });
    if (judgement.step !== null) {
      steps.set(step, judgement.step);
    }
    environment = delivered(judgement.environment ?? environment);
    news.push(...judgement.notifications);
  }
  return { news, record: environment ?? assert.fail() };
}

const state: OwnTrouble = { reason: 'state_unavailable', sinceMs: slot(0), goodInRow: 0 };
const metrics: OwnTrouble = { reason: 'metrics_unavailable', sinceMs: slot(0), goodInRow: 0 };

describe('trouble that a process brings along', () => {
  it('is told once, and once when it is over', () => {
    const { news, record } = judging([{ own: [state] }, { own: [state] }, { own: [] }]);
    assert.deepEqual(
      news.map(({ kind, reason, change }) => [kind, reason, change]),
      [
        [
          'monitor_trouble',
          'state_unavailable',
          'the state store failed, so that runs were measured and not judged, noticed by the runs of Log in in us-central1 since 00:00 UTC',
        ],
        ['monitor_recovered', null, 'the state store works again, after it had failed since 00:00 UTC'],
      ],
    );
    assert.deepEqual(record.troubles, []);
  });

  it('is told of each reason, under names of their own', () => {
    const { news } = judging([{ own: [state, metrics] }, { own: [] }]);
    assert.deepEqual(
      news.map(({ reason }) => reason),
      ['state_unavailable', 'metrics_unavailable', null],
    );
    assert.equal(new Set(news.map(({ id }) => id)).size, 3);
    assert.match(news[1]?.change ?? '', /^Cloud Monitoring does not take the measurements, noticed by/);
    assert.match(news[2]?.change ?? '', /works again, .*; Cloud Monitoring takes the measurements again, after/);
  });

  it('is told of a reason that comes later, too', () => {
    const { news } = judging([{ own: [state] }, { own: [state, metrics] }]);
    assert.deepEqual(
      news.map(({ reason }) => reason),
      ['state_unavailable', 'metrics_unavailable'],
    );
  });

  it('is told once for all steps that notice it', () => {
    const { news, record } = judging([{ own: [state] }, { step: 'health', own: [state] }, { own: [] }]);
    assert.deepEqual(
      news.map(({ kind }) => kind),
      ['monitor_trouble'],
    );
    assert.deepEqual(
      record.troubles.map(({ step }) => step),
      ['health'],
    );
  });

  it('is not ended by a process that has just begun, nor by one in another region', () => {
    const settings = settingsWith({ regions: ['us-central1', 'europe-west1'] });
    const { news } = judging([{ own: [state] }, { own: null }, { region: 'europe-west1', own: [] }], settings);
    assert.deepEqual(
      news.map(({ kind }) => kind),
      ['monitor_trouble'],
    );
  });

  it('ends together with what could not be measured', () => {
    const unmeasured = { found: letters.I };
    const { news } = judging([{ own: [state] }, unmeasured, unmeasured, unmeasured, {}, {}, { own: [] }]);
    assert.deepEqual(
      news.map(({ kind, change }) => [kind, change.slice(0, 30)]),
      [
        ['monitor_trouble', 'the state store failed, so tha'],
        ['monitor_trouble', "Log in can't be measured from "],
        ['monitor_recovered', 'every step is measured again, '],
      ],
    );
  });

  it('excuses no step that is blocked', () => {
    const blocked = { step: 'websocket', found: letters.B } as const;
    const { news } = judging([{ own: [state], found: letters.F }, ...Array.from({ length: 12 }, () => blocked)]);
    assert.ok(news.some(({ kind, step }) => kind === 'opened' && step === 'websocket'));
  });
});
