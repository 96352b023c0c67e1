/**
 * Logs in as the environment file says: for the `auth` step, which measures it, and for the steps that come in with a
 * token. One request, ended by its timeout; expected failures are values, and no token leaves but as a `Secret`.
 */
import { endpointOf, isFailure } from '../core/endpoint.ts';
import type { HttpExchange } from '../core/exchange.ts';
import { type Grant, judgeLogin, loginRequest, type NoGrant } from '../core/login.ts';
import type { Failure } from '../core/outcome.ts';
import type { ProbeContext } from '../core/probe.ts';
import { timeShareMs } from '../core/time-up.ts';
import { exchange } from './http.ts';
import type { ElapsedMs } from './stopwatch.ts';

/** What was asked is null when nobody had to be asked: the token is self-signed, or the file is wrong. */
export type LoginResult = (Grant | NoGrant) & { readonly exchange: HttpExchange | null };

/** A login may take half of the time that is left, but no longer than this, in milliseconds. */
const loginMsMax = 30_000;

/** Gets a token. `elapsedMs` is the clock of the attempt. */
export async function login(context: ProbeContext, elapsedMs: ElapsedMs): Promise<LoginResult> {
  const settings = context.environment.steps.auth;
  if (settings === undefined) {
    return unasked({ reason: 'config_invalid', detail: 'the environment file says in `steps.auth` how to log in' });
  }
  if (settings.login.kind === 'self_signed') {
    // jose is loaded only where it is needed: the other logins verify nothing.
    const { selfSignedGrant } = await import('./self-signed.ts');
    return { ...(await selfSignedGrant(settings.login, context)), exchange: null };
  }
  const endpoint = endpointOf(context, settings.service);
  if (isFailure(endpoint)) {
    return unasked(endpoint);
  }
  const request = loginRequest(settings.login, context.secrets);
  if (isFailure(request)) {
    return unasked(request);
  }
  const { path, headers, body, secrets } = request;
  const asked = await exchange(
    {
      method: 'POST',
      url: `${endpoint.origin}${path}`,
      headers,
      body,
      authorities: endpoint.authorities,
      timeoutMs: Math.min(loginMsMax, timeShareMs(context.deadline.remainingMs(), 2)),
    },
    { ...context, elapsedMs },
  );
  return { ...judgeLogin(settings.login, asked, secrets), exchange: asked };
}

function unasked(failure: Failure): LoginResult {
  return { ok: false, failure, exchange: null };
}
