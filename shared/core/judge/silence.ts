/** Who asked for quiet: maintenance windows of the file, windows begun by hand, and mutes. All of them end by themselves. */
import type { Environment } from '../environment/definition.ts';
import type { Step } from '../step.ts';
import { isoUtc, parseInstant } from '../time.ts';
import type { BadVerdict, EnvironmentRecord, MaintenanceEntry } from './state.ts';

export interface Silence {
  readonly kind: 'maintenance' | 'mute';
  readonly untilMs: number;
  /** One sentence for decisions and people. */
  readonly why: string;
}

export interface SilenceInput {
  readonly environment: EnvironmentRecord;
  readonly settings: Environment;
  readonly nowMs: number;
}

/** The first silence that covers a step which is that bad; null when people are to be told. Security is never asked. */
export function silencedBy(step: Step, verdict: BadVerdict, input: SilenceInput): Silence | null {
  const { environment, settings, nowMs } = input;
  for (const window of windows({ settings, maintenance: environment.maintenance })) {
    const expected = window.expect === 'down' || verdict === 'degraded';
    if (expected && window.fromMs <= nowMs && nowMs < window.untilMs && covers(window.steps, step)) {
      const why = `maintenance until ${isoUtc(window.untilMs)} (${window.reason}) expects it`;
      return { kind: 'maintenance', untilMs: window.untilMs, why };
    }
  }
  const mute = environment.mutes.find(({ untilMs, steps }) => nowMs < untilMs && covers(steps, step));
  return mute === undefined
    ? null
    : {
        kind: 'mute',
        untilMs: mute.untilMs,
        why: `muted by ${mute.by} until ${isoUtc(mute.untilMs)} (${mute.reason})`,
      };
}

/** The windows of the file and those begun by hand, in one form. */
export function windows({
  settings,
  maintenance,
}: {
  readonly settings: Environment;
  readonly maintenance: readonly MaintenanceEntry[];
}): readonly MaintenanceEntry[] {
  const planned = settings.maintenance.map(({ from, to, expect, steps, reason }) => ({
    by: 'the environment file',
    reason,
    fromMs: parseInstant(from) ?? Number.POSITIVE_INFINITY,
    untilMs: parseInstant(to) ?? Number.NEGATIVE_INFINITY,
    expect,
    steps: steps ?? null,
  }));
  return [...planned, ...maintenance];
}

function covers(steps: readonly Step[] | null, step: Step): boolean {
  return steps === null || steps.includes(step);
}
