/**
 * One run of one step for one slot: guard, measure, judge and tell, record, log. Each part may fail without taking the
 * others with it, and the verdict is in the record whatever else went wrong.
 */
import type { Environment } from '../core/environment/definition.ts';
import { runTimes } from '../core/lint/times.ts';
import type { Outcome } from '../core/outcome.ts';
import type { Log, MetricSink, Notifier, StateStore } from '../core/ports.ts';
import type { Probe, Secrets } from '../core/probe.ts';
import type { Step } from '../core/step.ts';
import { secondMs } from '../core/time.ts';
import { attempt, judgeOutcome, recordPoints, type Scene } from './aftermath.ts';
import type { RunRecord } from './answer.ts';
import { duplicateOf } from './earlier-runs.ts';
import { logRecord } from './log-record.ts';
import { measureOutcome } from './measure-outcome.ts';
import type { OwnHistories } from './own-histories.ts';
import { type LoadedState, loadState } from './state-access.ts';
import { openRoom } from './time-room.ts';

export interface RunPorts {
  readonly loadProbe: () => Promise<Probe>;
  readonly secrets: Secrets;
  readonly store: StateStore;
  readonly notifier: Notifier;
  readonly sink: MetricSink;
  readonly log: Log;
  readonly nowMs: () => number;
  /** 32 random hexadecimal digits. */
  readonly newTraceId: () => string;
  readonly region: string;
  /** Project of the monitor itself, for links; null on a laptop. */
  readonly projectId: string | null;
  /** Firestore database of the state, for commands in messages; left out on a laptop. */
  readonly database?: string;
  /** What the process remembers of its own trouble. */
  readonly own: OwnHistories;
}

export interface RunOrder {
  readonly step: Step;
  readonly environment: Environment;
  readonly slotMs: number;
  /** First run of this process. */
  readonly cold: boolean;
  /** When the answer is due; default: with the function's time-out. */
  readonly answerWithinMs?: number;
}

/** The answer is on its way this long before the function is cut off. */
const answerMarginMs = secondMs;

/** A store answers or fails within five seconds; one that breaks that promise is not waited for much longer. */
const loadMsMax = 6 * secondMs;
const loadShare = 1 / 4;

/** Resolves always, and in time; what broke is in the record's `trouble`. */
export async function runStep(order: RunOrder, ports: RunPorts): Promise<RunRecord> {
  const { environment, step } = order;
  const withinMs = order.answerWithinMs ?? runTimes(environment, step).functionTimeoutSeconds * secondMs;
  const scene: Scene = { order, ports, trouble: [], leftMs: openRoom(withinMs - answerMarginMs) };
  const loaded = await attempt(scene, 'state_unavailable', Math.min(loadMsMax, scene.leftMs() * loadShare), () =>
    loadState(ports.store, environment.name, step),
  );
  const known = loaded === null ? null : duplicateOf(loaded, ports.region, order.slotMs);
  const record = known === null ? await recordNew(loaded, scene) : await recordDuplicate(known, scene);
  logRecord(ports.log, record);
  return record;
}

/** What is known of a run that could not be judged. */
const unjudged = {
  judged: 'unjudged',
  judgement: { decisions: [] },
  incidentOpen: null,
  conflicts: 0,
  delivery: null,
} as const;

async function recordNew(loaded: LoadedState | null, scene: Scene): Promise<RunRecord> {
  const { order, ports, trouble } = scene;
  const outcome = await measureOutcome(order, ports, loaded);
  const report = (await judgeOutcome(outcome, loaded, scene)) ?? unjudged;
  const { judged, judgement, incidentOpen, conflicts, delivery } = report;
  const facts = {
    duplicate: judged === 'duplicate',
    incidentOpen,
    deliveryFailures: delivery?.refused.length ?? 0,
    stateConflicts: conflicts,
  };
  const points = await recordPoints(outcome, facts, scene);
  const reasons = trouble.map(({ reason }) => reason);
  ports.own.note(outcome, reasons, order.environment.policy.monitorTroubleRuns);
  return { outcome, judged, decisions: judgement.decisions, delivery, conflicts, points, trouble };
}

/** The same slot again: answered from memory; nothing moves but the counter of duplicates. */
async function recordDuplicate(outcome: Outcome, scene: Scene): Promise<RunRecord> {
  const facts = { duplicate: true, incidentOpen: null, deliveryFailures: 0, stateConflicts: 0 };
  const points = await recordPoints(outcome, facts, scene);
  return {
    outcome,
    judged: 'duplicate',
    decisions: [{ kind: 'duplicate', detail: 'the slot has been judged' }],
    delivery: null,
    conflicts: 0,
    points,
    trouble: scene.trouble,
  };
}
