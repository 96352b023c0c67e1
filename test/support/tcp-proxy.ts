/** A way to a server that can die without a word: connections stay open, and nothing comes through them any more. */
import { connect, type Socket } from 'node:net';

import { tcpServer } from './loopback-server.ts';

export interface TcpProxy extends AsyncDisposable {
  /** `host:port`. */
  readonly address: string;
  /** The connections of this moment are dead from now on; new ones are fine. */
  kill(): void;
  /** Connections that were ever made. */
  connections(): number;
}

/** `target`: `host:port` of the server behind it. */
export async function startTcpProxy(target: string): Promise<TcpProxy> {
  const { hostname, port } = new URL(`http://${target}`);
  const dead = new Set<Socket>();
  const alive = new Set<Socket>();
  let connections = 0;
  const server = await tcpServer((near) => {
    connections += 1;
    alive.add(near);
    const far = connect(Number(port), hostname);
    far.on('error', () => near.destroy());
    near.on('data', (chunk) => dead.has(near) || far.write(chunk));
    far.on('data', (chunk) => dead.has(near) || near.write(chunk));
    near.once('close', () => {
      alive.delete(near);
      far.destroy();
    });
    far.once('close', () => dead.has(near) || near.destroy());
  });
  return {
    address: `127.0.0.1:${server.port}`,
    kill: () => alive.forEach((socket) => dead.add(socket)),
    connections: () => connections,
    [Symbol.asyncDispose]: () => server[Symbol.asyncDispose](),
  };
}
