/**
 * What a period was like, computed from its runs and nothing else: the share of tries that worked against the targets of
 * the product's team, what was wrong and how often, and what is different from the period before.
 */
import type { Verdict } from '../../../core/outcome.ts';
import type { Reason } from '../../../core/reasons.ts';
import { type Step, steps } from '../../../core/step.ts';
import { slotOf } from '../../../core/time.ts';
import targets from '../../../targets.json' with { type: 'json' };
import { changesOf } from './changes.ts';
import type { IncidentView, RunRow } from './contract.ts';

/** Shares are from 0 to 1 and null when nothing was tried. */
export interface Share {
  /** Tries that worked, of all tries. What an earlier step blocked counts: a user is stopped as well. */
  readonly share: number | null;
  readonly target: number;
  /** Null when nothing was tried. */
  readonly met: boolean | null;
}

export interface StepSummary extends Share {
  readonly step: Step;
  readonly runs: number;
  readonly counts: Readonly<Record<Verdict, number>>;
  readonly flaky: number;
  /** Leaves out what an earlier step blocked: how good the step is by itself. */
  readonly ownShare: number | null;
  readonly medianMs: number | null;
  /** 95 % of the runs that worked were at most this slow. */
  readonly slowMs: number | null;
  /** Most frequent first; reasons of blocked runs are those of another step and left out. */
  readonly reasons: readonly { readonly reason: Reason; readonly runs: number }[];
  /** In the order in which they appeared. */
  readonly revisions: readonly string[];
}

export interface PeriodSummary {
  readonly fromMs: number;
  readonly toMs: number;
  /** Rounds in which every step that could be measured worked. */
  readonly path: Share & { readonly rounds: number; readonly worked: number };
  /** In flow order; only steps that ran. */
  readonly steps: readonly StepSummary[];
  readonly incidents: readonly IncidentView[];
  /** Time within incidents, in milliseconds. */
  readonly brokenMs: number;
}

export interface Summary extends PeriodSummary {
  /** The same length of time right before; null when nothing is known of it. */
  readonly previous: PeriodSummary | null;
  /** What is different from it, a sentence each. */
  readonly changes: readonly string[];
}

export interface Period {
  readonly rows: readonly RunRow[];
  readonly incidents: readonly IncidentView[];
  readonly fromMs: number;
  readonly toMs: number;
}

export function summarise(period: Period, before: Period, cadenceMs: number): Summary {
  const now = summariseOne(period, cadenceMs);
  const previous = before.rows.length === 0 ? null : summariseOne(before, cadenceMs);
  return { ...now, previous, changes: changesOf(now, previous) };
}

function summariseOne({ rows, incidents, fromMs, toMs }: Period, cadenceMs: number): PeriodSummary {
  // Late runs and their slots have been judged by a newer one; they are no tries of their own.
  const counted = rows.filter(({ late }) => !late);
  return {
    fromMs,
    toMs,
    path: pathShare(counted, cadenceMs),
    steps: steps.flatMap((step) => stepSummary(step, counted)),
    incidents,
    brokenMs: incidents.reduce((sum, incident) => sum + overlapMs(incident, fromMs, toMs), 0),
  };
}

function overlapMs({ openedAtMs, resolvedAtMs }: IncidentView, fromMs: number, toMs: number): number {
  return Math.max(0, Math.min(resolvedAtMs ?? toMs, toMs) - Math.max(openedAtMs, fromMs));
}

function shareOf(worked: number, tried: number, target: number): Share {
  const share = tried === 0 ? null : worked / tried;
  return { share, target, met: share === null ? null : share > target };
}

/** A round is one cadence. One that has nothing broken and something unmeasured says nothing. */
function pathShare(rows: readonly RunRow[], cadenceMs: number): PeriodSummary['path'] {
  const rounds = new Map<number, 'worked' | 'broken' | 'unknown'>();
  for (const { slotMs, verdict } of rows) {
    const round = slotOf(slotMs, cadenceMs);
    const state = rounds.get(round) ?? 'worked';
    if (verdict === 'fail' || verdict === 'blocked') {
      rounds.set(round, 'broken');
    } else {
      rounds.set(round, verdict === 'inconclusive' && state === 'worked' ? 'unknown' : state);
    }
  }
  const known = [...rounds.values()].filter((state) => state !== 'unknown');
  const worked = known.filter((state) => state === 'worked').length;
  return { ...shareOf(worked, known.length, targets.path), rounds: known.length, worked };
}

function stepSummary(step: Step, rows: readonly RunRow[]): StepSummary[] {
  const own = rows.filter((row) => row.step === step);
  if (own.length === 0) {
    return [];
  }
  const counts = countVerdicts(own);
  const worked = counts.pass + counts.degraded;
  const measured = worked + counts.fail;
  const latencies = own
    .filter(({ verdict }) => verdict === 'pass' || verdict === 'degraded')
    .flatMap(({ latencyMs }) => (latencyMs === null ? [] : [latencyMs]))
    .toSorted((a, b) => a - b);
  return [
    {
      step,
      runs: own.length,
      counts,
      flaky: own.filter(({ flaky }) => flaky).length,
      ...shareOf(worked, measured + counts.blocked, targets.steps[step]),
      ownShare: measured === 0 ? null : worked / measured,
      medianMs: latencies[Math.floor(latencies.length / 2)] ?? null,
      slowMs: latencies[Math.ceil(latencies.length * 0.95) - 1] ?? null,
      reasons: countReasons(own),
      revisions: [...new Set(own.flatMap(({ revision }) => (revision === null ? [] : [revision])))],
    },
  ];
}

function countVerdicts(rows: readonly RunRow[]): Record<Verdict, number> {
  const counts: Record<Verdict, number> = { pass: 0, degraded: 0, fail: 0, blocked: 0, inconclusive: 0 };
  for (const { verdict } of rows) {
    counts[verdict] += 1;
  }
  return counts;
}

function countReasons(rows: readonly RunRow[]): StepSummary['reasons'] {
  const counts = new Map<Reason, number>();
  for (const { verdict, reason } of rows) {
    if (reason !== null && verdict !== 'blocked') {
      counts.set(reason, (counts.get(reason) ?? 0) + 1);
    }
  }
  return [...counts].map(([reason, runs]) => ({ reason, runs })).toSorted((a, b) => b.runs - a.runs);
}
