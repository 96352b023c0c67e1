/**
 * Makes the code cache: serves each function once against stand-ins on this machine, then keeps what V8 has compiled
 * for it. It has to be made by the V8 that will use it, so the platform's builder runs this (`gcp-build`), not the one
 * who deploys. A cache that could not be made costs time at every start and nothing else: the build goes on.
 */
import { once } from 'node:events';
import { renameSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import process from 'node:process';

import { functionName, steps } from '../core/step.ts';
import { startGoogle } from './google.ts';
import { cachePath, loadFunctions, scripts } from './load.ts';
import { startProduct } from './product.ts';
import { rehearse } from './rehearse.ts';

/** Time for all of it; the machine of a build can be slow. */
const budgetMs = 60_000;

async function main(): Promise<string> {
  const google = await startGoogle();
  const product = await startProduct();
  const port = await freePort();
  Object.assign(process.env, product.secrets, {
    GOLDEN_PATH_ENVIRONMENTS: product.environment,
    GOLDEN_PATH_STATE: 'firestore',
    GOOGLE_CLOUD_PROJECT: 'rehearsal',
    FIRESTORE_EMULATOR_HOST: google.address,
    CLOUD_MONITORING_EMULATOR_HOST: google.address,
    METADATA_SERVER_DETECTION: 'none',
    NODE_ENV: 'production',
    PORT: String(port),
  });
  loadFunctions(module);
  const verdicts = await rehearse(module.exports, targets(), port);
  for (const [part, script] of scripts) {
    // A cache is there whole or not at all.
    const path = cachePath(part);
    writeFileSync(`${path}.part`, script.createCachedData());
    renameSync(`${path}.part`, path);
  }
  return `there is a code cache for ${[...scripts.keys()].join(' and ')}; rehearsed: ${verdicts.join(', ')}`;
}

/** The platform builds an image for each function and names it; a cache of more than that takes longer to load. */
function targets(): readonly string[] {
  const { GOOGLE_FUNCTION_TARGET: built } = process.env;
  const all = steps.map(functionName);
  const own = all.filter((target) => target === built);
  return own.length === 0 ? all : own;
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  return typeof address === 'object' && address !== null ? address.port : 0;
}

function end(sentence: string): void {
  process.stderr.write(`${sentence}\n`);
  process.exit(0);
}

setTimeout(() => end(`there is no code cache: the rehearsal took more than ${budgetMs} ms`), budgetMs);
main().then(end, (error: unknown) => end(`there is no code cache: ${String(error)}`));
