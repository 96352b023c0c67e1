/**
 * A port whose queue of waiting connections is full, so that the kernel drops every further SYN: a real connect
 * timeout without any privilege. A thread listens and then sleeps, so that nothing is ever accepted.
 */
import { connect, type Socket } from 'node:net';
import { Worker } from 'node:worker_threads';

/** A backlog of 1 lets two connections in; the others only make sure. */
const fillers = 4;

/** How long the fillers get to take their places; loopback needs well under a millisecond. */
const settleMs = 50;

export interface FullQueue {
  close(): Promise<void>;
}

/** Never returns to its event loop after listening, until it is terminated. */
const sleeper = `
  const { createServer } = require('node:net');
  const { parentPort, workerData } = require('node:worker_threads');
  const server = createServer();
  server.once('error', (error) => { throw error; });
  server.listen({ port: workerData.port, host: '127.0.0.1', backlog: 1 }, () => {
    parentPort.postMessage('listening');
    setImmediate(() => Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0));
  });
`;

export async function fillQueue(port: number): Promise<FullQueue> {
  const worker = new Worker(sleeper, { eval: true, workerData: { port } });
  await new Promise<void>((resolve, reject) => {
    worker.once('message', () => resolve());
    worker.once('error', reject);
  });
  const sockets = Array.from({ length: fillers }, () => filler(port));
  await new Promise((resolve) => setTimeout(resolve, settleMs));
  return {
    async close() {
      for (const socket of sockets) {
        socket.destroy();
      }
      await worker.terminate();
    },
  };
}

function filler(port: number): Socket {
  const socket = connect({ port, host: '127.0.0.1' });
  socket.on('error', () => socket.destroy());
  socket.unref();
  return socket;
}
