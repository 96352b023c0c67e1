/** When functions are triggered: every slot, staggered, and with all that an at-least-once scheduler may do. */
import { steps, type Step } from '../../shared/core/step.ts';
import type { Random } from './random.ts';
import type { World } from './world.ts';

export interface Trigger {
  readonly step: Step;
  readonly region: string;
  readonly slotMs: number;
  readonly atMs: number;
}

/** Shares of triggers that go astray. */
export interface Disorder {
  readonly missing: number;
  readonly duplicate: number;
  readonly late: number;
}

export const usualDisorder: Disorder = { missing: 0.005, duplicate: 0.02, late: 0.005 };

export function triggersOf(world: World, slotMs: number, { random, disorder }: Scheduling): readonly Trigger[] {
  return steps.flatMap((step, place) =>
    world.settings.regions.flatMap((region, regionPlace) => {
      if (random.chance(disorder.missing)) {
        return [];
      }
      const delayMs = random.chance(disorder.late) ? random.whole(300_000, 1_500_000) : random.whole(0, 3_000);
      const first: Trigger = {
        step,
        region,
        slotMs,
        atMs: slotMs + place * world.staggerMs + regionPlace * 25_000 + delayMs,
      };
      return random.chance(disorder.duplicate)
        ? [first, { ...first, atMs: first.atMs + random.whole(0, 40_000) }]
        : [first];
    }),
  );
}

export interface Scheduling {
  readonly random: Random;
  readonly disorder: Disorder;
}
