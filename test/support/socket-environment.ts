/** An environment of one service for the socket probes, with a token that is made on the spot, and a run's context. */
import { createHmac, randomBytes } from 'node:crypto';

import * as v from 'valibot';

import { environmentSchema } from '../../shared/core/environment/definition.ts';
import type { ProbeContext } from '../../shared/core/probe.ts';
import { Secret } from '../../shared/core/secret.ts';
import { startDeadline } from '../../shared/run/deadline.ts';
import { traceId } from './exchange-context.ts';

/** Whom the token of `socketContext` names. */
export const subject = 'e2e-golden-path-0001';

/** The key with which tokens are signed in this process. */
const signingKey = randomBytes(32).toString('hex');

export interface SocketEnvironment {
  readonly url: string;
  readonly websocket?: object;
  readonly agent?: object;
  readonly dialect?: object;
  readonly service?: object;
  readonly login?: object;
  /** PEM roots for a server with TLS. */
  readonly authorities?: string;
  readonly deadlineMs?: number;
  readonly memory?: ProbeContext['memory'];
}

export function socketContext(options: SocketEnvironment): ProbeContext & Disposable {
  const { url, authorities } = options;
  const service = {
    url,
    ...(authorities === undefined ? {} : { authoritiesSecret: 'AUTHORITIES' }),
    ...options.service,
  };
  const environment = v.parse(environmentSchema, {
    name: 'loopback',
    title: 'Loopback',
    services: { backend: service, auth: { url } },
    dialect: options.dialect ?? { kind: 'netra' },
    steps: {
      auth: {
        login: options.login ?? { kind: 'self_signed', secret: 'SIGNING_KEY', subject, lifetimeSeconds: 300 },
        token: { verification: { kind: 'none' } },
        protectedResource: {},
      },
      // Watching for a handshake that does not come would cost every test half a second.
      websocket: { refusals: [], serverHandshake: 'none', ...options.websocket },
      agent: { ...options.agent },
    },
  });
  const secrets: Readonly<Record<string, string | undefined>> = { SIGNING_KEY: signingKey, AUTHORITIES: authorities };
  const deadline = startDeadline(options.deadlineMs ?? 20_000);
  return {
    environment,
    secrets: (name) => (secrets[name] === undefined ? null : new Secret(secrets[name])),
    deadline,
    traceId,
    nowMs: Date.now,
    memory: options.memory ?? {},
    region: 'loopback',
    [Symbol.dispose]: () => deadline[Symbol.dispose](),
  };
}

/** Whether a token was signed with the key of this process and not changed since. */
export function isGenuine(token: string | null): boolean {
  const [header = '', claims = '', signature] = (token ?? '').split('.');
  return createHmac('sha256', signingKey).update(`${header}.${claims}`).digest('base64url') === signature;
}
