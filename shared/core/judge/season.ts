/**
 * What is usual at an hour: a cell an hour of the week (or of the day), each with a count, a centre and a spread that
 * take in one value at a time. Values far out pull a cell only as far as its spread allows.
 */
import { hourOfWeek } from '../time.ts';
import { median } from './quantile.ts';

/** Cells of a whole step and of one of its phases. */
export const hoursOfWeek = 168;
export const hoursOfDay = 24;

const fields = 3;

/** A cell remembers about three weeks: 36 values at twelve an hour. */
const memoryValues = 36;

/** A value counts as if it were no farther from the centre than this many spreads, or than this part of the centre. */
const reachSpreads = 3;
const reachPart = 0.05;

/** Mean absolute deviation of a normal distribution is 0.8 of its standard deviation. */
const deviationToSpread = 1.25;

export interface Usual {
  readonly centreMs: number;
  readonly spreadMs: number;
}

/** The part of an hour that must have been seen for it to be known. */
const knownShare = 1 / 3;

interface Cell extends Usual {
  readonly count: number;
}

function cellAt(cells: readonly number[], hour: number): Cell {
  const at = hour * fields;
  const [count = 0, centreMs = 0, spreadMs = 0] = [cells[at], cells[at + 1], cells[at + 2]];
  return { count, centreMs, spreadMs };
}

export function isProfile(value: unknown): boolean {
  return (
    Array.isArray(value) &&
    (value.length === fields * hoursOfDay || value.length === fields * hoursOfWeek) &&
    value.every(Number.isFinite)
  );
}

function hourIn(cells: readonly number[], slotMs: number): number {
  return hourOfWeek(slotMs) % (cells.length / fields);
}

export function emptyCells(hours: number): readonly number[] {
  return Array.from({ length: hours * fields }, () => 0);
}

/** The profile with some more values in it, each in the cell of its hour. */
export function takeInto(
  cells: readonly number[],
  samples: readonly { readonly slotMs: number; readonly ms: number }[],
): readonly number[] {
  const next = [...cells];
  for (const { slotMs, ms } of samples) {
    const hour = hourIn(cells, slotMs);
    const { count, centreMs, spreadMs } = updated(cellAt(next, hour), ms);
    next.splice(hour * fields, fields, count, rounded(centreMs), rounded(spreadMs));
  }
  return next;
}

/** To a tenth of a millisecond: a document is read and written at every run. */
function rounded(ms: number): number {
  return Math.round(ms * 10) / 10;
}

function updated({ count, centreMs, spreadMs }: Cell, ms: number): Cell {
  if (count === 0) {
    return { count: 1, centreMs: ms, spreadMs: ms / 10 };
  }
  const weight = 1 / Math.min(count + 1, memoryValues);
  const reach = Math.max(reachSpreads * spreadMs, reachPart * centreMs);
  const off = Math.max(-reach, Math.min(reach, ms - centreMs));
  return {
    count: Math.min(count + 1, 9_999),
    centreMs: centreMs + weight * off,
    spreadMs: spreadMs + weight * (deviationToSpread * Math.abs(off) - spreadMs),
  };
}

/**
 * What is usual at this hour: its own cell once that has seen two weeks (of a phase: two days), before that the same hour
 * of all days of the week. The spread is never less than that of all those days: a single cell of a series of two modes
 * may have seen hardly any of the other one. Null until one of them is known.
 */
export function usualAt(cells: readonly number[], slotMs: number, runsAnHour: number): Usual | null {
  const hour = hourIn(cells, slotMs);
  let count = 0;
  let centreMs = 0;
  let spreadMs = 0;
  for (let same = hour % hoursOfDay; same < cells.length / fields; same += hoursOfDay) {
    const cell = cellAt(cells, same);
    count += cell.count;
    centreMs += cell.count * cell.centreMs;
    spreadMs += cell.count * cell.spreadMs;
  }
  if (count < knownShare * runsAnHour) {
    return null;
  }
  const own = cellAt(cells, hour);
  const days = { centreMs: centreMs / count, spreadMs: spreadMs / count };
  return own.count < 2 * runsAnHour
    ? days
    : { centreMs: own.centreMs, spreadMs: Math.max(own.spreadMs, days.spreadMs) };
}

/** The level of the whole profile: the median of its hours, and the share of hours that are known. */
export function levelOf(cells: readonly number[]): { readonly centreMs: number; readonly known: number } {
  const hours = Array.from({ length: cells.length / fields }, (_, hour) => cellAt(cells, hour));
  const centres = hours.filter(({ count }) => count > 0).map(({ centreMs }) => centreMs);
  return { centreMs: median(centres), known: centres.length / hours.length };
}

/** The same profile at another level: a lasting shift moves every hour, also those that have not come again yet. */
export function rescaled(cells: readonly number[], factor: number): readonly number[] {
  return cells.map((value, at) => (at % fields === 0 ? value : rounded(value * factor)));
}
