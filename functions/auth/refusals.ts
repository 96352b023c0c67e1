/** Tries to get in with what must not open anything: one request a refusal, one after the other. */
import { failed } from '../../shared/core/check.ts';
import type { CheckIdOf } from '../../shared/core/checks.ts';
import { isFailure } from '../../shared/core/endpoint.ts';
import type { AuthRefusal } from '../../shared/core/environment/auth.ts';
import { exchangeCheck } from '../../shared/core/exchange-check.ts';
import { loginRequest } from '../../shared/core/login.ts';
import type { Check, Failure } from '../../shared/core/outcome.ts';
import { Secret } from '../../shared/core/secret.ts';
import { forge } from './forge.ts';
import { judgeRefusal, judgeWrongLogin } from './judge.ts';
import { type AuthRun, postToAuth, requestResource } from './requests.ts';

const checkIds = {
  no_token: 'auth.refuses_no_token',
  tampered: 'auth.refuses_tampered',
  alg_none: 'auth.refuses_alg_none',
  expired: 'auth.refuses_expired',
  wrong_key: 'auth.refuses_wrong_key',
  wrong_password: 'auth.refuses_wrong_password',
} as const satisfies Readonly<Record<AuthRefusal, CheckIdOf<'auth'>>>;

/** The checks of all refusals that the environment file asks for, in its order. */
export async function refusalChecks(run: AuthRun, token: Secret): Promise<readonly Check[]> {
  const checks: Check[] = [];
  for (const refusal of new Set(run.settings.refusals)) {
    checks.push(refusal === 'wrong_password' ? await tryWrongLogin(run) : await tryToken(run, refusal, token));
  }
  return checks;
}

async function tryToken(run: AuthRun, refusal: Exclude<AuthRefusal, 'wrong_password'>, token: Secret): Promise<Check> {
  const id = checkIds[refusal];
  const forged = refusal === 'no_token' ? null : await forge(refusal, token, run);
  if (forged !== null && isFailure(forged)) {
    return untried(run, id, forged);
  }
  const asked = await requestResource(run, forged);
  const failure = judgeRefusal(asked, run.settings.protectedResource.subjectPath);
  return exchangeCheck(id, asked, { failure, detail: `refused with HTTP ${asked.response?.status}` });
}

/** A fresh random credential of the usual length and alphabet. */
async function tryWrongLogin(run: AuthRun): Promise<Check> {
  const id = checkIds.wrong_password;
  const { login } = run.settings;
  if (login.kind === 'self_signed') {
    return untried(run, id, { reason: 'config_invalid', detail: 'a self-signed login has no credential to refuse' });
  }
  const request = loginRequest(login, run.secrets, new Secret(`Wrong-${crypto.randomUUID()}`));
  if (isFailure(request)) {
    return untried(run, id, request);
  }
  const asked = await postToAuth(run, request);
  const failure = judgeWrongLogin(asked, login.accessTokenPath);
  return exchangeCheck(id, asked, { failure, detail: `refused with HTTP ${asked.response?.status}` });
}

function untried(run: AuthRun, id: Check['id'], failure: Failure): Check {
  return failed(id, failure, { startedMs: run.elapsedMs(), latencyMs: 0 });
}
