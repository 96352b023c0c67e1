/** Knocks at the door as a stranger would. Being let in is the gravest finding of all; being turned away is a pass. */
import { isRefusal } from '../../shared/core/close-codes.ts';
import type { CheckIdOf } from '../../shared/core/checks.ts';
import type { WebsocketRefusal } from '../../shared/core/environment/websocket.ts';
import { exchangeCheck } from '../../shared/core/exchange-check.ts';
import type { Check, Failure } from '../../shared/core/outcome.ts';
import { Secret } from '../../shared/core/secret.ts';
import { tampered } from '../../shared/core/token-forgery.ts';
import type { Readiness } from '../../shared/io/websocket-greeting.ts';
import type { Variant } from '../../shared/io/websocket-request.ts';
import { ping, type Pong } from './ping.ts';
import { visit, type Visit, visitFailure, type Visitor } from './visit.ts';

interface Stranger {
  readonly id: CheckIdOf<'websocket'>;
  /** Who got in, for the sentence. */
  readonly who: string;
  /** What the stranger carries, given a good token. */
  readonly token: (good: Secret) => Secret | null;
  readonly variant: (foreignOrigin: string) => Variant;
}

const lenient: Variant = { negotiation: 'lenient' };

const strangers: Readonly<Record<WebsocketRefusal, Stranger>> = {
  no_token: {
    id: 'websocket.refuses_no_token',
    who: 'a client without a token',
    token: () => null,
    variant: () => lenient,
  },
  bad_token: {
    id: 'websocket.refuses_bad_token',
    who: 'a client with a forged token',
    token: (good) => new Secret(tampered(good.reveal())),
    variant: () => lenient,
  },
  foreign_origin: {
    id: 'websocket.refuses_foreign_origin',
    who: 'a page of a foreign origin',
    token: (good) => good,
    variant: (foreignOrigin) => ({ ...lenient, origin: foreignOrigin }),
  },
};

/** One attempt. The ping shows whether a server that does not greet serves the stranger all the same. */
export async function checkRefusal(visitor: Visitor, refusal: WebsocketRefusal, token: Secret): Promise<Check> {
  const { id, who, token: carried, variant } = strangers[refusal];
  const attempt = await visit(visitor, {
    token: carried(token),
    variant: variant(visitor.target.settings.foreignOrigin),
    whenReady: (session) => ping(session, visitor),
  });
  const judged = judgeRefusal(attempt);
  const letIn: Failure = { reason: 'auth_bypassed', detail: `${who} is let in` };
  return exchangeCheck(id, attempt.opening.exchange, {
    failure: judged === 'refused' ? null : judged === 'let_in' ? letIn : judged,
    detail: `${who} is turned away`,
  });
}

/** `let_in` or `refused`; a failure when neither can be said. */
function judgeRefusal(attempt: Visit<Pong>): 'let_in' | 'refused' | Failure {
  const { opening, readiness, found: pong } = attempt;
  if (opening.kind === 'refused') {
    return isRefusalStatus(opening.exchange.response?.status ?? 0) ? 'refused' : opening.failure;
  }
  if (readiness !== null && wasGreeted(readiness)) {
    return 'let_in';
  }
  const closure = pong?.closure ?? null;
  const turnedAway = readiness?.turnedAway === true || (closure !== null && isRefusal(closure));
  return turnedAway ? 'refused' : (visitFailure(attempt) ?? pong?.failure ?? 'let_in');
}

function wasGreeted({ greeted }: Readiness): boolean {
  return greeted.welcome !== null || greeted.handshake !== null;
}

/** A request that took too long (408) or was one too many (429) was not refused for who sent it. */
function isRefusalStatus(status: number): boolean {
  return status >= 400 && status < 500 && status !== 408 && status !== 429;
}
