/**
 * Opens one TCP or TLS connection with a time for each phase, stamped at the socket's own events. Nothing is sent
 * over it before the certificate is found to be trusted and to belong to the host.
 */
import { isIP, Socket } from 'node:net';
import process from 'node:process';
import type { SecureContext, TLSSocket } from 'node:tls';

import { classify } from '../core/classify.ts';
import type { TlsFacts } from '../core/exchange.ts';
import type { Failure, Phases } from '../core/outcome.ts';
import type { Reason } from '../core/reasons.ts';
import { timeUpFailure } from '../core/time-up.ts';
import { type ElapsedMs, type Laps, startLaps } from './stopwatch.ts';
import type { TimeLimit } from './time-limit.ts';
import { tlsFacts } from './tls.ts';

/**
 * Several addresses of a host are tried in turn. One that does not answer is given up after this time, so that a dead
 * address costs a second of the `tcp` phase but not the run; a host with one address is not affected.
 */
const attemptTimeoutMs = 1_000;

export interface ConnectionTarget {
  readonly url: URL;
  /** Who is trusted; null takes the public roots, for https. */
  readonly trust: SecureContext | null;
  /** Of a Unix socket, to speak over that and not to the host of the URL. */
  readonly socketPath?: string | undefined;
}

export interface Connection {
  /** Null when no usable connection came about; `failure` says why. */
  readonly socket: Socket | null;
  readonly failure: Failure | null;
  /** `dns`, `tcp` and, for https, `tls`, as far as they were reached. */
  readonly phases: Phases;
  readonly tls: TlsFacts | null;
}

/** Loaded for the first https and not before: a thread then reads the public roots, and takes 5 ms of a processor. */
export function loadTls() {
  return process.getBuiltinModule('node:tls');
}

/** A context costs a millisecond to build, which would be measured as the product's. */
const trusts = new Map<string | null, SecureContext>();

const trustsMax = 16;

/** Who is trusted: the given PEM roots alone, or the public ones for null. Throws when the PEM cannot be read. */
export function trustIn(authorities: string | null): SecureContext {
  const known = trusts.get(authorities);
  if (known !== undefined) {
    return known;
  }
  const trust = loadTls().createSecureContext(authorities === null ? {} : { ca: certificatesIn(authorities) });
  if (trusts.size >= trustsMax) {
    trusts.clear();
  }
  trusts.set(authorities, trust);
  return trust;
}

/** Node ignores what is no certificate, and everything would then look untrusted: here it throws. */
function certificatesIn(pem: string): string[] {
  const blocks = pem.match(/-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g) ?? [];
  if (blocks.length === 0) {
    throw new TypeError('no PEM certificate in the list of trusted authorities');
  }
  const { X509Certificate } = process.getBuiltinModule('node:crypto');
  return blocks.map((block) => new X509Certificate(block).toString());
}

/** Resolves when the connection is ready, or has failed, or the time is over; a failed socket is closed. */
export type Connect = (limit: TimeLimit, elapsedMs: ElapsedMs) => Promise<Connection>;

/** Makes ready what needs no packet, so that it is not measured as the product's time. To be opened once. */
export function prepareConnection(target: ConnectionTarget): Connect {
  const host = target.url.hostname.replaceAll(/[[\]]/g, '');
  // Node compiles its pattern of IPv6 addresses at the first question, which takes milliseconds.
  const isAddress = isIP(host) !== 0;
  const open = target.url.protocol === 'https:' ? prepareTls(target, host) : prepareTcp(target, host);
  return (limit, elapsedMs) => {
    // Opening the socket is a part of its first phase: what is measured adds up.
    const laps = startLaps(elapsedMs);
    const opened = open();
    if (isAddress) {
      laps.end('dns');
    }
    return awaitReady(opened, laps, limit);
  };
}

interface Opened {
  readonly socket: Socket;
  /** The same socket, when it speaks TLS. */
  readonly secured: TLSSocket | null;
}

function awaitReady({ socket, secured }: Opened, laps: Laps, limit: TimeLimit): Promise<Connection> {
  const { promise, resolve } = Promise.withResolvers<Connection>();
  let tls: TlsFacts | null = null;

  const succeed = (): void => resolve({ socket, failure: null, phases: laps.phases, tls });
  const fail = (failure: Failure): void => {
    resolve({ socket: null, failure, phases: laps.phases, tls });
    socket.destroy();
  };

  socket.once('lookup', (error: unknown) => {
    if (error === null) {
      laps.end('dns');
    }
  });
  socket.once('connect', () => {
    laps.end('tcp');
    if (secured === null) {
      succeed();
    }
  });
  secured?.once('secureConnect', () => {
    laps.end('tls');
    tls = tlsFacts(secured);
    if (secured.authorized) {
      succeed();
    } else {
      fail(distrust(secured));
    }
  });
  // This listener stays for the life of the socket: an error after the end must not bring the process down.
  socket.on('error', (error) => fail(classify(error)));
  limit.whenUp((timeUp) => fail(timeUpFailure(awaited(laps.phases), timeUp)));
  return promise;
}

/** What it means that the next phase did not come. */
function awaited(phases: Phases): Reason {
  if (phases.dns === undefined) {
    return 'dns';
  }
  return phases.tcp === undefined ? 'connect_timeout' : 'tls_timeout';
}

const addressChoice = { autoSelectFamily: true, autoSelectFamilyAttemptTimeout: attemptTimeoutMs };

function prepareTcp({ url, socketPath }: ConnectionTarget, host: string): () => Opened {
  const socket = new Socket().setNoDelay(true);
  const place =
    socketPath === undefined ? { host, port: Number(url.port || 80), ...addressChoice } : { path: socketPath };
  return () => ({ socket: socket.connect(place), secured: null });
}

function prepareTls({ url, trust }: ConnectionTarget, host: string): () => Opened {
  const { connect } = loadTls();
  const options = {
    host,
    port: Number(url.port || 443),
    ...addressChoice,
    // An address is no server name (RFC 6066, section 3); the certificate is then compared with the address.
    servername: isIP(host) === 0 ? host : '',
    secureContext: trust ?? trustIn(null),
    ALPNProtocols: ['http/1.1'],
    // Lets the handshake finish so that a bad certificate can be shown to people; `authorized` is judged right after.
    rejectUnauthorized: false,
  };
  return () => {
    const socket = connect(options).setNoDelay(true);
    return { socket, secured: socket };
  };
}

/** Why the certificate is not trusted. Node puts the code of the verification where the types promise an error. */
function distrust(socket: TLSSocket): Failure {
  const failure = classify({ code: String(socket.authorizationError) });
  return failure.reason === 'unclassified' ? { ...failure, reason: 'tls_other' } : failure;
}
