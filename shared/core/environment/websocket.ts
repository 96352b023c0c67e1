/** Settings of the `websocket` step: how the real client connects, and what it must get. */
import * as v from 'valibot';

import { about, headerName, integer, origin, path, slug, text } from './values.ts';

/**
 * A subprotocol to offer. `{token}` stands for the token as it is, `{token_base64url}` for its base64url form;
 * both are redacted wherever the offer is shown.
 */
const subprotocol = v.pipe(
  v.string(),
  v.title('subprotocol'),
  v.regex(
    /^(?:[!#$%&'*+.^_`|~0-9A-Za-z-]|\{token\}|\{token_base64url\})+$/,
    'a subprotocol token, with `{token}` or `{token_base64url}` where the token goes',
  ),
  v.maxLength(100, 'at most 100 characters'),
);

export const websocketRefusals = ['no_token', 'bad_token', 'foreign_origin'] as const;

export const websocketSettings = v.strictObject({
  service: about('The service that takes the socket.', v.optional(slug, 'backend')),
  path: about('Where it takes it.', v.optional(path, '/ws')),
  deadlineSeconds: about('Time for one attempt, log-in and refusals included.', v.optional(integer(2, 300), 40)),
  origin: about('Sent as `Origin`, as a browser would.', v.exactOptional(origin)),
  offer: about(
    'The subprotocols that the real client offers, in its order; `{token}` or `{token_base64url}` where the token goes.',
    v.optional(v.pipe(v.array(subprotocol), v.maxLength(8, 'at most 8 subprotocols')), [
      'jwt-auth',
      'jwt.{token_base64url}',
    ]),
  ),
  accept: about(
    'The selections that are right, in the words of `offer`; default: any offered one.',
    v.exactOptional(v.pipe(v.array(subprotocol), v.minLength(1, 'at least one subprotocol'))),
  ),
  tokenEcho: about(
    'What it means that the server selects the one that carries the token: known and lived with, or degraded.',
    v.optional(v.picklist(['allowed', 'degraded']), 'degraded'),
  ),
  carrier: about(
    'How the token travels on the main connection.',
    v.optional(v.picklist(['subprotocol', 'authorization', 'both', 'none']), 'subprotocol'),
  ),
  checkAuthorizationCarrier: about(
    'Also try the token in the Authorization header alone, as clients that are no browsers send it.',
    v.optional(v.boolean(), false),
  ),
  headers: about(
    'Further headers of the handshake; never a secret.',
    v.optional(v.pipe(v.record(headerName, text), v.maxEntries(20, 'at most 20 headers')), {}),
  ),
  welcome: about('Whether the server greets.', v.optional(v.picklist(['required', 'optional', 'none']), 'required')),
  welcomeMsMax: about('Longest wait for the greeting.', v.optional(integer(100, 60_000), 5_000)),
  serverHandshake: about(
    'The handshake that newer servers start: followed when it comes, demanded, or not waited for.',
    v.optional(v.picklist(['auto', 'required', 'none']), 'auto'),
  ),
  pongMsMax: about('Longest wait for the answer to a ping.', v.optional(integer(100, 60_000), 5_000)),
  upgradeMsMax: about('Longest wait for the upgrade.', v.optional(integer(100, 60_000), 10_000)),
  refusals: about(
    'What must be refused. `foreign_origin` needs an `origin` that is right.',
    v.optional(v.array(v.picklist(websocketRefusals)), ['no_token', 'bad_token']),
  ),
  foreignOrigin: about('The origin that must be refused.', v.optional(origin, 'https://attacker.example')),
  offerBytesMax: about(
    'Largest size of the offered headers; common proxies stop at 8 KiB.',
    v.optional(integer(256, 65_536), 8_192),
  ),
  crowdSockets: about(
    'Sockets at once, all of which must become ready; 0 leaves the check out.',
    v.optional(integer(0, 50), 0),
  ),
  readyMsMax: about('A socket that takes longer to be ready is `slow`.', v.exactOptional(integer(1, 300_000))),
});

export type WebsocketSettings = v.InferOutput<typeof websocketSettings>;
export type WebsocketRefusal = (typeof websocketRefusals)[number];
