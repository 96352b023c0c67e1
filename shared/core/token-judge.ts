/** Judges what a token says about itself: its claims by name, its real lifetime, and the clock that it was made by. */
import type { TokenSettings } from './environment/auth.ts';
import { type Habit, learn } from './habit.ts';
import type { Failure } from './outcome.ts';
import { redact } from './redact.ts';
import type { DecodedToken } from './token.ts';

/** `claim` is what the failure is about. */
export interface ClaimFailure extends Failure {
  readonly claim: string;
}

/** The first claim that is not as it should be; null when all are. `nowSeconds` is the issuer's own time. */
export function judgeClaims(
  token: DecodedToken | null,
  settings: TokenSettings,
  nowSeconds: number,
): ClaimFailure | null {
  if (token === null) {
    return { reason: 'token_invalid', claim: 'format', detail: 'the token is no JSON Web Token' };
  }
  const { claims } = token;
  const missing = settings.requiredClaims.find((name) => claims[name] === undefined || claims[name] === null);
  if (missing !== undefined) {
    return invalid(missing, 'is missing');
  }
  if (claims['sub'] !== undefined && (typeof claims['sub'] !== 'string' || claims['sub'] === '')) {
    return invalid('sub', 'is no text');
  }
  return judgeParties(claims, settings) ?? judgeTimes(claims, nowSeconds, settings.clockSkewSecondsMax);
}

type Claims = DecodedToken['claims'];

/** Who made the token, for whom, and the further claims of the environment file. */
function judgeParties(claims: Claims, { issuer, audiences, claims: wanted }: TokenSettings): ClaimFailure | null {
  if (issuer !== undefined && claims['iss'] !== issuer) {
    return invalid('iss', `is ${shown(claims['iss'])} and should be ${issuer}`);
  }
  const named = new Set([claims['aud']].flat());
  if (audiences.length > 0 && !audiences.some((audience) => named.has(audience))) {
    return invalid('aud', `is ${shown(claims['aud'])} and should name ${audiences.join(' or ')}`);
  }
  const other = Object.entries(wanted).find(([name, value]) => asText(claims[name]) !== value);
  return other === undefined ? null : invalid(other[0], `is ${shown(claims[other[0]])} and should be ${other[1]}`);
}

/** RFC 7519, sections 4.1.4 to 4.1.6, with the tolerance of the environment file. */
function judgeTimes(claims: Claims, nowSeconds: number, toleranceSeconds: number): ClaimFailure | null {
  for (const name of ['exp', 'nbf', 'iat']) {
    if (claims[name] !== undefined && !isTime(claims[name])) {
      return invalid(name, 'is no time in seconds');
    }
  }
  const { exp, nbf, iat } = timesOf(claims);
  if (exp !== null && exp <= nowSeconds - toleranceSeconds) {
    return invalid('exp', `is ${Math.round(nowSeconds - exp)} s in the past`);
  }
  if (nbf !== null && nbf > nowSeconds + toleranceSeconds) {
    return invalid('nbf', `is ${Math.round(nbf - nowSeconds)} s in the future`);
  }
  if (iat !== null && iat > nowSeconds + toleranceSeconds) {
    return invalid('iat', `is ${Math.round(iat - nowSeconds)} s in the future`);
  }
  return null;
}

/** The farthest time from 1970 that a calendar of JavaScript holds, in seconds (ECMA-262, section 21.4.1.1). */
const timeMax = 8.64e12;

/** A number beyond all calendars is no time: the difference of two of them may not even be a number. */
function isTime(value: unknown): value is number {
  return typeof value === 'number' && Math.abs(value) <= timeMax;
}

/** The times of a token in Unix seconds; null where there is none. */
export function timesOf(claims: Claims): Readonly<Record<'exp' | 'nbf' | 'iat', number | null>> {
  const at = (value: unknown): number | null => (isTime(value) ? value : null);
  return { exp: at(claims['exp']), nbf: at(claims['nbf']), iat: at(claims['iat']) };
}

export interface LifetimeFacts {
  /** `exp` - `iat`. */
  readonly lifetimeSeconds: number;
  /** The lifetime that the response claims; null when it claims none. */
  readonly expiresInSeconds: number | null;
  /** The lifetime of earlier runs; null on the first one. */
  readonly habit: Habit<number> | null;
}

export interface LifetimeJudgement {
  readonly failure: Failure | null;
  /** How much longer the token really lives than the response says, in seconds; null when it says nothing. */
  readonly driftSeconds: number | null;
  readonly habit: Habit<number>;
}

/** Half or twice the usual lifetime is a change that someone should know of, also within the bounds of the file. */
const usualFactor = 2;

export function judgeLifetime(facts: LifetimeFacts, settings: TokenSettings): LifetimeJudgement {
  const { lifetimeSeconds, expiresInSeconds } = facts;
  const habit = facts.habit ?? { usual: lifetimeSeconds, departedRuns: 0 };
  const departs = lifetimeSeconds * usualFactor <= habit.usual || lifetimeSeconds >= habit.usual * usualFactor;
  const driftSeconds = expiresInSeconds === null ? null : lifetimeSeconds - expiresInSeconds;
  const changed = departs ? `the token lives ${lifetimeSeconds} s, and used to live ${habit.usual} s` : null;
  const detail = outOfBounds(lifetimeSeconds, settings) ?? drifted(facts, driftSeconds, settings) ?? changed;
  return {
    failure: detail === null ? null : { reason: 'token_lifetime', detail },
    driftSeconds,
    habit: learn(habit, lifetimeSeconds, departs),
  };
}

function outOfBounds(seconds: number, { lifetimeSecondsMin, lifetimeSecondsMax }: TokenSettings): string | null {
  if (seconds < lifetimeSecondsMin) {
    return `the token lives ${seconds} s, less than ${lifetimeSecondsMin} s`;
  }
  return seconds > lifetimeSecondsMax ? `the token lives ${seconds} s, more than ${lifetimeSecondsMax} s` : null;
}

function drifted(facts: LifetimeFacts, driftSeconds: number | null, settings: TokenSettings): string | null {
  return driftSeconds === null || Math.abs(driftSeconds) <= settings.lifetimeDriftSecondsMax
    ? null
    : `the token lives ${facts.lifetimeSeconds} s, and the response says ${facts.expiresInSeconds} s`;
}

export interface ClockFacts {
  /** The product's clock by the `Date` header, in Unix milliseconds; null when the header is missing. */
  readonly productMs: number | null;
  /** Ours at the same time. */
  readonly ourMs: number;
  /** `iat` of a token that was just made; null when it has none. */
  readonly issuedAtSeconds: number | null;
}

/**
 * How far the product's clock is ahead of ours, in seconds; null when nothing tells. Without a `Date` header only an
 * `iat` in the future tells: one in the past may belong to a token that was kept.
 */
export function clockSkewSeconds({ productMs, ourMs, issuedAtSeconds }: ClockFacts): number | null {
  if (productMs !== null) {
    // The header has whole seconds, rounded down: half a second is the middle of what it can mean.
    return (productMs + 500 - ourMs) / 1_000;
  }
  const aheadSeconds = issuedAtSeconds === null ? null : issuedAtSeconds - ourMs / 1_000;
  return aheadSeconds !== null && aheadSeconds > 0 ? aheadSeconds : null;
}

function invalid(claim: string, what: string): ClaimFailure {
  return { reason: 'token_invalid', claim, detail: `the claim \`${claim}\` ${what}` };
}

/** A value of a claim, for people. */
function shown(value: unknown): string {
  return value === undefined ? 'missing' : redact(asText(value), [], 80);
}

/** Total, unlike `String`, which fails on objects that hold a `toString` of their own. */
function asText(value: unknown): string {
  return typeof value === 'string' ? value : (JSON.stringify(value) ?? 'undefined');
}
