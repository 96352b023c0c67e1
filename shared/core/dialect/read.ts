/** Reads a frame of the server in a dialect: what it means, and of an event everything that a run is judged by. */
import type { JsonObject } from '../body.ts';
import type { Failure } from '../outcome.ts';
import { textAt, valueAt } from '../json-path.ts';
import { type Answer, findAnswer } from './answer.ts';
import type { Dialect, EventKind, Mark, Meaning } from './dialect.ts';
import { readError, type ServerError } from './error.ts';

/** Longest id or name that is taken from a frame. */
const idLengthMax = 200;

/** Longest visible text that is kept of one event. */
const visibleLengthMax = 20_000;

export interface RunEvent {
  readonly kind: EventKind;
  /** The dialect's word for it. */
  readonly name: string;
  readonly userId: string | null;
  readonly threadId: string | null;
  readonly runId: string | null;
  /** Whether the one who speaks leads the run; null when the frame does not say who speaks. */
  readonly leads: boolean | null;
  readonly tool: string | null;
  /** The same for an event that is sent again, and different for another event; null when that cannot be told. */
  readonly key: string | null;
  readonly text: string;
  /** Of a completing event; null when no place for an answer is there. */
  readonly answer: Answer | null;
  /** A completed event that reports a failure inside. */
  readonly failedInside: boolean;
  /** What the event says about a model at work; null when it says nothing. */
  readonly modelUsed: boolean | null;
  /** Of a failed event. */
  readonly failure: Failure | null;
}

export type Reading =
  | { readonly is: 'welcome'; readonly version: string; readonly userId: string | null }
  | { readonly is: 'handshake'; readonly threadId: string | null }
  | { readonly is: 'pong'; readonly userId: string | null }
  | { readonly is: 'handshake_complete' | 'heartbeat' }
  | { readonly is: 'error'; readonly error: ServerError }
  | { readonly is: 'event'; readonly event: RunEvent }
  /** `known`: the dialect has the word, and it says nothing about connection or run. */
  | { readonly is: 'other'; readonly name: string; readonly known: boolean };

export function readFrame(dialect: Dialect, frame: JsonObject): Reading {
  const { name, wrapped } = wordOf(dialect, frame);
  const greeting = dialect.greetings.find((candidate) => candidate.word === name && candidate.wrapped === wrapped);
  if (greeting !== undefined) {
    return { is: 'welcome', version: greeting.version, userId: idAt(frame, dialect.places.user) };
  }
  const meaning = dialect.words.get(name);
  if (meaning === undefined || (meaning.is === 'handshake' && dialect.handshake === null)) {
    return { is: 'other', name, known: meaning !== undefined };
  }
  switch (meaning.is) {
    case 'handshake':
      return { is: 'handshake', threadId: idAt(frame, dialect.places.thread) };
    case 'pong':
      return { is: 'pong', userId: idAt(frame, dialect.places.user) };
    case 'error':
      return { is: 'error', error: readError(dialect, frame, { name, login: meaning.of === 'login' }) };
    case 'event':
      return { is: 'event', event: readEvent(dialect, frame, { name, meaning }) };
    case 'handshake_complete':
    case 'heartbeat':
      return { is: meaning.is };
    case 'noise':
      return { is: 'other', name, known: true };
  }
}

/** Unwraps before it renames, because an older wrapper has the name of an older event. */
function wordOf(dialect: Dialect, frame: JsonObject): { readonly name: string; readonly wrapped: boolean } {
  const type = firstText(frame, [dialect.typePath]) ?? '';
  if (dialect.wrapperTypes.includes(type)) {
    const inner = dialect.innerTypePaths
      .map((path) => textAt(frame, path))
      .find((word) => dialect.words.has(word ?? ''));
    if (inner !== undefined && inner !== null) {
      return { name: inner, wrapped: true };
    }
  }
  const rename = dialect.renames.find((candidate) => candidate.wire === type);
  if (rename === undefined) {
    return { name: type, wrapped: false };
  }
  const withTool = rename.wordWithTool !== undefined && firstText(frame, dialect.places.tool) !== null;
  return { name: (withTool ? rename.wordWithTool : undefined) ?? rename.word, wrapped: false };
}

interface NamedEvent {
  readonly name: string;
  readonly meaning: Meaning & { readonly is: 'event' };
}

function readEvent(dialect: Dialect, frame: JsonObject, { name, meaning }: NamedEvent): RunEvent {
  const { places } = dialect;
  const completed = meaning.kind === 'completed';
  return {
    kind: meaning.kind,
    name,
    userId: idAt(frame, places.user),
    threadId: idAt(frame, places.thread),
    runId: idAt(frame, places.run),
    leads: leads(dialect, idAt(frame, places.agent)),
    tool: idAt(frame, places.tool),
    key: keyOf(frame, { id: idAt(frame, places.eventId), name, streams: meaning.kind === 'text' }),
    text: (firstText(frame, places.text) ?? '').slice(0, visibleLengthMax),
    answer: completed ? findAnswer(frame, places.answer) : null,
    failedInside: completed && isMarked(frame, dialect.failureMarks),
    modelUsed: isMarked(frame, dialect.noModelMarks) ? false : isMarked(frame, dialect.modelMarks) || null,
    failure:
      meaning.kind === 'failed'
        ? { reason: meaning.reason, detail: readError(dialect, frame, { name, login: false }).sentence }
        : null,
  };
}

/** Where the dialect knows no leader, everybody leads. */
function leads(dialect: Dialect, agent: string | null): boolean | null {
  if (dialect.leaders.length === 0 || agent === null) {
    return dialect.leaders.length === 0 ? true : null;
  }
  const name = agent.toLowerCase();
  return dialect.leaders.some((part) => name.includes(part));
}

interface KeyFacts {
  readonly id: string | null;
  readonly name: string;
  readonly streams: boolean;
}

/** Longest text that is compared to find out whether an event was sent again. */
const keyLengthMax = 4_000;

/** Without an id a repeated event has the same content; pieces of a streamed text may rightly be alike. */
function keyOf(frame: JsonObject, { id, name, streams }: KeyFacts): string | null {
  if (id !== null) {
    return `${name} ${id}`;
  }
  const content = streams ? null : contentOf(frame);
  return content === null ? null : `${content.length} ${content.slice(0, keyLengthMax)}`;
}

/** The content but for the count of attempts; null for a frame that is nested too deep to be written down again. */
function contentOf(frame: JsonObject): string | null {
  try {
    return JSON.stringify(frame, (key, value: unknown) => (key === 'attempt' ? undefined : value));
  } catch {
    return null;
  }
}

function isMarked(frame: JsonObject, marks: readonly Mark[]): boolean {
  return marks.some(({ path, values }) => values.some((value) => value === valueAt(frame, path)));
}

function idAt(frame: JsonObject, paths: readonly string[]): string | null {
  return firstText(frame, paths)?.slice(0, idLengthMax) ?? null;
}

export function firstText(frame: JsonObject, paths: readonly string[]): string | null {
  for (const path of paths) {
    const text = textAt(frame, path);
    if (text !== null) {
      return text;
    }
  }
  return null;
}
