/**
 * Reads stored documents back. Everything is checked for type and bounds, keys that are not known are left out, so that
 * state outlives a roll-back; what can't be read is named with its place and begins anew, the rest is kept.
 */
import * as v from 'valibot';

import { emptyEnvironment } from './documents.ts';
import { environmentFields } from './parse-environment.ts';
import { regionState } from './parse-region.ts';
import { latencyName, name, stepName } from './parse-values.ts';
import { type EnvironmentRecord, type RegionState, regionsMax, type StepRecord } from './state.ts';

export interface Parsed<T> {
  /** Null when there is no document, or nothing of it can be read. */
  readonly record: T | null;
  /** What could not be read, each with its place; empty when all is well or nothing is stored. */
  readonly problems: readonly string[];
}

const stepHead = v.object({
  version: v.literal(1),
  environment: name,
  step: stepName,
  regions: v.record(v.string(), v.unknown()),
  incidentId: v.nullable(name),
  latencyTold: v.nullable(v.object({ region: name, name: latencyName })),
});

/** A region that can't be read is left out; the others are kept. */
export function parseStepRecord(stored: unknown): Parsed<StepRecord> {
  if (stored === null || stored === undefined) {
    return { record: null, problems: [] };
  }
  const head = v.safeParse(stepHead, stored);
  if (!head.success) {
    return { record: null, problems: problemsOf('step', head.issues) };
  }
  const problems: string[] = [];
  const regions: Record<string, RegionState> = {};
  for (const [regionName, value] of Object.entries(head.output.regions).slice(0, regionsMax)) {
    const region = v.safeParse(regionState, value);
    if (region.success) {
      regions[regionName] = region.output;
    } else {
      problems.push(...problemsOf(`step.regions.${regionName}`, region.issues));
    }
  }
  return { record: { ...head.output, regions }, problems };
}

/** A part that can't be read is begun anew; the others are kept: a bad mute must not lose an incident. */
export function parseEnvironmentRecord(stored: unknown): Parsed<EnvironmentRecord> {
  if (stored === null || stored === undefined) {
    return { record: null, problems: [] };
  }
  const head = v.safeParse(v.object({ version: v.literal(1), environment: name }), stored);
  if (!head.success) {
    return { record: null, problems: problemsOf('environment', head.issues) };
  }
  const problems: string[] = [];
  const empty = emptyEnvironment(head.output.environment);
  const record: EnvironmentRecord = {
    ...empty,
    incident: field('incident', environmentFields.incident, empty.incident),
    lastIncident: field('lastIncident', environmentFields.lastIncident, empty.lastIncident),
    flow: field('flow', environmentFields.flow, empty.flow),
    outbox: field('outbox', environmentFields.outbox, empty.outbox),
    places: field('places', environmentFields.places, empty.places),
    lease: field('lease', environmentFields.lease, empty.lease),
    mutes: field('mutes', environmentFields.mutes, empty.mutes),
    maintenance: field('maintenance', environmentFields.maintenance, empty.maintenance),
    troubles: field('troubles', environmentFields.troubles, empty.troubles),
  };
  return { record, problems };

  function field<T>(part: keyof EnvironmentRecord, schema: v.GenericSchema<unknown, T>, otherwise: T): T {
    const parsed = v.safeParse(schema, Reflect.get(Object(stored), part));
    if (!parsed.success) {
      problems.push(...problemsOf(`environment.${part}`, parsed.issues));
    }
    return parsed.success ? parsed.output : otherwise;
  }
}

/** The first problem of a place says enough; values are not repeated. */
function problemsOf(place: string, [issue]: readonly [v.BaseIssue<unknown>, ...unknown[]]): string[] {
  const path = v.getDotPath(issue);
  // Our own checks say what they want in their message, those of the library in what they expected.
  const wanted = issue.type === 'custom' || issue.type === 'check' ? issue.message : (issue.expected ?? issue.type);
  return [`${place}${path === null ? '' : `.${path}`}: expected ${wanted}`];
}
