/** Makes a check out of an HTTP exchange and of what it was found to mean. */
import { type CheckFacts, failed, passed } from './check.ts';
import type { CheckId } from './checks.ts';
import type { HttpExchange } from './exchange.ts';
import { evidenceOf } from './exchange-evidence.ts';
import type { Check, Evidence, Failure } from './outcome.ts';

export interface Finding {
  /** Null: the check passes. */
  readonly failure: Failure | null;
  /** What is told of a pass. */
  readonly detail: string;
  readonly subject?: string;
  readonly evidence?: Evidence;
}

export function exchangeCheck(id: CheckId, exchange: HttpExchange, { failure, detail, ...finding }: Finding): Check {
  const { startedMs, latencyMs, phases } = exchange;
  const evidence = { ...evidenceOf(exchange), ...finding.evidence };
  return check(id, { failure, detail }, { ...finding, startedMs, latencyMs, phases, evidence });
}

/** A pass with its detail, or the failure. */
export function check(id: CheckId, { failure, detail }: Finding, facts: CheckFacts): Check {
  return failure === null ? passed(id, detail, facts) : failed(id, failure, facts);
}
