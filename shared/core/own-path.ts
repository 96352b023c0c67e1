/** Decides when a failure may be that of our own way out, and what is left of it when it is. Pure. */
import type { Check, Failure, Measurement } from './outcome.ts';
import { cut, summarise } from './check.ts';
import type { Reason } from './reasons.ts';

/** What a broken way out looks like from here. A stripped header is the path's fault too, but needs a working way. */
const networkReasons: ReadonlySet<Reason | null> = new Set<Reason>([
  'dns',
  'refused',
  'unreachable',
  'reset',
  'connect_timeout',
  'tls_timeout',
  'connection_cut',
]);

/** How the control endpoint answered when the network seemed broken. */
export type ControlAnswer =
  | { readonly control: 'reachable' }
  | { readonly control: 'unreachable'; readonly why: string }
  | { readonly control: 'untried'; readonly why: string };

export function isNetworkFailure(reason: Reason | null): boolean {
  return networkReasons.has(reason);
}

/** Whether any check failed in a way that makes the control endpoint worth a request. */
export function needsControl(measurement: Measurement): boolean {
  return measurement.checks.some((check) => isNetworkFailure(check.reason));
}

/** A failure of the network class becomes `own_path` exactly when the control endpoint is unreachable too. */
export function failureUnderControl(failure: Failure, answer: ControlAnswer): Failure {
  return answer.control === 'unreachable' && isNetworkFailure(failure.reason)
    ? { reason: 'own_path', detail: `${answer.why}; before that: ${failure.detail}` }
    : failure;
}

/** The same for all checks of a measurement; every check of the network class keeps the answer as evidence. */
export function measurementUnderControl(measurement: Measurement, answer: ControlAnswer): Measurement {
  const checks = measurement.checks.map((check) => checkUnderControl(check, answer));
  const stillBlocked = summarise(checks).verdict === 'blocked';
  return { ...measurement, checks, blockedBy: stillBlocked ? measurement.blockedBy : null };
}

function checkUnderControl(check: Check, answer: ControlAnswer): Check {
  if (check.reason === null || !isNetworkFailure(check.reason)) {
    return check;
  }
  const evidence = { ...check.evidence, control: answer.control };
  if (answer.control !== 'unreachable') {
    return { ...check, evidence };
  }
  const { reason, detail } = failureUnderControl({ reason: check.reason, detail: check.detail }, answer);
  return {
    ...check,
    verdict: 'inconclusive',
    reason,
    detail: cut(detail),
    evidence: { ...evidence, original_reason: check.reason },
  };
}
