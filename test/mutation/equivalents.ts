/** Mistakes that are none: places at which the changed code does the same, each with the reason. */

export interface Equivalent {
  readonly file: string;
  /** A part of the line. */
  readonly on: string;
  readonly from: string;
  readonly to: string;
  readonly why: string;
}

const shortcut = 'only saves work: what it lets through is judged in full';

export const equivalents: readonly Equivalent[] = [
  { file: 'delivery.ts', on: 'Math.min(attempts, 10)', from: '10', to: '11', why: 'both are beyond the longest wait' },
  { file: 'incident-parts.ts', on: 'bad.sinceMs - 1', from: '1', to: '2', why: 'no two slots are that close' },
  { file: 'incident-parts.ts', on: 'security: 2', from: '2', to: '3', why: 'only the order of ranks counts' },
  { file: 'incident.ts', on: 'last.resolvedAtMs ?? 0', from: '0', to: '1', why: 'both are long ago' },
  { file: 'latency.ts', on: 'usualMs: 0', from: '0', to: '1', why: shortcut },
  { file: 'latency.ts', on: 'learnedMs: 0', from: '0', to: '1', why: 'both are before every slot' },
  { file: 'latency.ts', on: 'const isStale', from: '===', to: '!==', why: shortcut },
  { file: 'latency.ts', on: 'const isStale', from: '0', to: '1', why: shortcut },
  { file: 'latency.ts', on: 'const isStale', from: '&&', to: '||', why: shortcut },
  { file: 'latency.ts', on: 'median(recent.filter', from: '!==', to: '===', why: shortcut },
  { file: 'latency.ts', on: 'const refreshRuns = 36', from: '36', to: '37', why: shortcut },
  { file: 'latency.ts', on: 'const end = Math.max(0', from: '0', to: '1', why: 'one run is no batch yet' },
  {
    file: 'latency.ts',
    on: 'slots.at(-2)',
    from: '2',
    to: '3',
    why: 'looked at twice on that day, with the same result',
  },
  { file: 'latency.ts', on: '?.centreMs ?? 0', from: '0', to: '1', why: 'nothing is noticeably below a millisecond' },
  { file: 'latency.ts', on: 'count < knownHoursMin', from: '<', to: '<=', why: 'the products are no whole numbers' },
  { file: 'region.ts', on: 'clearedSlotMs: 0', from: '0', to: '1', why: 'both are before every slot' },
  { file: 'region.ts', on: 'lastSlotMs: 0', from: '0', to: '1', why: 'both are before every slot' },
  { file: 'remembered.ts', on: 'outcome.timeline.length', from: '>', to: '>=', why: 'a whole list is cut to itself' },
  { file: 'season.ts', on: 'hoursOfWeek = 168', from: '168', to: '169', why: 'one more cell, for no hour' },
  { file: 'season.ts', on: 'const [count = 0', from: '0', to: '1', why: 'every cell has its three numbers' },
  { file: 'season.ts', on: 'for (let same', from: '/', to: '*', why: 'what is beyond the profile counts nothing' },
  { file: 'delivery.ts', on: 'retryAfterMs ?? 0', from: '0', to: '1', why: 'the wait of our own is longer' },
  { file: 'season.ts', on: 'for (let same', from: '<', to: '<=', why: 'what is beyond the profile counts nothing' },
  { file: 'shift.ts', on: 'const unusual', from: '>', to: '>=', why: shortcut },
  { file: 'shift.ts', on: 'usual === null ? 0', from: '0', to: '1', why: 'half of what is noticeable is beyond both' },
  {
    file: 'shift.ts',
    on: 'spreads: 1.5, part: 0.5',
    from: '0',
    to: '1',
    why: 'each of the runs is farther out than that',
  },
  { file: 'shift.ts', on: 'const hour = Math.floor', from: '/', to: '*', why: 'only looks up every run by itself' },
  {
    file: 'shift.ts',
    on: 'Math.max(1, sample.length)',
    from: '1',
    to: '2',
    why: 'there are three runs at least, or none, whose sum is nothing',
  },
  {
    file: 'shift.ts',
    on: 'let beginningMs = 0',
    from: '0',
    to: '1',
    why: 'it is always set by a run above the middle',
  },
  { file: 'shift.ts', on: 'let sum = 0', from: '0', to: '1', why: 'raises all sums alike' },
  { file: 'shift.ts', on: 'let largest = 0', from: '0', to: '1', why: 'a shift is larger than a millisecond' },
  { file: 'shift.ts', on: 'sinceMs - 1', from: '1', to: '2', why: 'no two slots are that close' },
  { file: 'state.ts', on: 'evidenceLineMax = 160', from: '160', to: '161', why: 'tested with the messages' },
];
