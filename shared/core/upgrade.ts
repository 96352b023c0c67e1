/** What it means that the upgrade to WebSocket was answered by something else than a good 101. */
import { bodyKind } from './body.ts';
import type { HttpResponse } from './exchange.ts';
import { errorWords } from './exchange-evidence.ts';
import type { Failure } from './outcome.ts';
import type { Reason } from './reasons.ts';
import type { Secret } from './secret.ts';

const reasonByStatus: ReadonlyMap<number, Reason> = new Map([
  // A 101 comes here only when it lacks what makes it an upgrade.
  [101, 'bad_handshake'],
  [401, 'upgrade_unauthorized'],
  [403, 'upgrade_forbidden'],
  [429, 'upgrade_rate_limited'],
  [503, 'upgrade_unavailable'],
]);

export function reasonOfUpgradeStatus(status: number): Reason {
  const named = reasonByStatus.get(status);
  if (named !== undefined) {
    return named;
  }
  switch (Math.floor(status / 100)) {
    case 2:
      return 'upgrade_ignored';
    case 3:
      return 'redirected';
    case 5:
      return 'upgrade_server_error';
    default:
      return 'upgrade_refused';
  }
}

/** `secrets` are taken out of the product's own words. */
export function upgradeFailure(response: HttpResponse, secrets: readonly Secret[]): Failure {
  if (response.status === 101) {
    return {
      reason: 'bad_handshake',
      detail: 'the answer to the upgrade is HTTP 101 without the headers of an upgrade',
    };
  }
  const kind = bodyKind(response.body);
  const facts = [kind === 'empty' ? 'no body' : `${kind} body`];
  const words = errorWords(response, secrets);
  if (words !== null && words !== '') {
    facts.push(`"${words}"`);
  }
  const retryAfter = response.headers['retry-after'];
  if (retryAfter !== undefined && /^\d{1,6}$/.test(retryAfter)) {
    facts.push(`retry after ${retryAfter} s`);
  }
  return {
    reason: reasonOfUpgradeStatus(response.status),
    detail: `the upgrade was answered with HTTP ${response.status} (${facts.join(', ')})`,
  };
}
