/**
 * Delivers messages to Slack and tells honestly how it went. Repeats a call at most once, and only when nothing can
 * have arrived. Loads the client at the first message, never before.
 */
import { setTimeout as wait } from 'node:timers/promises';

import { cutMarkup, slackLimits } from '../core/message/limits.ts';
import type { SlackMessage } from '../core/message/message.ts';
import { type DeliveryFailure, failureOf, isContentFailure } from '../core/message/slack-errors.ts';
import type { Delivery, Notifier } from '../core/ports.ts';
import type { Secret } from '../core/secret.ts';
import { type Answer, type Arguments, type CallSlack, openSlackApi, scopesOf } from './slack-api.ts';

export interface NotifierOptions {
  /** Bot token, with the scope `chat:write`; a function where it may be another one later. */
  readonly token: Secret | (() => Secret);
  /** Base address of the Web API; Slack's own when left out. */
  readonly apiUrl?: string | undefined;
  /** Time for one call, from connecting to the last byte of the answer; 5,000 when left out. */
  readonly timeoutMs?: number;
}

/** Who posts, as Slack sees the token. */
export interface SlackIdentity {
  readonly result: 'accepted';
  readonly team: string;
  readonly user: string;
  readonly scopes: readonly string[];
}

export interface SlackNotifier extends Notifier {
  /** Asks Slack whose token this is. */
  identify(): Promise<SlackIdentity | DeliveryFailure>;
}

/** A run has no time for more: it ends soon after its message. */
const timeoutMsDefault = 5_000;

/** Longest wait after which a call is repeated at once; everything else is for the next run. */
const ownWaitMsMax = 1_000;
const refusedWaitMs = 200;

/** Slack adds nothing of its own to a message: no previews, no links and mentions but those that are written as such. */
const quiet = { unfurl_links: false, unfurl_media: false, parse: 'none', link_names: false } as const;

export function openNotifier(options: NotifierOptions): SlackNotifier {
  let opened: { readonly token: Secret; readonly api: Promise<CallSlack> } | null = null;

  /** A token that was rotated gets a client of its own. */
  function api(): Promise<CallSlack> {
    const token = typeof options.token === 'function' ? options.token() : options.token;
    if (opened?.token !== token) {
      opened = { token, api: openSlackApi({ timeoutMs: timeoutMsDefault, ...options, token }) };
    }
    return opened.api;
  }

  async function call(method: string, args: Arguments): Promise<Answer | DeliveryFailure> {
    const callSlack = await api();
    const answer = await callSlack(method, args);
    const waitMs = isFailure(answer) ? ownWaitMs(answer) : null;
    if (waitMs === null) {
      return answer;
    }
    await wait(waitMs);
    return callSlack(method, args);
  }

  /** A message whose form is refused is sent once more as text alone: better plain than not at all. */
  async function deliver(method: string, message: SlackMessage, args: Arguments): Promise<Delivery> {
    const delivery = placeIn(await call(method, { ...args, ...quiet, text: message.text, blocks: message.blocks }));
    if (delivery.result !== 'invalid' || !isContentFailure(delivery)) {
      return delivery;
    }
    // An edit keeps the blocks that it does not replace.
    const noBlocks = method === 'chat.update' ? { blocks: [] } : {};
    const text = cutMarkup(message.text, slackLimits.text);
    return placeIn(await call(method, { ...args, ...quiet, ...noBlocks, text }));
  }

  return {
    post: (message, { channel, thread, broadcast }) =>
      deliver('chat.postMessage', message, {
        channel,
        ...(thread !== null && { thread_ts: thread, reply_broadcast: broadcast }),
      }),
    update: (message, { channel, ts }) => deliver('chat.update', message, { channel, ts }),
    identify: async () => {
      const answer = await call('auth.test', {});
      return isFailure(answer)
        ? answer
        : { result: 'accepted', team: name(answer['team']), user: name(answer['user']), scopes: scopesOf(answer) };
    },
  };
}

function ownWaitMs({ detail, retryAfterMs }: DeliveryFailure): number | null {
  if (detail === 'connection_refused') {
    return refusedWaitMs;
  }
  return detail === 'ratelimited' && retryAfterMs !== null && retryAfterMs <= ownWaitMsMax ? retryAfterMs : null;
}

/** No answer of Slack's has this key. */
function isFailure(answer: Answer | DeliveryFailure): answer is DeliveryFailure {
  return 'retryAfterMs' in answer;
}

/** An answer that says yes and not where is as good as none. */
function placeIn(answer: Answer | DeliveryFailure): Delivery {
  if (isFailure(answer)) {
    return answer;
  }
  const { channel, ts } = answer;
  return typeof channel === 'string' && typeof ts === 'string'
    ? { result: 'accepted', place: { channel, ts } }
    : failureOf('no_answer');
}

function name(value: unknown): string {
  return typeof value === 'string' ? value.slice(0, 80) : 'unknown';
}
