/** The check of the steps that come in with a token: whether it could be had. The login itself is judged by `auth`. */
import { blocked, passed } from './check.ts';
import type { HttpExchange } from './exchange.ts';
import { evidenceOf } from './exchange-evidence.ts';
import type { Grant, NoGrant } from './login.ts';
import type { Check } from './outcome.ts';

type TokenCheckId = 'websocket.login' | 'agent.login';

/** `exchange` is null when nobody had to be asked. */
export function loginCheck(
  id: TokenCheckId,
  result: (Grant | NoGrant) & { readonly exchange: HttpExchange | null },
  latencyMs: number,
): Check {
  const { exchange } = result;
  const evidence = exchange === null ? {} : evidenceOf(exchange);
  const facts = { startedMs: 0, latencyMs, phases: exchange?.phases ?? {}, evidence };
  return result.ok ? passed(id, 'a token was given', facts) : blocked(id, result.failure, facts);
}
