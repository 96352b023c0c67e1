/** A healthy chat server in the product's words, the probe on it, and its findings in a form that tests can compare. */
import { probeWebsocket } from '../../functions/websocket/probe.ts';
import type { JsonObject } from '../../shared/core/body.ts';
import type { Measurement } from '../../shared/core/outcome.ts';
import { type ChatClient, type ChatScript, startChatServer } from './chat-server.ts';
import { isGenuine, socketContext, type SocketEnvironment, subject } from './socket-environment.ts';

/** Our user as the server shows him to his own client. */
export const shownUser = `${subject.slice(0, 8)}...`;

export const welcomeFrame = {
  type: 'connection_established',
  data: { mode: 'main', user_id: shownUser, connection_id: 'main_1' },
};

/** Turns a client away whose token is not genuine, in the product's way. */
export function authenticate(client: ChatClient): boolean {
  if (isGenuine(client.token)) {
    return true;
  }
  client.send({
    type: 'error_message',
    error_code: 'AUTH_FAILED',
    error_message: 'Authentication failed',
    details: {},
  });
  client.socket.close(1008, 'Authentication failed');
  return false;
}

/** Greets a genuine client with these frames. */
export function greeting(...frames: readonly JsonObject[]): (client: ChatClient) => void {
  return (client) => {
    if (authenticate(client)) {
      for (const frame of frames) {
        client.send(frame);
      }
    }
  };
}

export function answerPing(client: ChatClient, frame: JsonObject): void {
  if (frame['type'] === 'ping') {
    client.send({ type: 'pong', data: { timestamp: 1, user_id: shownUser } });
  }
}

export const healthySocket: ChatScript = { connected: greeting(welcomeFrame), frame: answerPing };

export type SocketSettings = Omit<SocketEnvironment, 'url'>;

export async function probeSocket(script: ChatScript, settings: SocketSettings = {}): Promise<Measurement> {
  await using server = await startChatServer(script);
  using context = socketContext({ url: server.url, ...settings });
  return await probeWebsocket(context);
}

/** Check ids with their reasons; those that passed without a word are left out. */
export function reasons({ checks }: Measurement): Record<string, string | null> {
  return Object.fromEntries(checks.filter(({ reason }) => reason !== null).map(({ id, reason }) => [id, reason]));
}

export function checkIds({ checks }: Measurement): readonly string[] {
  return checks.map(({ id }) => id);
}
