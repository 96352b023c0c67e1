/** A small auth service that does everything right, with any of its routes replaced by a test. Keys are made at start. */
import { randomBytes, randomUUID } from 'node:crypto';
import type { IncomingMessage } from 'node:http';

import { jwtVerify, SignJWT } from 'jose';
import * as v from 'valibot';

import { type Environment, environmentSchema } from '../../shared/core/environment/definition.ts';
import { Secret } from '../../shared/core/secret.ts';
import { bodyOf, httpServer } from './loopback-server.ts';

export interface Asked {
  readonly method: string;
  readonly path: string;
  readonly headers: IncomingMessage['headers'];
  readonly body: string;
  /** The token of the Authorization header; empty without one. */
  readonly bearer: string;
}

export interface Told {
  readonly status: number;
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

/** By `METHOD path`. What a test gives comes before what the product does. */
export type Routes = Readonly<Record<string, (asked: Asked) => Told | Promise<Told>>>;

export interface AuthProduct extends AsyncDisposable {
  readonly origin: string;
  readonly asked: readonly Asked[];
  readonly key: Uint8Array;
  readonly secrets: Readonly<Record<string, Secret>>;
  /** A token of the user, signed as usual; `claims` changes what it says. */
  readonly mint: (
    claims?: Readonly<Record<string, unknown>>,
    header?: { readonly alg: string; readonly kid?: string },
  ) => Promise<string>;
}

export const user = 'user-42';

export async function startAuthProduct(routes: (product: AuthProduct) => Routes = () => ({})): Promise<AuthProduct> {
  const signingSecret = randomBytes(32).toString('hex');
  const key = new TextEncoder().encode(signingSecret);
  const secrets = {
    LOGIN_KEY: new Secret(`key-${randomUUID()}`),
    PASSWORD: new Secret(`password-${randomUUID()}`),
    CLIENT_ID: new Secret('client:1'),
    CLIENT_SECRET: new Secret(`secret ${randomUUID()} ü&=`),
    JWT_SECRET: new Secret(signingSecret),
  };
  const asked: Asked[] = [];
  const server = await httpServer((request, response) => {
    void (async () => {
      const one = await read(request);
      asked.push(one);
      const route = ownRoutes[`${one.method} ${one.path}`] ?? usual[`${one.method} ${one.path}`];
      const { status, body, headers } = (await route?.(one)) ?? { status: 404, body: { detail: 'Not Found' } };
      response.writeHead(status, { 'content-type': 'application/json', ...headers });
      response.end(typeof body === 'string' ? body : JSON.stringify(body ?? {}));
    })();
  });

  const product: AuthProduct = {
    origin: server.origin,
    asked,
    key,
    secrets,
    mint: (claims = {}, header = { alg: 'HS256' }) => {
      const seconds = Math.floor(Date.now() / 1_000);
      const all = { sub: user, iss: 'issuer-1', aud: ['audience-1'], iat: seconds, exp: seconds + 900, ...claims };
      return new SignJWT(all).setProtectedHeader(header).sign(key);
    },
    [Symbol.asyncDispose]: () => server[Symbol.asyncDispose](),
  };
  const usual = usualRoutes(product);
  const ownRoutes = routes(product);
  return product;
}

async function read(request: IncomingMessage): Promise<Asked> {
  const { method = '', url = '', headers } = request;
  const bearer = /^Bearer (.*)$/.exec(headers.authorization ?? '')?.[1] ?? '';
  return { method, path: url, headers, body: await bodyOf(request), bearer };
}

function usualRoutes({ secrets, mint, key }: AuthProduct): Routes {
  const pair = async (): Promise<Told> => ({
    status: 200,
    body: { access_token: await mint(), refresh_token: 'refresh-1', expires_in: 900, user: { id: user } },
  });
  const refuse = (detail: string): Told => ({ status: 401, body: { detail } });
  return {
    'POST /login/key': ({ headers }) =>
      headers['x-key'] === secrets['LOGIN_KEY']?.reveal() ? pair() : refuse('Invalid E2E bypass key'),
    'POST /login/password': ({ body }) =>
      body.includes(secrets['PASSWORD']?.reveal() ?? '-') ? pair() : refuse('Invalid credentials'),
    'POST /login/client': ({ headers, body }) => {
      const form = new URLSearchParams(body);
      const basic = Buffer.from(/^Basic (.*)$/.exec(headers.authorization ?? '')?.[1] ?? '', 'base64').toString();
      const [id, secret] = basic === '' ? [form.get('client_id'), form.get('client_secret')] : decoded(basic);
      const known = id === secrets['CLIENT_ID']?.reveal() && secret === secrets['CLIENT_SECRET']?.reveal();
      return known && form.get('grant_type') === 'client_credentials'
        ? pair()
        : { status: 400, body: { error: 'invalid_client' } };
    },
    'POST /refresh': ({ body }) => (body.includes('refresh-1') ? pair() : refuse('Invalid refresh token')),
    'GET /me': async ({ bearer }) => {
      try {
        const { payload } = await jwtVerify(bearer, key, { algorithms: ['HS256'] });
        return { status: 200, body: { user_id: payload.sub } };
      } catch {
        return refuse('Invalid or expired token');
      }
    },
  };
}

function decoded(basic: string): readonly string[] {
  return basic.split(':').map((part) => decodeURIComponent(part));
}

export const keyLogin = {
  kind: 'synthetic_user',
  path: '/login/key',
  keySecret: 'LOGIN_KEY',
  keyHeader: 'X-Key',
  email: 'gp@example.org',
};
export const passwordLogin = {
  kind: 'password',
  path: '/login/password',
  email: 'gp@example.org',
  passwordSecret: 'PASSWORD',
};
export const clientLogin = {
  kind: 'client_credentials',
  path: '/login/client',
  clientIdSecret: 'CLIENT_ID',
  clientSecretSecret: 'CLIENT_SECRET',
};

/** The environment of the product; `auth` changes its step, `rest` everything beside. */
export function authEnvironment(product: AuthProduct, auth: object = {}, rest: object = {}): Environment {
  const written = {
    name: 'unit',
    title: 'Unit',
    services: { auth: { url: product.origin } },
    steps: {
      auth: {
        login: keyLogin,
        token: {
          verification: { kind: 'shared_secret', secret: 'JWT_SECRET' },
          issuer: 'issuer-1',
          audiences: ['audience-1', 'audience-2'],
        },
        protectedResource: { path: '/me' },
        refresh: { path: '/refresh' },
        refusals: ['no_token', 'tampered', 'alg_none', 'expired', 'wrong_key', 'wrong_password'],
        ...auth,
      },
    },
    ...rest,
  };
  // What is undefined is left out of the file.
  return v.parse(environmentSchema, JSON.parse(JSON.stringify(written)));
}
