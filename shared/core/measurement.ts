/** Makes the measurement of a probe out of what it found; what it did not find is empty. */
import type { Check, Measurement, ProbeMemory } from './outcome.ts';
import { summarise } from './check.ts';
import type { Step } from './step.ts';

/** What a probe may have found besides checks, and the step that stops it when its summary is `blocked`, if any can. */
export interface Findings extends Partial<Omit<Measurement, 'checks' | 'blockedBy'>> {
  readonly memory: ProbeMemory;
  readonly blocker?: Step | null;
}

export function measurementOf(checks: readonly Check[], { blocker = null, ...found }: Findings): Measurement {
  return {
    checks,
    latencyMs: null,
    phases: {},
    gauges: {},
    components: [],
    timeline: [],
    revision: null,
    blockedBy: summarise(checks).verdict === 'blocked' ? blocker : null,
    ...found,
  };
}
