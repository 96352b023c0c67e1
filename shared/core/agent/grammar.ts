/** Whether the events of a run make sense together: all that must be there, in an order that is possible, in pairs. */
import type { EventKind } from '../dialect/dialect.ts';
import type { RunEvent } from '../dialect/read.ts';
import type { Failure } from '../outcome.ts';
import { completion, type Run, type RunEntry } from './run.ts';

/** Kinds of events that may come before the run has started. */
const early: ReadonlySet<EventKind> = new Set(['accepted', 'started', 'progress', 'warning']);

/** What is wrong with a run that says it is completed; null when nothing is. */
export function grammarFailure(run: Run, toolEvents: 'required' | 'optional'): Failure | null {
  return (
    missingEvent(run, toolEvents) ??
    leaderWithoutEnd(run) ??
    startTooLate(run.entries) ??
    brokenPair(run) ??
    eventAfterEnd(run)
  );
}

function missingEvent({ entries, dialect }: Run, toolEvents: 'required' | 'optional'): Failure | null {
  const tools: readonly EventKind[] = toolEvents === 'required' ? ['tool_started', 'tool_completed'] : [];
  const missing = [...dialect.requiredEvents, ...tools].filter(
    (kind) => !entries.some(({ event }) => event.kind === kind),
  );
  return missing.length === 0
    ? null
    : {
        reason: 'event_missing',
        detail: `the run completed without ${missing.map((kind) => wordFor(dialect, kind)).join(' and ')}`,
      };
}

/** Who led the run has started and never completed: what completed was only one of its agents. */
function leaderWithoutEnd(run: Run): Failure | null {
  const led = run.dialect.leaders.length > 0 && run.entries.some(({ event }) => event.leads === true);
  return led && completion(run)?.event.leads !== true
    ? { reason: 'event_missing', detail: `the leading agent never sent ${wordFor(run.dialect, 'completed')}` }
    : null;
}

function startTooLate(entries: readonly RunEntry[]): Failure | null {
  const first = entries.find(({ event }) => !early.has(event.kind));
  const start = entries.find(({ event }) => event.kind === 'started');
  return first !== undefined && start !== undefined && entries.indexOf(first) < entries.indexOf(start)
    ? { reason: 'event_order', detail: `\`${first.event.name}\` came before \`${start.event.name}\`` }
    : null;
}

/** Every use of a tool begins and ends. Of several uses of one tool at a time it does not matter which ended first. */
function brokenPair({ entries, dialect }: Run): Failure | null {
  const open: RunEvent[] = [];
  for (const { event } of entries) {
    if (event.kind === 'tool_started') {
      open.push(event);
    } else if (event.kind === 'tool_completed') {
      const start = open.findIndex((candidate) => isSameTool(candidate, event));
      if (start < 0) {
        return endWithoutStart(event, entries, wordFor(dialect, 'tool_started'));
      }
      open.splice(start, 1);
    }
  }
  const [left] = open;
  return left === undefined
    ? null
    : { reason: 'event_missing', detail: `${shownTool(left)} never sent ${wordFor(dialect, 'tool_completed')}` };
}

/** Where a tool begins as often as it completes, no event is missing: one came too late. */
function endWithoutStart(end: RunEvent, entries: readonly RunEntry[], startWord: string): Failure {
  const count = (kind: EventKind): number =>
    entries.filter(({ event }) => event.kind === kind && isSameTool(event, end)).length;
  return count('tool_started') >= count('tool_completed')
    ? { reason: 'event_order', detail: `${shownTool(end)} completed before its ${startWord}` }
    : { reason: 'event_missing', detail: `${shownTool(end)} completed without ${startWord}` };
}

function eventAfterEnd({ late }: Run): Failure | null {
  return late.length === 0
    ? null
    : { reason: 'event_order', detail: `after the end of the run came \`${late.join('`, `')}\`` };
}

/** Shapes that leave the name out fit every tool. */
function isSameTool(one: RunEvent, other: RunEvent): boolean {
  return one.tool === null || other.tool === null || one.tool === other.tool;
}

/** Names of tools come from outside; only plain ones are shown. */
function shownTool({ tool }: RunEvent): string {
  return tool !== null && /^[a-z][a-z0-9_.:-]{0,39}$/i.test(tool) ? `the tool \`${tool}\`` : 'a tool';
}

/** The dialect's word for a kind of event. */
export function wordFor(dialect: Run['dialect'], kind: EventKind): string {
  for (const [word, meaning] of dialect.words) {
    if (meaning.is === 'event' && meaning.kind === kind) {
      return `\`${word}\``;
    }
  }
  return kind;
}
