/** How the socket is opened: offer, carrier of the token, refusals, greeting. */
import type { Environment } from '../definition.ts';
import { errorAt, type Finding, when } from '../finding.ts';
import { listed } from '../shape.ts';
import type { WebsocketSettings } from '../websocket.ts';
import { repeated } from './repeated.ts';

const at = ['steps', 'websocket'] as const;

export function websocketContradictions(environment: Environment): readonly Finding[] {
  const { auth, websocket } = environment.steps;
  if (websocket === undefined) {
    return [];
  }
  return [
    ...when(
      auth === undefined && websocket.carrier !== 'none',
      errorAt(at, 'comes in with a token: it needs `steps.auth`, or `carrier: none`'),
    ),
    ...offerContradictions(websocket),
    ...carrierContradictions(websocket),
    ...refusalContradictions(environment, websocket),
    ...greetingContradictions(environment, websocket),
  ];
}

function offerContradictions({ offer, accept = [] }: WebsocketSettings): readonly Finding[] {
  const unoffered = accept.filter((wanted) => !offer.includes(wanted));
  return [
    ...repeated(offer, [...at, 'offer']),
    ...repeated(accept, [...at, 'accept']),
    ...unoffered.map((wanted) => {
      const allowed = offer.length === 0 ? 'nothing, for nothing is offered' : listed(offer, 'or');
      return errorAt([...at, 'accept', accept.indexOf(wanted)], `\`${wanted}\` is not offered, allowed: ${allowed}`);
    }),
  ];
}

function carrierContradictions({ carrier, offer, checkAuthorizationCarrier }: WebsocketSettings): readonly Finding[] {
  const isInOffer = carrier === 'subprotocol' || carrier === 'both';
  const offersToken = offer.some((subprotocol) => /\{token(?:_base64url)?\}/.test(subprotocol));
  return [
    ...when(
      isInOffer && !offersToken,
      errorAt([...at, 'offer'], `needs an entry with \`{token}\` or \`{token_base64url}\` for \`carrier: ${carrier}\``),
    ),
    ...when(
      !isInOffer && offersToken,
      errorAt([...at, 'carrier'], `is \`${carrier}\`, but the offer carries the token all the same`),
    ),
    ...when(
      carrier === 'none' && checkAuthorizationCarrier,
      errorAt([...at, 'checkAuthorizationCarrier'], 'has no token to carry: `carrier` is `none`'),
    ),
  ];
}

function refusalContradictions({ services }: Environment, websocket: WebsocketSettings): readonly Finding[] {
  const { carrier, refusals, origin, foreignOrigin } = websocket;
  const refusalAt = (refusal: (typeof refusals)[number]) => [...at, 'refusals', refusals.indexOf(refusal)];
  const tokenRefusals = refusals.filter((refusal) => refusal === 'no_token' || refusal === 'bad_token');
  const isForeignChecked = refusals.includes('foreign_origin');
  const ownOrigins = [origin, ...Object.values(services).map(({ url }) => url)];
  return [
    ...repeated(refusals, [...at, 'refusals']),
    ...tokenRefusals.flatMap((refusal) =>
      when(
        carrier === 'none',
        errorAt(
          refusalAt(refusal),
          `\`${refusal}\` cannot be refused where no token is asked for (\`carrier: none\`); leave it out of \`refusals\`, ` +
            'which has it when nothing else is said',
        ),
      ),
    ),
    ...when(
      isForeignChecked && origin === undefined,
      errorAt(refusalAt('foreign_origin'), '`foreign_origin` needs the `origin` that is right'),
    ),
    ...when(
      isForeignChecked && ownOrigins.includes(foreignOrigin),
      errorAt([...at, 'foreignOrigin'], `\`${foreignOrigin}\` belongs to the product: it is not foreign`),
    ),
  ];
}

function greetingContradictions({ dialect }: Environment, websocket: WebsocketSettings): readonly Finding[] {
  const isUnnamed = dialect.kind === 'generic' && dialect.welcomeType === undefined;
  const hasHandshake = dialect.kind === 'netra' && (dialect.version === 'auto' || dialect.version === 'oct2025');
  return [
    ...when(
      websocket.welcome === 'required' && isUnnamed,
      errorAt([...at, 'welcome'], 'is `required`, but the dialect names no `welcomeType`'),
    ),
    ...when(
      websocket.serverHandshake === 'required' && !hasHandshake,
      errorAt([...at, 'serverHandshake'], 'is `required`, but this dialect has no handshake'),
    ),
  ];
}
