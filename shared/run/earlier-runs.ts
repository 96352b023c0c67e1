/** What the state says of the runs before this one. */
import type { Outcome, ProbeMemory } from '../core/outcome.ts';
import type { LoadedState } from './state-access.ts';

/** The outcome that a duplicate trigger is answered with; null when the slot is new. */
export function duplicateOf(loaded: LoadedState, region: string, slotMs: number): Outcome | null {
  const known = loaded.step?.regions[region];
  return known !== undefined && known.lastSlotMs === slotMs ? known.lastOutcome : null;
}

/** Whether a later slot has been judged already. */
export function isLate(loaded: LoadedState, region: string, slotMs: number): boolean {
  return slotMs < (loaded.step?.regions[region]?.lastSlotMs ?? 0);
}

/** What the last run of this step and region wanted to be remembered. */
export function memoryOf(loaded: LoadedState, region: string): ProbeMemory {
  return loaded.step?.regions[region]?.memory ?? {};
}
