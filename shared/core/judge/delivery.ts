/** What becomes of the outbox when a message was accepted, refused or lost sight of. Pure; the calls are made elsewhere. */
import type { Environment, SlackSettings } from '../environment/definition.ts';
import type { Delivery } from '../ports.ts';
import { clockUtc, minuteMs, secondMs } from '../time.ts';
import { enqueue } from './outbox.ts';
import {
  type EnvironmentRecord,
  type Incident,
  type MessagePlace,
  type MonitorTrouble,
  type Notification,
  type OutboxEntry,
  troubleLane,
} from './state.ts';

export type Refused = Exclude<Delivery, { readonly result: 'accepted' }>;

/** The monitor's own trouble goes to its own channel; everything else to the one for incidents. */
export function channelOf({ kind }: Notification, slack: SlackSettings): string {
  const quiet = kind === 'monitor_trouble' || kind === 'monitor_recovered';
  return quiet ? (slack.monitorChannel ?? slack.channel) : slack.channel;
}

/** The news as its root message is to show it: with the incident as it is now, not as it was then. */
export function present(notification: Notification, record: EnvironmentRecord): Notification {
  const incident = newestOf(notification.lane, record) ?? notification.incident;
  return { ...notification, incident, flow: record.flow };
}

function newestOf(lane: string, { incident, lastIncident }: EnvironmentRecord): Incident | null {
  return [incident, lastIncident].find((each) => each?.id === lane) ?? null;
}

/** The message is there: its entry goes, and the place of a root message is kept until nothing follows. */
export function markTold(record: EnvironmentRecord, entry: OutboxEntry, place: MessagePlace | null): EnvironmentRecord {
  const { id, lane, last } = entry.notification;
  const outbox = record.outbox.filter(({ notification }) => notification.id !== id);
  const { [lane]: known, ...others } = record.places;
  const kept = place ?? known;
  const over = last && !outbox.some(({ notification }) => notification.lane === lane);
  return { ...record, outbox, places: kept === undefined || over ? others : { ...others, [lane]: kept } };
}

const backoffMs = 30 * secondMs;
const backoffMsMax = 10 * minuteMs;

/** Trouble that does not pass by itself is tried again at this pace, so that a mended channel is soon noticed. */
const stubbornMs = 5 * minuteMs;

/** The entry stays; when it is tried again depends on what went wrong. */
export function markRefused(
  record: EnvironmentRecord,
  entry: OutboxEntry,
  { refused, nowMs }: { readonly refused: Refused; readonly nowMs: number },
): EnvironmentRecord {
  const next: OutboxEntry = {
    ...entry,
    attempts: entry.attempts + 1,
    nextAttemptAtMs: nowMs + waitMs(refused, entry.attempts),
    ambiguous: entry.ambiguous || refused.result === 'ambiguous',
  };
  const outbox = record.outbox.map((each) => (each.notification.id === entry.notification.id ? next : each));
  return { ...record, outbox };
}

function waitMs({ result, retryAfterMs }: Refused, attempts: number): number {
  switch (result) {
    case 'rate_limited':
    case 'unavailable':
    case 'ambiguous':
      return Math.max(retryAfterMs ?? 0, Math.min(backoffMsMax, backoffMs * 2 ** Math.min(attempts, 10)));
    case 'credential':
    case 'channel':
    case 'invalid':
      return stubbornMs;
  }
}

/** Whether a refusal will last until someone does something about it. */
export function isStubborn({ result }: Refused): boolean {
  return result === 'credential' || result === 'channel' || result === 'invalid';
}

/** A channel that refuses messages is news for the monitor's channel, if that is another one. */
function otherChannel({ slack }: Environment, { result }: Refused): boolean {
  return result === 'channel' && slack?.monitorChannel !== undefined && slack.monitorChannel !== slack.channel;
}

/** Puts the trouble with the delivery on record, once. */
export function raiseDeliveryTrouble(
  record: EnvironmentRecord,
  settings: Environment,
  { refused, nowMs }: { readonly refused: Refused; readonly nowMs: number },
): EnvironmentRecord {
  if (record.troubles.some(({ kind }) => kind === 'delivery')) {
    return record;
  }
  const told = otherChannel(settings, refused);
  const troubles: readonly MonitorTrouble[] = [
    ...record.troubles,
    { kind: 'delivery', step: null, region: null, reason: 'slack_unavailable', sinceMs: nowMs, told },
  ];
  const change = `the channel for incidents takes no messages (${refused.detail}); they are kept until it does`;
  return told
    ? {
        ...record,
        troubles,
        outbox: enqueue(record.outbox, news(record, settings, { kind: 'monitor_trouble', change, nowMs })),
      }
    : { ...record, troubles };
}

/** Messages get through again. People hear of it even if nobody could be told before: what follows comes late. */
export function clearDeliveryTrouble(
  record: EnvironmentRecord,
  settings: Environment,
  nowMs: number,
): EnvironmentRecord {
  const over = record.troubles.find(({ kind }) => kind === 'delivery');
  if (over === undefined) {
    return record;
  }
  const cleared = { ...record, troubles: record.troubles.filter((trouble) => trouble !== over) };
  const change = `the channel for incidents takes messages again, after it had taken none since ${clockUtc(over.sinceMs)}`;
  return {
    ...cleared,
    outbox: enqueue(record.outbox, news(cleared, settings, { kind: 'monitor_recovered', change, nowMs })),
  };
}

function news(
  { flow, troubles }: EnvironmentRecord,
  { name }: Environment,
  {
    kind,
    change,
    nowMs,
  }: { readonly kind: 'monitor_trouble' | 'monitor_recovered'; readonly change: string; readonly nowMs: number },
): Notification {
  return {
    id: `${name}:delivery:${kind}:${nowMs}`,
    kind,
    lane: troubleLane,
    environment: name,
    atMs: nowMs,
    change,
    step: null,
    reason: 'slack_unavailable',
    incident: null,
    shift: null,
    flow,
    mention: false,
    last: kind === 'monitor_recovered' && !troubles.some((trouble) => trouble.told),
    folded: 0,
  };
}
