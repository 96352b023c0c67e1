/** Reads what the functions remember, for showing only; never writes it. */
import { parseEnvironmentRecord, parseStepRecord } from '../../core/judge/parse.ts';
import type { EnvironmentRecord, StepRecord } from '../../core/judge/state.ts';
import type { StateStore } from '../../core/ports.ts';
import type { Step } from '../../core/step.ts';
import { environmentKey } from '../../run/state-access.ts';

/** Null where there is no document yet. */
export interface KnownState {
  readonly environment: EnvironmentRecord | null;
  readonly steps: Readonly<Partial<Record<Step, StepRecord>>>;
}

export const nothingKnown: KnownState = { environment: null, steps: {} };

/** Reads the environment's document and those of the steps; rejects with a `StateError`. */
export async function readState(store: StateStore, environment: string, steps: readonly Step[]): Promise<KnownState> {
  const keys = steps.map((step) => ({ environment, document: step }));
  const [first, ...rest] = await store.load([environmentKey(environment), ...keys]);
  const known = steps.flatMap((step, at) => {
    const { record } = parseStepRecord(rest[at]?.value);
    return record === null ? [] : [[step, record] as const];
  });
  return { environment: parseEnvironmentRecord(first?.value).record, steps: Object.fromEntries(known) };
}
