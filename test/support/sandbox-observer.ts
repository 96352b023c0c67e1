/**
 * Looks at a sandbox from outside with plain clients, and tells what is there as lines of text: the healthy product
 * always gives the same lines, so that a fault is the lines that differ.
 */
import { randomBytes } from 'node:crypto';

import { makeQuestion } from '../../shared/core/agent/question.ts';
import type { Environment } from '../../shared/core/environment/definition.ts';
import { parseObject, textAt } from '../sandbox/json.ts';
import { sandboxEnvironment } from '../sandbox/environment.ts';
import type { Sandbox } from '../sandbox/sandbox.ts';
import { ask, decode, forgeries, tokenSymptom } from './sandbox-http-observer.ts';
import { talk } from './sandbox-socket-observer.ts';

export type Observation = Readonly<Record<string, string>>;

interface Place {
  readonly environment: Environment;
  readonly auth: string;
  readonly backend: string;
  readonly authority: string;
  readonly secret: string;
  readonly silentMs: number;
  readonly readyOn: string;
  readonly sandbox: Sandbox;
}

export interface Observer {
  /** The word of the server after which messages count. @defaultValue handshake_complete */
  readonly readyOn?: string;
  /** Something without a sign of life for so long is called silent. @defaultValue 600 */
  readonly silentMs?: number;
}

export async function observe(
  sandbox: Sandbox,
  { readyOn = 'handshake_complete', silentMs = 600 }: Observer = {},
): Promise<Observation> {
  const environment = sandboxEnvironment(sandbox);
  const place: Place = {
    environment,
    auth: environment.services['auth']?.url ?? '',
    backend: environment.services['backend']?.url ?? '',
    authority: sandbox.secrets('SANDBOX_AUTHORITIES')?.reveal() ?? '',
    secret: sandbox.secrets('SANDBOX_JWT_SECRET')?.reveal() ?? '',
    silentMs,
    readyOn,
    sandbox,
  };
  const { login, body } = await logIn(place);
  const token = textAt(body, 'access_token') ?? '';
  const refreshToken = textAt(body, 'refresh_token') ?? '';
  const lines = await Promise.all([
    line('token', token === '' ? 'none' : tokenSymptom(token, place.secret)),
    ...documents(place),
    ...(token === '' ? [] : [...doors(place, token, refreshToken), ...connections(place, token)]),
  ]);
  return { login, ...Object.fromEntries(lines) };
}

/** The lines that differ from those of a healthy product. Without a token most of them are not reached, and left out. */
export function differences(observed: Observation, healthy: Observation): Observation {
  return Object.fromEntries(Object.entries(observed).filter(([key, symptom]) => symptom !== healthy[key]));
}

type Line = readonly [key: string, symptom: string];

async function line(key: string, symptom: string | Promise<string>): Promise<Line> {
  return [key, await symptom];
}

async function logIn(place: Place) {
  const { sandbox, environment } = place;
  const secret = (name: string): string => sandbox.secrets(name)?.reveal() ?? '';
  const email = 'golden-path@sandbox.example';
  const login = environment.steps.auth?.login;
  const basic = Buffer.from(`${secret('SANDBOX_CLIENT_ID')}:${secret('SANDBOX_CLIENT_SECRET')}`).toString('base64');
  const requests = {
    synthetic_user: { headers: { 'x-e2e-bypass-key': secret('SANDBOX_LOGIN_KEY') }, body: JSON.stringify({ email }) },
    password: { headers: {}, body: JSON.stringify({ email, password: secret('SANDBOX_PASSWORD') }) },
    client_credentials: { headers: { authorization: `Basic ${basic}` }, body: 'grant_type=client_credentials' },
  };
  if (login === undefined || login.kind === 'self_signed') {
    return { login: 'none', body: {} };
  }
  const answered = await ask({
    url: `${place.auth}${login.path}`,
    method: 'POST',
    ...requests[login.kind],
    authority: place.authority,
    silentMs: place.silentMs,
  });
  return { login: answered.symptom, body: parseObject(answered.body) ?? {} };
}

function documents(place: Place): Promise<Line>[] {
  const get = async (url: string): Promise<string> => (await ask({ url, ...place })).symptom;
  return [
    line('auth health', get(`${place.auth}/health`)),
    line('backend health', get(`${place.backend}/health`)),
    line('dependencies', get(`${place.backend}/api/health`)),
    line('control', get(`${place.sandbox.origins.control}/alive`)),
  ];
}

/** What the protected resource and the refresh say to a good token and to bad ones. */
function doors(place: Place, token: string, refreshToken: string): Promise<Line>[] {
  const me = async (jwt: string | null): Promise<string> => {
    const headers: Record<string, string> = jwt === null ? {} : { authorization: `Bearer ${jwt}` };
    return (await ask({ url: `${place.auth}/auth/me`, headers, ...place })).symptom;
  };
  const refresh = async (): Promise<string> => {
    const body = JSON.stringify({ refresh_token: refreshToken });
    return (await ask({ url: `${place.auth}/auth/refresh`, method: 'POST', body, ...place })).symptom;
  };
  const keys = async (): Promise<string> => {
    const { symptom, body } = await ask({ url: `${place.auth}/auth/jwks`, ...place });
    return body.includes(String(decode(token)?.header['kid'])) ? `${symptom}, with the key of the token` : symptom;
  };
  const bad = Object.entries(forgeries(token, place.secret));
  return [
    line('me', me(token)),
    line('me without token', me(null)),
    ...bad.map(([name, jwt]) => line(`me ${name}`, me(jwt))),
    line('refresh', refresh()),
    line('keys', keys()),
  ];
}

function connections(place: Place, token: string): Promise<Line>[] {
  const settings = place.environment.steps.websocket;
  const offerOf = (jwt: string | null): readonly string[] =>
    (settings?.offer ?? []).flatMap((template) =>
      template.includes('{') && jwt === null
        ? []
        : [template.replace('{token_base64url}', Buffer.from(jwt ?? '').toString('base64url'))],
    );
  const common = {
    url: `${place.backend.replace(/^http/, 'ws')}${settings?.path ?? '/ws'}`,
    authority: place.authority,
    silentMs: place.silentMs,
    readyOn: place.readyOn,
    question: null,
    headers: { origin: settings?.origin ?? '' },
  };
  const authorized = { ...common.headers, authorization: `Bearer ${token}` };
  const headers = settings?.carrier === 'subprotocol' ? common.headers : authorized;
  const { tampered = '' } = forgeries(token, place.secret);
  return [
    line('socket', talk({ ...common, headers, offer: offerOf(token) })),
    line('socket without token', talk({ ...common, offer: offerOf(null) })),
    line('socket tampered', talk({ ...common, offer: offerOf(tampered) })),
    line('socket foreign', talk({ ...common, offer: offerOf(token), headers: { origin: 'https://attacker.example' } })),
    line('socket authorization', talk({ ...common, offer: offerOf(null), headers: authorized })),
    line('run', talk({ ...common, headers, offer: offerOf(token), question: makeQuestion(randomBytes(16)) })),
  ];
}
