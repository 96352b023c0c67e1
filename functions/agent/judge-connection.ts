/** The pure half of getting through to the agent: whether the socket is ready, and for whom the server takes us. */
import { blocked, failed, passed } from '../../shared/core/check.ts';
import type { Dialect } from '../../shared/core/dialect/dialect.ts';
import { greetedVersion, readyAtMs } from '../../shared/core/dialect/greeting.ts';
import { foreignUserFailure, isUser } from '../../shared/core/dialect/identity.ts';
import type { HttpExchange } from '../../shared/core/exchange.ts';
import { evidenceOf } from '../../shared/core/exchange-evidence.ts';
import type { Check } from '../../shared/core/outcome.ts';
import type { Readiness } from '../../shared/io/websocket-greeting.ts';

export function judgeConnection(exchange: HttpExchange, readiness: Readiness, dialect: Dialect): Check {
  const { greeted, failure, endedMs } = readiness;
  const { startedMs, phases } = exchange;
  const evidence = { ...evidenceOf(exchange), protocol_version: greetedVersion(greeted, dialect) };
  const latencyMs = (failure === null ? readyAtMs(greeted) : endedMs) - startedMs;
  const facts = { startedMs, latencyMs, phases, evidence };
  return failure === null
    ? passed('agent.connection', 'the socket is ready', facts)
    : blocked('agent.connection', failure, facts);
}

/** Only if the greeting names somebody else: a question is not asked in his name. */
export function judgeGreetedUser({ greeted }: Readiness, subject: string | null, dialect: Dialect): readonly Check[] {
  const shown = greeted.welcome?.userId ?? null;
  if (shown === null || subject === null || isUser(shown, subject)) {
    return [];
  }
  const timing = { startedMs: greeted.openedMs, latencyMs: readyAtMs(greeted) - greeted.openedMs };
  return [failed('agent.identity', foreignUserFailure(shown, dialect), timing)];
}
