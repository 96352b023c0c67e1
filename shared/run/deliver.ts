/**
 * Delivers what the outbox holds, one instance at a time. The facts are in the store before Slack hears of them, and what
 * was told is written after Slack accepted it: a crash in between can tell a thing twice, none can lose it.
 */
import type { Environment, SlackSettings } from '../core/environment/definition.ts';
import {
  channelOf,
  clearDeliveryTrouble,
  isStubborn,
  markRefused,
  markTold,
  present,
  raiseDeliveryTrouble,
  type Refused,
} from '../core/judge/delivery.ts';
import { due, takeLease } from '../core/judge/outbox.ts';
import type { EnvironmentRecord, MessagePlace, Notification, OutboxEntry } from '../core/judge/state.ts';
import { context } from '../core/message/limits.ts';
import type { SlackMessage } from '../core/message/message.ts';
import type { Delivery, Notifier, StateStore } from '../core/ports.ts';
import { secondMs } from '../core/time.ts';
import { changeEnvironment } from './state-access.ts';

/** How news becomes messages; bound to the environment by whoever calls. */
export interface Renderer {
  /** The news itself, as a reply in its conversation. */
  readonly news: (news: Notification, nowMs: number) => SlackMessage;
  /** The root message of the conversation as it stands with this news. */
  readonly root: (news: Notification, nowMs: number) => SlackMessage;
}

export interface DeliverInput {
  readonly store: StateStore;
  readonly notifier: Notifier;
  readonly render: Renderer;
  readonly settings: Environment;
  readonly nowMs: () => number;
  /** Names this run among all instances and runs. */
  readonly holder: string;
  /** Time after which no other message is begun; `deliverBudgetMs` when left out. */
  readonly budgetMs?: number;
}

export interface DeliveryReport {
  /**
   * `idle`: nothing was due. `leased`: another run is at it. `contended`: the store could not be written.
   * `unfinished`: the time of the run was over; what became of the last message is not known.
   */
  readonly status: 'idle' | 'leased' | 'contended' | 'unfinished' | 'delivered';
  /** Ids of what Slack accepted and the store knows as told. */
  readonly told: readonly string[];
  /** Ids of what Slack accepted and the store does not know of: it will be told again. */
  readonly unrecorded: readonly string[];
  readonly refused: readonly { readonly id: string; readonly result: Refused['result']; readonly detail: string }[];
  /** Messages that are still waiting. */
  readonly waiting: number;
}

/** Time for all messages of one run, after which the rest is left to the next run. */
export const deliverBudgetMs = 15 * secondMs;

/** Longer than the budget and the calls that may be under way when it ends, or two runs could be at it at once. */
export const leaseMs = 60 * secondMs;

const entriesMax = 12;

export async function deliver(input: DeliverInput): Promise<DeliveryReport> {
  const { slack } = input.settings;
  if (slack === undefined) {
    return report('idle', null);
  }
  const startMs = input.nowMs();
  let leased = true;
  const taken = await changeEnvironment(input, (record) => {
    const next = takeLease(record, { holder: input.holder, untilMs: startMs + leaseMs }, startMs);
    leased = next === 'leased';
    return typeof next === 'string' ? null : next;
  });
  if (taken.result !== 'changed') {
    return report(taken.result === 'contended' ? 'contended' : leased ? 'leased' : 'idle', taken.record);
  }
  return work(input, slack, taken.record);
}

interface Progress {
  readonly told: string[];
  readonly unrecorded: string[];
  readonly refused: { id: string; result: Refused['result']; detail: string }[];
}

async function work(input: DeliverInput, slack: SlackSettings, taken: EnvironmentRecord): Promise<DeliveryReport> {
  const endMs = input.nowMs() + (input.budgetMs ?? deliverBudgetMs);
  const progress: Progress = { told: [], unrecorded: [], refused: [] };
  let record = taken;
  for (let tried = 0; tried < entriesMax; tried += 1) {
    const [entry] = due(record.outbox, input.nowMs());
    if (entry === undefined || input.nowMs() >= endMs || record.lease?.holder !== input.holder) {
      break;
    }
    const sent = await send(entry, record, { input, slack });
    const settled = await settle({ input, slack }, entry, sent);
    if (sent.refused === null) {
      (settled === null ? progress.unrecorded : progress.told).push(entry.notification.id);
    } else {
      progress.refused.push({ id: entry.notification.id, result: sent.refused.result, detail: sent.refused.detail });
    }
    if (settled === null) {
      return { ...report('contended', record), ...progress };
    }
    record = settled;
    if (sent.refused?.result === 'credential') {
      break;
    }
  }
  const released = await changeEnvironment(input, (latest) =>
    latest.lease?.holder === input.holder ? { ...latest, lease: null } : null,
  );
  return { ...report('delivered', released.record), ...progress };
}

function report(status: DeliveryReport['status'], record: EnvironmentRecord | null): DeliveryReport {
  return { status, told: [], unrecorded: [], refused: [], waiting: record?.outbox.length ?? 0 };
}

/** Writes down how it went; null when the store would not have it. */
async function settle({ input, slack }: Way, entry: OutboxEntry, sent: Sent): Promise<EnvironmentRecord | null> {
  const nowMs = input.nowMs();
  const { refused, place } = sent;
  // What becomes of a message to the monitor's channel says nothing of the one for incidents.
  const forIncidents = channelOf(entry.notification, slack) === slack.channel;
  const settled = await changeEnvironment(input, (record) => {
    if (refused === null) {
      const told = markTold(record, entry, place);
      return forIncidents ? clearDeliveryTrouble(told, input.settings, nowMs) : told;
    }
    const kept = markRefused(record, entry, { refused, nowMs });
    const lasting = isStubborn(refused) || entry.attempts + 1 >= input.settings.policy.monitorTroubleRuns;
    return forIncidents && lasting ? raiseDeliveryTrouble(kept, input.settings, { refused, nowMs }) : kept;
  });
  return settled.result === 'changed' ? settled.record : null;
}

interface Sent {
  readonly refused: Refused | null;
  /** Where the root message is. */
  readonly place: MessagePlace | null;
}

interface Way {
  readonly input: DeliverInput;
  readonly slack: SlackSettings;
}

/** The first message of a conversation is its root; later ones bring the root up to date and reply in its thread. */
async function send(entry: OutboxEntry, record: EnvironmentRecord, way: Way): Promise<Sent> {
  const { notification } = entry;
  const place = record.places[notification.lane];
  if (place === undefined) {
    return sendRoot(entry, record, way);
  }
  if (notification.kind !== 'health_contradiction') {
    const root = await call(() =>
      way.input.notifier.update(rendered('root', present(notification, record), way), place),
    );
    if (root.result === 'invalid') {
      // Someone has removed the root message: the conversation begins again.
      return sendRoot(entry, record, way);
    }
    if (root.result !== 'accepted') {
      return { refused: root, place };
    }
  }
  const broadcast = notification.kind === 'resolved' && way.slack.broadcastResolved;
  const reply = await post(entry, rendered('news', notification, way), {
    to: { channel: place.channel, thread: place.ts, broadcast },
    way,
  });
  return { refused: reply.result === 'accepted' ? null : reply, place };
}

async function sendRoot(entry: OutboxEntry, record: EnvironmentRecord, way: Way): Promise<Sent> {
  const message = rendered('root', present(entry.notification, record), way);
  const to = { channel: channelOf(entry.notification, way.slack), thread: null, broadcast: false };
  const posted = await post(entry, message, { to, way });
  return posted.result === 'accepted' ? { refused: null, place: posted.place } : { refused: posted, place: null };
}

type Destination = Parameters<Notifier['post']>[1];

async function post(
  entry: OutboxEntry,
  message: SlackMessage,
  { to, way }: { readonly to: Destination; readonly way: Way },
): Promise<Delivery> {
  return call(() => way.input.notifier.post(entry.ambiguous ? marked(message) : message, to));
}

/** What a notifier throws is a fault of ours, after which nobody knows whether the message is there. */
async function call(send: () => Promise<Delivery>): Promise<Delivery> {
  try {
    return await send();
  } catch {
    return { result: 'ambiguous', detail: 'the client failed', retryAfterMs: null };
  }
}

const repeatHint = 'This may be here twice: the answer to the first attempt never came.';

function marked(message: SlackMessage): SlackMessage {
  return {
    text: `${message.text}\n${repeatHint}`,
    blocks: [...message.blocks, context([repeatHint])],
  };
}

/** News that can't be rendered for a fault of ours is told in its one sentence. */
function rendered(form: keyof Renderer, news: Notification, { input }: Way): SlackMessage {
  try {
    return input.render[form](news, input.nowMs());
  } catch {
    return { text: `${input.settings.title}: ${news.change}`, blocks: [] };
  }
}
