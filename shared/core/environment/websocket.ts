/** Settings of the `websocket` step: how the real client connects, and what it must get. */
import * as v from 'valibot';

import { headerName, integer, origin, path, slug, text } from './values.ts';

/**
 * A subprotocol to offer. `{token}` stands for the token as it is, `{token_base64url}` for its base64url form;
 * both are redacted wherever the offer is shown.
 */
const subprotocol = v.pipe(
  v.string(),
  v.regex(
    /^(?:[!#$%&'*+.^_`|~0-9A-Za-z-]|\{token\}|\{token_base64url\})+$/,
    'a subprotocol token, with `{token}` or `{token_base64url}` where the token goes',
  ),
  v.maxLength(100, 'at most 100 characters'),
);

export const websocketRefusals = ['no_token', 'bad_token', 'foreign_origin'] as const;

export const websocketSettings = v.strictObject({
  service: v.optional(slug, 'backend'),
  path: v.optional(path, '/ws'),
  deadlineSeconds: v.optional(integer(2, 300), 40),
  /** Sent as `Origin`, as a browser would. */
  origin: v.exactOptional(origin),
  offer: v.optional(v.pipe(v.array(subprotocol), v.maxLength(8, 'at most 8 subprotocols')), [
    'jwt-auth',
    'jwt.{token_base64url}',
  ]),
  /** The selections that are right, in the words of `offer`; default: any offered one. */
  accept: v.exactOptional(v.array(subprotocol)),
  /** What it means that the server selects the one that carries the token: known and lived with, or degraded. */
  tokenEcho: v.optional(v.picklist(['allowed', 'degraded']), 'degraded'),
  /** How the token travels on the main connection. */
  carrier: v.optional(v.picklist(['subprotocol', 'authorization', 'both', 'none']), 'subprotocol'),
  /** Also try the token in the Authorization header alone, as non-browser clients send it. */
  checkAuthorizationCarrier: v.optional(v.boolean(), false),
  headers: v.optional(v.record(headerName, text), {}),
  welcome: v.optional(v.picklist(['required', 'optional', 'none']), 'required'),
  welcomeMsMax: v.optional(integer(100, 60_000), 5_000),
  /** The handshake that newer servers start: followed when it comes, demanded, or not waited for. */
  serverHandshake: v.optional(v.picklist(['auto', 'required', 'none']), 'auto'),
  pongMsMax: v.optional(integer(100, 60_000), 5_000),
  upgradeMsMax: v.optional(integer(100, 60_000), 10_000),
  refusals: v.optional(v.array(v.picklist(websocketRefusals)), ['no_token', 'bad_token']),
  foreignOrigin: v.optional(origin, 'https://attacker.example'),
  offerBytesMax: v.optional(integer(256, 65_536), 8_192),
  /** Sockets at once; 0 leaves the check out. */
  crowdSockets: v.optional(integer(0, 50), 0),
  readyMsMax: v.exactOptional(integer(1, 300_000)),
});

export type WebsocketSettings = v.InferOutput<typeof websocketSettings>;
export type WebsocketRefusal = (typeof websocketRefusals)[number];
