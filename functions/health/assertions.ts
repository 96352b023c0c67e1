/** Holds a health document against what the environment file asserts of it. */
import type { HealthAssertion } from '../../shared/core/environment/health.ts';
import { valuesAt } from '../../shared/core/json-path.ts';
import type { Failure } from '../../shared/core/outcome.ts';
import { redact } from '../../shared/core/redact.ts';

/** The failure of an assertion, or null when it holds. It has to hold for every value that its path leads to. */
export function judgeAssertion(document: unknown, assertion: HealthAssertion): Failure | null {
  const values = valuesAt(document, assertion.path);
  const offending = violation(values, assertion);
  if (offending === null) {
    return null;
  }
  return {
    // The weaker one has the document say that it is degraded, in the words of the environment file.
    reason: assertion.otherwise === 'degraded' ? 'status_word_degraded' : 'assertion_failed',
    detail: `\`${assertion.path}\` is ${offending} and should ${demandOf(assertion)}`,
  };
}

/** What is there instead of what should be. */
function violation(values: readonly unknown[], assertion: HealthAssertion): string | null {
  if (assertion.exists === false) {
    return values.length === 0 ? null : 'there';
  }
  if (values.length === 0) {
    return 'missing';
  }
  const offending = values.findIndex((value) => !holds(value, assertion));
  return offending === -1 ? null : shown(values[offending]);
}

function holds(value: unknown, { equals, oneOf, atLeast, atMost }: HealthAssertion): boolean {
  return (
    (equals === undefined || value === equals) &&
    (oneOf === undefined || oneOf.some((allowed) => allowed === value)) &&
    (atLeast === undefined || (typeof value === 'number' && value >= atLeast)) &&
    (atMost === undefined || (typeof value === 'number' && value <= atMost))
  );
}

function demandOf({ equals, oneOf, exists, atLeast, atMost }: HealthAssertion): string {
  if (equals !== undefined) {
    return `be ${equals}`;
  }
  if (oneOf !== undefined) {
    return `be one of ${oneOf.join(', ')}`;
  }
  if (atLeast !== undefined) {
    return `be at least ${atLeast}`;
  }
  if (atMost !== undefined) {
    return `be at most ${atMost}`;
  }
  return exists === false ? 'not be there' : 'be there';
}

function shown(value: unknown): string {
  return typeof value === 'object' && value !== null ? 'an object' : redact(JSON.stringify(value) ?? 'nothing', [], 60);
}
