/** The checks of a token that has just been issued, apart from its signature: pure judgements with what they measured. */
import type { AuthSettings } from '../../shared/core/environment/auth.ts';
import { check } from '../../shared/core/exchange-check.ts';
import type { Habit } from '../../shared/core/habit.ts';
import type { Grant } from '../../shared/core/login.ts';
import type { Check, Evidence, Failure, Measurement, ProbeMemory } from '../../shared/core/outcome.ts';
import { type DecodedToken, decodeToken } from '../../shared/core/token.ts';
import { clockSkewSeconds, judgeClaims, judgeLifetime, timesOf } from '../../shared/core/token-judge.ts';

export interface TokenFacts {
  readonly settings: AuthSettings['token'];
  readonly grant: Grant;
  /** Wall clock in Unix milliseconds when the response had come. */
  readonly receivedAtMs: number;
  /** The product's clock by the response's `Date` header, in Unix milliseconds; null without one. */
  readonly productMs: number | null;
  readonly memory: ProbeMemory;
  /** Milliseconds since the attempt began, for the checks. */
  readonly atMs: number;
}

export interface TokenFindings extends Pick<Measurement, 'gauges' | 'memory'> {
  readonly checks: readonly Check[];
}

export function tokenChecks(facts: TokenFacts): TokenFindings {
  const token = decodeToken(facts.grant.token.reveal());
  const lifetime = lifetimeCheck(token, facts);
  const skew = skewCheck(token, facts);
  return {
    checks: [claimsCheck(token, facts), ...lifetime.checks, ...skew.checks],
    gauges: { ...lifetime.gauges, ...skew.gauges },
    memory: lifetime.memory,
  };
}

/**
 * Times in claims are held against the issuer's own clock: that it is off is a finding of its own, and the token may
 * well be good among those who share the clock.
 */
function claimsCheck(token: DecodedToken | null, facts: TokenFacts): Check {
  const { settings, grant, productMs, receivedAtMs } = facts;
  const failure = judgeClaims(token, settings, (productMs ?? receivedAtMs) / 1_000);
  const mismatch =
    failure === null && grant.namedSubject !== null && grant.subject !== grant.namedSubject
      ? { reason: 'subject_mismatch' as const, detail: 'the response names another user than the token' }
      : null;
  const evidence = failure === null ? {} : { claim: failure.claim };
  return atOnce(
    'auth.token_claims',
    { failure: failure ?? mismatch, detail: 'all claims are as agreed', evidence },
    facts,
  );
}

function lifetimeCheck(token: DecodedToken | null, facts: TokenFacts): TokenFindings {
  const { exp, iat } = timesOf(token?.claims ?? {});
  if (exp === null) {
    return { checks: [], gauges: {}, memory: facts.memory };
  }
  const lifetimeSeconds = Math.round(exp - (iat ?? facts.receivedAtMs / 1_000));
  const { expiresInSeconds } = facts.grant;
  const judged = judgeLifetime({ lifetimeSeconds, expiresInSeconds, habit: habitIn(facts.memory) }, facts.settings);
  const evidence: Evidence = {
    lifetime_seconds: lifetimeSeconds,
    usual_lifetime_seconds: judged.habit.usual,
    ...(expiresInSeconds === null ? {} : { expires_in_seconds: expiresInSeconds }),
  };
  return {
    checks: [
      atOnce(
        'auth.token_lifetime',
        { failure: judged.failure, detail: `the token lives ${lifetimeSeconds} s`, evidence },
        facts,
      ),
    ],
    gauges: {
      token_lifetime_seconds: lifetimeSeconds,
      ...(judged.driftSeconds === null ? {} : { token_lifetime_drift_seconds: judged.driftSeconds }),
    },
    memory: { lifetime_seconds: judged.habit.usual, lifetime_departed_runs: judged.habit.departedRuns },
  };
}

function habitIn(memory: ProbeMemory): Habit<number> | null {
  const { lifetime_seconds: usual, lifetime_departed_runs: departedRuns } = memory;
  return typeof usual === 'number' && typeof departedRuns === 'number' ? { usual, departedRuns } : null;
}

function skewCheck(token: DecodedToken | null, facts: TokenFacts): Pick<TokenFindings, 'checks' | 'gauges'> {
  const issuedAtSeconds = timesOf(token?.claims ?? {}).iat;
  const skew = clockSkewSeconds({ productMs: facts.productMs, ourMs: facts.receivedAtMs, issuedAtSeconds });
  if (skew === null) {
    return { checks: [], gauges: {} };
  }
  const detail = `the product's clock is ${Math.abs(skew).toFixed(1)} s ${skew < 0 ? 'behind' : 'ahead of'} ours`;
  const off = Math.abs(skew) > facts.settings.clockSkewSecondsMax;
  const failure: Failure | null = off ? { reason: 'clock_skew', detail } : null;
  const evidence = { skew_seconds: Math.round(skew * 10) / 10 };
  return {
    checks: [atOnce('auth.clock_skew', { failure, detail, evidence }, facts)],
    gauges: { clock_skew_seconds: skew },
  };
}

function atOnce(
  id: Check['id'],
  {
    failure,
    detail,
    evidence,
  }: { readonly failure: Failure | null; readonly detail: string; readonly evidence: Evidence },
  { atMs }: TokenFacts,
): Check {
  return check(id, { failure, detail }, { startedMs: atMs, latencyMs: 0, evidence });
}
