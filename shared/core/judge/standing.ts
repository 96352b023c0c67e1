/**
 * How a step stands over all of its regions: bad when a quorum of them says so. A region that has been silent for some
 * runs has no say, so that a dead one can neither hold an incident open nor keep one from opening.
 */
import type { Environment } from '../environment/definition.ts';
import type { Outcome } from '../outcome.ts';
import type { Reason } from '../reasons.ts';
import { isLive, isSecurity } from './region.ts';
import type { BadVerdict, Firing, FlowMark, StepRecord } from './state.ts';

export interface Standing {
  /** What it is bad for; null while it is well, or broken in too few regions. */
  readonly bad: (Firing & { readonly verdict: BadVerdict }) | null;
  /** The regions that see it so. */
  readonly regions: readonly string[];
  /** The regions that run and don't. */
  readonly healthyRegions: readonly string[];
  /** The regions that fire, when they are too few for the quorum. */
  readonly lone: readonly (readonly [region: string, firing: Firing])[];
  readonly quorum: number;
}

type FiringRegion = readonly [name: string, firing: Firing];

export function standingOf(
  record: StepRecord,
  { region, slotMs }: Pick<Outcome, 'region' | 'slotMs'>,
  settings: Environment,
): Standing {
  const live = Object.entries(record.regions).filter(([, state]) => isLive(state, slotMs, settings));
  const quorum = Math.max(1, Math.min(settings.policy.regionQuorum, live.length));
  const firing = live.flatMap(([name, state]): FiringRegion[] => (state.firing === null ? [] : [[name, state.firing]]));
  const failing = firing.filter(([, { verdict }]) => verdict === 'fail');
  const secure = !failing.some(([, { reason }]) => isSecurity(reason));
  // Regions recover one after the other: the last ones to do so are not alone until they have said so themselves.
  const held = record.incidentId !== null && !firing.some(([name]) => name === region);
  // A door that is open is open, however few have found it.
  const bad = failing.length >= quorum || !secure ? failing : firing.length >= quorum || held ? firing : [];
  const names = bad.map(([name]) => name);
  return {
    bad: speaker(bad, region),
    regions: names,
    healthyRegions: live.map(([name]) => name).filter((name) => !names.includes(name)),
    lone: bad.length === 0 ? firing : [],
    quorum,
  };
}

/** The region that speaks for all: one with a security finding, else the one that has just run, else the first. */
function speaker(bad: readonly FiringRegion[], region: string): Firing | null {
  const first = bad[0];
  if (first === undefined) {
    return null;
  }
  const [, chosen] = bad.find(([, { reason }]) => isSecurity(reason)) ?? bad.find(([name]) => name === region) ?? first;
  const sinceMs = Math.min(...bad.map(([, firing]) => firing.sinceMs));
  const degraded = bad.some(([, { verdict }]) => verdict === 'degraded');
  return { ...chosen, verdict: degraded ? 'degraded' : 'fail', sinceMs };
}

const worstFirst = ['fail', 'degraded', 'inconclusive', 'blocked', 'pass'] as const;

/** One mark for the flow: what the step fires for, else the worst of what its regions saw last. */
export function markOf(record: StepRecord, standing: Standing, slotMs: number, settings: Environment): FlowMark {
  if (standing.bad !== null) {
    return standing.bad.verdict;
  }
  const live = Object.values(record.regions).filter((state) => isLive(state, slotMs, settings));
  const seen = new Set(live.map(({ window }) => window.at(-1)?.verdict));
  return worstFirst.find((mark) => seen.has(mark)) ?? 'unknown';
}

/** Whether a reason is still what some firing region sees; the told one stays as long as it is. */
export function stillSeen(record: StepRecord, reason: Reason): boolean {
  return Object.values(record.regions).some(({ firing }) => firing?.reason === reason);
}
