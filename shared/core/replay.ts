/**
 * Feeds recorded outcomes through the judge and says what people would have been told, as if every message had been
 * delivered at once. The same rules as in a run, at any time later and with any other settings.
 */
import type { Environment } from './environment/definition.ts';
import { markTold } from './judge/delivery.ts';
import { judge } from './judge/judge.ts';
import {
  type EnvironmentRecord,
  type Notification,
  type NotificationKind,
  outboxMax,
  type StepRecord,
} from './judge/state.ts';
import type { Outcome, Verdict } from './outcome.ts';
import type { Step } from './step.ts';

export interface ReplaySummary {
  readonly outcomes: number;
  readonly duplicates: number;
  /** Older than one that was fed before; the order is wrong if there are many. */
  readonly late: number;
  readonly flaky: number;
  readonly verdicts: Readonly<Record<Verdict, number>>;
  readonly told: Readonly<Partial<Record<NotificationKind, number>>>;
  /** Messages that call someone. */
  readonly pages: number;
  readonly firstSlotMs: number | null;
  readonly lastSlotMs: number | null;
  /** The incident that is still open at the end. */
  readonly openIncident: string | null;
}

export interface Replay {
  /** What people would have been told because of this run. */
  readonly feed: (outcome: Outcome) => readonly Notification[];
  readonly summary: () => ReplaySummary;
}

/** Where a replayed root message would be. */
const nowhere = { channel: 'replay', ts: '0' };

export function openReplay(settings: Environment): Replay {
  const steps = new Map<Step, StepRecord>();
  let environment: EnvironmentRecord | null = null;
  const verdicts: Record<Verdict, number> = { pass: 0, degraded: 0, fail: 0, blocked: 0, inconclusive: 0 };
  const told: Partial<Record<NotificationKind, number>> = {};
  const counts = { outcomes: 0, duplicates: 0, late: 0, flaky: 0, pages: 0 };
  let firstSlotMs: number | null = null;
  let lastSlotMs: number | null = null;

  function feed(outcome: Outcome): readonly Notification[] {
    const step = steps.get(outcome.step) ?? null;
    const judgement = judge({ step, environment, outcome, settings, nowMs: outcome.endedAtMs });
    count(outcome, judgement.judged);
    if (judgement.step !== null) {
      steps.set(outcome.step, judgement.step);
    }
    environment = judgement.environment ?? environment;
    if (environment !== null && environment.outbox.length > 0) {
      environment = environment.outbox
        .slice(0, outboxMax)
        .reduce((rest, entry) => markTold(rest, entry, nowhere), environment);
    }
    for (const { kind, mention } of judgement.notifications) {
      told[kind] = (told[kind] ?? 0) + 1;
      counts.pages += mention ? 1 : 0;
    }
    return judgement.notifications;
  }

  function count({ verdict, flaky, slotMs }: Outcome, judged: 'judged' | 'duplicate' | 'late'): void {
    counts.outcomes += 1;
    counts.duplicates += judged === 'duplicate' ? 1 : 0;
    counts.late += judged === 'late' ? 1 : 0;
    counts.flaky += flaky ? 1 : 0;
    verdicts[verdict] += 1;
    firstSlotMs = Math.min(slotMs, firstSlotMs ?? slotMs);
    lastSlotMs = Math.max(slotMs, lastSlotMs ?? slotMs);
  }

  return {
    feed,
    summary: () => ({
      ...counts,
      verdicts: { ...verdicts },
      told: { ...told },
      firstSlotMs,
      lastSlotMs,
      openIncident: environment?.incident?.id ?? null,
    }),
  };
}
