/** The requests of the auth probe. Each may take half of the time that is left, so that a slow one starves no other. */
import type { Endpoint } from '../../shared/core/endpoint.ts';
import type { AuthSettings } from '../../shared/core/environment/auth.ts';
import type { HttpExchange } from '../../shared/core/exchange.ts';
import type { LoginRequest } from '../../shared/core/login.ts';
import type { ProbeContext } from '../../shared/core/probe.ts';
import { Secret } from '../../shared/core/secret.ts';
import { timeShareMs } from '../../shared/core/time-up.ts';
import { exchange, type ExchangeContext } from '../../shared/io/http.ts';

/** One attempt of the probe: its context, and where its requests go. */
export interface AuthRun extends ProbeContext, ExchangeContext {
  readonly settings: AuthSettings;
  readonly auth: Endpoint;
  /** The service of the protected resource; usually the same. */
  readonly resource: Endpoint;
}

/** Asks for the protected resource with a token, or without any. */
export function requestResource(run: AuthRun, token: Secret | null): Promise<HttpExchange> {
  const { origin, authorities } = run.resource;
  return exchange(
    {
      url: `${origin}${run.settings.protectedResource.path}`,
      headers: token === null ? {} : { authorization: new Secret(`Bearer ${token.reveal()}`) },
      authorities,
      timeoutMs: timeShareMs(run.deadline.remainingMs(), 2),
    },
    run,
  );
}

/** Posts to the auth service what carries a secret in its body or headers. */
export function postToAuth(
  run: AuthRun,
  request: Pick<LoginRequest, 'path' | 'headers' | 'body'>,
): Promise<HttpExchange> {
  const { path, headers, body } = request;
  return exchange(
    {
      method: 'POST',
      url: `${run.auth.origin}${path}`,
      headers,
      body,
      authorities: run.auth.authorities,
      timeoutMs: timeShareMs(run.deadline.remainingMs(), 2),
    },
    run,
  );
}
