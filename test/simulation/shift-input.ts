/** Recent runs as the rules for a shift see them, with only what a test is about spelled out. */
import { hoursOfWeek, type Usual } from '../../shared/core/judge/season.ts';
import type { ShiftInput, ShiftRules } from '../../shared/core/judge/shift.ts';
import { slot } from './samples.ts';

export const usualRules: ShiftRules = { percentMin: 30, msMin: 50, runs: 6, samplesMin: 36, runsAnHour: 12 };

export interface Given {
  /** From Monday 00:00 UTC on, twelve an hour; the suspects follow. */
  readonly history: readonly number[];
  readonly suspects: readonly number[];
  /** What every hour is usually like, or each of them; null: no hour is known. */
  readonly usual?: Usual | null | ((hour: number) => Usual | null);
  readonly rules?: ShiftRules;
  readonly usualMs?: number;
  readonly count?: number;
}

export function inputOf(given: Given): ShiftInput {
  const { history, suspects, usual = null, rules = usualRules, usualMs = 0, count = 1_000 } = given;
  const recent = [...history, ...suspects];
  const slots = recent.map((_, at) => slot(at));
  const cells = Array.from({ length: hoursOfWeek }, (_, hour) => {
    const known = typeof usual === 'function' ? usual(hour) : usual;
    return known === null ? [0, 0, 0] : [500, known.centreMs, known.spreadMs];
  });
  return {
    name: 'total',
    slots,
    slotMs: slots.at(-1) ?? 0,
    ms: recent.at(-1) ?? 0,
    revisions: [],
    rules,
    series: { recent, count, usualMs, learnedMs: 0, cells: cells.flat(), anchor: null, shift: null },
  };
}

export function flat(ms: number, length: number): readonly number[] {
  return Array.from({ length }, () => ms);
}
