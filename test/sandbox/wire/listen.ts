/** Listening on loopback and stopping, as promises. */
import { randomInt } from 'node:crypto';
import { once } from 'node:events';
import type { Server } from 'node:net';

/** A port that was just given up may be in use for a moment by a connection that took it as its own. */
const attempts = 20;
const attemptPauseMs = 100;

/**
 * Below what systems give away when any port will do (Linux from 32768, others from 49152): a service that is closed
 * for a while must find its port free when it opens again.
 */
const keptPorts = { from: 20_000, below: 30_000 } as const;

/** Port 0 stands for any that nobody else is given by chance. */
export async function listen<S extends Server>(server: S, port: number): Promise<S> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      server.listen({ port: port === 0 ? randomInt(keptPorts.from, keptPorts.below) : port, host: '127.0.0.1' });
      await once(server, 'listening');
      return server;
    } catch (error) {
      const taken = error instanceof Error && 'code' in error && error.code === 'EADDRINUSE';
      if (!taken || attempt === attempts) {
        throw error;
      }
      await new Promise((resolve) => setTimeout(resolve, port === 0 ? 0 : attemptPauseMs));
    }
  }
}

export function addressPort(server: Server): number {
  const address = server.address();
  if (address === null || typeof address === 'string') {
    throw new Error('the server does not listen on a port');
  }
  return address.port;
}

/** Stops listening; open connections are the caller's to end. */
export async function closeServer(server: Server): Promise<void> {
  await new Promise<void>((resolve) => server.close(() => resolve()));
}
