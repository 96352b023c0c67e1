/**
 * Every place where a product can hand a secret back: bodies, headers, redirects, words of health documents, names,
 * close reasons, frames, events. Each is a knob of the sandbox that puts whatever is planted at that moment there.
 */
import type { Step } from '../../shared/core/step.ts';
import { resulting, until, without } from '../sandbox/agent/edits.ts';
import { act, beat, completed, supervisor, thinking, toolExecuting } from '../sandbox/agent/script.ts';
import {
  agent,
  type Answer,
  type Change,
  changes,
  edit,
  editBody,
  intercept,
  type ServiceName,
  socket,
  token,
} from '../sandbox/behaviour.ts';
import type { EnvironmentChange } from '../sandbox/faults/row.ts';
import { clientCredentialsLogin, passwordLogin, service, step } from '../sandbox/faults/environments.ts';
import type { Session } from '../sandbox/socket/session.ts';
import type { Variant } from '../sandbox/variants.ts';
import { bytes, html, json, redirect, text } from '../sandbox/wire/answers.ts';

export interface LeakPlace extends Variant {
  /** The steps that meet it. */
  readonly steps: readonly Step[];
}

interface Place {
  readonly steps: readonly Step[];
  readonly change: Change;
  readonly environment?: EnvironmentChange;
}

const login = '/auth/e2e/test-auth';

/** `planted` gives the text that is in place at the moment of asking. */
export function leakPlaces(planted: () => string): readonly LeakPlace[] {
  const places = {
    ...httpPlaces(planted),
    ...healthPlaces(planted),
    ...socketPlaces(planted),
    ...agentPlaces(planted),
  };
  return Object.entries(places).map(([id, { steps, change, environment }]) => ({
    id: `leak ${id}`,
    title: `A secret comes back in the ${id}.`,
    steps,
    change,
    environment: environment ?? null,
  }));
}

type Planted = () => string;

/** Makes the answer when it is asked for, with what is planted then. */
function lately(answer: () => Answer): Answer {
  return (exchange, proceed) => answer()(exchange, proceed);
}

function answered(steps: readonly Step[], at: readonly [ServiceName, string], answer: () => Answer): Place {
  return { steps, change: intercept(...at, lately(answer)) };
}

const headerNames = [
  'server',
  'via',
  'x-request-id',
  'retry-after',
  'x-cloud-trace-context',
  'traceresponse',
  'content-type',
  'content-encoding',
  'set-cookie',
  'www-authenticate',
  'date',
  'location',
] as const;

function httpPlaces(planted: Planted): Readonly<Record<string, Place>> {
  const errors: Readonly<Record<string, () => Answer>> = {
    'error body, as detail': () => json(401, { detail: `bad key ${planted()}` }),
    'error body, as message': () => json(403, { error: { message: planted() } }),
    'error body, by RFC 6749': () => json(400, { error: 'invalid_client', error_description: planted() }),
    'error body, as list': () => json(422, { detail: [planted(), { input: planted() }] }),
    'error text': () => text(500, `Traceback: Authorization: Bearer ${planted()}`),
    'error page': () => html(503, `<!doctype html><title>${planted()}</title><p>${planted()}</p>`),
    'error inside of a success': () => json(200, { error: planted(), access_token: null }),
    'status line': () => bytes(`HTTP/1.1 500 ${planted()}\r\ncontent-length: 0\r\nconnection: close\r\n\r\n`),
    'header name': () => bytes(`HTTP/1.1 500 No\r\nx-${planted()}: 1\r\ncontent-length: 0\r\n\r\n`),
    'broken answer': () => bytes(`${planted()}\r\n\r\n`),
    'query of a redirect': () => redirect(`http://127.0.0.1:1/in?token=${planted()}&${planted()}=1#${planted()}`),
    'path of a redirect': () => redirect(`http://127.0.0.1:1/in/${planted()}`),
    'user of a redirect': () => redirect(`http://user:${planted()}@127.0.0.1:1/in`),
  };
  const places: Record<string, Place> = {
    'claims of the token': {
      steps: ['auth', 'websocket'],
      change: token({
        claims: (claims) => ({ ...claims, iss: planted(), aud: planted(), env: planted(), jti: planted() }),
      }),
    },
    'subject of the token': {
      steps: ['auth', 'websocket'],
      change: token({ claims: (claims) => ({ ...claims, sub: planted() }) }),
    },
    'token itself': {
      steps: ['auth', 'websocket', 'agent'],
      change: editBody('auth', login, (body) => ({ ...body, access_token: planted() })),
    },
    'kind of the token': {
      steps: ['auth'],
      change: editBody('auth', login, (body) => ({ ...body, token_type: planted(), expires_in: planted() })),
    },
    'user of the resource': {
      steps: ['auth'],
      change: editBody('auth', '/auth/me', (body) => ({ ...body, user_id: planted() })),
    },
    'error body of the password login': {
      ...answered(['auth'], ['auth', '/auth/login'], () => json(401, { detail: `wrong: ${planted()}` })),
      environment: passwordLogin,
    },
    'error body of the client login': {
      ...answered(['auth'], ['auth', '/auth/token'], () =>
        json(401, { error: 'invalid_client', error_description: planted() }),
      ),
      environment: clientCredentialsLogin,
    },
    'refusal of the refresh': answered(['auth'], ['auth', '/auth/refresh'], () => json(401, { detail: planted() })),
  };
  for (const [name, answer] of Object.entries(errors)) {
    places[`${name} of the login`] = answered(['auth', 'websocket'], ['auth', login], answer);
    places[`${name} of the resource`] = answered(['auth'], ['auth', '/auth/me'], answer);
    places[`${name} of a health document`] = answered(['health'], ['backend', '/health'], answer);
    places[`${name} of the upgrade`] = answered(['websocket', 'agent'], ['backend', '/ws'], answer);
  }
  for (const name of headerNames) {
    const planting = (at: string, where: ServiceName): Change =>
      edit(where, at, (reply) => ({ ...reply, status: 503, headers: { ...reply.headers, [name]: planted() } }));
    places[`header ${name} of the resource`] = { steps: ['auth'], change: planting('/auth/me', 'auth') };
    places[`header ${name} of a health document`] = { steps: ['health'], change: planting('/health', 'backend') };
  }
  return places;
}

function healthPlaces(planted: Planted): Readonly<Record<string, Place>> {
  const document = '/api/health';
  const inDocument = (
    change: (body: Readonly<Record<string, unknown>>) => Readonly<Record<string, unknown>>,
  ): Place => ({
    steps: ['health'],
    change: edit('backend', document, (reply) => ({ ...reply, body: JSON.stringify(change(Object(reply.body))) })),
  });
  const component = (entry: () => unknown): Place =>
    inDocument((body) => ({ ...body, checks: { ...Object(body['checks']), redis: entry() } }));
  const revision = (change: (service: object) => object): EnvironmentChange =>
    service('backend', (before) => ({ ...before, ...change(before) }));
  return {
    'status word': inDocument((body) => ({ ...body, status: planted() })),
    'word of a component': component(() => ({ status: planted(), response_time_ms: 1, error: planted() })),
    'whole of a component': component(planted),
    'time of a component': component(() => ({ status: 'healthy', response_time_ms: planted() })),
    'name of a component': inDocument((body) => ({
      ...body,
      checks: { ...Object(body['checks']), [planted()]: { status: 'failed' } },
    })),
    'names of all components': inDocument((body) => ({ ...body, checks: { [planted()]: 'healthy' } })),
    uptime: inDocument((body) => ({ ...body, uptime_seconds: planted() })),
    'asserted value': {
      steps: ['health'],
      change: editBody('auth', '/health', (body) => ({ ...body, database_status: planted() })),
    },
    'revision header': {
      steps: ['auth', 'health', 'websocket'],
      change: changes(
        edit('auth', '/auth/me', (reply) => ({ ...reply, headers: { ...reply.headers, 'x-revision': planted() } })),
        edit('backend', '/health', (reply) => ({ ...reply, headers: { ...reply.headers, 'x-revision': planted() } })),
        socket({
          responseHead: (lines) => lines.map((line) => line.replace(/^x-revision: .*$/, `x-revision: ${planted()}`)),
        }),
      ),
    },
    'revision document': {
      steps: ['health'],
      change: editBody('backend', '/health', (body) => ({ ...body, version: planted() })),
      environment: revision(() => ({ revision: { from: 'json', path: '/health', jsonPath: 'version' } })),
    },
  };
}

function accepted(action: (session: Session) => void): Place {
  const handled = (session: Session) => {
    action(session);
    return 'handled' as const;
  };
  return { steps: ['websocket', 'agent'], change: socket({ accepted: handled }) };
}

/** The longest reason that a close frame takes (RFC 6455, section 5.5). */
function closeReason(words: string): string {
  return words.slice(0, 120);
}

function socketPlaces(planted: Planted): Readonly<Record<string, Place>> {
  const error = (): Readonly<Record<string, string>> => ({
    type: 'error_message',
    error_code: planted(),
    error_message: `Authentication failed for ${planted()}`,
  });
  return {
    'close reason': accepted((session) => session.close(1008, closeReason(`invalid token ${planted()}`))),
    'close reason alone': accepted((session) => session.close(4001, closeReason(planted()))),
    'first frame, which is no JSON': accepted((session) => session.sendText(planted())),
    'first frame, which is binary': accepted((session) => session.sendBinary(Buffer.from(planted()))),
    'type of the first frame': accepted((session) => session.send({ type: planted(), event: planted() })),
    'error of the first frame': accepted((session) => session.send(error())),
    'user of the greeting': {
      steps: ['websocket', 'agent'],
      change: socket({ takenFor: (user) => ({ ...user, id: planted() }) }),
    },
    'ids of the greeting': {
      steps: ['websocket', 'agent'],
      change: socket({
        greetings: (frames) => frames.map((frame) => ({ ...frame, connection_id: planted(), thread_id: planted() })),
      }),
    },
    'subprotocol that was not offered': {
      steps: ['websocket', 'agent'],
      change: socket({ choose: () => ({ chosen: planted().replaceAll(/[^\w.-]/g, '') }) }),
    },
    'subprotocol that was offered': {
      steps: ['websocket', 'agent'],
      change: socket({ choose: (offered) => ({ chosen: offered.find((value) => value.startsWith('jwt.')) ?? null }) }),
      environment: step('websocket', ({ accept: _any, ...settings }) => settings),
    },
    'head of the upgrade': {
      steps: ['websocket'],
      change: socket({ responseHead: (lines) => [...lines, `x-session: ${planted()}`, `set-cookie: id=${planted()}`] }),
    },
    'accept key': {
      steps: ['websocket'],
      change: socket({
        responseHead: (lines) => lines.map((line) => line.replace(/^(sec-websocket-accept): .*$/i, `$1: ${planted()}`)),
      }),
    },
    extension: {
      steps: ['websocket'],
      change: socket({ responseHead: (lines) => [...lines, `sec-websocket-extensions: ${planted()}`] }),
    },
  };
}

function agentPlaces(planted: Planted): Readonly<Record<string, Place>> {
  const script = (change: Parameters<typeof agent>[0]): Place => ({ steps: ['agent'], change: agent(change) });
  const failing = (): ReturnType<typeof beat> =>
    beat(20, {
      name: 'agent_error',
      agent: planted(),
      data: { error: planted(), error_code: planted(), message: planted() },
    });
  return {
    answer: script({ answer: () => `Your token is ${planted()}` }),
    'answer, as an object': script({ script: (beats) => resulting({ token: planted(), summary: planted() })(beats) }),
    'error of the agent': script({ script: (beats) => [...beats.slice(0, 3), failing()] }),
    'name of an event': script({
      script: (beats) => [
        ...beats.slice(0, 2),
        beat(20, { name: planted(), agent: supervisor, data: {} }),
        ...beats.slice(2),
      ],
    }),
    'name of a tool': script({
      script: (beats) => [
        ...without('tool_completed')(beats).slice(0, 5),
        beat(20, toolExecuting(planted())),
        beat(20, completed(supervisor, 'done')),
      ],
    }),
    thought: script({
      script: (beats) => [...beats.slice(0, 2), beat(20, thinking(supervisor, planted(), 1)), ...beats.slice(2)],
    }),
    'status of the end': script({
      script: (beats) =>
        until(
          'agent_completed',
          beat(20, { ...completed(supervisor, null), data: { status: planted(), result: null, error: planted() } }),
        )(beats),
    }),
    'ids of the events': script({
      frame: (frame) => ({ ...frame, user_id: planted(), thread_id: planted(), run_id: planted() }),
    }),
    'frame in the middle, which is no JSON': script({
      script: (beats) => [...beats.slice(0, 3), act(20, (session) => session.sendText(planted()))],
    }),
    'close reason in the middle': script({
      script: (beats) => [...beats.slice(0, 3), act(20, (session) => session.close(1011, closeReason(planted())))],
    }),
  };
}
