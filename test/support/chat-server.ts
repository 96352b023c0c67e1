/**
 * A WebSocket server on the loopback that does what the script of a test says: the smallest thing that the socket
 * probes can be tried on. It speaks the real protocol through the `ws` server, or raw bytes where the script wants to.
 */
import { createServer, type IncomingMessage } from 'node:http';
import { createServer as createTcpServer, type Server } from 'node:net';
import type { Duplex } from 'node:stream';
import { type SecureContext, TLSSocket } from 'node:tls';

import { type WebSocket, WebSocketServer } from 'ws';

import { isJsonObject, type JsonObject, parseJson } from '../../shared/core/body.ts';

export interface ChatClient {
  readonly request: IncomingMessage;
  readonly socket: WebSocket;
  /** The bytes below the protocol. */
  readonly stream: Duplex;
  /** What the client offered, in its order. */
  readonly offered: readonly string[];
  /** The token of the client, from wherever it came; null when it has none. */
  readonly token: string | null;
  send(frame: JsonObject): void;
}

export interface ChatScript {
  /** Answers the request by itself and gives true, or leaves it to the protocol. */
  readonly intercept?: (request: IncomingMessage, stream: Duplex) => boolean;
  /** The subprotocol to choose; false for none. @defaultValue the first one offered */
  readonly select?: (offered: readonly string[]) => string | false;
  /** Further lines of the answer's head, or changes to them. */
  readonly head?: (lines: string[]) => void;
  readonly connected?: (client: ChatClient) => void;
  readonly frame?: (client: ChatClient, frame: JsonObject) => void;
}

export interface ChatServer extends AsyncDisposable {
  readonly url: string;
  readonly clients: readonly ChatClient[];
  /** Every upgrade request so far, refused ones too. */
  readonly requests: readonly IncomingMessage[];
  /** Most sockets that were open at one time. */
  readonly openMax: number;
  /** Connections of which the server does not know that they are closed. */
  openStreams(): number;
}

/** Over TLS where a context with a certificate is given. */
export async function startChatServer(script: ChatScript, secureContext?: SecureContext): Promise<ChatServer> {
  const server = createServer();
  const clients: ChatClient[] = [];
  const requests: IncomingMessage[] = [];
  const streams = new Set<Duplex>();
  let openMax = 0;
  const chat = new WebSocketServer({
    noServer: true,
    handleProtocols: (offered) => (script.select ?? firstOf)([...offered]),
  });
  chat.on('headers', (lines) => script.head?.(lines));
  server.on('connection', (stream: Duplex) => {
    streams.add(stream);
    stream.once('close', () => streams.delete(stream)).on('error', () => {});
  });
  server.on('upgrade', (request, stream, rest) => {
    requests.push(request);
    stream.on('error', () => {});
    if (script.intercept?.(request, stream) === true) {
      return;
    }
    chat.handleUpgrade(request, stream, rest, (socket) => {
      const client = clientOf(request, stream, socket);
      clients.push(client);
      openMax = Math.max(openMax, chat.clients.size);
      socket.on('error', () => {});
      socket.on('message', (data) => {
        const frame = parseJson(Buffer.isBuffer(data) ? data.toString('utf8') : '');
        if (isJsonObject(frame)) {
          script.frame?.(client, frame);
        }
      });
      script.connected?.(client);
    });
  });
  const listening = createTcpServer((socket) => {
    const stream = secureContext === undefined ? socket : new TLSSocket(socket, { isServer: true, secureContext });
    server.emit(
      'connection',
      stream.on('error', () => socket.destroy()),
    );
  });
  const port = await listen(listening);
  return {
    url: `${secureContext === undefined ? 'http' : 'https'}://127.0.0.1:${port}`,
    clients,
    requests,
    get openMax() {
      return openMax;
    },
    openStreams: () => streams.size,
    async [Symbol.asyncDispose]() {
      for (const stream of streams) {
        stream.destroy();
      }
      await new Promise((resolve) => listening.close(resolve));
    },
  };
}

function clientOf(request: IncomingMessage, stream: Duplex, socket: WebSocket): ChatClient {
  const offered = (request.headers['sec-websocket-protocol'] ?? '').split(/, ?/).filter((value) => value !== '');
  const carried = offered.find((value) => value.startsWith('jwt.'))?.slice(4);
  const token =
    /^Bearer (.+)$/.exec(request.headers.authorization ?? '')?.[1] ??
    (carried === undefined ? null : Buffer.from(carried, 'base64url').toString('utf8'));
  return { request, socket, stream, offered, token, send: (frame) => socket.send(JSON.stringify(frame)) };
}

function firstOf(offered: readonly string[]): string | false {
  return offered[0] ?? false;
}

async function listen(server: Server): Promise<number> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  return typeof address === 'object' && address !== null ? address.port : 0;
}

/** The head of an HTTP answer with a body, and the end of the connection. */
export function answerHttp(stream: Duplex, status: number, body: string, headers: readonly string[] = []): boolean {
  const lines = [
    `HTTP/1.1 ${status} Status`,
    'connection: close',
    `content-length: ${Buffer.byteLength(body)}`,
    ...headers,
  ];
  stream.end(`${lines.join('\r\n')}\r\n\r\n${body}`);
  return true;
}
