/**
 * The listener of one service: accepts connections, lets the doorkeeper of the present behaviour meet them, tells
 * TLS from plain HTTP by the first byte, and hands them to the HTTP server. It knows nothing of what is served.
 */
import type { Server as HttpServer } from 'node:http';
import { createServer, type Server, type Socket } from 'node:net';
import { type SecureContext, TLSSocket } from 'node:tls';

import type { Door } from '../behaviour.ts';
import type { Clock } from '../clock.ts';
import { type FullQueue, fillQueue } from './full-queue.ts';
import { addressPort, closeServer, listen } from './listen.ts';

/** More than any probe needs; a runaway client is turned away instead of eating the machine. */
const socketsMax = 200;

/** First byte of a TLS record that opens a handshake (RFC 8446, section 5.1). */
const tlsHandshakeByte = 0x16;

export interface FrontDoorOptions {
  readonly port: number;
  readonly http: HttpServer;
  readonly clock: Clock;
  readonly door: () => Door;
  readonly secureContext: () => SecureContext;
  readonly opened: () => void;
  readonly closed: () => void;
}

export interface FrontDoor {
  readonly port: number;
  /** Opens, closes or fills up, as the behaviour says now. Connections of before are dropped when that changes. */
  settle(): Promise<void>;
  close(): Promise<void>;
}

type Standing = 'open' | 'closed' | 'full';

export async function openFrontDoor(options: FrontDoorOptions): Promise<FrontDoor> {
  const sockets = new Set<Socket>();
  let server: Server | null = await listen(acceptor(options, sockets), options.port);
  const port = addressPort(server);
  let queue: FullQueue | null = null;
  let standing: Standing = 'open';

  async function leave(): Promise<void> {
    for (const socket of sockets) {
      socket.destroy();
    }
    await Promise.all([server && closeServer(server), queue?.close()]);
    server = null;
    queue = null;
  }

  return {
    port,
    async settle() {
      const door = options.door();
      const wanted = typeof door === 'function' ? 'open' : door;
      if (wanted === standing) {
        return;
      }
      await leave();
      standing = wanted;
      if (wanted === 'open') {
        server = await listen(acceptor(options, sockets), port);
      } else if (wanted === 'full') {
        queue = await fillQueue(port);
      }
    },
    close: leave,
  };
}

function acceptor(options: FrontDoorOptions, sockets: Set<Socket>): Server {
  const server = createServer({ noDelay: true }, (socket) => {
    sockets.add(socket);
    options.opened();
    socket.on('error', () => socket.destroy());
    socket.once('close', () => {
      sockets.delete(socket);
      options.closed();
    });
    const door = options.door();
    const admit = (): void => admitByFirstByte(socket, options);
    if (typeof door === 'function') {
      door(socket, admit, options.clock);
    } else {
      admit();
    }
  });
  server.maxConnections = socketsMax;
  return server;
}

/** The bytes that were read to tell the protocol are put back for whoever speaks it. */
function admitByFirstByte(socket: Socket, options: FrontDoorOptions): void {
  socket.once('data', (chunk: Buffer) => {
    socket.pause();
    socket.unshift(chunk);
    if (chunk[0] === tlsHandshakeByte) {
      secure(socket, options);
    } else {
      options.http.emit('connection', socket);
      socket.resume();
    }
  });
}

function secure(socket: Socket, options: FrontDoorOptions): void {
  const secured = new TLSSocket(socket, { isServer: true, secureContext: options.secureContext() });
  secured.on('error', () => socket.destroy());
  secured.once('secure', () => options.http.emit('connection', secured));
}
