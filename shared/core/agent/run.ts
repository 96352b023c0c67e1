/**
 * An agent run as it unfolds: takes one event after the other, leaves out those that come twice, and knows whose the
 * run is and when it is over. Everything that is judged about a run is judged from this record.
 */
import { foreignUserFailure, isUser } from '../dialect/identity.ts';
import type { Dialect } from '../dialect/dialect.ts';
import type { RunEvent } from '../dialect/read.ts';
import type { Failure } from '../outcome.ts';

export interface RunEntry {
  readonly event: RunEvent;
  /** On the clock of the attempt. */
  readonly atMs: number;
}

export interface Run {
  readonly dialect: Dialect;
  readonly askedMs: number;
  /** Ours; null when the token does not tell. */
  readonly userId: string | null;
  /** That of the handshake, or the first one that an event names. */
  readonly threadId: string | null;
  readonly runId: string | null;
  /** In order of arrival, without duplicates and without what came after the end; bounded. */
  readonly entries: readonly RunEntry[];
  /** All events of the run, also those that are not kept. */
  readonly events: number;
  readonly duplicates: number;
  /** Frames with a word that the dialect does not know. */
  readonly unknown: number;
  /** Characters of all visible text, for an estimate of what the run costs. */
  readonly characters: number;
  /** What came as text in pieces, joined; the first `streamedMax` characters. */
  readonly streamed: string;
  readonly lastEventMs: number | null;
  /** The longest time without an event between the question and the last one. */
  readonly longestSilenceMs: number;
  /** Null while the run goes on, as far as its events tell. */
  readonly end: 'completed' | 'failed' | null;
  /** Names of the events that came after the end and must not. */
  readonly late: readonly string[];
  /** An event that belongs to somebody or something else. */
  readonly breach: Failure | null;
  /** Keys of the latest events, by which a duplicate is known. */
  readonly keys: readonly string[];
}

/** Kinds that may come any number of times, and also after the end. */
const streaming: ReadonlySet<RunEvent['kind']> = new Set(['text', 'thinking', 'progress', 'warning']);
const mayComeLate: ReadonlySet<RunEvent['kind']> = new Set(['text', 'progress', 'warning', 'accepted']);

/** Entries that are kept, twice as many of those that come once; a run of a chat agent has tens. */
const entriesMax = 2_000;

const streamedMax = 100_000;

/** A repeated event comes within seconds of the first; so many keys are compared. */
const keysMax = 64;

const lateMax = 20;

export interface RunStart {
  readonly dialect: Dialect;
  readonly askedMs: number;
  readonly userId: string | null;
  /** The thread in which the question was asked; null when the server is to open one. */
  readonly threadId: string | null;
}

export function startRun(start: RunStart): Run {
  return {
    ...start,
    runId: null,
    entries: [],
    events: 0,
    duplicates: 0,
    unknown: 0,
    characters: 0,
    streamed: '',
    lastEventMs: null,
    longestSilenceMs: 0,
    end: null,
    late: [],
    breach: null,
    keys: [],
  };
}

/** The run after one more event. */
export function observe(run: Run, event: RunEvent, atMs: number): Run {
  const counted = count(run, atMs);
  return event.key !== null && run.keys.includes(event.key)
    ? { ...counted, duplicates: run.duplicates + 1 }
    : place(learn(counted, event), { event, atMs });
}

/** Every event breaks the silence, also one that came before. */
function count(run: Run, atMs: number): Run {
  const silentMs = run.end === null ? atMs - (run.lastEventMs ?? run.askedMs) : 0;
  return {
    ...run,
    events: run.events + 1,
    lastEventMs: atMs,
    longestSilenceMs: Math.max(run.longestSilenceMs, silentMs),
  };
}

/** Takes over what the event tells about the run: whose it is, and what it has said so far. */
function learn(run: Run, event: RunEvent): Run {
  const answer = event.answer?.candidates[0] ?? '';
  return {
    ...run,
    threadId: run.threadId ?? event.threadId,
    runId: run.runId ?? event.runId,
    characters: run.characters + event.text.length + answer.length,
    streamed: event.kind === 'text' ? (run.streamed + event.text).slice(0, streamedMax) : run.streamed,
    breach: run.breach ?? breachOf(run, event),
    keys: event.key === null ? run.keys : [...run.keys.slice(1 - keysMax), event.key],
  };
}

/** Before the end an event becomes part of the record; after it, it is one that is late. */
function place(run: Run, entry: RunEntry): Run {
  const { kind, name } = entry.event;
  if (run.end !== null) {
    return mayComeLate.has(kind) ? run : { ...run, late: [...run.late, name].slice(0, lateMax) };
  }
  const isFull = run.entries.length >= (streaming.has(kind) ? entriesMax : 2 * entriesMax);
  return { ...run, entries: isFull ? run.entries : [...run.entries, entry], end: endBy(entry.event) };
}

/** A frame that is not understood is a sign of a newer server, not of a broken one. */
export function observeUnknown(run: Run): Run {
  return { ...run, unknown: run.unknown + 1 };
}

/** Only who leads the run ends it: each of its agents starts, completes and fails on its own. */
function endBy({ kind, leads }: RunEvent): Run['end'] {
  if (kind === 'completed' && leads === true) {
    return 'completed';
  }
  return kind === 'failed' && leads !== false ? 'failed' : null;
}

function breachOf(run: Run, event: RunEvent): Failure | null {
  if (event.userId !== null && run.userId !== null && !isUser(event.userId, run.userId)) {
    const { reason, detail } = foreignUserFailure(event.userId, run.dialect);
    return { reason, detail: `\`${event.name}\` names another user: ${detail}` };
  }
  if (event.threadId !== null && run.threadId !== null && event.threadId !== run.threadId) {
    return { reason: 'isolation_breach', detail: `\`${event.name}\` belongs to another thread than the question` };
  }
  if (event.runId !== null && run.runId !== null && event.runId !== run.runId) {
    return { reason: 'isolation_breach', detail: `\`${event.name}\` belongs to another run than the events before it` };
  }
  return null;
}

/**
 * Since when a run has looked over without saying so: its last event is a completion, and every agent that started has
 * completed. Null when more must come.
 */
export function quietSinceMs({ entries, lastEventMs }: Run): number | null {
  const count = (kind: RunEvent['kind']): number => entries.filter(({ event }) => event.kind === kind).length;
  return entries.at(-1)?.event.kind === 'completed' && count('started') <= count('completed') ? lastEventMs : null;
}

/** The completion that ends the run; without a leader's, the last one. */
export function completion({ entries }: Run): RunEntry | null {
  const completions = entries.filter(({ event }) => event.kind === 'completed');
  return completions.find(({ event }) => event.leads === true) ?? completions.at(-1) ?? null;
}

/** The failure that an agent of the run reported, that of the leader first; null when none did. */
export function reportedFailure({ entries }: Run): Failure | null {
  const failures = entries.filter(({ event }) => event.kind === 'failed');
  const worst = failures.find(({ event }) => event.leads !== false) ?? failures.at(-1);
  return worst?.event.failure ?? null;
}
