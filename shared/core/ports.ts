/** What the core and the run need of the outside, as small structural types; adapters are in `shared/io`. */
import type { SlackMessage } from './message/message.ts';
import type { MetricName } from './metrics/catalogue.ts';
import type { Point } from './metrics/points.ts';
import type { MessagePlace } from './judge/state.ts';
import type { Step } from './step.ts';

/** A document together with the version that a conditional write needs; both null when it does not exist. */
export interface Stored {
  readonly value: unknown;
  readonly version: string | null;
}

/** `environment` is the document of the whole environment. */
export interface StateKey {
  readonly environment: string;
  readonly document: Step | 'environment';
}

export interface StateWrite {
  readonly key: StateKey;
  /** Plain JSON. */
  readonly value: unknown;
  /** Version that must still be there; null: the document must not exist. */
  readonly ifVersion: string | null;
}

/**
 * State with compare-and-set. Every call rejects with a `StateError` when the store does not answer within
 * the time it was given; it never hangs.
 */
export interface StateStore {
  /** Reads several documents in one round trip, in the order asked for. */
  load(keys: readonly StateKey[]): Promise<readonly Stored[]>;
  /** All or nothing. `conflict`: at least one document has another version than demanded, nothing was written. */
  commit(writes: readonly StateWrite[]): Promise<'committed' | 'conflict'>;
  close(): Promise<void>;
}

/** Points that were not written, all for one cause. `code` is the gRPC status. */
export interface RefusedPoints {
  readonly code: number;
  readonly message: string;
  readonly points: number;
  /** The metrics of that call: the API does not say which of them it refused. */
  readonly metrics: readonly MetricName[];
}

export interface WriteReport {
  readonly written: number;
  readonly refused: readonly RefusedPoints[];
}

/** Takes points; resolves with what was refused, also when everything was. Rejects only on a fault of our own. */
export interface MetricSink {
  write(points: readonly Point[]): Promise<WriteReport>;
  close(): Promise<void>;
}

/**
 * How a message went. `ambiguous`: no answer came, it may be there. `credential`, `channel` and `invalid` do not
 * get better by themselves; `rate_limited` and `unavailable` do.
 */
export type Delivery =
  | { readonly result: 'accepted'; readonly place: MessagePlace }
  | {
      readonly result: 'rate_limited' | 'unavailable' | 'ambiguous' | 'credential' | 'channel' | 'invalid';
      /** Slack's own error word or the error class; never the body. */
      readonly detail: string;
      readonly retryAfterMs: number | null;
    };

export interface Notifier {
  /** Posts to a channel, or into the thread under `thread`. */
  post(
    message: SlackMessage,
    to: { readonly channel: string; readonly thread: string | null; readonly broadcast: boolean },
  ): Promise<Delivery>;
  /** Replaces the message at `place`. */
  update(message: SlackMessage, place: MessagePlace): Promise<Delivery>;
}

export type LogSeverity = 'INFO' | 'WARNING' | 'ERROR' | 'CRITICAL';

/** One structured log line; field names are made Cloud Logging's by `shared/io/log.ts`. */
export interface LogEntry {
  readonly severity: LogSeverity;
  /** One sentence for people; everything else is in the fields. */
  readonly message: string;
  readonly traceId: string | null;
  readonly labels: Readonly<Record<string, string>>;
  readonly fields: Readonly<Record<string, unknown>>;
}

export type Log = (entry: LogEntry) => void;
