/**
 * Measures the `auth` step: a user logs in, the token is what it should be and opens what it should, and nothing else
 * opens it. At most twelve requests, one after the other, so that none distorts the time of another.
 */
import { failed } from '../../shared/core/check.ts';
import { endpointOf, isFailure } from '../../shared/core/endpoint.ts';
import type { HttpExchange } from '../../shared/core/exchange.ts';
import { check, exchangeCheck } from '../../shared/core/exchange-check.ts';
import type { Grant } from '../../shared/core/login.ts';
import { measurementOf } from '../../shared/core/measurement.ts';
import type { Check, Failure, Measurement } from '../../shared/core/outcome.ts';
import type { Probe, ProbeContext } from '../../shared/core/probe.ts';
import { Secret } from '../../shared/core/secret.ts';
import { withControl } from '../../shared/io/control.ts';
import { login, type LoginResult } from '../../shared/io/login.ts';
import { readRevision } from '../../shared/io/revision.ts';
import { type ElapsedMs, startStopwatch } from '../../shared/io/stopwatch.ts';
import { judgeProtected, judgeRefresh } from './judge.ts';
import { refusalChecks } from './refusals.ts';
import { type AuthRun, postToAuth, requestResource } from './requests.ts';
import { tokenChecks, type TokenFindings } from './token-checks.ts';
import { verifySignature } from './verify.ts';

export const probeAuth: Probe = async (context) => {
  const elapsedMs = startStopwatch();
  const run = startRun(context, elapsedMs);
  const measurement = isFailure(run) ? unmeasured(run, context) : await measure(run);
  return withControl(measurement, context, elapsedMs);
};

function startRun(context: ProbeContext, elapsedMs: ElapsedMs): AuthRun | Failure {
  const settings = context.environment.steps.auth;
  if (settings === undefined) {
    return { reason: 'config_invalid', detail: 'the environment file has no `steps.auth`' };
  }
  const auth = endpointOf(context, settings.service);
  if (isFailure(auth)) {
    return auth;
  }
  const resource = endpointOf(context, settings.protectedResource.service ?? settings.service);
  return isFailure(resource) ? resource : { ...context, elapsedMs, settings, auth, resource };
}

/** What was found out after the login. */
interface Findings extends TokenFindings {
  readonly exchanges: readonly HttpExchange[];
}

async function measure(run: AuthRun): Promise<Measurement> {
  const result = await login(run, run.elapsedMs);
  const loggedIn = loginCheck(result, run);
  const nothing: Findings = { checks: [], exchanges: [], gauges: {}, memory: run.memory };
  const found = result.ok ? await examine(result, run) : nothing;
  const exchanges = result.exchange === null ? found.exchanges : [result.exchange, ...found.exchanges];
  // A self-signed login asks nobody: then the first request that is made gives the time.
  const headline = exchanges[0];
  return {
    checks: [loggedIn, ...found.checks],
    latencyMs: result.ok ? (headline?.latencyMs ?? null) : null,
    phases: headline?.phases ?? {},
    gauges: { ...found.gauges, ...(headline?.tls ? { tls_days_left: headline.tls.daysLeft } : {}) },
    components: [],
    timeline: [],
    revision: await readRevision(run.auth, exchanges, run),
    blockedBy: null,
    memory: found.memory,
  };
}

function loginCheck(result: LoginResult, { settings, elapsedMs }: AuthRun): Check {
  const { exchange: asked } = result;
  const slow =
    asked !== null && settings.loginMsMax !== undefined && asked.latencyMs > settings.loginMsMax
      ? {
          reason: 'slow' as const,
          detail: `the login took ${Math.round(asked.latencyMs)} ms, more than ${settings.loginMsMax} ms`,
        }
      : null;
  const failure = result.ok ? slow : result.failure;
  if (asked !== null) {
    return exchangeCheck('auth.login', asked, { failure, detail: 'the login gave a token' });
  }
  const selfSigned: Failure = { reason: 'self_signed_login', detail: 'the token is self-made: no login was tested' };
  return failed('auth.login', failure ?? selfSigned, { startedMs: elapsedMs(), latencyMs: 0 });
}

async function examine(result: LoginResult & Grant, run: AuthRun): Promise<Findings> {
  const token = result.exchange === null ? null : await examineToken(result, result.exchange, run);
  const resource = await requestResource(run, result.token);
  const { subjectPath } = run.settings.protectedResource;
  const opens = exchangeCheck('auth.protected_resource', resource, {
    failure: judgeProtected(resource, subjectPath, result.subject),
    detail: 'the token opens the protected resource of its user',
  });
  const refreshed = await refreshCheck(result, run);
  // A resource that does not work refuses nobody: what it says to forged tokens would mean nothing.
  const status = resource.response?.status ?? 500;
  const works = status < 500 && status !== 429;
  const refusals = works ? await refusalChecks(run, result.token) : [];
  return {
    checks: [...(token?.checks ?? []), opens, ...refreshed.checks, ...refusals],
    exchanges: [...(token?.exchanges ?? []), resource, ...refreshed.exchanges],
    gauges: token?.gauges ?? {},
    memory: token?.memory ?? run.memory,
  };
}

async function examineToken(grant: Grant, issued: HttpExchange, run: AuthRun): Promise<Findings> {
  const receivedAtMs = run.nowMs();
  const startedMs = run.elapsedMs();
  const settings = run.settings.token;
  const verified = await verifySignature(grant.token, settings, { ...run, endpoint: run.auth });
  const latencyMs = run.elapsedMs() - startedMs;
  const signature = check('auth.token_signature', verified, { startedMs, latencyMs, evidence: verified.evidence });
  const found = tokenChecks({
    settings,
    grant,
    receivedAtMs,
    productMs: dateOf(issued),
    memory: run.memory,
    atMs: run.elapsedMs(),
  });
  return { ...found, checks: [signature, ...found.checks], exchanges: verified.exchanges };
}

/** The product's clock, in Unix milliseconds; null when the response does not tell it. */
function dateOf({ response }: HttpExchange): number | null {
  const atMs = Date.parse(response?.headers['date'] ?? '');
  return Number.isFinite(atMs) ? atMs : null;
}

async function refreshCheck(grant: Grant, run: AuthRun): Promise<Pick<Findings, 'checks' | 'exchanges'>> {
  const { refresh } = run.settings;
  if (refresh === undefined || run.settings.login.kind === 'self_signed') {
    return { checks: [], exchanges: [] };
  }
  if (grant.refreshToken === null) {
    const failure: Failure = { reason: 'refresh_failed', detail: 'the login gave no refresh token' };
    return { checks: [failed('auth.refresh', failure, { startedMs: run.elapsedMs(), latencyMs: 0 })], exchanges: [] };
  }
  const asked = await postToAuth(run, {
    path: refresh.path,
    headers: { 'content-type': 'application/json' },
    body: new Secret(JSON.stringify({ refresh_token: grant.refreshToken.reveal() })),
  });
  const failure = judgeRefresh(asked, refresh.accessTokenPath, grant.subject);
  const detail = 'the refresh token gives a new token of the same user';
  return { checks: [exchangeCheck('auth.refresh', asked, { failure, detail })], exchanges: [asked] };
}

/** Nothing could be measured: the environment file is wrong. */
function unmeasured(failure: Failure, { memory }: ProbeContext): Measurement {
  return measurementOf([failed('auth.login', failure, { startedMs: 0, latencyMs: 0 })], { memory });
}
