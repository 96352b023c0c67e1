/**
 * The control port: HTTP on loopback with which people and the local page break and mend the sandbox. It refuses
 * what a foreign web page could make a browser send. Beside it lives the endpoint that stands for "our way out".
 */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';

import * as v from 'valibot';

import type { Counters } from './counters.ts';
import { faults } from './faults.ts';
import { parseObject } from './json.ts';
import type { Knobs } from './knobs.ts';
import { addressPort, closeServer, listen } from './wire/listen.ts';

const bodyBytesMax = 64 * 1024;

export interface ControlOptions {
  readonly port: number;
  readonly knobs: Knobs;
  readonly setFaults: (ids: readonly string[]) => Promise<void>;
  readonly counters: Counters;
}

export interface ControlServer {
  readonly port: number;
  close(): Promise<void>;
}

interface Answered {
  readonly status: number;
  readonly body: unknown;
}

export async function openControl(options: ControlOptions): Promise<ControlServer> {
  const server = createServer((request, response) => {
    answer(options, addressPort(server), request).then(
      (answered) => send(response, answered),
      (error: unknown) =>
        send(response, { status: 500, body: { error: error instanceof Error ? error.message : 'unknown' } }),
    );
  });
  await listen(server, options.port);
  return {
    port: addressPort(server),
    async close() {
      server.closeAllConnections();
      await closeServer(server);
    },
  };
}

const alive: Answered = { status: 204, body: null };

async function answer(options: ControlOptions, port: number, request: IncomingMessage): Promise<Answered | 'hang up'> {
  const { method = 'GET', url = '/' } = request;
  const { host, origin } = request.headers;
  const own = [`127.0.0.1:${port}`, `localhost:${port}`];
  if (!own.includes(host ?? '')) {
    return { status: 421, body: { error: 'this port answers to its own host name only' } };
  }
  if (url === '/alive') {
    return options.knobs.behaviour().controlEndpoint === 'up' ? alive : 'hang up';
  }
  if (origin !== undefined && !own.some((name) => origin === `http://${name}`)) {
    return { status: 403, body: { error: 'requests of other web pages are refused' } };
  }
  const [, resource, id, ...more] = url.split('/');
  if (resource === 'state' && id === undefined && method === 'GET') {
    return { status: 200, body: state(options) };
  }
  if (resource === 'faults' && more.length === 0) {
    return faultsAnswer(options, { method, id: id ?? null, body: await readBody(request) });
  }
  return { status: 404, body: { error: 'there are /faults, /faults/<id> and /state' } };
}

interface FaultsRequest {
  readonly method: string;
  readonly id: string | null;
  readonly body: string | null;
}

const activeBody = v.strictObject({ active: v.array(v.string()) });

async function faultsAnswer(options: ControlOptions, { method, id, body }: FaultsRequest): Promise<Answered> {
  const active = options.knobs.active().map((fault) => fault.id);
  if (method === 'GET' && id === null) {
    return { status: 200, body: table(options) };
  }
  const wanted = wantedIds({ method, id, body }, active);
  if (wanted === 'method') {
    return { status: 405, body: { error: 'GET, PUT and DELETE /faults; POST and DELETE /faults/<id>' } };
  }
  if (wanted === 'body') {
    return {
      status: 400,
      body: { error: 'the body is {"active": ["<id>", …]}', allowed: faults.map((fault) => fault.id) },
    };
  }
  try {
    await options.setFaults(wanted);
  } catch (error) {
    if (error instanceof RangeError) {
      return { status: 400, body: { error: error.message, allowed: faults.map((fault) => fault.id) } };
    }
    throw error;
  }
  return { status: 200, body: state(options) };
}

function wantedIds(request: FaultsRequest, active: readonly string[]): readonly string[] | 'method' | 'body' {
  const { method, id } = request;
  if (id !== null) {
    const others = active.filter((other) => other !== id);
    return method === 'POST' ? [...others, id] : method === 'DELETE' ? others : 'method';
  }
  if (method === 'DELETE') {
    return [];
  }
  if (method !== 'PUT') {
    return 'method';
  }
  const parsed = v.safeParse(activeBody, parseObject(request.body ?? ''));
  return parsed.success ? parsed.output.active : 'body';
}

function table({ knobs }: ControlOptions): unknown {
  const active = new Set(knobs.active().map((knob) => knob.id));
  return {
    faults: faults.map((fault) => ({
      id: fault.id,
      title: fault.title,
      group: fault.group,
      step: fault.step,
      expected: fault.expected,
      needs_environment: fault.environment !== null,
      active: active.has(fault.id),
    })),
  };
}

function state({ knobs, counters }: ControlOptions): unknown {
  return {
    active: knobs.active().map((knob) => knob.id),
    sockets_open: counters.socketsOpen,
    sockets_most: counters.socketsMost,
    agent_runs: counters.agentRuns,
    requests: Object.fromEntries(counters.requests),
    user_agents: [...counters.userAgents],
    suspicious: [...counters.suspicious],
  };
}

async function readBody(request: IncomingMessage): Promise<string | null> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of request) {
    const bytes = Buffer.from(chunk);
    length += bytes.length;
    if (length > bodyBytesMax) {
      return null;
    }
    chunks.push(bytes);
  }
  return Buffer.concat(chunks).toString('utf8');
}

function send(response: ServerResponse, answered: Answered | 'hang up'): void {
  if (answered === 'hang up') {
    response.destroy();
    return;
  }
  const { status, body } = answered;
  if (body === null) {
    response.writeHead(status).end();
    return;
  }
  const text = `${JSON.stringify(body, null, 2)}\n`;
  response.writeHead(status, { 'content-type': 'application/json', 'cache-control': 'no-store' }).end(text);
}
