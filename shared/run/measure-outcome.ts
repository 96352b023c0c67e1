/**
 * Measures, and nothing else: no state, no metrics, no messages. By itself it is what a process loads that only measures.
 */
import type { Outcome } from '../core/outcome.ts';
import type { Probe } from '../core/probe.ts';
import { secondMs } from '../core/time.ts';
import { collectGarbage } from './collect-garbage.ts';
import { isLate, memoryOf } from './earlier-runs.ts';
import { faultText } from './log-record.ts';
import { measure, type Measured } from './measure.ts';
import type { RunOrder, RunPorts } from './run.ts';
import type { LoadedState } from './state-access.ts';

/** Never rejects. `loaded`: the state, null where there is none or it is not to be had. */
export async function measureOutcome(
  order: RunOrder,
  ports: Pick<RunPorts, 'loadProbe' | 'secrets' | 'log' | 'nowMs' | 'newTraceId' | 'region'>,
  loaded: LoadedState | null,
): Promise<Outcome> {
  const { environment, step, slotMs } = order;
  const traceId = ports.newTraceId();
  const probe = await loadOrReject(ports.loadProbe);
  if (!order.cold) {
    // The first run's garbage is that of all that was loaded, and takes longer than it could falsify.
    collectGarbage();
  }
  const startedAtMs = ports.nowMs();
  const measured = await measure({
    probe,
    context: {
      environment,
      secrets: ports.secrets,
      traceId,
      nowMs: ports.nowMs,
      memory: loaded === null ? {} : memoryOf(loaded, ports.region),
      region: ports.region,
    },
    deadlineMs: (environment.steps[step]?.deadlineSeconds ?? 0) * secondMs,
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
