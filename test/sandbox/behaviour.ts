/**
 * How the product behaves at this moment, as one immutable value that all servers read at every connection,
 * request and frame. A fault is a function from one behaviour to another; this file holds the words for it.
 */
import type { IncomingMessage } from 'node:http';
import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';

import type { JWTPayload } from 'jose';

import type { AgentBehaviour } from './agent/run.ts';
import type { Clock } from './clock.ts';
import type { JsonObject } from './json.ts';
import type { SocketBehaviour } from './socket/session.ts';
import type { CertificateKind } from './wire/certificates.ts';

export type ServiceName = 'auth' | 'backend';

/** Meets a connection before anything is read from it; calling `admit` lets it in. */
export type Doorkeeper = (socket: Socket, admit: () => void, clock: Clock) => void;

/** `closed`: nothing listens. `full`: the queue of connections is full and the kernel drops what comes. */
export type Door = 'open' | 'closed' | 'full' | Doorkeeper;

/** One HTTP request or upgrade, with the raw stream: what is written goes out as it is. */
export interface Exchange {
  readonly request: IncomingMessage;
  readonly socket: Duplex;
  readonly clock: Clock;
}

/** Answers an exchange in its own way, or calls `proceed` to have it handled as usual. */
export type Answer = (exchange: Exchange, proceed: () => void) => void;

/** Answers that stand in for a service's own on a path; a path that ends in `*` is a prefix. */
export interface Intercept {
  readonly service: ServiceName;
  readonly path: string;
  readonly answer: Answer;
}

/** Which proofs a guarded resource asks for; a missing one is a door left open. */
export interface Guard {
  readonly token: boolean;
  readonly signature: boolean;
  readonly algorithm: boolean;
  readonly expiry: boolean;
  /** Refuses everybody, as after a change of the shared secret in one of two services. */
  readonly secretDrifted: boolean;
}

/** An HTTP answer as the handlers of a service give it. */
export interface Reply {
  readonly status: number;
  readonly body: JsonObject | string;
  readonly headers?: Readonly<Record<string, string>>;
}

export type ReplyEdit = (reply: Reply) => Reply;

/** Which key signs: the published one, one that nobody knows, or no key at all. */
export type SigningKey = 'own' | 'unknown' | 'none';

export interface TokenBehaviour {
  readonly algorithm: 'HS256' | 'RS256';
  readonly key: SigningKey;
  /** Another key for each login, as a service does that rotates; all of them are published. */
  readonly rotates: boolean;
  readonly claims: (claims: JWTPayload) => JWTPayload;
}

export interface Behaviour {
  /** Delays are not divided by the sandbox's pace: what is slow has to be slow in real time. */
  readonly realTime: boolean;
  /** Whether the endpoint answers that stands for our own way out. */
  readonly controlEndpoint: 'up' | 'down';
  /** How far the product's clock is ahead of the true time, in milliseconds. */
  readonly clockAheadMs: number;
  readonly doors: Readonly<Record<ServiceName, Door>>;
  readonly certificates: Readonly<Record<ServiceName, CertificateKind>>;
  readonly intercepts: readonly Intercept[];
  /** Changes to replies, by `service path`. */
  readonly edits: Readonly<Record<string, ReplyEdit>>;
  readonly token: TokenBehaviour;
  /** Whether the login checks what it is given. */
  readonly loginChecked: boolean;
  readonly resourceGuard: Guard;
  readonly socket: SocketBehaviour;
  readonly agent: AgentBehaviour;
}

export type Change = (behaviour: Behaviour) => Behaviour;

export const strictGuard: Guard = {
  token: true,
  signature: true,
  algorithm: true,
  expiry: true,
  secretDrifted: false,
};

/** Several changes as one, in order. */
export function changes(...all: readonly Change[]): Change {
  return (behaviour) => all.reduce((changed, change) => change(changed), behaviour);
}

/** The same, with the delays of the sandbox as they are. */
export function inRealTime(change: Change): Change {
  return (behaviour) => ({ ...change(behaviour), realTime: true });
}

/** Puts somebody at the door of a service. */
export function door(service: ServiceName, value: Door): Change {
  return (behaviour) => ({ ...behaviour, doors: { ...behaviour.doors, [service]: value } });
}

/** Has a service present another certificate. */
export function certificate(service: ServiceName, kind: CertificateKind): Change {
  return (behaviour) => ({ ...behaviour, certificates: { ...behaviour.certificates, [service]: kind } });
}

/** Has a path of a service answered otherwise. */
export function intercept(service: ServiceName, path: string, answer: Answer): Change {
  return (behaviour) => ({ ...behaviour, intercepts: [...behaviour.intercepts, { service, path, answer }] });
}

/** Changes what a path of a service would have answered. */
export function edit(service: ServiceName, path: string, change: ReplyEdit): Change {
  return (behaviour) => {
    const key = `${service} ${path}`;
    const before = behaviour.edits[key];
    const edits = { ...behaviour.edits, [key]: (reply: Reply) => change(before ? before(reply) : reply) };
    return { ...behaviour, edits };
  };
}

/** Changes the JSON body of a reply; a reply without one stays as it is. */
export function editBody(service: ServiceName, path: string, change: (body: JsonObject) => JsonObject): Change {
  return edit(service, path, (reply) =>
    typeof reply.body === 'string' ? reply : { ...reply, body: change(reply.body) },
  );
}

export function token(change: Partial<TokenBehaviour>): Change {
  return (behaviour) => ({ ...behaviour, token: { ...behaviour.token, ...change } });
}

export function resourceGuard(change: Partial<Guard>): Change {
  return (behaviour) => ({ ...behaviour, resourceGuard: { ...behaviour.resourceGuard, ...change } });
}

export function socket(change: Partial<SocketBehaviour>): Change {
  return (behaviour) => ({ ...behaviour, socket: { ...behaviour.socket, ...change } });
}

export function agent(change: Partial<AgentBehaviour>): Change {
  return (behaviour) => ({ ...behaviour, agent: { ...behaviour.agent, ...change } });
}
