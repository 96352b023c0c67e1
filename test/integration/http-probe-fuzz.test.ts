/**
 * The probes of log-in and health on a healthy product whose answers are damaged on their way: never a throw, always a
 * known reason, and no secret in what is found.
 */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';

import fc from 'fast-check';
import { exportJWK, generateKeyPair, jwtVerify, SignJWT } from 'jose';
import * as v from 'valibot';

import { probeAuth } from '../../functions/auth/probe.ts';
import { probeHealth } from '../../functions/health/probe.ts';
import { summarise } from '../../shared/core/check.ts';
import { type Environment, environmentSchema } from '../../shared/core/environment/definition.ts';
import type { Measurement, ProbeMemory } from '../../shared/core/outcome.ts';
import {
  authEnvironment,
  type AuthProduct,
  clientLogin,
  keyLogin,
  passwordLogin,
  type Routes,
  startAuthProduct,
  user,
} from '../support/auth-product.ts';
import { findLeaks } from '../support/canary.ts';
import {
  assertBoundedHeap,
  assertNoSocket,
  assertSoundMeasurement,
  endsInTime,
  fuzzName,
  inFuzzLanes,
} from '../support/fuzz.ts';
import { damages, type Garbler, startGarbler } from '../support/garbler.ts';
import { httpServer } from '../support/loopback-server.ts';
import { runProbe } from '../support/run-probe.ts';

/** Products at once: most of the time of a probe is waiting. */
const lanes = 6;

const pair = await generateKeyPair('ES256');
const publicJwk = { ...(await exportJWK(pair.publicKey)), kid: 'k', alg: 'ES256' };

/** A product that signs with a key pair and publishes one half of it. */
const withKeySet = ({ secrets }: AuthProduct): Routes => ({
  'POST /login/key': async ({ headers }) => {
    if (headers['x-key'] !== secrets['LOGIN_KEY']?.reveal()) {
      return { status: 401, body: { detail: 'Invalid key' } };
    }
    const seconds = Math.floor(Date.now() / 1_000);
    const claims = { sub: user, iss: 'issuer-1', aud: 'audience-1', iat: seconds, exp: seconds + 900 };
    const token = await new SignJWT(claims).setProtectedHeader({ alg: 'ES256', kid: 'k' }).sign(pair.privateKey);
    return { status: 200, body: { access_token: token, expires_in: 900 } };
  },
  'GET /keys': () => ({ status: 200, body: { keys: [publicJwk] } }),
  'GET /me': async ({ bearer }) => {
    try {
      const { payload } = await jwtVerify(bearer, pair.publicKey, { algorithms: ['ES256'] });
      return { status: 200, body: { user_id: payload.sub } };
    } catch {
      return { status: 401, body: { detail: 'Invalid token' } };
    }
  },
});
const keySet = {
  token: { algorithms: ['ES256'], verification: { kind: 'jwks', path: '/keys' }, issuer: 'issuer-1' },
  refresh: undefined,
  refusals: ['no_token', 'tampered', 'alg_none', 'wrong_key', 'wrong_password'],
};

const ways: Readonly<Record<string, { readonly routes?: (product: AuthProduct) => Routes; readonly auth: object }>> = {
  key: { auth: { login: keyLogin } },
  password: { auth: { login: passwordLogin } },
  client: { auth: { login: clientLogin } },
  keySet: { routes: withKeySet, auth: keySet },
};

/** The product's environment, with the garbler in the product's place. */
function behind(garbler: Garbler, product: AuthProduct, auth: object): Environment {
  const service = { url: garbler.origin, revision: { from: 'header', header: 'x-revision' } };
  return authEnvironment(product, auth, { services: { auth: service } });
}

function assertClean(found: Measurement, { tokens }: Garbler, product: AuthProduct | null): void {
  const secrets = Object.entries(product?.secrets ?? {}).map(([name, secret]) => [name, secret.reveal()]);
  // A damaged token is one no more, but its signature is what nobody may see.
  const signatures = Array.from(tokens, (token, index) => [`signature ${index}`, token.split('.')[2] ?? '']);
  assert.deepEqual(findLeaks([JSON.stringify(found)], Object.fromEntries([...secrets, ...signatures.slice(-20)])), []);
}

async function tryLogins(usual: number): Promise<void> {
  await inFuzzLanes(lanes, usual, async (parameters) => {
    const property = fc.asyncProperty(fc.constantFrom(...Object.keys(ways)), damages(12), async (way, done) => {
      const { routes, auth } = ways[way] ?? { auth: {} };
      await using product = await startAuthProduct(routes);
      await using garbler = await startGarbler(product.origin);
      garbler.garble(done);
      const { secrets } = product;
      const environment = behind(garbler, product, auth);
      const found = await endsInTime('a probe', runProbe(probeAuth, { environment, secrets }));
      assertSoundMeasurement(found);
      assertClean(found, garbler, product);
      const { verdict, detail } = summarise(found.checks);
      assert.ok(verdict === 'pass' || done.some((damaged) => damaged !== null), detail);
      await endsInTime('the closing of sockets', garbler.quiet());
    });
    await fc.assert(property, parameters);
  });
}

const healthDocument = {
  status: 'healthy',
  version: '1.2.3',
  uptime: 1_234.5,
  checks: {
    database: { status: 'healthy', response_time_ms: 3.2, url: 'postgres://gp:hunter2-hunter2@db.internal/gp' },
    redis: { status: 'healthy', response_time_ms: 1 },
  },
};

function healthEnvironment(origin: string): Environment {
  return v.parse(environmentSchema, {
    name: 'unit',
    title: 'Unit',
    services: { backend: { url: origin, revision: { from: 'header', header: 'x-revision' } } },
    steps: {
      health: {
        documents: [
          {
            id: 'detail',
            service: 'backend',
            path: '/health',
            statusPath: 'status',
            uptimeSecondsPath: 'uptime',
            assertions: [{ path: 'checks.*.status', equals: 'healthy' }],
            components: { path: 'checks', expected: { database: { latencyMsMax: 500 }, redis: {} } },
          },
          { id: 'live', service: 'backend', path: '/health/live' },
        ],
      },
    },
  });
}

async function tryHealth(usual: number): Promise<void> {
  await using server = await httpServer((request, response) => {
    response.writeHead(200, { 'content-type': 'application/json', 'x-revision': 'rev-00042-abc' });
    response.end(JSON.stringify(request.url === '/health' ? healthDocument : { status: 'ok' }));
  });
  await inFuzzLanes(lanes, usual, async (parameters) => {
    let memory: ProbeMemory = {};
    await using garbler = await startGarbler(server.origin);
    const environment = healthEnvironment(garbler.origin);
    const property = fc.asyncProperty(damages(3), async (done) => {
      garbler.garble(done);
      const found = await endsInTime('a probe', runProbe(probeHealth, { environment, memory }));
      ({ memory } = found);
      assertSoundMeasurement(found);
      assertClean(found, garbler, null);
      assert.deepEqual(findLeaks([JSON.stringify(found)], { password: 'hunter2-hunter2' }), []);
      // One that is well again may be told once as restarted, since what it said of its uptime before was damaged.
      const { verdict, detail } = summarise(found.checks);
      assert.ok(verdict === 'pass' || done.some((damaged) => damaged !== null), detail);
      await endsInTime('the closing of sockets', garbler.quiet());
    });
    await fc.assert(property, parameters);
  });
}

describe(fuzzName('A probe of a product whose answers are damaged'), () => {
  it('logs in or says why not, tells no secret, and holds nothing', async () => {
    await assertBoundedHeap(
      () => tryLogins(18),
      () => tryLogins(120),
    );
    await assertNoSocket();
  });

  it('finds the product healthy or says why not, tells no secret, and holds nothing', async () => {
    await assertBoundedHeap(
      () => tryHealth(48),
      () => tryHealth(480),
    );
    await assertNoSocket();
  });
});
