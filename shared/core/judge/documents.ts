/** The two documents as they begin, and a step's document with one region's news in it. */
import type { Environment } from '../environment/definition.ts';
import type { Outcome } from '../outcome.ts';
import { openPart } from './incident-parts.ts';
import { freshRegion, isLive } from './region.ts';
import type { EnvironmentRecord, IncidentStep, RegionState, StepRecord } from './state.ts';

export function emptyEnvironment(environment: string): EnvironmentRecord {
  return {
    version: 1,
    environment,
    incident: null,
    lastIncident: null,
    flow: {},
    outbox: [],
    places: {},
    lease: null,
    mutes: [],
    maintenance: [],
    troubles: [],
  };
}

/**
 * The document of a step that has none. If the open incident knows the step as broken, the document was lost: it then
 * begins as firing, so that a single good run can't end what many bad ones began.
 */
export function firstRecord(environment: EnvironmentRecord, { step, slotMs }: Outcome): StepRecord {
  const part = openPart(environment.incident, step);
  const regions =
    part === null ? {} : Object.fromEntries(part.regions.map((region) => [region, firingRegion(part, slotMs)]));
  return {
    version: 1,
    environment: environment.environment,
    step,
    regions,
    incidentId: part === null ? null : (environment.incident?.id ?? null),
    latencyTold: null,
  };
}

function firingRegion({ verdict, reason, detail, sinceMs, failedRuns }: IncidentStep, slotMs: number): RegionState {
  return {
    ...freshRegion,
    health: 'firing',
    firing: { verdict, reason, detail, sinceMs, runs: failedRuns },
    // Just before the present slot: it may still have run in that one.
    lastSlotMs: slotMs - 1,
  };
}

/** A region that is no longer in the file is forgotten once it has gone silent. */
export function withRegion(
  record: StepRecord,
  state: RegionState,
  { outcome, settings }: { readonly outcome: Outcome; readonly settings: Environment },
): StepRecord {
  const others = Object.entries(record.regions).filter(
    ([name, other]) =>
      name !== outcome.region && (settings.regions.includes(name) || isLive(other, outcome.slotMs, settings)),
  );
  return { ...record, regions: { ...Object.fromEntries(others), [outcome.region]: state } };
}
