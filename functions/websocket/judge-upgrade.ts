/** The pure half of the main connection up to the upgrade: its answer, the negotiation and the size of the offer. */
import { check, exchangeCheck } from '../../shared/core/exchange-check.ts';
import { negotiationFailure, shownOffer } from '../../shared/core/negotiation.ts';
import type { Check, Failure } from '../../shared/core/outcome.ts';
import type { Connection } from './connection.ts';

export function judgeUpgrade(connection: Connection): readonly Check[] {
  const { opening } = connection;
  const failure = opening.kind === 'open' || isAboutSubprotocol(opening.failure) ? null : opening.failure;
  const detail = 'the server switched to WebSocket (HTTP 101)';
  const evidence = { offered: shownOffer(connection.offer) };
  return [
    exchangeCheck('websocket.upgrade', opening.exchange, { failure, detail, evidence }),
    ...(failure === null ? judgeNegotiation(connection) : []),
    judgeOfferSize(connection),
  ];
}

/** A 101 with a bad subprotocol is a good upgrade with a bad negotiation, although the client gives up there. */
function isAboutSubprotocol({ reason }: Failure): boolean {
  return reason.startsWith('subprotocol_');
}

function judgeNegotiation({ opening, offer, settings }: Connection): readonly Check[] {
  const { exchange, selection, echoes } = opening;
  if (selection === null) {
    return [];
  }
  const { startedMs, latencyMs } = exchange;
  const selected = selection.kind === 'none' ? null : selection.shown;
  const failure = negotiationFailure(offer, selection, settings.accept);
  const detail = selected === null ? 'nothing was offered and nothing chosen' : `the server chose ${selected}`;
  const evidence = { offered: shownOffer(offer), selected };
  const subprotocol = check('websocket.subprotocol', { failure, detail }, { startedMs, latencyMs, evidence });
  return offer.token === null ? [subprotocol] : [subprotocol, judgeHygiene(echoes, settings.tokenEcho, exchange)];
}

function judgeHygiene(
  echoes: readonly string[],
  tokenEcho: Connection['settings']['tokenEcho'],
  { startedMs, latencyMs }: Connection['opening']['exchange'],
): Check {
  const where = `the response repeats the token in ${echoes.join(' and ')}`;
  const failure: Failure | null =
    echoes.length === 0 || tokenEcho === 'allowed' ? null : { reason: 'token_echoed', detail: where };
  const detail =
    echoes.length === 0 ? 'the response does not repeat the token' : `${where}, which the environment allows`;
  const evidence = { headers_with_token: echoes };
  return check('websocket.token_hygiene', { failure, detail }, { startedMs, latencyMs, evidence });
}

function judgeOfferSize({ offerBytes, settings, opening }: Connection): Check {
  const detail = `offer and token take ${offerBytes} of at most ${settings.offerBytesMax} bytes`;
  const failure: Failure | null = offerBytes <= settings.offerBytesMax ? null : { reason: 'offer_too_large', detail };
  const evidence = { offer_header_bytes: offerBytes };
  const { startedMs } = opening.exchange;
  return check('websocket.offer_size', { failure, detail }, { startedMs, latencyMs: 0, evidence });
}
