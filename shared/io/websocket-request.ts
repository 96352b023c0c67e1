/** How a connection to the environment's socket is asked for: as the real client does, or in a named way otherwise. */
import type { SecureContext } from 'node:tls';

import { type Endpoint, endpointOf, isFailure } from '../core/endpoint.ts';
import type { WebsocketSettings } from '../core/environment/websocket.ts';
import { type Offer, offerWith, withoutToken } from '../core/negotiation.ts';
import type { Failure } from '../core/outcome.ts';
import type { ProbeContext } from '../core/probe.ts';
import type { Secret } from '../core/secret.ts';
import { type ConnectionTarget, trustIn } from './connection.ts';

export interface WebsocketRequest extends ConnectionTarget {
  /** Absolute, http or https: the scheme of the service, not that of the socket. */
  readonly url: URL;
  readonly offer: Offer;
  /** Whether the offer's token also goes into the `Authorization` header. */
  readonly authorization: boolean;
  /** Further headers, `Origin` among them. */
  readonly headers: Readonly<Record<string, string>>;
  /** From the first packet to the complete head of the answer. */
  readonly upgradeMsMax: number;
  /**
   * `strict`, as browsers are: a subprotocol that breaks the contract ends the connection. `lenient`, as an intruder
   * would be: whatever the server chose is taken.
   */
  readonly negotiation: 'strict' | 'lenient';
}

/** Where the socket is and whom to trust, found out once for all connections of a run. */
export interface SocketTarget {
  readonly url: URL;
  readonly trust: SecureContext | null;
  readonly settings: WebsocketSettings;
  readonly endpoint: Endpoint;
}

/** A failure is always one of the configuration. */
export function socketTarget(context: ProbeContext): SocketTarget | Failure {
  const settings = context.environment.steps.websocket;
  if (settings === undefined) {
    return { reason: 'config_invalid', detail: 'the environment file says in `steps.websocket` where the socket is' };
  }
  const endpoint = endpointOf(context, settings.service);
  if (isFailure(endpoint)) {
    return endpoint;
  }
  try {
    const url = new URL(settings.path, endpoint.origin);
    const { authorities } = endpoint;
    const plain = url.protocol !== 'https:' && authorities === null;
    return { url, trust: plain ? null : trustIn(authorities?.reveal() ?? null), settings, endpoint };
  } catch {
    return { reason: 'config_invalid', detail: 'the PEM bundle of trusted authorities cannot be read' };
  }
}

/** What differs from the real client; nothing does when it is empty. */
export interface Variant {
  /** Offers no subprotocol and puts the token into the header alone. */
  readonly carrier?: 'authorization';
  readonly origin?: string;
  readonly negotiation?: 'lenient';
}

/** The request of a client that holds this token, or none. */
export function websocketRequest(target: SocketTarget, token: Secret | null, variant: Variant = {}): WebsocketRequest {
  const { settings, url, trust } = target;
  const carrier = variant.carrier ?? settings.carrier;
  const inSubprotocol = carrier === 'subprotocol' || carrier === 'both';
  const offered = variant.carrier === 'authorization' ? [] : settings.offer;
  const origin = variant.origin ?? settings.origin;
  return {
    url,
    trust,
    offer: offerWith(inSubprotocol ? offered : withoutToken(offered), token),
    authorization: token !== null && (carrier === 'authorization' || carrier === 'both'),
    headers: origin === undefined ? settings.headers : { ...settings.headers, Origin: origin },
    upgradeMsMax: settings.upgradeMsMax,
    negotiation: variant.negotiation ?? 'strict',
  };
}
