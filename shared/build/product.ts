/**
 * The least of a product that the probes find well, on one local port: a log-in, a health document, a socket that
 * greets, answers a ping and runs an agent. It proves nothing: a run of the functions is rehearsed with it, so that
 * their code is in the code cache.
 */
import { createHash, createHmac, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingMessage } from 'node:http';
import type { Socket } from 'node:net';

/** Key of the product's tokens. */
const key = randomBytes(32).toString('hex');
const user = 'rehearsal';

export interface LocalProduct extends AsyncDisposable {
  /** An environment file, as JSON. */
  readonly environment: string;
  /** What the environment's secrets are. */
  readonly secrets: Readonly<Record<string, string>>;
}

export async function startProduct(): Promise<LocalProduct> {
  const server = createServer((request, response) => {
    request.resume();
    const { status, body } = answerOf(request);
    response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
  });
  const sockets = new Set<Socket>();
  server.on('connection', (socket) => sockets.add(socket.once('close', () => sockets.delete(socket))));
  server.on('upgrade', (request: IncomingMessage, socket: Socket) => upgrade(request, socket));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  return {
    environment: JSON.stringify(environmentAt(`http://127.0.0.1:${port}`)),
    secrets: { REHEARSAL_KEY: randomBytes(32).toString('hex'), REHEARSAL_JWT_SECRET: key },
    [Symbol.asyncDispose]: async () => {
      sockets.forEach((socket) => socket.destroy());
      server.close();
      await once(server, 'close');
    },
  };
}

function environmentAt(url: string) {
  return {
    name: 'rehearsal',
    title: 'Rehearsal',
    services: { auth: { url }, backend: { url } },
    steps: {
      auth: {
        login: { kind: 'synthetic_user', keySecret: 'REHEARSAL_KEY', email: 'golden-path@example.com' },
        token: { verification: { kind: 'shared_secret', secret: 'REHEARSAL_JWT_SECRET' } },
        protectedResource: {},
      },
      health: { documents: [{ id: 'backend', service: 'backend', path: '/health', statusPath: 'status' }] },
      websocket: { welcomeMsMax: 1_000, pongMsMax: 1_000 },
      agent: { fakedRunMsMax: 0 },
    },
    policy: { confirmAfterMs: 0 },
  };
}

function answerOf({ url, headers }: IncomingMessage): { status: number; body: unknown } {
  if (url?.includes('test-auth') === true) {
    return { status: 200, body: { access_token: token(), expires_in: 900, user: { id: user } } };
  }
  if (url === '/health') {
    return { status: 200, body: { status: 'healthy' } };
  }
  const presented = headers.authorization?.replace('Bearer ', '') ?? '';
  return isGenuine(presented) ? { status: 200, body: { user_id: user } } : { status: 401, body: { detail: 'no' } };
}

function token(): string {
  const nowSeconds = Math.floor(Date.now() / 1_000);
  const claims = {
    sub: user,
    iss: 'netra-auth-service',
    aud: 'netra-platform',
    jti: 'one',
    email: 'golden-path@example.com',
  };
  const parts = [
    { alg: 'HS256', typ: 'JWT' },
    { ...claims, iat: nowSeconds, exp: nowSeconds + 900 },
  ];
  const signed = parts.map((part) => Buffer.from(JSON.stringify(part)).toString('base64url')).join('.');
  return `${signed}.${createHmac('sha256', key).update(signed).digest('base64url')}`;
}

function isGenuine(presented: string): boolean {
  const [header = '', claims = '', signature] = presented.split('.');
  return createHmac('sha256', key).update(`${header}.${claims}`).digest('base64url') === signature;
}

/** RFC 6455, section 4.2.2. */
function upgrade(request: IncomingMessage, socket: Socket): void {
  socket.on('error', () => socket.destroy());
  const [plain = '', withToken = ''] = (request.headers['sec-websocket-protocol'] ?? '').split(/, */);
  if (!isGenuine(Buffer.from(withToken.replace('jwt.', ''), 'base64url').toString())) {
    socket.end('HTTP/1.1 401 Unauthorized\r\nContent-Length: 0\r\n\r\n');
    return;
  }
  const nonce = `${request.headers['sec-websocket-key']}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`;
  const accept = createHash('sha1').update(nonce).digest('base64');
  const head = ['HTTP/1.1 101 Switching Protocols', 'Upgrade: websocket', 'Connection: Upgrade'];
  const chosen = [`Sec-WebSocket-Accept: ${accept}`, `Sec-WebSocket-Protocol: ${plain}`];
  socket.write(`${[...head, ...chosen].join('\r\n')}\r\n\r\n`);
  socket.write(frame({ type: 'connection_established', user_id: user }));
  socket.on('data', (bytes: Buffer) => reply(bytes, socket));
}

/** Every small frame of a client comes in one piece on the loopback; that is enough here. */
function reply(bytes: Buffer, socket: Socket): void {
  const text = unmasked(bytes);
  if (text === null) {
    socket.end(Buffer.from([0x88, 0]));
  } else if (text.includes('"ping"')) {
    socket.write(frame({ type: 'pong' }));
  } else if (text.includes('start_agent')) {
    const run = { user_id: user, run_id: 'run', thread_id: 'thread', agent_name: 'supervisor' };
    for (const type of ['agent_started', 'agent_thinking', 'agent_completed']) {
      socket.write(frame({ type, payload: { ...run, result: 'an answer' } }));
    }
  }
}

function frame(message: unknown): Buffer {
  const text = Buffer.from(JSON.stringify(message));
  const length = text.length < 126 ? [text.length] : [126, text.length >> 8, text.length & 0xff];
  return Buffer.concat([Buffer.from([0x81, ...length]), text]);
}

/** The text of a masked frame (RFC 6455, section 5.2); null when it is no text. */
function unmasked(bytes: Buffer): string | null {
  const short = (bytes[1] ?? 0) & 0x7f;
  const maskAt = short === 126 ? 4 : 2;
  const mask = bytes.subarray(maskAt, maskAt + 4);
  const text = bytes.subarray(maskAt + 4).map((byte, index) => byte ^ (mask[index % 4] ?? 0));
  return bytes[0] === 0x81 ? Buffer.from(text).toString() : null;
}
