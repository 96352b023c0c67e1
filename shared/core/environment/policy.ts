/** Settings of judging: when a step fires and recovers, what counts as slower, when people are told. */
import * as v from 'valibot';

import { steps } from '../step.ts';
import { instant, integer, text } from './values.ts';

const nOfM = v.strictObject({ failures: integer(1, 50), of: integer(1, 50) });

const stepPolicy = {
  /** Fires when this many of the last that many runs failed. */
  fire: nOfM,
  /** The same for runs that are degraded or worse. */
  degrade: nOfM,
  /** Recovers after this many passes in a row. */
  recoverPasses: integer(1, 50),
};

const slower = v.strictObject({
  enabled: v.optional(v.boolean(), true),
  /** Both must be exceeded, besides the statistical test. */
  percentMin: v.optional(integer(1, 1_000), 30),
  msMin: v.optional(integer(1, 300_000), 50),
  /** Runs over which the shift must hold. */
  runs: v.optional(integer(3, 48), 6),
  /** Runs of history before anything is judged. */
  samplesMin: v.optional(integer(12, 2_016), 36),
});

export const policySettings = v.strictObject({
  fire: v.optional(nOfM, { failures: 2, of: 3 }),
  degrade: v.optional(nOfM, { failures: 3, of: 5 }),
  recoverPasses: v.optional(integer(1, 50), 2),
  /** A failing run is tried once more after this time; 0 leaves that out. */
  confirmAfterMs: v.optional(integer(0, 60_000), 3_000),
  slower: v.optional(slower, {}),
  /** Time between reminders of an open incident; 0 leaves them out. */
  reminderMinutes: v.optional(integer(0, 10_080), 240),
  /** How many regions must see a step fail before it fires. */
  regionQuorum: v.optional(integer(1, 20), 1),
  /** Runs of our own trouble in a row before the monitor channel is told. */
  monitorTroubleRuns: v.optional(integer(1, 50), 3),
  steps: v.optional(
    v.strictObject(v.entriesFromList(steps, v.exactOptional(v.partial(v.strictObject(stepPolicy))))),
    {},
  ),
});

export const maintenanceSettings = v.strictObject({
  from: instant,
  to: instant,
  /** What is expected: `down` silences everything but security, `degraded` only what degrades. */
  expect: v.picklist(['down', 'degraded']),
  steps: v.exactOptional(v.array(v.picklist(steps))),
  reason: text,
});

export type PolicySettings = v.InferOutput<typeof policySettings>;
export type MaintenanceWindow = v.InferOutput<typeof maintenanceSettings>;
