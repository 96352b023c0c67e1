/** Reads and changes the state of an environment under compare-and-set; a conflict reads again, a bounded number of times. */
import { emptyEnvironment } from '../core/judge/documents.ts';
import { parseEnvironmentRecord, parseStepRecord } from '../core/judge/parse.ts';
import type { EnvironmentRecord, StepRecord } from '../core/judge/state.ts';
import type { StateKey, StateStore, Stored } from '../core/ports.ts';
import type { Step } from '../core/step.ts';

/** The two documents of a run, as they were when they were read. */
export interface LoadedState {
  readonly step: StepRecord | null;
  readonly environment: EnvironmentRecord | null;
  readonly stepVersion: string | null;
  readonly environmentVersion: string | null;
  /** What of them could not be read. */
  readonly lost: readonly string[];
}

const nothing: Stored = { value: null, version: null };

/** Tries before a run gives up on its documents; each loser of a race has lost to one that got through. */
export const conflictsMax = 8;

export async function loadState(store: StateStore, environment: string, step: Step): Promise<LoadedState> {
  const [stepDocument = nothing, environmentDocument = nothing] = await store.load([
    { environment, document: step },
    environmentKey(environment),
  ]);
  const parsedStep = parseStepRecord(stepDocument.value);
  const parsedEnvironment = parseEnvironmentRecord(environmentDocument.value);
  return {
    step: parsedStep.record,
    environment: parsedEnvironment.record,
    stepVersion: stepDocument.version,
    environmentVersion: environmentDocument.version,
    lost: [...parsedStep.problems, ...parsedEnvironment.problems],
  };
}

export function environmentKey(environment: string): StateKey {
  return { environment, document: 'environment' };
}

export interface Changed {
  /** `unchanged`: the change was not to be made. `contended`: others were faster every time. */
  readonly result: 'changed' | 'unchanged' | 'contended';
  /** As it is now. */
  readonly record: EnvironmentRecord;
}

interface Access {
  readonly store: StateStore;
  readonly settings: { readonly name: string };
}

/** Applies a change to the environment's document; `change` answers null when there is nothing to do. */
export async function changeEnvironment(
  { store, settings }: Access,
  change: (record: EnvironmentRecord) => EnvironmentRecord | null,
): Promise<Changed> {
  const key = environmentKey(settings.name);
  let record = emptyEnvironment(settings.name);
  for (let attempt = 0; attempt < conflictsMax; attempt += 1) {
    const [{ value, version } = nothing] = await store.load([key]);
    record = parseEnvironmentRecord(value).record ?? emptyEnvironment(settings.name);
    const next = change(record);
    if (next === null) {
      return { result: 'unchanged', record };
    }
    if ((await store.commit([{ key, value: next, ifVersion: version }])) === 'committed') {
      return { result: 'changed', record: next };
    }
  }
  return { result: 'contended', record };
}
