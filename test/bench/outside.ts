/** What a function under test speaks to: a healthy product, Firestore and Cloud Monitoring, all on this machine. */
import { once } from 'node:events';
import { createServer } from 'node:http';

import { type LocalGoogle, startGoogle } from '../../shared/build/google.ts';
import { functionName } from '../../shared/core/step.ts';
import { nodeOptions } from '../support/node-options.ts';

export interface Outside extends AsyncDisposable {
  readonly google: LocalGoogle;
  /** Address of the product's health document. */
  readonly target: string;
  /** The variables of a function that probes it. */
  readonly env: Readonly<Record<string, string>>;
}

export async function openOutside(): Promise<Outside> {
  const google = await startGoogle();
  const product = createServer((_request, response) => {
    response.setHeader('content-type', 'application/json').end('{"status":"healthy"}');
  }).listen(0, '127.0.0.1');
  await once(product, 'listening');
  const address = product.address();
  const origin = `http://127.0.0.1:${typeof address === 'object' && address !== null ? address.port : 0}`;
  return {
    google,
    target: `${origin}/health`,
    env: functionEnv(healthOf(origin), google.address),
    [Symbol.asyncDispose]: async () => {
      product.closeAllConnections();
      product.close();
      await google[Symbol.asyncDispose]();
    },
  };
}

/** An environment with one health document. */
export function healthOf(origin: string, path = '/health') {
  return {
    name: 'bench',
    title: 'Bench',
    services: { backend: { url: origin } },
    steps: { health: { documents: [{ id: 'backend', service: 'backend', path, statusPath: 'status' }] } },
    policy: { confirmAfterMs: 0 },
  };
}

export function functionEnv(environment: unknown, google: string): Readonly<Record<string, string>> {
  return {
    NODE_ENV: 'production',
    NODE_OPTIONS: nodeOptions.join(' '),
    FUNCTION_TARGET: functionName('health'),
    GOLDEN_PATH_ENVIRONMENTS: JSON.stringify(environment),
    GOLDEN_PATH_STATE: 'firestore',
    GOOGLE_CLOUD_PROJECT: 'bench',
    FIRESTORE_EMULATOR_HOST: google,
    CLOUD_MONITORING_EMULATOR_HOST: google,
    METADATA_SERVER_DETECTION: 'none',
  };
}

/** A slot is judged once: each run gets the next one, from twenty hours ago on. */
let lastSlotMs = Date.now() - 20 * 3_600_000;

export function nextSlot(): Readonly<Record<string, string>> {
  lastSlotMs += 1_000;
  return { 'x-cloudscheduler-scheduletime': new Date(lastSlotMs).toISOString() };
}
