/** The WebSocket negotiation: what was offered, what the server chose, which carriers of the token it takes. */
import type { Check, EvidenceValue, Outcome } from '../../../../core/outcome.ts';
import { h } from '../dom.ts';
import { badge, markWords } from '../words.ts';

/** Null when the run got no answer to its offer. */
export function negotiation({ checks }: Outcome, accept: readonly string[] | null): HTMLElement | null {
  const subprotocol = checks.find(({ id }) => id === 'websocket.subprotocol');
  if (subprotocol === undefined) {
    return null;
  }
  const offered = listOf(subprotocol.evidence['offered']);
  const selected = subprotocol.evidence['selected'];
  return h(
    'div',
    { class: 'negotiation' },
    h(
      'div',
      { class: 'party' },
      h('h4', {}, 'The client offers'),
      h(
        'ol',
        {},
        offered.map((name) => offer(name, name === selected)),
      ),
    ),
    h(
      'div',
      { class: 'party' },
      h('h4', {}, 'The server chose'),
      chosen(selected, offered, accept),
      h('p', {}, badge(subprotocol.verdict), ' ', subprotocol.detail),
    ),
    h(
      'div',
      { class: 'party' },
      h('h4', {}, 'Ways of carrying the token'),
      h('ul', {}, carriers(checks).map(carrierLine)),
    ),
  );
}

function offer(name: string, isSelected: boolean): HTMLElement {
  return h('li', {}, h('code', {}, name), isSelected ? ' ← chosen' : '');
}

function chosen(
  selected: EvidenceValue | undefined,
  offered: readonly string[],
  accept: readonly string[] | null,
): HTMLElement {
  if (typeof selected !== 'string') {
    return h('p', { class: 'choice-none' }, 'none');
  }
  const wanted = accept === null || accept.some((each) => each.replaceAll(/\{token[^}]*\}/g, '[token]') === selected);
  const words = !offered.includes(selected)
    ? 'was not offered'
    : wanted
      ? 'offered and wanted'
      : `not wanted; the file wants ${accept?.join(' or ') ?? ''}`;
  return h('p', {}, h('code', {}, selected), ` ${words}`);
}

interface Carrier {
  readonly name: string;
  readonly check: Check | undefined;
}

function carriers(checks: readonly Check[]): readonly Carrier[] {
  const byId = (id: Check['id']): Check | undefined => checks.find((check) => check.id === id);
  return [
    {
      name: 'in the subprotocol',
      check: byId('websocket.user') ?? byId('websocket.welcome') ?? byId('websocket.upgrade'),
    },
    { name: 'in the Authorization header', check: byId('websocket.carrier_authorization') },
    { name: 'no token at all', check: byId('websocket.refuses_no_token') },
    { name: 'a forged token', check: byId('websocket.refuses_bad_token') },
    { name: 'from a foreign origin', check: byId('websocket.refuses_foreign_origin') },
  ];
}

function carrierLine({ name, check }: Carrier): HTMLElement {
  const state = check === undefined ? badge('unknown', 'not tried') : badge(check.verdict, wordFor(check));
  return h('li', {}, `${name}: `, state);
}

function wordFor({ id, verdict }: Check): string {
  const refusal = id.startsWith('websocket.refuses');
  return verdict === 'pass' ? (refusal ? 'refused, as it must be' : 'accepted') : markWords[verdict].word;
}

function listOf(value: EvidenceValue | undefined): readonly string[] {
  return typeof value === 'object' && value !== null ? value.map(String) : [];
}
