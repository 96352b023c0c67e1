/**
 * What really happens in a simulated world: when the product is broken and how, when the monitor's own way, the state
 * and Slack are, and who asks for quiet. Made from a seed before the first run; the judge never sees it.
 */
import type { Environment } from '../../shared/core/environment/definition.ts';
import type { Reason } from '../../shared/core/reasons.ts';
import { type Step, steps } from '../../shared/core/step.ts';
import { isoUtc } from '../../shared/core/time.ts';
import type { Random } from './random.ts';
import { settingsWith } from './samples.ts';

export interface Span {
  readonly fromMs: number;
  readonly untilMs: number;
}

export interface ProductFault extends Span {
  /** `down` and `degraded`: every attempt. `flaky`: some attempts. `slow`: works, takes twice as long.
   *  `open_door`: a forged token gets in. `hidden`: the step says that an earlier one blocks it, which itself works. */
  readonly kind: 'down' | 'degraded' | 'flaky' | 'slow' | 'open_door' | 'hidden';
  readonly step: Step;
  readonly reason: Reason;
  /** Null: seen from everywhere. */
  readonly region: string | null;
}

export interface MonitorFault extends Span {
  readonly reason: 'own_path' | 'credential';
  readonly region: string;
}

export type SlackTrouble = 'unavailable' | 'rate_limited' | 'ambiguous' | 'credential' | 'channel';

export interface SlackFault extends Span {
  readonly kind: SlackTrouble;
}

export interface QuietRequest extends Span {
  readonly steps: readonly Step[] | null;
}

export interface World {
  readonly settings: Environment;
  readonly startMs: number;
  /** Nothing new breaks after this; the world is calm until `endMs`. */
  readonly calmMs: number;
  /** After this not even a call goes wrong, so that nothing is left over at the end. */
  readonly quietMs: number;
  readonly endMs: number;
  readonly product: readonly ProductFault[];
  readonly monitor: readonly MonitorFault[];
  readonly slack: readonly SlackFault[];
  readonly state: readonly Span[];
  readonly mutes: readonly QuietRequest[];
  readonly maintenance: readonly (QuietRequest & { readonly expect: 'down' | 'degraded' })[];
  /** Share of single attempts that fail for no lasting cause. */
  readonly noise: number;
  /** Time between the functions of one slot; 0: all of them at once, always in each other's way. */
  readonly staggerMs: number;
}

/** Slots of calm at the end of a world: enough for every backoff, streak and lease to come to its end. */
export const calmSlots = 60;
const quietSlots = 12;

const cadenceMs = 300_000;

export function makeWorld(random: Random, slots: number): World {
  const startMs = Date.UTC(2026, 0, 5) + random.whole(0, 500) * 86_400_000;
  const calmMs = startMs + (slots - calmSlots) * cadenceMs;
  const regions = random.pick<[string, ...string[]]>([
    ['us-central1'],
    ['us-central1'],
    ['us-central1', 'europe-west1'],
  ]);
  const lasting = spans(random, { startMs, calmMs });
  const maintenance = lasting('maintenance', { every: 500, slots: [3, 40] }).map(({ fromMs, untilMs }) => ({
    fromMs,
    untilMs,
    steps: someSteps(random),
    expect: random.pick<'down' | 'degraded'>(['down', 'degraded']),
  }));
  return {
    settings: settingsOf(random, regions, maintenance),
    startMs,
    calmMs,
    quietMs: startMs + (slots - quietSlots) * cadenceMs,
    endMs: startMs + slots * cadenceMs,
    product: productFaults(random, lasting, regions),
    monitor: lasting('monitor', { every: 400, slots: [1, 20] }).map(({ fromMs, untilMs }) => ({
      fromMs,
      untilMs,
      reason: random.pick<'own_path' | 'credential'>(['own_path', 'credential']),
      region: random.pick(regions),
    })),
    slack: lasting('slack', { every: 150, slots: [0.2, 12] }).map(({ fromMs, untilMs }) => ({
      fromMs,
      untilMs,
      kind: random.pick<SlackTrouble>([
        'unavailable',
        'unavailable',
        'rate_limited',
        'ambiguous',
        'credential',
        'channel',
      ]),
    })),
    state: lasting('state', { every: 400, slots: [0.1, 4] }),
    mutes: lasting('mutes', { every: 500, slots: [3, 30] }).map(({ fromMs, untilMs }) => ({
      fromMs,
      untilMs,
      steps: someSteps(random),
    })),
    maintenance,
    noise: random.pick([0, 0.01, 0.05]),
    staggerMs: random.pick([0, 60_000, 60_000]),
  };
}

function someSteps(random: Random): readonly Step[] | null {
  return random.chance(0.5) ? null : [random.pick(steps)];
}

function settingsOf(random: Random, regions: readonly string[], maintenance: World['maintenance']): Environment {
  return settingsWith({
    regions: [...regions],
    policy: { regionQuorum: random.whole(1, regions.length), reminderMinutes: random.pick([0, 60, 240]) },
    maintenance: maintenance.map(({ fromMs, untilMs, steps: covered, expect }) => {
      const window = { from: isoUtc(fromMs), to: isoUtc(untilMs), expect, reason: 'simulated' };
      return covered === null ? window : Object.assign(window, { steps: [...covered] });
    }),
    slack: { channel: '#alerts', mention: '<!here>', ...(random.chance(0.5) ? { monitorChannel: '#monitor' } : {}) },
  });
}

interface Frequency {
  /** Slots between two beginnings, on average. */
  readonly every: number;
  /** Shortest and longest, in slots. */
  readonly slots: readonly [number, number];
}

export type Spans = (name: string, frequency: Frequency) => Span[];

export function spans(random: Random, { startMs, calmMs }: { startMs: number; calmMs: number }): Spans {
  return (name, { every, slots: [shortest, longest] }) => {
    const source = random.fork(name);
    const found: Span[] = [];
    let fromMs = startMs;
    for (;;) {
      fromMs += Math.max(1, -Math.log(1 - source.next()) * every) * cadenceMs;
      const lengthMs = (shortest + source.next() ** 2 * (longest - shortest)) * cadenceMs;
      if (fromMs + lengthMs > calmMs) {
        return found;
      }
      found.push({ fromMs: Math.floor(fromMs), untilMs: Math.floor(fromMs + lengthMs) });
      fromMs += lengthMs;
    }
  };
}

const reasonsOf = {
  auth: ['login_rejected', 'server_error', 'refused'],
  health: ['component_down', 'unavailable', 'dns'],
  websocket: ['upgrade_forbidden', 'no_welcome', 'reset'],
  agent: ['agent_stall', 'wrong_answer', 'agent_timeout'],
} as const satisfies Readonly<Record<Step, readonly Reason[]>>;

function productFaults(random: Random, lasting: Spans, regions: readonly [string, ...string[]]): ProductFault[] {
  return steps.flatMap((step) =>
    lasting(`product ${step}`, { every: 160, slots: [0.3, 40] }).map(({ fromMs, untilMs }): ProductFault => {
      const kind = random.pick(kindsOf(step));
      const region = random.chance(0.25) ? random.pick(regions) : null;
      return { fromMs, untilMs, kind, step, reason: reasonFor(kind, step, random), region };
    }),
  );
}

function kindsOf(step: Step): [ProductFault['kind'], ...ProductFault['kind'][]] {
  const usual: [ProductFault['kind'], ...ProductFault['kind'][]] = [
    'down',
    'down',
    'down',
    'degraded',
    'flaky',
    'slow',
  ];
  switch (step) {
    case 'health':
      return usual;
    case 'auth':
      return [...usual, 'open_door'];
    case 'websocket':
    case 'agent':
      return [...usual, 'open_door', 'hidden'];
  }
}

function reasonFor(kind: ProductFault['kind'], step: Step, random: Random): Reason {
  switch (kind) {
    case 'down':
    case 'flaky':
    case 'slow':
      return random.pick<Reason>(reasonsOf[step]);
    case 'degraded':
      return 'slow';
    case 'open_door':
      return 'auth_bypassed';
    case 'hidden':
      return step === 'agent' ? 'upgrade_forbidden' : 'login_rejected';
  }
}

export function covers(span: Span, atMs: number): boolean {
  return span.fromMs <= atMs && atMs < span.untilMs;
}
