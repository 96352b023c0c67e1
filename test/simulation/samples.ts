/** Environment files and outcomes for the tests of judging, with only what a test is about spelled out. */
import * as v from 'valibot';

import { type Environment, environmentSchema } from '../../shared/core/environment/definition.ts';
import type { Outcome, Verdict } from '../../shared/core/outcome.ts';
import type { Reason } from '../../shared/core/reasons.ts';
import type { Step } from '../../shared/core/step.ts';

/** A Monday, 00:00 UTC. */
export const epochMs = Date.UTC(2026, 10, 23);
export const cadence = 300_000;

export function slot(index: number): number {
  return epochMs + index * cadence;
}

type EnvironmentInput = v.InferInput<typeof environmentSchema>;

function inputWith(changes: Partial<EnvironmentInput>): EnvironmentInput {
  return {
    name: 'acme',
    title: 'Acme',
    services: { auth: { url: 'https://auth.example' }, backend: { url: 'https://backend.example' } },
    steps: {
      auth: {
        login: { kind: 'self_signed', secret: 'KEY', subject: 'probe' },
        token: { verification: { kind: 'none' } },
        protectedResource: {},
      },
      health: { documents: [{ id: 'main', service: 'backend' }] },
      websocket: {},
      agent: {},
    },
    slack: { channel: '#alerts', mention: '<!here>' },
    ...changes,
  };
}

export function settingsWith(changes: Partial<EnvironmentInput> = {}): Environment {
  return v.parse(environmentSchema, inputWith(changes));
}

/** The same as the text of a file. */
export function environmentJson(changes: Partial<EnvironmentInput> = {}): string {
  return JSON.stringify(inputWith(changes));
}

export interface OutcomeInput extends Partial<Omit<Outcome, 'verdict' | 'reason'>> {
  readonly verdict?: Verdict;
  readonly reason?: Reason | null;
}

export function outcomeOf(step: Step, index: number, input: OutcomeInput = {}): Outcome {
  const slotMs = slot(index);
  const verdict = input.verdict ?? 'pass';
  return {
    environment: 'acme',
    region: 'us-central1',
    step,
    slotMs,
    startedAtMs: slotMs + 1_000,
    endedAtMs: slotMs + 2_000,
    verdict,
    reason: verdict === 'pass' ? null : 'unavailable',
    detail: verdict === 'pass' ? 'all checks passed' : 'HTTP 503',
    checkId: null,
    checks: [],
    latencyMs: 200,
    phases: {},
    gauges: {},
    components: [],
    timeline: [],
    revision: 'r-1',
    blockedBy: null,
    memory: {},
    attempts: [],
    flaky: false,
    cold: false,
    late: false,
    stalledMs: 0,
    traceId: '0'.repeat(32),
    ...input,
  };
}
