/**
 * One instance of a function in a simulated world: loads, probes, judges and delivers as the real run does, over calls
 * that take time, fail while the store is down, lose races, and may be the last thing that the instance ever did.
 */
import { duplicateOf, isLate } from '../../shared/run/earlier-runs.ts';
import { judgeRun, type JudgeReport } from '../../shared/run/judge-run.ts';
import { loadState } from '../../shared/run/state-access.ts';
import type { Outcome } from '../../shared/core/outcome.ts';
import type { Notifier, StateStore } from '../../shared/core/ports.ts';
import { StateError } from '../../shared/core/state-error.ts';
import { plainRenderer, type Channel } from './channel.ts';
import type { VirtualClock } from './clock.ts';
import type { Ledger } from './ledger.ts';
import type { MemoryStore } from './memory-store.ts';
import { probe } from './product.ts';
import type { Random } from './random.ts';
import type { Trigger } from './schedule.ts';
import { covers, type World } from './world.ts';

export interface Surroundings {
  readonly world: World;
  readonly clock: VirtualClock;
  readonly store: MemoryStore;
  readonly channel: Channel;
  readonly ledger: Ledger;
  readonly random: Random;
}

/** Shares of runs that die somewhere, and of writes that lose a race against someone unknown. */
const crashShare = 0.02;
const conflictShare = 0.01;

export async function run(trigger: Trigger, holder: string, around: Surroundings): Promise<void> {
  const { world, clock, random, ledger } = around;
  const calls = mortalCalls(holder, around);
  try {
    const loaded = await loadState(calls.store, world.settings.name, trigger.step);
    if (duplicateOf(loaded, trigger.region, trigger.slotMs) !== null) {
      return;
    }
    await clock.sleep(random.whole(200, 20_000));
    const found = probe(world, { ...trigger, atMs: clock.nowMs() }, random);
    const outcome: Outcome = { ...found, late: isLate(loaded, trigger.region, trigger.slotMs) };
    calls.judging(outcome);
    const report = await judgeRun({
      store: calls.store,
      notifier: calls.notifier,
      render: plainRenderer,
      settings: world.settings,
      outcome,
      nowMs: clock.nowMs,
      holder,
      loaded,
    });
    ledger.judged(outcome, report);
    rethrow(report);
  } catch (error) {
    // The shell of a run answers 500 and ends; anything but a store that is down is a bug.
    if (!(error instanceof StateError)) {
      throw error;
    }
  } finally {
    ledger.ended(holder);
  }
}

function rethrow({ deliveryFault }: JudgeReport): void {
  if (deliveryFault !== null) {
    throw deliveryFault instanceof Error ? deliveryFault : new Error('the delivery threw no error');
  }
}

interface MortalCalls {
  readonly store: StateStore;
  readonly notifier: Notifier;
  readonly judging: (outcome: Outcome) => void;
}

/** The calls of one run. A dead instance never hears the answer of its last call; whether it had its effect is chance. */
function mortalCalls(holder: string, { world, clock, store, channel, ledger, random }: Surroundings): MortalCalls {
  const quiet = clock.nowMs() >= world.quietMs;
  const lastCall = !quiet && random.chance(crashShare) ? random.whole(1, 9) : 0;
  let made = 0;
  let outcome: Outcome | null = null;

  async function mortal<T>(effect: () => Promise<T>): Promise<T> {
    made += 1;
    const dies = made === lastCall;
    if (dies && random.chance(0.5)) {
      ledger.died(holder);
      return never<T>();
    }
    const result = await effect();
    if (dies) {
      ledger.died(holder);
      return never<T>();
    }
    return result;
  }

  async function reach(): Promise<void> {
    await clock.sleep(random.whole(2, 60));
    if (world.state.some((span) => covers(span, clock.nowMs()))) {
      throw new StateError('unavailable', 'the store is down');
    }
  }

  return {
    judging: (judged) => {
      outcome = judged;
    },
    store: {
      load: (keys) =>
        mortal(async () => {
          await reach();
          return store.load(keys);
        }),
      commit: (writes) =>
        mortal(async () => {
          await reach();
          if (!quiet && random.chance(conflictShare)) {
            return 'conflict';
          }
          ledger.writing(holder, outcome);
          return store.commit(writes);
        }),
      close: async () => undefined,
    },
    notifier: {
      post: (message, to) =>
        mortal(async () => {
          const delivery = await channel.notifier.post(message, to);
          ledger.posted(holder, message, delivery);
          return delivery;
        }),
      update: (message, place) => mortal(() => channel.notifier.update(message, place)),
    },
  };
}

function never<T>(): Promise<T> {
  return new Promise<T>(() => undefined);
}
