/** One step over a stretch of time: its chart with what was usual then, and its newest runs whole. */
import type { Environment } from '../../core/environment/definition.ts';
import { usualAt } from '../../core/judge/season.ts';
import type { StepRecord } from '../../core/judge/state.ts';
import type { Step } from '../../core/step.ts';
import { hourMs } from '../../core/time.ts';
import type { History } from './history.ts';
import { chartOf, type UsualRange } from './model/chart.ts';
import type { StepDetail } from './model/contract.ts';

export interface DetailInput {
  readonly environment: Environment;
  readonly history: History;
  /** Null while there is none. */
  readonly record: StepRecord | null;
  readonly fromMs: number;
  readonly toMs: number;
  /** Begins with the first run when the history is shorter. */
  readonly fit: boolean;
}

/** As many points as a chart is pixels wide on a small laptop. */
const pointsMax = 720;
const rowsMax = 60_000;

export function stepDetail(step: Step, input: DetailInput): StepDetail {
  const { environment, history, fromMs, toMs, fit } = input;
  const rows = history.runs({ step, fromMs, toMs, limit: rowsMax }).toReversed();
  const [newest] = history.runs({ step, toMs, limit: 1 });
  // Only agents have events; for the others it would be a long search for nothing.
  const [withEvents] = step === 'agent' ? history.runs({ step, toMs, withEvents: true, limit: 1 }) : [];
  const incidents = history
    .incidents(fromMs, toMs)
    .filter(({ parts }) => parts.some((part) => part.step === step))
    .map(({ id, openedAtMs, resolvedAtMs }) => ({ id, fromMs: openedAtMs, toMs: resolvedAtMs }));
  return {
    step,
    chart: chartOf({ rows, fromMs, toMs, pointsMax, fit, usualAt: usualRange(input, rows.at(-1)?.region), incidents }),
    last: newest === undefined ? null : history.record(newest.trace),
    lastWithEvents: withEvents === undefined ? null : history.record(withEvents.trace),
    accept: step === 'websocket' ? (environment.steps.websocket?.accept ?? null) : null,
  };
}

/** Spreads around the centre that the chart calls usual: with two, one run in twenty lies outside by chance. */
const spreads = 2;

/** From the baseline of other days at this hour; before there are any, from the newest runs that judging compares with. */
function usualRange(input: DetailInput, region: string | undefined): (atMs: number) => UsualRange | null {
  const { environment, record } = input;
  const series = record?.regions[region ?? '']?.latencies.series.total;
  if (series === undefined || series.count < environment.policy.slower.samplesMin) {
    return () => null;
  }
  const runsAnHour = Math.max(1, hourMs / (environment.cadenceSeconds * 1_000));
  const recent = series.recent.filter((ms) => ms !== null).toSorted((a, b) => a - b);
  const quantile = (share: number): number => recent[Math.floor((recent.length - 1) * share)] ?? 0;
  const short = { lowMs: quantile(0.05), highMs: quantile(0.95) };
  return (atMs) => {
    const usual = usualAt(series.cells, atMs, runsAnHour);
    return usual === null
      ? short
      : {
          lowMs: Math.max(0, usual.centreMs - spreads * usual.spreadMs),
          highMs: usual.centreMs + spreads * usual.spreadMs,
        };
  };
}
