/** Makes a chart of many runs: one point a run, or one a stretch of time when there are more runs than pixels. */
import { type Phase, phases, type Verdict } from '../../../core/outcome.ts';
import { minuteMs } from '../../../core/time.ts';
import type { RunRow } from './contract.ts';

/** One column of numbers a curve, as chart libraries want it. */
export interface ChartData {
  readonly fromMs: number;
  readonly toMs: number;
  /** Width of a stretch; null: every run is a point of its own. */
  readonly stretchMs: number | null;
  readonly atMs: readonly number[];
  /** Median of the runs that worked. */
  readonly latencyMs: readonly (number | null)[];
  /** Slowest run of the stretch; only with stretches. */
  readonly slowestMs: readonly (number | null)[] | null;
  readonly phases: Readonly<Partial<Record<Phase, readonly (number | null)[]>>>;
  /** The worst of the stretch. */
  readonly verdicts: readonly Verdict[];
  readonly runs: readonly number[];
  /** The run, or the worst run of the stretch. */
  readonly traces: readonly string[];
  readonly revisions: readonly RevisionMark[];
  /** What is usual at each point; null where it is not known. */
  readonly usual: readonly (UsualRange | null)[];
  readonly incidents: readonly IncidentSpan[];
}

export interface RevisionMark {
  readonly atMs: number;
  readonly before: string;
  readonly after: string;
}

export interface UsualRange {
  readonly lowMs: number;
  readonly highMs: number;
}

export interface IncidentSpan {
  readonly id: string;
  readonly fromMs: number;
  readonly toMs: number | null;
}

export interface ChartInput {
  /** Oldest first. */
  readonly rows: readonly RunRow[];
  readonly fromMs: number;
  readonly toMs: number;
  readonly pointsMax: number;
  /** Begins with the first run when the history is shorter than the stretch of time. */
  readonly fit: boolean;
  readonly usualAt: (atMs: number) => UsualRange | null;
  readonly incidents: readonly IncidentSpan[];
}

const rank: Readonly<Record<Verdict, number>> = { pass: 0, blocked: 1, inconclusive: 2, degraded: 3, fail: 4 };

/** A chart of a few runs is not drawn wider than this. */
const fittedMsMin = 5 * minuteMs;

export function chartOf({ rows, pointsMax, fit, toMs, usualAt, incidents, ...input }: ChartInput): ChartData {
  const firstMs = fit ? Math.min(startOf(rows[0]), toMs - fittedMsMin) : 0;
  const fromMs = Math.max(input.fromMs, firstMs);
  const stretchMs = rows.length <= pointsMax ? null : Math.ceil((toMs - fromMs) / pointsMax);
  const points = stretchMs === null ? rows.map((row) => [row]) : stretches(rows, fromMs, stretchMs);
  const worst = points.map(worstOf);
  const atMs = points.map(([first]) => (stretchMs === null ? startOf(first) : stretchStart(first, fromMs, stretchMs)));
  return {
    fromMs,
    toMs,
    stretchMs,
    atMs,
    latencyMs: points.map((runs) => median(runs.filter(works).map(({ latencyMs }) => latencyMs))),
    slowestMs: stretchMs === null ? null : points.map((runs) => slowest(runs)),
    phases: phaseColumns(points),
    verdicts: worst.map((run) => run?.verdict ?? 'pass'),
    runs: points.map(({ length }) => length),
    traces: worst.map((run) => run?.trace ?? ''),
    revisions: revisionMarks(rows),
    usual: atMs.map(usualAt),
    incidents,
  };
}

function startOf(row: RunRow | undefined): number {
  return row?.slotMs ?? 0;
}

function stretchStart(row: RunRow | undefined, fromMs: number, stretchMs: number): number {
  return fromMs + Math.floor((startOf(row) - fromMs) / stretchMs) * stretchMs;
}

function stretches(rows: readonly RunRow[], fromMs: number, stretchMs: number): readonly (readonly RunRow[])[] {
  const byStart = new Map<number, RunRow[]>();
  for (const row of rows) {
    const start = stretchStart(row, fromMs, stretchMs);
    const runs = byStart.get(start);
    if (runs === undefined) {
      byStart.set(start, [row]);
    } else {
      runs.push(row);
    }
  }
  return [...byStart.values()];
}

function worstOf(runs: readonly RunRow[]): RunRow | undefined {
  return runs.toSorted((a, b) => rank[b.verdict] - rank[a.verdict])[0];
}

/** A quick error would look like good news. */
function works({ verdict }: RunRow): boolean {
  return verdict === 'pass' || verdict === 'degraded';
}

function slowest(runs: readonly RunRow[]): number | null {
  const known = runs.filter(works).flatMap(({ latencyMs }) => (latencyMs === null ? [] : [latencyMs]));
  return known.length === 0 ? null : Math.max(...known);
}

function median(values: readonly (number | null | undefined)[]): number | null {
  const known = values.filter((value) => value !== null && value !== undefined).toSorted((a, b) => a - b);
  const middle = known[Math.floor(known.length / 2)];
  return middle === undefined ? null : rounded(middle);
}

/** Microseconds are noise, and every digit travels. */
function rounded(ms: number): number {
  return Math.round(ms * 100) / 100;
}

function phaseColumns(points: readonly (readonly RunRow[])[]): ChartData['phases'] {
  const used = phases.filter((phase) => points.some((runs) => runs.some((run) => run.phases[phase] !== undefined)));
  return Object.fromEntries(
    used.map((phase) => [phase, points.map((runs) => median(runs.filter(works).map((run) => run.phases[phase])))]),
  );
}

/** Where a run names another revision than the last one that named any. */
function revisionMarks(rows: readonly RunRow[]): readonly RevisionMark[] {
  const marks: RevisionMark[] = [];
  let before: string | null = null;
  for (const { revision, slotMs } of rows) {
    if (revision !== null && before !== null && revision !== before) {
      marks.push({ atMs: slotMs, before, after: revision });
    }
    before = revision ?? before;
  }
  return marks;
}
