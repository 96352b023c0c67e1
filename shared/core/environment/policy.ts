/** Settings of judging: when a step fires and recovers, what counts as slower, when people are told. */
import * as v from 'valibot';

import { steps } from '../step.ts';
import { about, instant, integer, text } from './values.ts';

const nOfM = v.strictObject({
  failures: about('This many bad runs …', integer(1, 50)),
  of: about('… among the last this many.', integer(1, 50)),
});

const stepPolicy = {
  fire: about('Fires when this many of the last that many runs failed.', nOfM),
  degrade: about('The same for runs that are degraded or worse.', nOfM),
  recoverPasses: about('Recovers after this many passes in a row.', integer(1, 50)),
};

const ownPolicy = about('For this step instead of the above.', v.exactOptional(v.partial(v.strictObject(stepPolicy))));

const slower = v.strictObject({
  enabled: about('Whether latencies are judged against their own history.', v.optional(v.boolean(), true)),
  percentMin: about('Smallest shift that counts, relative to the history.', v.optional(integer(1, 1_000), 30)),
  msMin: about(
    'Smallest shift that counts, in ms. Both must be exceeded, besides the statistical test.',
    v.optional(integer(1, 300_000), 50),
  ),
  runs: about('Runs over which the shift must hold.', v.optional(integer(3, 48), 6)),
  samplesMin: about('Runs of history before anything is judged.', v.optional(integer(12, 2_016), 36)),
});

export const policySettings = v.strictObject({
  fire: about('Fires when this many of the last that many runs failed.', v.optional(nOfM, { failures: 2, of: 3 })),
  degrade: about('The same for runs that are degraded or worse.', v.optional(nOfM, { failures: 3, of: 5 })),
  recoverPasses: about('Recovers after this many passes in a row.', v.optional(integer(1, 50), 2)),
  confirmAfterMs: about(
    'A failing run is tried once more after this time; 0 leaves that out.',
    v.optional(integer(0, 60_000), 3_000),
  ),
  slower: about('When a latency counts as slower than it used to be.', v.optional(slower, {})),
  reminderMinutes: about(
    'Time between reminders of an open incident; 0 leaves them out.',
    v.optional(integer(0, 10_080), 240),
  ),
  regionQuorum: about('How many regions must see a step fail before it fires.', v.optional(integer(1, 20), 1)),
  monitorTroubleRuns: about(
    'Runs of our own trouble in a row before the monitor channel is told.',
    v.optional(integer(1, 50), 3),
  ),
  steps: about('Other numbers for single steps.', v.optional(v.strictObject(v.entriesFromList(steps, ownPolicy)), {})),
});

export const maintenanceSettings = v.strictObject({
  from: about('When it begins.', instant),
  to: about('When it is over.', instant),
  expect: about(
    'What is expected: `down` silences everything but security, `degraded` only what degrades.',
    v.picklist(['down', 'degraded']),
  ),
  steps: about('The steps that it concerns; default: all.', v.exactOptional(v.array(v.picklist(steps)))),
  reason: about('Why, for those who see it in the channel.', text),
});

export type PolicySettings = v.InferOutput<typeof policySettings>;
export type MaintenanceWindow = v.InferOutput<typeof maintenanceSettings>;
