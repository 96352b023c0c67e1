/**
 * A Slack for laptops and tests: the part of the Web API that the monitor uses, over real HTTP on 127.0.0.1, as strict
 * as the real one, with every way of failing on request. Keeps what it is sent in memory, bounded.
 */
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';

import { Secret } from '../../core/secret.ts';
import { type Channels, channelText, type LocalMessage, openChannels } from './channels.ts';
import { type FaultQueue, type FaultTiming, isStored, openFaultQueue, show, type SlackFault } from './faults.ts';
import { answer, type SlackRequest } from './methods.ts';

export interface LocalSlackOptions {
  /** 0: any free one. */
  readonly port?: number;
  /** The channels that there are, by `#name` or id; left out: any that is asked for. */
  readonly channels?: readonly string[];
  readonly scopes?: readonly string[];
}

export interface LocalSlack extends AsyncDisposable {
  /** For `SLACK_API_URL`. */
  readonly url: string;
  /** The only token that is accepted; made at start. */
  readonly token: Secret;
  /** Everything in the channels as it stands, oldest first. */
  messages(): readonly LocalMessage[];
  /** Calls back for each message that is posted or edited, until the returned function is called. */
  onMessage(listener: (message: LocalMessage) => void): () => void;
  /** The next request fails in this way, or as many and as late ones as are asked for. */
  fail(fault: SlackFault, timing?: FaultTiming): void;
  /** Ends all faults that were asked for. */
  mend(): void;
  /** Methods that were called so far, in their order. */
  calls(): readonly string[];
  channelAsText(channel: string): string;
  /** The name of a channel by its id, without `#`. */
  nameOf(channelId: string): string;
  close(): Promise<void>;
}

const bodyBytesMax = 256 * 1_024;
const callsMax = 1_000;

interface Workspace {
  readonly token: Secret;
  readonly scopes: readonly string[];
  readonly channels: Channels;
  readonly faults: FaultQueue;
  readonly listeners: Set<(message: LocalMessage) => void>;
  /** Methods that were called, oldest first. */
  readonly calls: string[];
}

export async function startSlackServer(options: LocalSlackOptions = {}): Promise<LocalSlack> {
  const workspace: Workspace = {
    token: new Secret(`xoxb-local-${randomUUID()}`),
    scopes: options.scopes ?? ['chat:write', 'chat:write.public'],
    channels: openChannels(options.channels ?? null),
    faults: openFaultQueue(),
    listeners: new Set(),
    calls: [],
  };
  const server = createServer((request, response) => {
    serve(workspace, request, response).catch(() => response.destroy());
  });
  server.listen(options.port ?? 0, '127.0.0.1');
  await once(server, 'listening');
  return handleOf(workspace, server);
}

function handleOf({ token, channels, faults, listeners, calls }: Workspace, server: Server): LocalSlack {
  const close = async (): Promise<void> => {
    if (!server.listening) {
      return;
    }
    server.closeAllConnections();
    server.close();
    await once(server, 'close');
  };
  return {
    url: `http://127.0.0.1:${portOf(server)}/api/`,
    token,
    messages: () => channels.messages(),
    onMessage: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    fail: (fault, timing = {}) => faults.add(fault, timing),
    mend: () => faults.clear(),
    calls: () => [...calls],
    channelAsText: (channel) => {
      const id = channels.idOf(channel);
      const inside = channels.messages().filter((message) => message.channel === id);
      return channelText(id === null ? channel : channels.nameOf(id), inside);
    },
    nameOf: (channelId) => channels.nameOf(channelId),
    close,
    [Symbol.asyncDispose]: close,
  };
}

async function serve(workspace: Workspace, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const asked = await readRequest(request);
  if (asked === null) {
    response.writeHead(413).end();
    return;
  }
  const { calls, faults, token, channels, listeners, scopes } = workspace;
  calls.push(asked.method);
  calls.splice(0, calls.length - callsMax);
  const fault = faults.take();
  if (fault !== null && !isStored(fault)) {
    show(fault, response);
    return;
  }
  const { body, message } = answer(asked, { token, channels, nowMs: Date.now() });
  if (message !== null) {
    listeners.forEach((listener) => listener(message));
  }
  if (fault !== null) {
    show(fault, response);
    return;
  }
  response.writeHead(200, { 'content-type': 'application/json; charset=utf-8', 'x-oauth-scopes': scopes.join(',') });
  response.end(JSON.stringify(body));
}

function portOf(server: Server): number {
  const address = server.address();
  if (address === null || typeof address === 'string') {
    throw new Error('the server has no port');
  }
  return address.port;
}

/** The method and its arguments; null when the body is larger than any message. */
async function readRequest(request: IncomingMessage): Promise<SlackRequest | null> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of request) {
    const part: Buffer = Buffer.from(chunk);
    bytes += part.length;
    if (bytes > bodyBytesMax) {
      return null;
    }
    chunks.push(part);
  }
  const args = new URLSearchParams(Buffer.concat(chunks).toString('utf8'));
  const bearer = /^Bearer (.+)$/.exec(request.headers.authorization ?? '')?.[1];
  const method = new URL(request.url ?? '/', 'http://localhost').pathname.replace(/^\/api\//, '');
  return { method, args: Object.fromEntries(args), token: bearer ?? args.get('token') };
}
