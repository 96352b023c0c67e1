/** Tries the token in the Authorization header alone: load balancers are known to strip one carrier and not the other. */
import { exchangeCheck } from '../../shared/core/exchange-check.ts';
import type { Check, Failure } from '../../shared/core/outcome.ts';
import type { Secret } from '../../shared/core/secret.ts';
import { visit, type Visit, visitFailure, type Visitor } from './visit.ts';

export async function checkAuthorizationCarrier(visitor: Visitor, token: Secret): Promise<Check> {
  const attempt = await visit(visitor, {
    token,
    variant: { carrier: 'authorization', negotiation: 'lenient' },
    whenReady: () => Promise.resolve(),
  });
  return exchangeCheck('websocket.carrier_authorization', attempt.opening.exchange, {
    failure: judgeCarrier(attempt),
    detail: 'the token is accepted in the Authorization header too',
  });
}

/** The same token was just accepted in the subprotocol: a refusal of it here means that it did not arrive. */
function judgeCarrier(attempt: Visit<unknown>): Failure | null {
  const failure = visitFailure(attempt);
  const status = attempt.opening.exchange.response?.status;
  const refused = status === 401 || status === 403 || attempt.readiness?.turnedAway === true;
  return failure !== null && refused
    ? { reason: 'carrier_stripped', detail: `with the header alone, ${failure.detail}` }
    : failure;
}
