/**
 * What follows a measurement: it is judged and told, and its points are written. Neither can take the other with it, and
 * both together never take longer than the run may last; what broke is in the run's trouble.
 */
import { render, renderRoot } from '../core/message/render.ts';
import { pointsOf, type RunFacts } from '../core/metrics/outcome-points.ts';
import type { Outcome } from '../core/outcome.ts';
import { StateError } from '../core/state-error.ts';
import type { RunRecord, RunTrouble } from './answer.ts';
import { type JudgeReport, judgeRun } from './judge-run.ts';
import { faultText } from './log-record.ts';
import type { RunOrder, RunPorts } from './run.ts';
import type { LoadedState } from './state-access.ts';
import { inTime, type LeftMs } from './time-room.ts';

/** A run under way. */
export interface Scene {
  readonly order: RunOrder;
  readonly ports: RunPorts;
  /** Grows with everything of ours that breaks. */
  readonly trouble: RunTrouble[];
  readonly leftMs: LeftMs;
}

/** Share of the time that is left for judging and telling; the rest is for the points. */
const judgeShare = 2 / 3;

/** Share of what judging has left that telling may take, so that what was judged is known even if telling has no end. */
const deliveryShare = 0.9;

export async function judgeOutcome(
  outcome: Outcome,
  loaded: LoadedState | null,
  scene: Scene,
): Promise<JudgeReport | null> {
  const { order, ports, trouble, leftMs } = scene;
  const { environment } = order;
  const { projectId: monitorProject, database, store, notifier, nowMs } = ports;
  const place = { environment, monitorProject, ...(database !== undefined && { database }) };
  const reservedMs = leftMs() * (1 - judgeShare);
  const judgeLeftMs = (): number => Math.max(0, leftMs() - reservedMs);
  const report = await attempt(scene, 'state_unavailable', judgeLeftMs(), () =>
    judgeRun({
      store,
      notifier,
      render: {
        news: (news, at) => render(news, { ...place, nowMs: at }),
        root: (news, at) => renderRoot(news, { ...place, nowMs: at }),
      },
      settings: environment,
      outcome,
      nowMs,
      holder: outcome.traceId,
      own: ports.own.recall(environment.name, order.step),
      deliveryLeftMs: () => judgeLeftMs() * deliveryShare,
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
    ...(delivery?.status === 'unfinished'
      ? [{ reason: 'slack_unavailable', detail: 'the messages did not get through in the time of a run' } as const]
      : []),
    ...(deliveryFault === null ? [] : [deliveryTrouble(deliveryFault)]),
  ];
}

function deliveryTrouble(fault: unknown): RunTrouble {
  return {
    reason: fault instanceof StateError ? 'state_unavailable' : 'slack_unavailable',
    detail: faultText(fault),
  };
}

export async function recordPoints(
  outcome: Outcome,
  known: Omit<RunFacts, 'atMs'>,
  scene: Scene,
): Promise<RunRecord['points']> {
  const { order, ports, trouble, leftMs } = scene;
  const points = pointsOf(outcome, order.environment, { ...known, atMs: ports.nowMs() });
  const report = await attempt(scene, 'metrics_unavailable', leftMs(), () => ports.sink.write(points));
  if (report === null) {
    return null;
  }
  for (const { code, message, points: count, metrics } of report.refused) {
    const detail = `${count} points refused with gRPC status ${code}: ${message} (${metrics.join(', ')})`;
    trouble.push({ reason: 'metrics_unavailable', detail });
  }
  return { written: report.written, refused: report.refused.reduce((sum, { points: count }) => sum + count, 0) };
}

/** The work's result; null, and trouble on record, when it fails or takes longer than it may. */
export async function attempt<T extends object>(
  { trouble }: Pick<Scene, 'trouble'>,
  reason: RunTrouble['reason'],
  limitMs: number,
  work: () => Promise<T>,
): Promise<T | null> {
  try {
    const result = await inTime(limitMs, work());
    if (result === null) {
      trouble.push({ reason, detail: `no end within ${Math.round(limitMs)} ms, which is all that the run had left` });
    }
    return result;
  } catch (error) {
    trouble.push({ reason, detail: faultText(error) });
    return null;
  }
}
