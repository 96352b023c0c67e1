/** Asks the sandbox over HTTP with Node's own client and says in one line what came back: a symptom. */
import { createHmac, randomBytes } from 'node:crypto';
import { type IncomingMessage, request as httpRequest } from 'node:http';
import { request as httpsRequest } from 'node:https';

import { onSilence } from './silence.ts';

export interface Asked {
  readonly url: string;
  readonly method?: 'GET' | 'POST';
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
  /** PEM of the authority to trust. */
  readonly authority: string;
  /** After so long without an answer, or without its end, the symptom is silence. */
  readonly silentMs: number;
}

export interface Answered {
  readonly symptom: string;
  /** Empty unless a whole body came. */
  readonly body: string;
}

/** Bodies are read up to here; a longer one is a symptom of its own. */
const bodyBytesMax = 256 * 1024;

export function ask({ url, method = 'GET', headers = {}, body = '', authority, silentMs }: Asked): Promise<Answered> {
  const { promise, resolve } = Promise.withResolvers<Answered>();
  const send = url.startsWith('https:') ? httpsRequest : httpRequest;
  const outgoing = send(url, { method, headers, agent: false, ca: authority });
  const silence = onSilence(silentMs, () => end('silence'));
  let heard = '';
  const end = (symptom: string, text = ''): void => {
    silence.stop();
    outgoing.destroy();
    resolve({ symptom: heard === '' ? symptom : `${heard}, then ${symptom}`, body: text });
  };
  outgoing.on('error', (error) => end(codeOf(error)));
  outgoing.on('response', (response) => {
    read(
      response,
      (text) => {
        heard = '';
        end(`${response.statusCode} ${describe(response, text)}`, text);
      },
      end,
    );
    heard = String(response.statusCode);
  });
  outgoing.end(body);
  return promise;
}

function read(response: IncomingMessage, done: (text: string) => void, broken: (symptom: string) => void): void {
  const chunks: Buffer[] = [];
  let length = 0;
  response.on('data', (chunk: Buffer) => {
    chunks.push(chunk);
    length += chunk.length;
    if (length > bodyBytesMax) {
      broken('a body without end');
    }
  });
  response.on('error', (error) => broken(codeOf(error)));
  response.on('end', () => {
    if (response.complete) {
      done(Buffer.concat(chunks).toString('latin1'));
    }
  });
}

function describe(response: IncomingMessage, text: string): string {
  const { location, 'retry-after': retryAfter, 'content-encoding': encoding } = response.headers;
  const facts = [
    ...(location === undefined ? [] : [`to ${location}`]),
    ...(retryAfter === undefined ? [] : [`retry after ${retryAfter}`]),
    encoding === undefined ? JSON.stringify(stable(text)).slice(0, 300) : `${encoding} of ${text.length} bytes`,
  ];
  return facts.join(', ');
}

/** Fields that are another each time: only whether they are there is told. */
const volatile = /^(?:timestamp|access_token|refresh_token|token_expires_at|keys)$/;

function stable(text: string): unknown {
  try {
    return JSON.parse(text, (key, value: unknown) =>
      volatile.test(key) ? '…' : key === 'uptime_seconds' ? (Number(value) < 1_000 ? 'short' : 'long') : value,
    );
  } catch {
    return text;
  }
}

export function codeOf(error: unknown): string {
  const code = error instanceof Error && 'code' in error ? String(error.code) : null;
  return code ?? (error instanceof Error ? error.message : 'unknown');
}

/** Header and claims of a JWT; null when it is none. */
export function decode(jwt: string): { readonly header: Claims; readonly claims: Claims } | null {
  const [header, claims] = jwt.split('.').map((part) => Buffer.from(part, 'base64url').toString('utf8'));
  try {
    return { header: JSON.parse(header ?? ''), claims: JSON.parse(claims ?? '') };
  } catch {
    return null;
  }
}

type Claims = Readonly<Record<string, unknown>>;

/** What is to be seen of a token, in one line; times are rounded so that a slow machine changes nothing. */
export function tokenSymptom(jwt: string, secret: string): string {
  const decoded = decode(jwt);
  if (decoded === null) {
    return 'no JWT';
  }
  const { header, claims } = decoded;
  const { sub, iss, aud, env, iat, exp, nbf, jti } = claims;
  const aheadMinutes = Math.round((Number(iat) * 1_000 - Date.now()) / 60_000);
  return [
    header['alg'],
    signed(jwt, secret) ? 'signed' : 'not by the shared secret',
    `sub ${String(sub)}`,
    `iss ${String(iss)}`,
    `aud ${String(aud)}`,
    `env ${String(env)}`,
    `for ${Number(exp) - Number(iat)} s`,
    `${aheadMinutes} min ahead`,
    ...(nbf === undefined ? [] : ['nbf later']),
    ...(jti === undefined ? ['no jti'] : []),
  ].join(', ');
}

function signed(jwt: string, secret: string): boolean {
  const [header, claims, signature] = jwt.split('.');
  return createHmac('sha256', secret).update(`${header}.${claims}`).digest('base64url') === signature;
}

/** Tokens that no door may take, made of a good one; the user stays the same. */
export function forgeries(jwt: string, secret: string): Readonly<Record<string, string>> {
  const [header = '', payload = '', signature = ''] = jwt.split('.');
  const claims = decode(jwt)?.claims ?? {};
  const encode = (value: Claims): string => Buffer.from(JSON.stringify(value)).toString('base64url');
  const sign = (body: string, key: string | Buffer): string =>
    `${body}.${createHmac('sha256', key).update(body).digest('base64url')}`;
  const expired = encode({ ...claims, iat: Number(claims['iat']) - 9_000, exp: Number(claims['iat']) - 8_000 });
  return {
    tampered: `${header}.${encode({ ...claims, admin: true })}.${signature}`,
    unsigned: `${encode({ alg: 'none', typ: 'JWT' })}.${payload}.`,
    expired: sign(`${header}.${expired}`, secret),
    'wrong key': sign(`${header}.${payload}`, randomBytes(32)),
  };
}
