/** What the main connection showed: the facts that the pure half of this probe judges. */
import type { Dialect } from '../../shared/core/dialect/dialect.ts';
import type { WebsocketSettings } from '../../shared/core/environment/websocket.ts';
import type { Offer } from '../../shared/core/negotiation.ts';
import type { WebsocketOpening } from '../../shared/io/websocket.ts';
import type { Readiness } from '../../shared/io/websocket-greeting.ts';
import type { Pong } from './ping.ts';

export interface Connection {
  readonly settings: WebsocketSettings;
  readonly dialect: Dialect;
  readonly offer: Offer;
  /** Size of the header lines that carry offer and token. */
  readonly offerBytes: number;
  readonly opening: WebsocketOpening;
  /** Null when the connection did not open. */
  readonly readiness: Readiness | null;
  /** Null when the connection did not become ready. */
  readonly pong: Pong | null;
  /** Whom the token names; null when it does not say. */
  readonly subject: string | null;
}
