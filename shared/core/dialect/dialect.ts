/**
 * How a product speaks on its socket, as data: which words it uses for what, where its frames hold ids and texts, and
 * what a client says to it. Probes know only the meanings; every name of a product is in a dialect.
 */
import type { JsonObject } from '../body.ts';
import type { Reason } from '../reasons.ts';

/** What an event tells about a run. `progress` is any other sign of life, `fallback` says that no agent worked. */
export const eventKinds = [
  'accepted',
  'started',
  'thinking',
  'progress',
  'tool_started',
  'tool_completed',
  'text',
  'warning',
  'fallback',
  'completed',
  'failed',
] as const;

export type EventKind = (typeof eventKinds)[number];

/** What a word on the wire means. `noise` is known and says nothing about connection or run. */
export type Meaning =
  | { readonly is: 'handshake' | 'handshake_complete' | 'pong' | 'heartbeat' | 'noise' }
  /** The server refuses or fails; `login` when the word itself says that the user was not let in. */
  | { readonly is: 'error'; readonly of: 'login' | 'anything' }
  | { readonly is: 'event'; readonly kind: Exclude<EventKind, 'failed'> }
  | { readonly is: 'event'; readonly kind: 'failed'; readonly reason: Reason };

/** A greeting and the version that it gives away. */
export interface Greeting {
  readonly version: string;
  readonly word: string;
  /** Whether the word comes inside a wrapper. */
  readonly wrapped: boolean;
}

/** An older name on the wire. Some stand for two events, told apart by whether a tool is named. */
export interface Rename {
  readonly wire: string;
  readonly word: string;
  readonly wordWithTool?: string;
}

/** Dotted paths into a frame, tried in order. */
export interface Places {
  readonly user: readonly string[];
  readonly thread: readonly string[];
  readonly run: readonly string[];
  /** Who speaks: the orchestrator or one of its agents. */
  readonly agent: readonly string[];
  readonly tool: readonly string[];
  readonly eventId: readonly string[];
  /** Texts that a person at the screen would see while the run goes on. */
  readonly text: readonly string[];
  /** Where the completing frame may hold the answer. */
  readonly answer: readonly string[];
  /** Codes and words of an error. */
  readonly error: readonly string[];
}

/** A value in the completing frame that says more than its event's name. */
export interface Mark {
  readonly path: string;
  readonly values: readonly (string | boolean)[];
}

/** What a close frame of this product is known to mean. */
export interface CloseMeaning {
  readonly code: number;
  /** Part of the reason text. */
  readonly reason: string;
  readonly meaning: string;
}

/** A frame of the client, into which values are put at paths; `{question}` in its texts is replaced too. */
export interface FrameTemplate {
  readonly frame: JsonObject;
  readonly textPath: string;
  readonly threadPath: string | null;
}

export interface ServerHandshake {
  /** `expected`: part of this version. `possible`: some servers of the dialect start it. */
  readonly comes: 'expected' | 'possible';
  /** The version that starts it. */
  readonly version: string;
  /** The client's answer; thread and time are filled in. */
  readonly acknowledgement: JsonObject;
  readonly threadPath: string;
  readonly timePath: string;
  /** How long the server may take to complete it. */
  readonly completeMsMax: number;
  /** How long to watch for a handshake that is only possible. */
  readonly graceMs: number;
  /** Messages that come sooner than this after the handshake are lost by the server. */
  readonly settleMs: number;
}

export interface Dialect {
  readonly name: string;
  readonly typePath: string;
  /** Types that only wrap: the word is inside, at one of `innerTypePaths`. */
  readonly wrapperTypes: readonly string[];
  readonly innerTypePaths: readonly string[];
  readonly renames: readonly Rename[];
  readonly words: ReadonlyMap<string, Meaning>;
  readonly greetings: readonly Greeting[];
  readonly places: Places;
  readonly handshake: ServerHandshake | null;
  /** Pause between the greeting and the first message. */
  readonly settleMs: number;
  readonly ping: JsonObject;
  /** What a client answers to a heartbeat of the server; null when it doesn't. */
  readonly heartbeatReply: JsonObject | null;
  readonly question: FrameTemplate;
  /** Events without which a run is not whole. Tools come on top where the environment demands them. */
  readonly requiredEvents: readonly EventKind[];
  /** Parts of the names of agents whose completion ends a run; empty when every completion does. */
  readonly leaders: readonly string[];
  /** Quiet time after which a run whose end nobody claimed is over. */
  readonly quietMs: number;
  readonly failureMarks: readonly Mark[];
  /** Signs that a model was, or was not, at work. */
  readonly modelMarks: readonly Mark[];
  readonly noModelMarks: readonly Mark[];
  /** Answers that this product gives when no agent has worked. */
  readonly stockPhrases: readonly RegExp[];
  /** Users for whom a server takes everybody once it does not look at tokens any more. */
  readonly standInUsers: readonly RegExp[];
  readonly closeMeanings: readonly CloseMeaning[];
}
