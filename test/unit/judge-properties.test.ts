/** What holds for every sequence of runs, whatever they find. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';

import fc from 'fast-check';

import { judge, type JudgeInput, type Judgement } from '../../shared/core/judge/judge.ts';
import { parseEnvironmentRecord, parseStepRecord } from '../../shared/core/judge/parse.ts';
import type { EnvironmentRecord, StepRecord } from '../../shared/core/judge/state.ts';
import type { Outcome } from '../../shared/core/outcome.ts';
import { type Step, steps } from '../../shared/core/step.ts';
import { outcomeOf, settingsWith } from '../simulation/samples.ts';
import { delivered, type Letter, letters, play } from '../simulation/timeline.ts';

const seed = Math.floor(Math.random() * 2 ** 31);
fc.configureGlobal({ seed, numRuns: 150 });

const regions = ['us-central1', 'europe-west1'] as const;

const settings = fc.oneof(
  fc.constant(settingsWith()),
  fc.constant(settingsWith({ policy: { reminderMinutes: 10, recoverPasses: 1 } })),
  fc.constant(settingsWith({ regions: [...regions], policy: { regionQuorum: 2, monitorTroubleRuns: 1 } })),
  fc.constant(settingsWith({ policy: { fire: { failures: 3, of: 5 }, degrade: { failures: 1, of: 1 } } })),
);

const letter = fc.constantFrom<Letter | '.'>('P', 'P', 'P', 'p', 'F', 'F', 'G', 'D', 'S', 'B', 'I', 'C', '.');
const line = fc.array(letter, { minLength: 1, maxLength: 40 }).map((list) => list.join(''));
const runs = fc
  .record({
    auth: line,
    health: line,
    websocket: line,
    'websocket@europe-west1': line,
    agent: line,
  })
  .map((all): Readonly<Record<string, string>> => all);

interface Kept {
  readonly steps: Readonly<Partial<Record<Step, StepRecord>>>;
  readonly environment: EnvironmentRecord | null;
  readonly judgement: Judgement;
}

/** Judges on frozen documents that have been through JSON and the parser, as in real life. */
function live(
  outcomes: readonly Outcome[],
  config: ReturnType<typeof settingsWith>,
  look: (before: Kept | null, after: Kept, outcome: Outcome) => void,
): void {
  let kept: Kept | null = null;
  for (const outcome of outcomes) {
    const input: JudgeInput = {
      step: kept?.steps[outcome.step] ?? null,
      environment: kept?.environment ?? null,
      outcome,
      settings: config,
      nowMs: outcome.endedAtMs,
    };
    deepFreeze(input);
    const judgement = judge(input);
    assert.deepEqual(judge(input), judgement, 'the same input is judged differently');
    const step = judgement.step === null ? input.step : throughStore(judgement.step, parseStepRecord);
    const environment =
      judgement.environment === null ? input.environment : throughStore(judgement.environment, parseEnvironmentRecord);
    const after: Kept = {
      steps: step === null ? (kept?.steps ?? {}) : { ...kept?.steps, [outcome.step]: step },
      environment,
      judgement,
    };
    look(kept, after, outcome);
    kept = { ...after, environment: delivered(environment) };
  }
}

function throughStore<T>(record: T, parse: (stored: unknown) => { record: T | null; problems: readonly string[] }): T {
  const parsed = parse(JSON.parse(JSON.stringify(record)));
  assert.deepEqual(parsed.problems, []);
  assert.deepEqual(parsed.record, record);
  return record;
}

function deepFreeze(value: unknown): void {
  if (typeof value === 'object' && value !== null && !Object.isFrozen(value)) {
    Object.freeze(value);
    Object.values(value).forEach(deepFreeze);
  }
}

const outcomes = fc
  .array(
    fc.record({
      step: fc.constantFrom(...steps),
      region: fc.constantFrom(...regions),
      slot: fc.integer({ min: 0, max: 30 }),
      letter: fc.constantFrom<Letter>('P', 'P', 'F', 'F', 'G', 'D', 'S', 'B', 'W', 'I'),
      latencyMs: fc.option(fc.integer({ min: 1, max: 5_000 })),
    }),
    { minLength: 1, maxLength: 80 },
  )
  .map((list) =>
    list.map(({ step, region, slot, letter: name, latencyMs }) =>
      outcomeOf(step, slot, { region, latencyMs, ...letters[name] }),
    ),
  );

describe(`judging, seed ${seed}`, () => {
  it('is deterministic, leaves its input alone, and writes what can be read back', () => {
    fc.assert(
      fc.property(outcomes, settings, (list, config) => {
        live(list, config, (_before, { judgement }) => assert.ok(judgement.decisions.length > 0));
      }),
    );
  });

  it('moves nothing for a slot that is known or older', () => {
    fc.assert(
      fc.property(outcomes, settings, (list, config) => {
        live(list, config, (before, { judgement }, outcome) => {
          const known = before?.steps[outcome.step]?.regions[outcome.region];
          const old = known !== undefined && outcome.slotMs <= known.lastSlotMs;
          assert.equal(judgement.judged === 'judged', !old);
          if (old) {
            assert.equal(judgement.step, null);
            assert.equal(judgement.environment, null);
            assert.deepEqual(judgement.notifications, []);
          }
        });
      }),
    );
  });

  it('moves no streak for a run that measured nothing', () => {
    fc.assert(
      fc.property(outcomes, settings, (list, config) => {
        live(list, config, (before, after, outcome) => {
          const was = before?.steps[outcome.step]?.regions[outcome.region];
          const is = after.steps[outcome.step]?.regions[outcome.region];
          if (outcome.verdict === 'inconclusive' && was !== undefined && after.judgement.judged === 'judged') {
            const streaks = ({ firing, health, passesInRow, worksInRow, clearedSlotMs }: typeof was): unknown[] => [
              firing,
              health,
              passesInRow,
              worksInRow,
              clearedSlotMs,
            ];
            assert.deepEqual(is === undefined ? null : streaks(is), streaks(was));
          }
        });
      }),
    );
  });

  it('opens one incident at a time, and tells its beginning, its course and its end in this order', () => {
    fc.assert(
      fc.property(runs, settings, (all, config) => {
        let open: string | null = null;
        for (const { kind, lane } of play({ runs: all, settings: config }).notifications) {
          switch (kind) {
            case 'opened':
              assert.equal(open, null);
              open = lane;
              break;
            case 'changed':
            case 'reminder':
            case 'health_contradiction':
              assert.equal(lane, open);
              break;
            case 'resolved':
              assert.equal(lane, open);
              open = null;
              break;
            case 'latency_moved':
            case 'latency_recovered':
            case 'monitor_trouble':
            case 'monitor_recovered':
            case 'drill':
              break;
          }
        }
      }),
    );
  });

  it('comes to rest: after many good runs nothing is open and nothing fires', () => {
    const good = 'P'.repeat(13);
    fc.assert(
      fc.property(runs, settings, (all, config) => {
        const length = Math.max(...Object.values(all).map((each) => each.length));
        const calm = Object.fromEntries(
          Object.entries(all).map(([name, each]) => [name, each.padEnd(length, '.') + good]),
        );
        const { environment, steps: records } = play({ runs: calm, settings: config });
        assert.equal(environment.incident, null);
        assert.deepEqual(environment.troubles, []);
        assert.deepEqual(environment.places, {});
        assert.deepEqual(environment.outbox, []);
        for (const { regions: states } of Object.values(records)) {
          for (const { firing } of Object.values(states)) {
            assert.equal(firing, null);
          }
        }
      }),
    );
  });

  it('tells the same news under the same name when a conflict makes it judge again', () => {
    fc.assert(
      fc.property(outcomes, settings, (list, config) => {
        const names = new Set<string>();
        live(list, config, (_before, { judgement }) => {
          for (const { id } of judgement.notifications) {
            assert.ok(!names.has(id), `${id} names two pieces of news`);
            names.add(id);
          }
        });
      }),
    );
  });
});
