/** The form of a region's state in a step's document. */
import * as v from 'valibot';

import type { Outcome, ProbeMemory } from '../outcome.ts';
import { isReason } from '../reasons.ts';
import {
  badVerdict,
  count,
  latencyName,
  nullableText,
  number,
  numbers,
  numbersAndGaps,
  isNumberOrNull,
  isTextOrNull,
  isVerdict,
  list,
  plainList,
  reason,
  shortText,
  verdict,
} from './parse-values.ts';
import { isProfile } from './season.ts';
import { type LatencyShift, type RegionState, type RunMark, revisionsMax, sampledRunsMax, windowMax } from './state.ts';

const window = v.pipe(
  plainList<RunMark>(
    windowMax,
    'runs',
    (run) =>
      Number.isFinite(run['slotMs']) &&
      isVerdict(run['verdict']) &&
      isTextOrNull(run['reason']) &&
      typeof run['flaky'] === 'boolean' &&
      isNumberOrNull(run['latencyMs']),
  ),
  v.transform((runs) => (runs.every(hasKnownReason) ? runs : runs.map(withKnownReason))),
);

function hasKnownReason(run: RunMark): boolean {
  return run.reason === null || isReason(run.reason);
}

function withKnownReason(run: RunMark): RunMark {
  return { ...run, reason: hasKnownReason(run) ? run.reason : 'unclassified' };
}

export const latencyShift: v.GenericSchema<unknown, LatencyShift> = v.object({
  phase: latencyName,
  fromMs: number,
  toMs: number,
  sinceMs: number,
  revisionBefore: nullableText,
  revisionAfter: nullableText,
});

const cells = v.custom<readonly number[]>(isProfile, 'the numbers of the hours of a day or a week');

const series = v.object({
  recent: numbersAndGaps(sampledRunsMax),
  count,
  usualMs: number,
  cells,
  learnedMs: number,
  anchor: v.nullable(v.object({ centreMs: number, atMs: number, revision: nullableText })),
  shift: v.nullable(latencyShift),
});

const latencies = v.pipe(
  v.object({
    slots: numbers(sampledRunsMax),
    series: v.record(latencyName, series),
  }),
  v.check(
    (value) => Object.values(value.series).every(({ recent }) => recent.length === value.slots.length),
    'as many values as slots in every series',
  ),
);

const firing = v.object({ verdict: badVerdict, reason, detail: shortText, sinceMs: number, runs: count });

/** Only ever shown again to those who ask for the same slot: one that can't be read is not worth losing a region for. */
const lastOutcome = v.fallback(
  v.nullable(
    v.custom<Outcome>(
      (value) =>
        v.is(v.object({ slotMs: number, verdict, checks: v.array(v.object({ id: v.string(), verdict })) }), value),
      'an outcome',
    ),
  ),
  null,
);

const memory: v.GenericSchema<unknown, ProbeMemory> = v.record(
  v.string(),
  v.union([v.string(), v.number(), v.boolean(), v.array(v.union([v.string(), v.number()]))]),
);

export const regionState: v.GenericSchema<unknown, RegionState> = v.object({
  window,
  health: v.picklist(['ok', 'pending', 'firing']),
  firing: v.nullable(firing),
  passesInRow: count,
  passingSinceMs: v.nullable(number),
  worksInRow: count,
  clearedSlotMs: number,
  relapses: count,
  blockedInRow: count,
  lastSlotMs: number,
  lastOutcome,
  revisions: list(v.object({ sinceMs: number, revision: shortText }), revisionsMax),
  latencies,
  memory,
  trouble: v.nullable(v.object({ reason, sinceMs: number, runs: count, measuredInRow: count })),
});
