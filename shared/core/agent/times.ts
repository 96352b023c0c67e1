/** The times of a run, all counted from the question, and its skeleton: what happened, without a word of what was said. */
import { cut } from '../check.ts';
import type { Phase, Phases, TimelineEvent } from '../outcome.ts';
import { completion, type Run, type RunEntry } from './run.ts';

/** Events of a run that are kept for people, at its beginning and at its end. */
const timelineFirstMax = 150;
const timelineLastMax = 50;

export function runPhases(run: Run): Phases {
  const { entries, askedMs } = run;
  const since = (entry: RunEntry | undefined | null): number | null => (entry ? entry.atMs - askedMs : null);
  const times: readonly (readonly [Phase, number | null])[] = [
    ['accepted', since(entries.find(({ event }) => event.kind === 'accepted' || event.kind === 'started'))],
    ['first_event', since(entries[0])],
    ['first_text', since(entries.find(({ event }) => event.text !== '' || (event.answer?.candidates[0] ?? '') !== ''))],
    ['tool', longestToolMs(entries)],
    ['longest_silence', entries.length === 0 ? null : run.longestSilenceMs],
    ['completed', since(completion(run))],
  ];
  return Object.fromEntries(times.filter(([, ms]) => ms !== null));
}

/** From each use of a tool to its end; the first to start is the first to end. */
function longestToolMs(entries: readonly RunEntry[]): number | null {
  const startedMs: number[] = [];
  let longest: number | null = null;
  for (const { event, atMs } of entries) {
    if (event.kind === 'tool_started') {
      startedMs.push(atMs);
    } else if (event.kind === 'tool_completed') {
      const begin = startedMs.shift();
      longest = begin === undefined ? longest : Math.max(longest ?? 0, atMs - begin);
    }
  }
  return longest;
}

/** How many uses of tools were begun. */
export function toolCount({ entries }: Run): number {
  return entries.filter(({ event }) => event.kind === 'tool_started').length;
}

/** `started,thinking×3,tool_started,tool_completed,completed`. */
export function skeleton({ entries }: Run): string {
  const groups: { kind: string; count: number }[] = [];
  for (const { event } of entries) {
    const last = groups.at(-1);
    if (last?.kind === event.kind) {
      last.count += 1;
    } else {
      groups.push({ kind: event.kind, count: 1 });
    }
  }
  return cut(groups.map(({ kind, count }) => (count === 1 ? kind : `${kind}×${count}`)).join(','));
}

/** Names and times in the dialect's words; of a long run beginning and end. Times are those of the attempt. */
export function timeline({ entries }: Run): readonly TimelineEvent[] {
  const kept =
    entries.length <= timelineFirstMax + timelineLastMax
      ? entries
      : [...entries.slice(0, timelineFirstMax), ...entries.slice(-timelineLastMax)];
  return kept.map(({ event, atMs }) => ({ name: event.name, atMs }));
}
