/** Starts the watched product on loopback, with a knob for every fault, and stops it without a trace. */
import { Secret } from '../../shared/core/secret.ts';
import { authRoutes } from './auth-service.ts';
import { backendRoutes } from './backend.ts';
import type { ServiceName } from './behaviour.ts';
import { createClock } from './clock.ts';
import { openControl } from './control.ts';
import { type Counters, createCounters } from './counters.ts';
import { createKnobs, type Knob, type Knobs } from './knobs.ts';
import { createSecrets, isSecretName } from './secrets.ts';
import { createSocketServer } from './socket/upgrade.ts';
import { createTokens, type Tokens } from './tokens.ts';
import { createCertificates } from './wire/certificates.ts';
import { type FrontDoor, openFrontDoor } from './wire/front-door.ts';
import { createHttpService } from './wire/http-service.ts';

export interface SandboxOptions {
  /** 0, the default, has the system choose. */
  readonly authPort?: number;
  readonly backendPort?: number;
  readonly controlPort?: number;
  /** Divides all delays of the sandbox: 1 is for people to watch, more for tests. */
  readonly pace?: number;
  /** Knobs of a test's own. */
  readonly knobs?: readonly Knob[];
  /** Hears every token that is given out, whatever becomes of it. */
  readonly onToken?: (token: string) => void;
}

export interface Origins {
  readonly auth: string;
  readonly backend: string;
  /** Where faults are set, and where the endpoint is that is up when our own way out is. */
  readonly control: string;
  /** The same ports speak TLS as well, with certificates for 127.0.0.1 and localhost. */
  readonly secureAuth: string;
  readonly secureBackend: string;
}

export interface Sandbox extends AsyncDisposable {
  readonly origins: Origins;
  /** By what delays are divided now; 1 while a fault is set that has to be slow in real time. */
  pace(): number;
  readonly counters: Counters;
  /** By the names that environment files use; null for a name that is not known. */
  readonly secrets: (name: string) => Secret | null;
  /** The faults and variants that are set. */
  active(): readonly Knob[];
  /**
   * Sets faults and variants by their ids and mends all others; resolves once the sandbox behaves so.
   * Rejects with a `RangeError` on an unknown id.
   */
  setFaults(ids: readonly string[]): Promise<void>;
  clearFaults(): Promise<void>;
  close(): Promise<void>;
}

/** The product claims to have been up for a day and some, so that a restart shows. */
const uptimeAtStartMs = 100_000_000;

interface Product {
  readonly auth: FrontDoor;
  readonly backend: FrontDoor;
  readonly tokens: Tokens;
  readonly secrets: (name: string) => Secret | null;
  close(): Promise<void>;
}

export async function startSandbox(options: SandboxOptions = {}): Promise<Sandbox> {
  const knobs = createKnobs(options.knobs);
  const pace = (): number => (knobs.behaviour().realTime ? 1 : (options.pace ?? 1));
  const counters = createCounters();
  const product = await openProduct(options, { pace, knobs, counters });
  const { auth, backend } = product;

  async function setFaults(ids: readonly string[]): Promise<void> {
    knobs.set(ids);
    await Promise.all([auth.settle(), backend.settle(), product.tokens.prepare(knobs.behaviour().token)]);
  }

  const control = await openControl({ knobs, setFaults, counters: counters.seen, port: options.controlPort ?? 0 });

  async function close(): Promise<void> {
    await Promise.all([product.close(), control.close()]);
  }

  return {
    origins: {
      auth: `http://127.0.0.1:${auth.port}`,
      backend: `http://127.0.0.1:${backend.port}`,
      control: `http://127.0.0.1:${control.port}`,
      secureAuth: `https://127.0.0.1:${auth.port}`,
      secureBackend: `https://127.0.0.1:${backend.port}`,
    },
    pace,
    counters: counters.seen,
    secrets: product.secrets,
    active: knobs.active,
    setFaults,
    clearFaults: () => setFaults([]),
    close,
    [Symbol.asyncDispose]: close,
  };
}

interface Running {
  readonly pace: () => number;
  readonly knobs: Knobs;
  readonly counters: ReturnType<typeof createCounters>;
}

async function openProduct(options: SandboxOptions, { pace, knobs, counters }: Running): Promise<Product> {
  const { behaviour } = knobs;
  const clock = createClock(pace);
  const secrets = createSecrets();
  const tokens = heard(
    createTokens(secrets, () => Date.now() + behaviour().clockAheadMs),
    options.onToken,
  );
  const certificates = await createCertificates();
  const startedAtMs = Date.now() - uptimeAtStartMs;
  const sockets = createSocketServer({ tokens, behaviour, counters, clock });
  const common = { behaviour, counters, clock };
  const http = {
    auth: createHttpService({
      ...common,
      service: 'auth',
      routes: authRoutes({ secrets, tokens, behaviour, startedAtMs }),
    }),
    backend: createHttpService({
      ...common,
      service: 'backend',
      routes: backendRoutes(startedAtMs),
      upgrade: (request, stream, rest) => sockets.upgrade(request, stream, rest),
    }),
  };

  function open(service: ServiceName, port = 0): Promise<FrontDoor> {
    return openFrontDoor({
      port,
      http: http[service],
      clock,
      door: () => behaviour().doors[service],
      secureContext: () => certificates.context(behaviour().certificates[service]),
      opened: () => counters.socketOpened(),
      closed: () => counters.socketClosed(),
    });
  }

  const auth = await open('auth', options.authPort);
  const backend = await open('backend', options.backendPort);
  return {
    auth,
    backend,
    tokens,
    secrets(name) {
      // The last two are not secret at all, but environment files name them in the same way.
      const pems = { SANDBOX_AUTHORITIES: certificates.authorityPem, SANDBOX_PUBLIC_KEY: tokens.publicKeyPem() };
      const pem = Object.entries(pems).find(([key]) => key === name)?.[1] ?? null;
      return isSecretName(name) ? secrets[name] : pem === null ? null : new Secret(pem);
    },
    async close() {
      clock.close();
      sockets.close();
      await Promise.all([auth.close(), backend.close()]);
    },
  };
}

function heard(tokens: Tokens, onToken: (token: string) => void = () => {}): Tokens {
  return {
    ...tokens,
    async mint(user, behaviour) {
      const pair = await tokens.mint(user, behaviour);
      onToken(pair.accessToken);
      onToken(pair.refreshToken);
      return pair;
    },
  };
}
