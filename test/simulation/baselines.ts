/**
 * What is and is not alerted on latencies: the baseline beside a static bound and beside the mean of the last ten runs, on
 * the same series. False alarms of a quiet year, and how soon a real change is told.
 */
import { type LatencyEvent, learn } from '../../shared/core/judge/latency.ts';
import type { Latencies } from '../../shared/core/judge/state.ts';
import { dayMs } from '../../shared/core/time.ts';
import {
  drifting,
  type LatencySeries,
  openSeries,
  seriesKinds,
  type SeriesKind,
  slotMs,
  stepped,
} from './latency-series.ts';
import { epochMs, outcomeOf, settingsWith } from './samples.ts';

/** Takes one latency after the other and says at which it would speak up. */
export type Detector = (atMs: number, latencyMs: number) => boolean;

export interface Method {
  readonly name: string;
  readonly open: () => Detector;
}

const settings = settingsWith();

export const methods: readonly Method[] = [
  { name: 'own baseline', open: ownBaseline },
  { name: 'static bound', open: staticBound },
  { name: 'mean of the last ten', open: meanOfTen },
];

function ownBaseline(): Detector {
  const hear = listener();
  return (atMs, latencyMs) => hear(atMs, latencyMs).some(isAlarm);
}

/** What the judge says of one latency after the other. */
function listener(): (atMs: number, latencyMs: number) => readonly LatencyEvent[] {
  let latencies: Latencies = { slots: [], series: {} };
  const template = outcomeOf('auth', 0);
  return (atMs, latencyMs) => {
    const learned = learn({ latencies, revisions: [] }, { ...template, slotMs: atMs, latencyMs }, settings);
    latencies = learned.latencies;
    return learned.events;
  };
}

export interface Episode {
  readonly seed: number;
  /** Runs after the beginning of the fifteenth day at which the series becomes half as slow again. */
  readonly fromRun: number;
  /** Runs until it is as before; none: it stays so. */
  readonly runs: number;
}

/** What is told of a series from a step of 50 % on until a day after its end, or for a week; with the run of each. */
export function told(kind: SeriesKind, { seed, fromRun, runs }: Episode): readonly (readonly [number, string])[] {
  const hear = listener();
  const series = openSeries(kind, seed);
  const fromMs = epochMs + 15 * dayMs + fromRun * slotMs;
  const untilMs = fromMs + runs * slotMs;
  const heard: [number, string][] = [];
  for (let atMs = epochMs; atMs < Math.min(untilMs + dayMs, fromMs + 7 * dayMs); atMs += slotMs) {
    const isSlow = atMs >= fromMs && atMs < untilMs;
    for (const { kind: event } of hear(atMs, series(atMs) * (isSlow ? 1.5 : 1))) {
      if (atMs >= fromMs) {
        heard.push([(atMs - fromMs) / slotMs, event]);
      }
    }
  }
  return heard;
}

function isAlarm({ kind }: LatencyEvent): boolean {
  return kind === 'moved' || kind === 'further' || kind === 'drifted';
}

/** Half as long again as the median of the first day, three runs in a row: what people set when they must name a number. */
function staticBound(): Detector {
  const first: number[] = [];
  let boundMs = Number.POSITIVE_INFINITY;
  let row = 0;
  return (_atMs, latencyMs) => {
    if (first.length < 288) {
      first.push(latencyMs);
      boundMs = first.length === 288 ? 1.5 * (first.toSorted((a, b) => a - b)[144] ?? 0) : boundMs;
      return false;
    }
    row = latencyMs > boundMs ? row + 1 : 0;
    return row === 3;
  };
}

/** Half as long again as the mean of the last ten, once an episode. */
function meanOfTen(): Detector {
  const last: number[] = [];
  let alarmed = false;
  return (_atMs, latencyMs) => {
    const mean = last.reduce((sum, ms) => sum + ms, 0) / Math.max(1, last.length);
    const over = last.length === 10 && latencyMs > 1.5 * mean;
    const begins = over && !alarmed;
    alarmed = over;
    last.push(latencyMs);
    last.splice(0, last.length - 10);
    return begins;
  };
}

export function falseAlarms(kind: SeriesKind, method: Method, { seed, days }: { seed: number; days: number }): number {
  const detector = method.open();
  const series = openSeries(kind, seed);
  let alarms = 0;
  for (let atMs = epochMs; atMs < epochMs + days * dayMs; atMs += slotMs) {
    alarms += detector(atMs, series(atMs)) ? 1 : 0;
  }
  return alarms;
}

export interface Detection {
  /** Share of the trials in which the change was told at all. */
  readonly found: number;
  /** Runs until it was told, the median of those that were. */
  readonly runs: number | null;
}

export interface Trial {
  readonly change: (series: LatencySeries, fromMs: number) => LatencySeries;
  readonly trials: number;
  /** History before the change, and time after it, in days. */
  readonly before: number;
  readonly after: number;
}

/** An alarm shortly before the change, or without it, is luck: only what the changed series alone alarms counts. */
export function detection(kind: SeriesKind, method: Method, { change, trials, before, after }: Trial): Detection {
  const delays: number[] = [];
  for (let trial = 0; trial < trials; trial += 1) {
    const fromMs = epochMs + before * dayMs + trial * 37 * slotMs;
    const detector = method.open();
    const series = change(openSeries(kind, 1_000 + trial), fromMs);
    for (let atMs = epochMs; atMs < fromMs + after * dayMs; atMs += slotMs) {
      if (detector(atMs, series(atMs)) && atMs >= fromMs) {
        delays.push(Math.round((atMs - fromMs) / slotMs) + 1);
        break;
      }
    }
  }
  const median = delays.toSorted((a, b) => a - b)[Math.floor(delays.length / 2)];
  return { found: delays.length / trials, runs: median ?? null };
}

export const stepChange: Trial = {
  change: (series, fromMs) => stepped(series, fromMs, 1.6),
  trials: 20,
  before: 15,
  after: 1,
};

export const slowDrift: Trial = {
  change: (series, fromMs) => drifting(series, fromMs, 0.01),
  trials: 4,
  before: 22,
  after: 90,
};

export interface BaselineRow {
  readonly series: string;
  readonly method: string;
  readonly falseAlarmsAYear: number;
  readonly step: Detection;
  readonly drift: Detection;
}

export function baselineRows(years: number): readonly BaselineRow[] {
  return seriesKinds.flatMap((kind) =>
    methods.map((method) => {
      const seeds = Array.from({ length: years }, (_, index) => index + 1);
      const alarms = seeds.reduce((sum, seed) => sum + falseAlarms(kind, method, { seed, days: 365 }), 0);
      return {
        series: kind.name,
        method: method.name,
        falseAlarmsAYear: alarms / years,
        step: detection(kind, method, stepChange),
        drift: detection(kind, method, slowDrift),
      };
    }),
  );
}
