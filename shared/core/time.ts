/** Calendar and durations from given instants; the one place of the core where `Date` may be used, and never its clock. */

export const secondMs = 1_000;
export const minuteMs = 60 * secondMs;
export const hourMs = 60 * minuteMs;
export const dayMs = 24 * hourMs;
export const weekMs = 7 * dayMs;

/** `2026-11-24T20:05:00Z`, to the second. */
export function isoUtc(atMs: number): string {
  return `${new Date(atMs).toISOString().slice(0, 19)}Z`;
}

/** `20:05 UTC`. */
export function clockUtc(atMs: number): string {
  return `${new Date(atMs).toISOString().slice(11, 16)} UTC`;
}

/** Calendar day in UTC, such as `2026-11-24`. */
export function dayUtc(atMs: number): string {
  return new Date(atMs).toISOString().slice(0, 10);
}

/** Unix milliseconds of an ISO 8601 instant with zone; null when it is none. */
export function parseInstant(text: string): number | null {
  const atMs = Date.parse(text);
  return /(?:Z|[+-]\d{2}:?\d{2})$/.test(text) && Number.isFinite(atMs) ? atMs : null;
}

/** Hour of the week in UTC, 0 (Monday 00:00) to 167. */
export function hourOfWeek(atMs: number): number {
  // 1970-01-01 was a Thursday: three days after the Monday that the week begins with.
  const sinceMondayMs = (((atMs + 3 * dayMs) % weekMs) + weekMs) % weekMs;
  return Math.floor(sinceMondayMs / hourMs);
}

/** The scheduled instant that a moment belongs to: rounded down to the cadence. */
export function slotOf(atMs: number, cadenceMs: number): number {
  return Math.floor(atMs / cadenceMs) * cadenceMs;
}

/** A duration for people: `45 s`, `12 min`, `2 h 10 min`, `3 d 4 h`. */
export function durationText(ms: number): string {
  const wholeSeconds = Math.max(0, Math.round(ms / secondMs));
  if (wholeSeconds < 60) {
    return `${wholeSeconds} s`;
  }
  const wholeMinutes = Math.round(wholeSeconds / 60);
  if (wholeMinutes < 60) {
    return `${wholeMinutes} min`;
  }
  const [large, small, units] =
    wholeMinutes < 24 * 60
      ? [Math.floor(wholeMinutes / 60), wholeMinutes % 60, ['h', 'min']]
      : [Math.floor(wholeMinutes / 1_440), Math.floor((wholeMinutes % 1_440) / 60), ['d', 'h']];
  return small === 0 ? `${large} ${units[0]}` : `${large} ${units[0]} ${small} ${units[1]}`;
}
