/** Listening on loopback and stopping, as promises. */
import { once } from 'node:events';
import type { Server } from 'node:net';

/** A port that was just given up may be in use for a moment by a connection that took it as its own. */
const attempts = 20;
const attemptPauseMs = 100;

export async function listen<S extends Server>(server: S, port: number, backlog?: number): Promise<S> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      server.listen({ port, host: '127.0.0.1', ...(backlog === undefined ? {} : { backlog }) });
      await once(server, 'listening');
      return server;
    } catch (error) {
      const taken = error instanceof Error && 'code' in error && error.code === 'EADDRINUSE';
      if (!taken || port === 0 || attempt === attempts) {
        throw error;
      }
      await new Promise((resolve) => setTimeout(resolve, attemptPauseMs));
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
