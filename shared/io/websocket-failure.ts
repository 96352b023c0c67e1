/**
 * What it means that the `ws` client gives up a handshake. Its errors have no codes, only messages, which may hold
 * what the server sent: each known one has a sentence of ours, and none is ever shown.
 */
import { classify } from '../core/classify.ts';
import type { Failure } from '../core/outcome.ts';
import { type Reason, reasonEntry } from '../core/reasons.ts';

const known: ReadonlyMap<string, readonly [Reason, string]> = new Map([
  ['Server sent no subprotocol', ['subprotocol_missing', reasonEntry('subprotocol_missing').sentence]],
  ['Server sent an invalid subprotocol', ['subprotocol_unoffered', reasonEntry('subprotocol_unoffered').sentence]],
  [
    'Server sent a subprotocol but none was requested',
    ['subprotocol_unoffered', 'the server chose a subprotocol although none was offered'],
  ],
  [
    'Invalid Sec-WebSocket-Accept header',
    ['bad_handshake', 'the answer to the upgrade has a wrong Sec-WebSocket-Accept: something in between made it up'],
  ],
  ['Invalid Upgrade header', ['bad_handshake', 'the answer to the upgrade does not name `websocket` as its upgrade']],
  [
    'Server sent a Sec-WebSocket-Extensions header but no extension was requested',
    ['bad_handshake', 'the server chose an extension although none was offered'],
  ],
  ['Opening handshake has timed out', ['upgrade_timeout', reasonEntry('upgrade_timeout').sentence]],
]);

/** Total. What the client did not say itself came from the socket and is judged by its code. */
export function handshakeFailure(thrown: unknown): Failure {
  const entry = thrown instanceof Error ? known.get(thrown.message) : undefined;
  if (entry !== undefined) {
    const [reason, detail] = entry;
    return { reason, detail };
  }
  return thrown instanceof SyntaxError
    ? {
        reason: 'config_invalid',
        detail: 'the subprotocols cannot be offered: they repeat or hold a character that is not allowed',
      }
    : classify(thrown);
}
