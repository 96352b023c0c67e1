/** Runs a probe once, as the run would, with whatever a test says otherwise. */
import type { Environment } from '../../shared/core/environment/definition.ts';
import type { Measurement, ProbeMemory } from '../../shared/core/outcome.ts';
import type { Probe, ProbeContext } from '../../shared/core/probe.ts';
import type { Secret } from '../../shared/core/secret.ts';
import { startDeadline } from '../../shared/run/deadline.ts';
import { traceId } from './exchange-context.ts';

export interface ProbeOptions {
  readonly environment: Environment;
  readonly secrets?: Readonly<Record<string, Secret>>;
  readonly memory?: ProbeMemory;
  readonly deadlineMs?: number;
  readonly nowMs?: () => number;
}

export function probeContext(options: ProbeOptions): ProbeContext & Disposable {
  const { environment, secrets = {}, memory = {}, deadlineMs = 10_000, nowMs = Date.now } = options;
  const deadline = startDeadline(deadlineMs);
  return {
    environment,
    secrets: (name) => secrets[name] ?? null,
    deadline,
    traceId,
    nowMs,
    memory,
    region: 'local',
    [Symbol.dispose]: () => deadline[Symbol.dispose](),
  };
}

export async function runProbe(probe: Probe, options: ProbeOptions): Promise<Measurement> {
  using context = probeContext(options);
  return await probe(context);
}
