/**
 * One run of one step for one slot: guard, measure, judge and tell, record, log. Each part may fail without taking the
 * others with it, and the verdict is in the record whatever else went wrong.
 */
import type { Environment } from '../core/environment/definition.ts';
import { render, renderRoot } from '../core/message/render.ts';
import { pointsOf } from '../core/metrics/outcome-points.ts';
import type { Outcome } from '../core/outcome.ts';
import type { Log, MetricSink, Notifier, StateStore } from '../core/ports.ts';
import type { Probe, Secrets } from '../core/probe.ts';
import type { Step } from '../core/step.ts';
import type { RunRecord, RunTrouble } from './answer.ts';
import { duplicateOf, isLate, type JudgeReport, judgeRun, memoryOf } from './judge-run.ts';
import { faultText, logRecord } from './log-record.ts';
import { measure, type Measured } from './measure.ts';
import { type LoadedState, loadState } from './state-access.ts';

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
}

export interface RunOrder {
  readonly step: Step;
  readonly environment: Environment;
  readonly slotMs: number;
  /** First run of this process. */
  readonly cold: boolean;
}

/** Resolves always; what broke is in the record's `trouble`. */
export async function runStep(order: RunOrder, ports: RunPorts): Promise<RunRecord> {
  const trouble: RunTrouble[] = [];
  const loaded = await attempt(trouble, 'state_unavailable', () =>
    loadState(ports.store, order.environment.name, order.step),
  );
  const known = loaded === null ? null : duplicateOf(loaded, ports.region, order.slotMs);
  if (known !== null) {
    return recordDuplicate(known, { order, ports, trouble });
  }
  const outcome = await measureOutcome(order, ports, loaded);
  const judged = await judgeOutcome(outcome, loaded, { order, ports, trouble });
  const points = await recordPoints(outcome, judged, { order, ports, trouble });
  const record: RunRecord = {
    outcome,
    judged: judged?.judged ?? 'unjudged',
    decisions: judged?.judgement.decisions ?? [],
    delivery: judged?.delivery ?? null,
    conflicts: judged?.conflicts ?? 0,
    points,
    trouble,
  };
  logRecord(ports.log, record);
  return record;
}

/** Measures without state, metrics or messages. */
export async function measureOutcome(
  order: RunOrder,
  ports: Pick<RunPorts, 'loadProbe' | 'secrets' | 'log' | 'nowMs' | 'newTraceId' | 'region'>,
  loaded: LoadedState | null,
): Promise<Outcome> {
  const { environment, step, slotMs } = order;
  const traceId = ports.newTraceId();
  const startedAtMs = ports.nowMs();
  const measured = await measure({
    probe: await loadOrReject(ports.loadProbe),
    context: {
      environment,
      secrets: ports.secrets,
      traceId,
      nowMs: ports.nowMs,
      memory: loaded === null ? {} : memoryOf(loaded, ports.region),
      region: ports.region,
    },
    deadlineMs: (environment.steps[step]?.deadlineSeconds ?? 0) * 1_000,
    confirmAfterMs: environment.policy.confirmAfterMs,
    onFault: (error) =>
      ports.log({
        severity: 'ERROR',
        message: `the ${step} probe failed by itself`,
        traceId,
        labels: { environment: environment.name, step },
        fields: { fault: faultText(error) },
      }),
  });
  const late = loaded !== null && isLate(loaded, ports.region, slotMs);
  return outcomeOf(measured, order, {
    region: ports.region,
    startedAtMs,
    endedAtMs: ports.nowMs(),
    late,
    traceId,
  });
}

/** A probe that can't be loaded is a probe that fails by itself: the run is measured as that, not lost. */
async function loadOrReject(load: RunPorts['loadProbe']): Promise<Probe> {
  try {
    return await load();
  } catch (error) {
    return () => Promise.reject(error);
  }
}

function outcomeOf(
  { measurement, summary, attempts, flaky, stalledMs }: Measured,
  { environment, step, slotMs, cold }: RunOrder,
  place: Pick<Outcome, 'region' | 'startedAtMs' | 'endedAtMs' | 'late' | 'traceId'>,
): Outcome {
  return {
    ...summary,
    ...measurement,
    ...place,
    environment: environment.name,
    step,
    slotMs,
    attempts,
    flaky,
    cold,
    stalledMs,
  };
}

interface Scene {
  readonly order: RunOrder;
  readonly ports: RunPorts;
  readonly trouble: RunTrouble[];
}

async function judgeOutcome(
  outcome: Outcome,
  loaded: LoadedState | null,
  { order, ports, trouble }: Scene,
): Promise<JudgeReport | null> {
  const { environment } = order;
  const { projectId: monitorProject, store, notifier, nowMs } = ports;
  const report = await attempt(trouble, 'state_unavailable', () =>
    judgeRun({
      store,
      notifier,
      render: {
        news: (news, at) => render(news, { environment, nowMs: at, monitorProject }),
        root: (news, at) => renderRoot(news, { environment, nowMs: at, monitorProject }),
      },
      settings: environment,
      outcome,
      nowMs,
      holder: outcome.traceId,
      ...(loaded === null ? {} : { loaded }),
    }),
  );
  trouble.push(...troubleOf(report));
  return report;
}

function troubleOf(report: JudgeReport | null): readonly RunTrouble[] {
  if (report === null) {
    return [];
  }
  const { judged, delivery, deliveryFault } = report;
  const refused = delivery?.refused ?? [];
  return [
    ...(judged === 'contended'
      ? [{ reason: 'state_unavailable', detail: 'other runs wrote first every time' } as const]
      : []),
    ...refused.map(({ result, detail }) => ({ reason: 'slack_unavailable', detail: `${result}: ${detail}` }) as const),
    ...(deliveryFault === null ? [] : [{ reason: 'state_unavailable', detail: faultText(deliveryFault) } as const]),
  ];
}

async function recordPoints(
  outcome: Outcome,
  judged: JudgeReport | null,
  { order, ports, trouble }: Scene,
): Promise<RunRecord['points']> {
  const facts = {
    atMs: ports.nowMs(),
    duplicate: judged?.judged === 'duplicate',
    incidentOpen: judged?.incidentOpen ?? null,
    deliveryFailures: judged?.delivery?.refused.length ?? 0,
    stateConflicts: judged?.conflicts ?? 0,
  };
  return write(pointsOf(outcome, order.environment, facts), { order, ports, trouble });
}

async function write(points: ReturnType<typeof pointsOf>, { ports, trouble }: Scene): Promise<RunRecord['points']> {
  const report = await attempt(trouble, 'metrics_unavailable', () => ports.sink.write(points));
  if (report === null) {
    return null;
  }
  for (const { code, message, points: count, metrics } of report.refused) {
    const detail = `${count} points refused with gRPC status ${code}: ${message} (${metrics.join(', ')})`;
    trouble.push({ reason: 'metrics_unavailable', detail });
  }
  return { written: report.written, refused: report.refused.reduce((sum, { points: count }) => sum + count, 0) };
}

/** The same slot again: answered from memory; nothing moves but the counter of duplicates. */
async function recordDuplicate(outcome: Outcome, scene: Scene): Promise<RunRecord> {
  const { order, ports, trouble } = scene;
  const facts = {
    atMs: ports.nowMs(),
    duplicate: true,
    incidentOpen: null,
    deliveryFailures: 0,
    stateConflicts: 0,
  };
  const points = await write(pointsOf(outcome, order.environment, facts), scene);
  const record: RunRecord = {
    outcome,
    judged: 'duplicate',
    decisions: [{ kind: 'duplicate', detail: 'the slot has been judged' }],
    delivery: null,
    conflicts: 0,
    points,
    trouble,
  };
  logRecord(ports.log, record);
  return record;
}

async function attempt<T>(
  trouble: RunTrouble[],
  reason: RunTrouble['reason'],
  work: () => Promise<T>,
): Promise<T | null> {
  try {
    return await work();
  } catch (error) {
    trouble.push({ reason, detail: faultText(error) });
    return null;
  }
}
