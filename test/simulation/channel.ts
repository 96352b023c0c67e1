/**
 * Slack in a simulated world: keeps what was posted, refuses in all the ways that Slack does, and now and then takes a
 * message whose answer gets lost. Messages carry their news as JSON, so that the thread can be checked for truth.
 */
import type { Renderer } from '../../shared/run/deliver.ts';
import type { Notification } from '../../shared/core/judge/state.ts';
import type { SlackMessage } from '../../shared/core/message/message.ts';
import type { Delivery, Notifier } from '../../shared/core/ports.ts';
import type { VirtualClock } from './clock.ts';
import type { Random } from './random.ts';
import { covers, type SlackTrouble, type World } from './world.ts';

export interface Posted {
  readonly news: Notification;
  readonly atMs: number;
}

export interface Conversation {
  readonly lane: string;
  readonly channel: string;
  readonly root: Posted;
  readonly replies: readonly Posted[];
  /** What the root shows now. */
  readonly shown: Posted;
}

export interface Channel {
  readonly notifier: Notifier;
  /** Root messages with their threads, oldest first. */
  readonly conversations: () => readonly Conversation[];
  /** Calls whose answer the monitor did not get although the message is there. */
  readonly unanswered: () => number;
}

interface Open {
  readonly lane: string;
  readonly channel: string;
  readonly root: Posted;
  readonly replies: Posted[];
  shown: Posted;
}

/** Shows nothing of the looks, everything of the content. */
export const plainRenderer: Renderer = {
  news: (news) => ({ text: JSON.stringify(news), blocks: [] }),
  root: (news) => ({ text: JSON.stringify(news), blocks: [] }),
};

export function openChannel(world: World, clock: VirtualClock, random: Random): Channel {
  const roots = new Map<string, Open>();
  let count = 0;
  let unanswered = 0;

  async function answer(place: { channel: string; ts: string }, act: () => void): Promise<Delivery> {
    await clock.sleep(random.chance(0.1) ? random.whole(400, 4_900) : random.whole(50, 400));
    const fault =
      world.slack.find((each) => covers(each, clock.nowMs()))?.kind ??
      (clock.nowMs() < world.quietMs ? hiccup(random) : null);
    if (fault === 'ambiguous') {
      if (random.chance(0.5)) {
        act();
        unanswered += 1;
      }
      return refusal('ambiguous');
    }
    if (fault === 'channel' && place.channel !== '#alerts') {
      act();
      return { result: 'accepted', place };
    }
    if (fault !== null) {
      return refusal(fault);
    }
    act();
    return { result: 'accepted', place };
  }

  function refusal(result: Exclude<Delivery['result'], 'accepted'>): Delivery {
    return { result, detail: result, retryAfterMs: result === 'rate_limited' ? random.whole(1, 30) * 1_000 : null };
  }

  const notifier: Notifier = {
    post: (message, { channel, thread }) => {
      count += 1;
      const ts = thread ?? String(count);
      return answer({ channel, ts }, () => {
        const posted = { news: newsIn(message), atMs: clock.nowMs() };
        if (thread === null) {
          roots.set(ts, { lane: posted.news.lane, channel, root: posted, replies: [], shown: posted });
        } else {
          roots.get(thread)?.replies.push(posted);
        }
      });
    },
    update: (message, place) =>
      answer(place, () => {
        const root = roots.get(place.ts);
        if (root !== undefined) {
          root.shown = { news: newsIn(message), atMs: clock.nowMs() };
        }
      }),
  };

  return { notifier, conversations: () => [...roots.values()], unanswered: () => unanswered };
}

/** Slack on a usual day. */
function hiccup(random: Random): SlackTrouble | null {
  return random.chance(0.03) ? random.pick<SlackTrouble>(['unavailable', 'rate_limited', 'ambiguous']) : null;
}

function newsIn({ text }: SlackMessage): Notification {
  const [json] = text.split('\n');
  const news: Notification = JSON.parse(json ?? '');
  return news;
}
