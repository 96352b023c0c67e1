/** One HTTP exchange as a value: what was sent, what came back, where it stopped. Made in `shared/io/http.ts`. */
import type { Failure, Phases } from './outcome.ts';

/** The server's certificate as it was presented on this very connection. */
export interface TlsFacts {
  readonly protocol: string;
  readonly issuer: string;
  readonly subject: string;
  readonly validToMs: number;
  readonly daysLeft: number;
}

export interface HttpResponse {
  readonly status: number;
  /** Lower-case names; several values joined by `, `. */
  readonly headers: Readonly<Record<string, string>>;
  /** Decoded as UTF-8, bounded; never to be logged or kept as it is. */
  readonly body: string;
}

export interface HttpExchange {
  readonly method: string;
  /** Without query values and user info: safe to show. */
  readonly shownUrl: string;
  /** Milliseconds since the attempt began. */
  readonly startedMs: number;
  /** From the start of the exchange to its end, whatever the end was. */
  readonly latencyMs: number;
  readonly phases: Phases;
  /** Null when no complete head of a response came. */
  readonly response: HttpResponse | null;
  /** What stopped the exchange; null when the response is complete. An HTTP status is no failure here. */
  readonly failure: Failure | null;
  readonly tls: TlsFacts | null;
  readonly redirects: readonly string[];
}
