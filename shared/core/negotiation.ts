/**
 * The subprotocol as a contract between client and server (RFC 6455, sections 1.9 and 4): what is offered, what was
 * chosen, and whether the token that rides in the offer comes back. Nothing here shows a token.
 */
import { toBase64url } from './base64url.ts';
import type { Failure } from './outcome.ts';
import { redact } from './redact.ts';
import type { Secret } from './secret.ts';

export interface Offer {
  /** In the order of the real client. */
  readonly templates: readonly string[];
  /** What the templates stand for; null when the client has none. */
  readonly token: Secret | null;
}

/** What the server made of the offer. `place` is the index of the choice in the offer. */
export type Selection =
  | { readonly kind: 'offered'; readonly place: number; readonly shown: string }
  | { readonly kind: 'unoffered'; readonly shown: string }
  | { readonly kind: 'none' };

const tokenPlace = /\{token(?:_base64url)?\}/g;

/** The offer of a client with this token; without one, only what needs none is offered. */
export function offerWith(templates: readonly string[], token: Secret | null): Offer {
  return { token, templates: token === null ? withoutToken(templates) : templates };
}

export function withoutToken(templates: readonly string[]): readonly string[] {
  return templates.filter((template) => template.search(tokenPlace) < 0);
}

/** The offer as it goes over the wire, with the token in it: for the place of use only. */
export function offeredValues({ templates, token }: Offer): readonly string[] {
  const plain = token?.reveal() ?? '';
  return templates.map((template) =>
    template.replaceAll(tokenPlace, (place) => (place === '{token}' ? plain : toBase64url(plain))),
  );
}

/** The offer for people, with `[token]` in the place of the token. */
export function shownOffer({ templates }: Offer): readonly string[] {
  return templates.map(shownTemplate);
}

function shownTemplate(template: string): string {
  return template.replaceAll(tokenPlace, '[token]');
}

/** `selected` is the response's `Sec-WebSocket-Protocol`; null when there is none. */
export function selectionOf(offer: Offer, selected: string | null): Selection {
  if (selected === null) {
    return { kind: 'none' };
  }
  const place = offeredValues(offer).indexOf(selected);
  const shown = shownOffer(offer)[place];
  if (shown !== undefined) {
    return { kind: 'offered', place, shown };
  }
  return { kind: 'unoffered', shown: redact(selected, offer.token === null ? [] : [offer.token], 80) };
}

/** What is wrong with the selection; null when it is right. `accept` holds templates; without it any offered one is. */
export function negotiationFailure(
  offer: Offer,
  selection: Selection,
  accept: readonly string[] | undefined,
): Failure | null {
  const offered = shownOffer(offer).join(', ') || 'nothing';
  switch (selection.kind) {
    case 'none':
      return offer.templates.length === 0
        ? null
        : { reason: 'subprotocol_missing', detail: `offered ${offered}; the server chose none` };
    case 'unoffered':
      return {
        reason: 'subprotocol_unoffered',
        detail: `offered ${offered}; the server chose ${selection.shown}, which was not offered`,
      };
    case 'offered': {
      const accepted = accept?.map(shownTemplate);
      return accepted === undefined || accepted.includes(selection.shown)
        ? null
        : {
            reason: 'subprotocol_unexpected',
            detail: `offered ${offered}; the server chose ${selection.shown} instead of ${accepted.join(' or ')}`,
          };
    }
  }
}

/** Names of the response headers that repeat the token, as it is or in base64url. */
export function headersWithToken(headers: Readonly<Record<string, string>>, token: Secret): readonly string[] {
  const forms = [token.reveal(), toBase64url(token.reveal())];
  return Object.keys(headers).filter((name) => forms.some((form) => headers[name]?.includes(form)));
}

/** Bytes of the header lines that carry offer and token; proxies bound a line or a whole head at 8 KiB or 16 KiB. */
export function offerBytes(offer: Offer, authorization: boolean): number {
  const { token, templates } = offer;
  const lines = [
    ...(templates.length === 0 ? [] : [`Sec-WebSocket-Protocol: ${offeredValues(offer).join(',')}\r\n`]),
    ...(authorization && token !== null ? [`Authorization: Bearer ${token.reveal()}\r\n`] : []),
  ];
  return new TextEncoder().encode(lines.join('')).length;
}
