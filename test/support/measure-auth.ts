/** Measures the small product with the auth probe, and looks into what came out. Fails when a secret shows. */
import assert from 'node:assert/strict';

import { probeAuth } from '../../functions/auth/probe.ts';
import { summarise } from '../../shared/core/check.ts';
import type { CheckIdOf } from '../../shared/core/checks.ts';
import type { Check, Measurement, ProbeMemory } from '../../shared/core/outcome.ts';
import type { Reason } from '../../shared/core/reasons.ts';
import type { Secret } from '../../shared/core/secret.ts';
import { authEnvironment, type AuthProduct, type Routes, startAuthProduct } from './auth-product.ts';
import { runProbe } from './run-probe.ts';

export interface AuthCase {
  readonly routes?: (product: AuthProduct) => Routes;
  readonly auth?: object;
  readonly rest?: object;
  readonly secrets?: Readonly<Record<string, Secret>>;
  readonly memory?: ProbeMemory;
  readonly nowMs?: () => number;
}

export async function measureAuth({ routes, auth, rest, secrets, ...context }: AuthCase) {
  await using product = await startAuthProduct(routes);
  const measurement = await runProbe(probeAuth, {
    environment: authEnvironment(product, auth, rest),
    secrets: { ...product.secrets, ...secrets },
    ...context,
  });
  for (const secret of Object.values(product.secrets)) {
    assert.ok(!JSON.stringify(measurement).includes(secret.reveal()), 'a secret leaked');
  }
  assert.doesNotMatch(JSON.stringify(measurement), /eyJ/);
  return { measurement, summary: summarise(measurement.checks), asked: product.asked };
}

export function checkOf({ checks }: Measurement, id: CheckIdOf<'auth'>): Check {
  const found = checks.find((check) => check.id === id);
  assert.ok(found, `there is no check ${id}`);
  return found;
}

/** Reasons by check, for all that do not simply pass. */
export function troubles({ checks }: Measurement): Record<string, Reason | null> {
  return Object.fromEntries(checks.filter(({ reason }) => reason !== null).map(({ id, reason }) => [id, reason]));
}

/** A login that gives a token with other claims. */
export type Claims = Readonly<Record<string, unknown>>;

export function issuing(claims: Claims, more: object = {}): (product: AuthProduct) => Routes {
  return ({ mint }) => ({
    'POST /login/key': async () => ({ status: 200, body: { access_token: await mint(claims), ...more } }),
  });
}

export const seconds = (): number => Math.floor(Date.now() / 1_000);
export const noRefresh = { refresh: undefined };
