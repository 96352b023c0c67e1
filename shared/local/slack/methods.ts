/** The methods of the Web API that are known here: `chat.postMessage`, `chat.update`, `chat.getPermalink`, `auth.test`. */
import type { Block } from '../../core/message/message.ts';
import type { Secret } from '../../core/secret.ts';
import type { Channels, LocalMessage, MessageVersion } from './channels.ts';
import { parseJson, refusalOf } from './rules.ts';

export interface SlackRequest {
  readonly method: string;
  readonly args: Readonly<Record<string, string>>;
  readonly token: string | null;
}

export interface SlackWorld {
  readonly token: Secret;
  readonly channels: Channels;
  readonly nowMs: number;
}

export interface SlackAnswer {
  readonly body: Readonly<Record<string, unknown>>;
  /** The message that was posted or edited, if one was. */
  readonly message: LocalMessage | null;
}

export function answer(request: SlackRequest, world: SlackWorld): SlackAnswer {
  if (request.token === null) {
    return refused('not_authed');
  }
  if (request.token !== world.token.reveal()) {
    return refused('invalid_auth');
  }
  switch (request.method) {
    case 'auth.test':
      return said({ team: 'Local Slack', user: 'golden-path', team_id: 'T0LOCAL', user_id: 'U0LOCAL' });
    case 'chat.postMessage':
      return post(request, world);
    case 'chat.update':
      return update(request, world);
    case 'chat.getPermalink':
      return permalink(request, world);
    default:
      return refused('unknown_method');
  }
}

function post({ args }: SlackRequest, { channels, nowMs }: SlackWorld): SlackAnswer {
  const channel = channels.idOf(args['channel'] ?? '');
  if (channel === null) {
    return refused('channel_not_found');
  }
  const threadTs = args['thread_ts'] ?? null;
  if (threadTs !== null && channels.find(channel, threadTs) === null) {
    return refused('thread_not_found');
  }
  const version = versionIn(args, nowMs);
  if ('error' in version) {
    return refused(version.error, version.messages);
  }
  const broadcast = threadTs !== null && args['reply_broadcast'] === 'true';
  return stored(channels.add({ ...version, channel, threadTs, broadcast }));
}

/** Takes an id only, never a name; blocks that are not sent stay as they were. */
function update({ args }: SlackRequest, { channels, nowMs }: SlackWorld): SlackAnswer {
  const channel = args['channel'] ?? '';
  if (channels.idOf(channel) !== channel) {
    return refused('channel_not_found');
  }
  const message = channels.find(channel, args['ts'] ?? '');
  if (message === null) {
    return refused('message_not_found');
  }
  const version = versionIn(args, nowMs);
  if ('error' in version) {
    return refused(version.error, version.messages);
  }
  const blocks = args['blocks'] === undefined ? message.blocks : version.blocks;
  return stored(channels.edit(message, { ...version, blocks }));
}

function permalink({ args }: SlackRequest, { channels }: SlackWorld): SlackAnswer {
  const message = channels.find(args['channel'] ?? '', args['message_ts'] ?? '');
  return message === null
    ? refused('message_not_found')
    : said({ channel: message.channel, permalink: message.permalink });
}

function versionIn(
  args: SlackRequest['args'],
  atMs: number,
): MessageVersion | NonNullable<ReturnType<typeof refusalOf>> {
  const text = args['text'] ?? '';
  const blocksJson = args['blocks'] ?? null;
  return refusalOf({ text, blocksJson }) ?? { atMs, text, blocks: blocksIn(blocksJson) };
}

function blocksIn(json: string | null): readonly Block[] {
  const blocks: unknown = json === null ? [] : parseJson(json);
  return isBlocks(blocks) ? blocks : [];
}

/** Only what the rules have accepted comes here, and they accept no other kinds of blocks. */
function isBlocks(value: unknown): value is readonly Block[] {
  return Array.isArray(value);
}

function stored(message: LocalMessage): SlackAnswer {
  const { channel, ts, text, blocks, threadTs } = message;
  const shown = {
    type: 'message',
    user: 'U0LOCAL',
    ts,
    text,
    blocks,
    ...(threadTs !== null && { thread_ts: threadTs }),
  };
  return { body: { ok: true, channel, ts, text, message: shown }, message };
}

function said(body: Readonly<Record<string, unknown>>): SlackAnswer {
  return { body: { ok: true, ...body }, message: null };
}

function refused(error: string, messages: readonly string[] = []): SlackAnswer {
  return { body: { ok: false, error, ...(messages.length > 0 && { response_metadata: { messages } }) }, message: null };
}
