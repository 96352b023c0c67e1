/** One world from its beginning to its calm end, with everything that must hold at the end and what it was like. */
import type { Notification } from '../../shared/core/judge/state.ts';
import { isoUtc } from '../../shared/core/time.ts';
import { changeEnvironment } from '../../shared/run/state-access.ts';
import { openChannel, type Conversation } from './channel.ts';
import { virtualClock, type VirtualClock } from './clock.ts';
import { run, type Surroundings } from './instance.ts';
import { type LedgerFacts, openLedger, requires, Violation } from './ledger.ts';
import { type MemoryStore, openMemoryStore } from './memory-store.ts';
import { randomFrom } from './random.ts';
import { triggersOf, usualDisorder } from './schedule.ts';
import { makeWorld, type ProductFault, type Span, type World } from './world.ts';

export interface EraReport extends Omit<LedgerFacts, 'environment' | 'news' | 'incidents'> {
  readonly slots: number;
  readonly incidents: number;
  readonly messages: number;
  /** Outages that were long and plain enough to demand an alert. */
  readonly outages: number;
  /** Slots from the beginning of such an outage to the message, one an outage. */
  readonly delays: readonly number[];
}

export async function runEra(seed: number, slots: number): Promise<EraReport> {
  const random = randomFrom(seed);
  const world = makeWorld(random.fork('world'), slots);
  const clock = virtualClock(world.startMs);
  const ledger = openLedger(world, clock);
  const store = openMemoryStore({ jsonEvery: 50, onCommit: ledger.committed });
  const channel = openChannel(world, clock, random.fork('channel'));
  const around: Surroundings = { world, clock, store, channel, ledger, random: random.fork('instances') };
  const scheduling = { random: random.fork('schedule'), disorder: usualDisorder };
  planMutes(world, clock, store);
  let failure: unknown = null;
  let holders = 0;
  const cadenceMs = world.settings.cadenceSeconds * 1_000;
  for (let slotMs = world.startMs; slotMs < world.endMs && failure === null; slotMs += cadenceMs) {
    for (const trigger of triggersOf(world, slotMs, scheduling)) {
      holders += 1;
      const holder = `i${holders}`;
      clock.at(trigger.atMs, () => {
        run(trigger, holder, around).catch((error: unknown) => {
          failure ??= error;
        });
      });
    }
    await clock.runUntil(slotMs + cadenceMs - 1);
    failure ??= ledger.violation();
  }
  await clock.runUntil(world.endMs + 20 * cadenceMs);
  if (failure !== null) {
    throw failure instanceof Error ? failure : new Error('a run failed with something that is no error');
  }
  const facts = ledger.facts();
  const conversations = channel.conversations();
  checkEnd(facts, conversations);
  const { incidents, environment: _environment, news: _news, ...counts } = facts;
  return {
    ...counts,
    slots,
    incidents: incidents.length,
    messages: conversations.reduce((sum, { replies }) => sum + 1 + replies.length, 0),
    ...checkOutages(world, conversations),
  };
}

function planMutes(world: World, clock: VirtualClock, store: MemoryStore): void {
  for (const { fromMs, untilMs, steps } of world.mutes) {
    clock.at(fromMs, () => {
      const mute = { by: 'someone', reason: 'simulated', untilMs, steps };
      void changeEnvironment({ store, settings: world.settings }, (record) => ({
        ...record,
        mutes: [...record.mutes, mute],
      }));
    });
  }
}

/** After the calm, nothing is open, nothing waits, and every conversation has been brought to its end. */
function checkEnd({ environment, incidents, news }: LedgerFacts, conversations: readonly Conversation[]): void {
  demand((environment?.incident ?? null) === null, `${environment?.incident?.id} is still open`);
  const waiting = environment?.outbox.map(
    ({ notification, attempts, nextAttemptAtMs }) =>
      `${notification.id} (${attempts} attempts, next ${isoUtc(nextAttemptAtMs)})`,
  );
  demand((waiting?.length ?? 0) === 0, `never delivered: ${waiting?.join(', ')}`);
  demand(Object.keys(environment?.places ?? {}).length === 0, 'the places of finished conversations are kept');
  demand((environment?.troubles.length ?? 0) === 0, 'trouble of the monitor is still on record');
  for (const { id } of incidents) {
    checkConversation(
      id,
      conversations.filter(({ lane }) => lane === id),
    );
  }
  const told = new Set(
    conversations.flatMap(({ root, replies }) => [root, ...replies]).map(({ news: each }) => each.id),
  );
  for (const each of news) {
    demand(told.has(each.id) || conversations.some(contains(each)), `${each.id} was lost`);
  }
}

/** News that was folded into other news is in a message that says so. */
function contains(news: Notification): (conversation: Conversation) => boolean {
  return ({ root, replies }) => [root, ...replies].some(({ news: each }) => each.folded > 0 && each.atMs >= news.atMs);
}

function checkConversation(id: string, roots: readonly Conversation[]): void {
  const [first] = roots;
  if (first === undefined) {
    throw new Violation(`nobody was told of ${id}`);
  }
  const last = roots.at(-1) ?? first;
  const ends = last.replies.at(-1)?.news.kind ?? last.root.news.kind;
  demand(ends === 'resolved', `the thread of ${id} ends with ${ends}`);
  demand(
    (last.shown.news.incident?.resolvedAtMs ?? null) !== null,
    `the root message of ${id} does not say that it is over`,
  );
  for (const { root, replies } of roots) {
    let atMs = root.news.atMs;
    for (const reply of replies) {
      demand(reply.news.atMs >= atMs, `the thread of ${id} tells things in the wrong order`);
      atMs = reply.news.atMs;
    }
  }
}

interface Outages {
  readonly outages: number;
  readonly delays: readonly number[];
}

const plainSlotsMin = 6;

/** Every outage that was long enough, in every region, and not hidden by anything, was told while it lasted. */
function checkOutages(world: World, conversations: readonly Conversation[]): Outages {
  const cadenceMs = world.settings.cadenceSeconds * 1_000;
  const plain = world.product.filter((fault) => isPlain(fault, world));
  const posts = conversations.flatMap(({ root, replies }) => [root, ...replies]);
  const delays = plain.map((fault) => {
    const told = posts.find(({ atMs, news }) => {
      const part = news.incident?.steps[fault.step];
      return atMs >= fault.fromMs && part !== undefined && part.recoveredAtMs === null;
    });
    const before = posts.some(({ atMs, news }) => {
      const part = news.incident?.steps[fault.step];
      return atMs < fault.fromMs && atMs > fault.fromMs - 12 * cadenceMs && part !== undefined;
    });
    if (before) {
      return 0;
    }
    demand(told !== undefined, `the outage of ${fault.step} at ${fault.fromMs} was never told`);
    const delay = ((told?.atMs ?? 0) - fault.fromMs) / cadenceMs;
    demand(delay <= plainSlotsMin, `the outage of ${fault.step} was told after ${delay} slots`);
    return delay;
  });
  return { outages: plain.length, delays };
}

function isPlain(fault: ProductFault, world: World): boolean {
  const cadenceMs = world.settings.cadenceSeconds * 1_000;
  const around: Span = { fromMs: fault.fromMs - 4 * cadenceMs, untilMs: fault.fromMs + plainSlotsMin * cadenceMs };
  const disturbed = [...world.monitor, ...world.slack, ...world.state, ...world.mutes, ...world.maintenance];
  const others = world.product.filter(
    (each) => each !== fault && (each.step === fault.step || requires(fault.step, each.step)),
  );
  return (
    (fault.kind === 'down' || fault.kind === 'hidden') &&
    fault.region === null &&
    fault.untilMs - fault.fromMs >= plainSlotsMin * cadenceMs &&
    ![...disturbed, ...others].some((span) => span.fromMs < around.untilMs && around.fromMs < span.untilMs)
  );
}

function demand(condition: boolean, message: string): void {
  if (!condition) {
    throw new Violation(message);
  }
}
