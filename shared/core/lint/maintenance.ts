/** Maintenance that never ends: windows which, one after the other, leave a step no time to be told of. */
import { type Environment, stepsOf } from '../environment/definition.ts';
import { errorAt, type Finding, warningAt } from '../environment/finding.ts';
import { instantMs } from '../environment/values.ts';
import { policyOf } from '../judge/policy.ts';
import type { Step } from '../step.ts';
import { dayMs, durationText, secondMs } from '../time.ts';

/** Longer than any maintenance; what takes longer is a step that nobody watches. */
const quietDaysMax = 31;

interface Quiet {
  readonly fromMs: number;
  readonly toMs: number;
  /** Index of the window that it begins with. */
  readonly first: number;
}

export function maintenanceFindings(environment: Environment): readonly Finding[] {
  const told = new Map<string, Finding>();
  for (const step of stepsOf(environment)) {
    for (const expect of ['down', 'degraded'] as const) {
      const long = quietTimes(environment, step, expect).find(
        ({ fromMs, toMs }) => toMs - fromMs > quietDaysMax * dayMs,
      );
      if (long !== undefined) {
        const length = durationText(long.toMs - long.fromMs);
        const report = expect === 'down' ? errorAt : warningAt;
        const message = `\`${step}\` is expected to be ${expect} for ${length} without a break, allowed: ${quietDaysMax} d`;
        const key = `${long.first}/${step}`;
        told.set(key, told.get(key) ?? report(['maintenance', long.first], message));
      }
    }
  }
  return [...told.values()];
}

/** The windows of a step, with those joined between which it could not fire. */
function quietTimes(environment: Environment, step: Step, expect: 'down' | 'degraded'): readonly Quiet[] {
  const gapMs = policyOf(environment, step).fire.failures * environment.cadenceSeconds * secondMs;
  const windows = environment.maintenance
    .map((window, first) => ({ window, first }))
    .filter(({ window }) => window.steps?.includes(step) ?? true)
    .filter(({ window }) => window.expect === expect || expect === 'degraded')
    .map(({ window, first }) => ({
      fromMs: instantMs(window.from),
      toMs: instantMs(window.to),
      first,
    }))
    .sort((a, b) => a.fromMs - b.fromMs);
  const joined: Quiet[] = [];
  for (const window of windows) {
    const last = joined.at(-1);
    if (last !== undefined && window.fromMs - last.toMs < gapMs) {
      joined[joined.length - 1] = { ...last, toMs: Math.max(last.toMs, window.toMs) };
    } else {
      joined.push(window);
    }
  }
  return joined;
}
