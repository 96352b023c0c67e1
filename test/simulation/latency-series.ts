/** Latencies as real services show them, one value a slot of five minutes, made from a seed. */
import { dayMs, hourMs, hourOfWeek } from '../../shared/core/time.ts';
import { type Random, randomFrom } from './random.ts';

/** Latency of a slot in milliseconds; asked for in the order of time. */
export type LatencySeries = (atMs: number) => number;

export interface SeriesKind {
  readonly name: string;
  readonly open: (random: Random) => LatencySeries;
}

const usualMs = 300;

function around(ms: number, sigma: number, random: Random): number {
  return ms * Math.exp(sigma * random.normal());
}

export const seriesKinds: readonly SeriesKind[] = [
  { name: 'steady', open: (random) => () => around(usualMs, 0.06, random) },
  { name: 'noisy', open: (random) => () => around(usualMs, 0.45, random) },
  {
    name: 'spikes (2 % five times as long)',
    open: (random) => () => around(usualMs, 0.1, random) * (random.chance(0.02) ? 5 : 1),
  },
  {
    name: 'two modes (cache hit or miss)',
    open: (random) => () => around(random.chance(0.6) ? usualMs / 2 : 2 * usualMs, 0.08, random),
  },
  {
    name: 'daily cycle (±40 %)',
    open: (random) => (atMs) => around(usualMs, 0.08, random) * (1 + 0.4 * Math.sin((2 * Math.PI * atMs) / dayMs)),
  },
  {
    name: 'office hours (twice as long)',
    open: (random) => (atMs) => around(usualMs, 0.08, random) * (isOffice(atMs) ? 2 : 1),
  },
  {
    name: 'weekly batch (an hour, three times)',
    open: (random) => (atMs) => around(usualMs, 0.08, random) * (hourOfWeek(atMs) === 147 ? 3 : 1),
  },
  { name: 'slow waves (hours long, random)', open: waves },
];

function isOffice(atMs: number): boolean {
  const hour = hourOfWeek(atMs);
  return hour < 120 && hour % 24 >= 9 && hour % 24 < 17;
}

/** Autocorrelated: the level of a run says much of the next. */
function waves(random: Random): LatencySeries {
  let level = 0;
  return () => {
    level = 0.97 * level + 0.03 * random.normal();
    return around(usualMs, 0.05, random) * Math.exp(level);
  };
}

/** From a moment on, longer by a factor. */
export function stepped(series: LatencySeries, fromMs: number, factor: number): LatencySeries {
  return (atMs) => series(atMs) * (atMs >= fromMs ? factor : 1);
}

/** From a moment on, longer by one per cent of the beginning a day. */
export function drifting(series: LatencySeries, fromMs: number, shareADay: number): LatencySeries {
  return (atMs) => series(atMs) * (1 + (Math.max(0, atMs - fromMs) / dayMs) * shareADay);
}

export function openSeries(kind: SeriesKind, seed: number): LatencySeries {
  return kind.open(randomFrom(seed));
}

export const slotMs = hourMs / 12;
