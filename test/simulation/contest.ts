/** One year of one product under several monitors: what each of them missed, cried over, and said, and how soon. */
import { judge } from '../../shared/core/judge/judge.ts';
import type { EnvironmentRecord, StepRecord } from '../../shared/core/judge/state.ts';
import { type Step, steps } from '../../shared/core/step.ts';
import { peers, type PeerMonitor } from './peers.ts';
import { requires } from './ledger.ts';
import { probe, truthOf } from './product.ts';
import { type Random, randomFrom } from './random.ts';
import { cadence, settingsWith } from './samples.ts';
import { delivered } from './timeline.ts';
import { covers, type ProductFault, type Span, spans, type World } from './world.ts';

export interface ContestRow {
  readonly name: string;
  readonly outages: number;
  /** Outages that nobody was told of while they lasted or soon after. */
  readonly missed: number;
  /** Alerts while nothing was wrong with the product. */
  readonly falsePages: number;
  /** Slots from the beginning of a whole outage to the message; of those that were told. */
  readonly medianDelay: number;
  readonly longDelay: number;
  readonly messages: number;
}

interface Message {
  readonly atMs: number;
  readonly kind: 'alert' | 'other';
  readonly steps: readonly Step[];
}

export function contest(seed: number, days: number): readonly ContestRow[] {
  const world = yearOf(seed, days);
  const quick = { ...world, settings: settingsWith({ policy: { fire: { failures: 1, of: 1 } } }) };
  return [
    rowOf('golden path', world, ours(world, randomFrom(seed))),
    rowOf('golden path, alerting on one run', quick, ours(quick, randomFrom(seed))),
    ...peers.map(({ name, open }) => rowOf(name, world, theirs(world, randomFrom(seed), open))),
  ];
}

/** A year with outages, half outages, faults of the monitor's own, a dead Slack now and then, and 1 % of bad luck. */
function yearOf(seed: number, days: number): World {
  const random = randomFrom(seed).fork('contest');
  const startMs = Date.UTC(2026, 0, 5);
  const endMs = startMs + days * 86_400_000;
  const lasting = spans(random, { startMs, calmMs: endMs - 4 * 3_600_000 });
  const fault = (kind: ProductFault['kind'], span: Span): ProductFault => {
    const step = random.pick(steps);
    return { ...span, kind, step, reason: 'unavailable', region: null };
  };
  return {
    settings: settingsWith({ policy: { slower: { enabled: false }, reminderMinutes: 0 } }),
    startMs,
    calmMs: endMs,
    quietMs: endMs,
    endMs,
    product: [
      ...lasting('outages', { every: 1_500, slots: [3, 36] }).map((span) => fault('down', span)),
      ...lasting('half', { every: 4_000, slots: [24, 72] }).map((span) => fault('flaky', span)),
    ],
    monitor: lasting('monitor', { every: 4_000, slots: [2, 24] }).map(({ fromMs, untilMs }) => ({
      fromMs,
      untilMs,
      reason: random.pick<'own_path' | 'credential'>(['own_path', 'credential']),
      region: 'us-central1',
    })),
    slack: lasting('slack', { every: 3_000, slots: [1, 12] }).map(({ fromMs, untilMs }) => ({
      fromMs,
      untilMs,
      kind: 'unavailable',
    })),
    state: [],
    mutes: [],
    maintenance: [],
    noise: 0.01,
    staggerMs: 60_000,
  };
}

function* runsOf(world: World): Generator<{ step: Step; slotMs: number; atMs: number; region: string }> {
  for (let slotMs = world.startMs; slotMs < world.endMs; slotMs += cadence) {
    for (const [place, step] of steps.entries()) {
      yield { step, slotMs, atMs: slotMs + place * world.staggerMs, region: 'us-central1' };
    }
  }
}

function ours(world: World, random: Random): readonly Message[] {
  const records = new Map<Step, StepRecord>();
  const messages: Message[] = [];
  let environment: EnvironmentRecord | null = null;
  for (const run of runsOf(world)) {
    const outcome = probe(world, run, random);
    const judgement = judge({
      step: records.get(run.step) ?? null,
      environment,
      outcome,
      settings: world.settings,
      nowMs: run.atMs,
    });
    records.set(run.step, judgement.step ?? mustHave(records.get(run.step)));
    environment = judgement.environment ?? environment;
    if (environment !== null && environment.outbox.length > 0 && isReachable(world, run.atMs)) {
      for (const { notification } of environment.outbox) {
        const { kind, incident } = notification;
        // The monitor's own trouble has its own channel, where nobody is on call.
        if (kind === 'monitor_trouble' || kind === 'monitor_recovered') {
          continue;
        }
        messages.push({
          atMs: run.atMs,
          kind: kind === 'opened' || kind === 'changed' ? 'alert' : 'other',
          steps: steps.filter((step) => incident?.steps[step]?.recoveredAtMs === null),
        });
      }
      environment = delivered(environment);
    }
  }
  return messages;
}

function theirs(world: World, random: Random, open: () => PeerMonitor): readonly Message[] {
  const monitors = new Map<Step, PeerMonitor>(steps.map((step) => [step, open()]));
  const messages: Message[] = [];
  for (const { step, atMs, region } of runsOf(world)) {
    const attempt = (): boolean =>
      world.monitor.some((fault) => covers(fault, atMs) && fails(fault.reason, step)) ||
      truthOf(world, step, { atMs, region, random }).verdict !== 'pass' ||
      random.chance(world.noise);
    monitors.get(step)?.(attempt, (what) => {
      const sent = isReachable(world, atMs);
      if (sent) {
        messages.push({ atMs, kind: what === 'alert' ? 'alert' : 'other', steps: [step] });
      }
      return sent;
    });
  }
  return messages;
}

/** A rejected key breaks what needs a login, a dead line breaks everything. */
function fails(reason: 'own_path' | 'credential', step: Step): boolean {
  return reason === 'own_path' || step !== 'health';
}

function isReachable(world: World, atMs: number): boolean {
  return !world.slack.some((fault) => covers(fault, atMs));
}

function mustHave<T>(value: T | undefined): T {
  if (value === undefined) {
    throw new Error('a run left no record behind');
  }
  return value;
}

/** Time after a fault in which an alert may still be about it. */
const graceMs = 3 * cadence;

function rowOf(name: string, world: World, messages: readonly Message[]): ContestRow {
  const alerts = messages.filter(({ kind }) => kind === 'alert');
  const outages = world.product.filter((fault) => isOfInterest(fault, world));
  const told = outages.flatMap((fault) => {
    const delay = delayOf(fault, alerts);
    return delay === null ? [] : [{ fault, delay }];
  });
  const whole = told.filter(({ fault }) => fault.kind === 'down').map(({ delay }) => delay);
  const sorted = whole.toSorted((a, b) => a - b);
  return {
    name,
    outages: outages.length,
    missed: outages.length - told.length,
    falsePages: alerts.filter((alert) => !hasCause(alert, world)).length,
    medianDelay: sorted[Math.floor(sorted.length / 2)] ?? 0,
    longDelay: sorted[Math.floor(sorted.length * 0.95)] ?? 0,
    messages: messages.length,
  };
}

/** Outages that do not lie on top of one another, so that it is clear which of them a message is about. */
function isOfInterest(fault: ProductFault, world: World): boolean {
  return ![...world.product, ...world.monitor].some(
    (other) => other !== fault && other.fromMs < fault.untilMs + graceMs && fault.fromMs < other.untilMs + graceMs,
  );
}

/** Whoever is told of a later step only has been told something; the outage counts as told. */
function delayOf(fault: ProductFault, alerts: readonly Message[]): number | null {
  const told = alerts.find(
    ({ atMs, steps: named }) =>
      atMs >= fault.fromMs &&
      atMs <= fault.untilMs + 3 * graceMs &&
      named.some((step) => step === fault.step || requires(step, fault.step)),
  );
  return told === undefined ? null : (told.atMs - fault.fromMs) / cadence;
}

function hasCause({ atMs }: Message, world: World): boolean {
  return world.product.some((fault) => fault.fromMs <= atMs && atMs <= fault.untilMs + 3 * graceMs);
}

export function contestTable(seeds: readonly number[], days: number): readonly ContestRow[] {
  const years = seeds.map((seed) => contest(seed, days));
  const [first = []] = years;
  return first.map(({ name }, at) => {
    const rows = years.map((rowsOfYear) => mustHave(rowsOfYear[at]));
    const sum = (of: (row: ContestRow) => number): number => rows.reduce((total, row) => total + of(row), 0);
    const mean = (of: (row: ContestRow) => number): number => sum(of) / rows.length;
    return {
      name,
      outages: sum((row) => row.outages),
      missed: sum((row) => row.missed),
      falsePages: mean((row) => row.falsePages),
      medianDelay: mean((row) => row.medianDelay),
      longDelay: mean((row) => row.longDelay),
      messages: mean((row) => row.messages),
    };
  });
}
