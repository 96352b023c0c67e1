/** Servers on 127.0.0.1 that misbehave as a test tells them to; disposing one closes it with all its sockets. */
import { once } from 'node:events';
import { createServer as createHttpServer, type IncomingMessage, type RequestListener, type Server } from 'node:http';
import { createServer as createTcpServer, type Server as TcpServer, type Socket } from 'node:net';
import { type SecureContext, TLSSocket } from 'node:tls';

export interface LoopbackServer extends AsyncDisposable {
  readonly port: number;
  /** `http://127.0.0.1:port`, or `https://localhost:port`. */
  readonly origin: string;
  /** Sockets that are open at this moment. */
  openSockets(): number;
  /** Resolves when every socket of the server is closed. */
  quiet(): Promise<void>;
}

/** A server that gets each bare connection. */
export function tcpServer(onConnection: (socket: Socket) => void): Promise<LoopbackServer> {
  return started(createTcpServer(onConnection), 'http://127.0.0.1');
}

/** A server that answers the first bytes of each connection with this text and then does as told. */
export function rawServer(answer: string | Buffer, then: (socket: Socket) => void = () => {}): Promise<LoopbackServer> {
  return tcpServer((socket) => {
    socket.on('error', () => socket.destroy());
    socket.once('data', () => {
      if (answer.length === 0) {
        then(socket);
      } else {
        socket.write(answer, () => then(socket));
      }
    });
  });
}

/** Answers a request, at once or later. */
type HttpAnswer = (...request: Parameters<RequestListener>) => void | Promise<void>;

export function httpServer(onRequest: HttpAnswer): Promise<LoopbackServer> {
  return started(
    createHttpServer((...request) => void onRequest(...request)),
    'http://127.0.0.1',
  );
}

/** Presents the certificate of the context, whatever name the client asks for; begins the handshake after the delay. */
export function httpsServer(
  secureContext: SecureContext,
  onRequest: RequestListener,
  handshakeDelayMs = 0,
): Promise<LoopbackServer> {
  const http = createHttpServer(onRequest);
  const listening = createTcpServer({ pauseOnConnect: true }, (socket) => {
    setTimeout(() => {
      const secured = new TLSSocket(socket, { isServer: true, secureContext });
      secured.on('error', () => socket.destroy());
      http.emit('connection', secured);
    }, handshakeDelayMs);
  });
  return started(listening, 'https://localhost');
}

/** The whole body of a request as text. */
export async function bodyOf(request: IncomingMessage): Promise<string> {
  let body = '';
  for await (const chunk of request) {
    body += String(chunk);
  }
  return body;
}

async function started(server: TcpServer | Server, scheme: string): Promise<LoopbackServer> {
  const sockets = new Set<Socket>();
  server.on('connection', (socket: Socket) => {
    sockets.add(socket);
    socket.on('error', () => socket.destroy());
    socket.once('close', () => sockets.delete(socket));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') {
    throw new Error('the server has no port');
  }
  return {
    port: address.port,
    origin: `${scheme}:${address.port}`,
    openSockets: () => sockets.size,
    async quiet() {
      await Promise.all(Array.from(sockets, (socket) => new Promise((resolve) => socket.once('close', resolve))));
    },
    async [Symbol.asyncDispose]() {
      for (const socket of sockets) {
        socket.destroy();
      }
      server.close();
      await once(server, 'close');
    },
  };
}
