/** The channels of a local Slack: messages with their threads and edits, bounded, and shown as text for a terminal. */
import type { Block } from '../../core/message/message.ts';
import { previewLines } from '../../core/message/preview.ts';
import { clockUtc } from '../../core/time.ts';

export interface MessageVersion {
  readonly atMs: number;
  readonly text: string;
  readonly blocks: readonly Block[];
}

export interface LocalMessage extends MessageVersion {
  readonly channel: string;
  readonly ts: string;
  /** The root message above it; null when it is one. */
  readonly threadTs: string | null;
  /** A reply that is shown in the channel as well. */
  readonly broadcast: boolean;
  readonly permalink: string;
  /** What it said before, oldest first. */
  readonly edits: readonly MessageVersion[];
}

export interface Channels {
  /** The id of a channel, by its id or its name; null when there is none. */
  idOf(channel: string): string | null;
  nameOf(id: string): string;
  add(message: NewMessage): LocalMessage;
  find(channelId: string, ts: string): LocalMessage | null;
  edit(message: LocalMessage, version: MessageVersion): LocalMessage;
  /** Oldest first. */
  messages(): readonly LocalMessage[];
}

export type NewMessage = MessageVersion & Pick<LocalMessage, 'channel' | 'threadTs' | 'broadcast'>;

/** Beyond these the oldest goes. */
const messagesMax = 1_000;
const editsMax = 20;

/** `names`: the channels that there are; null: any that is asked for, as it is handier on a laptop. */
export function openChannels(names: readonly string[] | null): Channels {
  const ids = new Map<string, string>();
  const isKnown = (channel: string): boolean => names === null || names.includes(channel);
  const messages = new Map<string, LocalMessage>();
  let count = 0;

  function idOf(channel: string): string | null {
    if (/^[CG][A-Z0-9]{8,}$/.test(channel)) {
      return isKnown(channel) || [...ids.values()].includes(channel) ? channel : null;
    }
    const name = channel.replace(/^#/, '');
    if (name === '' || !isKnown(`#${name}`)) {
      return null;
    }
    const id = ids.get(name) ?? `C0LOCAL${String(ids.size + 1).padStart(3, '0')}`;
    ids.set(name, id);
    return id;
  }

  function keep(message: LocalMessage): LocalMessage {
    messages.set(message.ts, message);
    const [oldest] = messages.keys();
    if (messages.size > messagesMax && oldest !== undefined) {
      messages.delete(oldest);
    }
    return message;
  }

  return {
    idOf,
    nameOf: (id) => [...ids].find(([, known]) => known === id)?.[0] ?? id,
    add: (message) => {
      count += 1;
      const ts = `${Math.floor(message.atMs / 1_000)}.${String(count).padStart(6, '0')}`;
      const permalink = `https://local.slack.invalid/archives/${message.channel}/p${ts.replace('.', '')}`;
      return keep({ ...message, ts, permalink, edits: [] });
    },
    find: (channelId, ts) => {
      const message = messages.get(ts);
      return message?.channel === channelId ? message : null;
    },
    edit: (message, version) => {
      const { atMs, text, blocks } = message;
      return keep({ ...message, ...version, edits: [...message.edits, { atMs, text, blocks }].slice(-editsMax) });
    },
    messages: () => [...messages.values()],
  };
}

/** A channel as a terminal can show it: roots in their order, each with its thread below. */
export function channelText(name: string, messages: readonly LocalMessage[]): string {
  const roots = messages.filter(({ threadTs }) => threadTs === null);
  return [`#${name}`, ...roots.flatMap((root) => threadLines(root, messages))].join('\n');
}

function threadLines(root: LocalMessage, messages: readonly LocalMessage[]): readonly string[] {
  const replies = messages.filter(({ threadTs }) => threadTs === root.ts);
  return messageLines(root, '').concat(replies.flatMap((reply) => messageLines(reply, '    ')));
}

function messageLines(message: LocalMessage, indent: string): readonly string[] {
  const edited = message.edits.length === 0 ? '' : ` (edited ${clockUtc(message.atMs)})`;
  const postedMs = message.edits[0]?.atMs ?? message.atMs;
  const mark = message.threadTs === null ? '●' : message.broadcast ? '↳ (also in the channel)' : '↳';
  return [
    '',
    `${indent}${mark} ${clockUtc(postedMs)}${edited}`,
    ...previewLines(message).map((line) => `${indent}  ${line}`.trimEnd()),
  ];
}
