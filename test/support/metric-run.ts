/** A run as the metrics see it, with everything in order; tests say what is different. */
import * as v from 'valibot';

import { healthSettings } from '../../shared/core/environment/health.ts';
import type { MetricSettings, RunFacts } from '../../shared/core/metrics/outcome-points.ts';
import { pointsOf } from '../../shared/core/metrics/outcome-points.ts';
import type { Point } from '../../shared/core/metrics/points.ts';
import type { Check, Outcome } from '../../shared/core/outcome.ts';

export const slotMs = Date.parse('2026-11-24T20:05:00Z');

export const settings: MetricSettings = {
  cadenceSeconds: 300,
  steps: {
    health: v.parse(healthSettings, {
      documents: [
        { id: 'backend', service: 'backend', components: { path: 'checks', expected: { redis: {}, database: {} } } },
        { id: 'login', service: 'auth', components: { path: 'checks', expected: { redis: {} } } },
      ],
    }),
  },
};

export function outcomeWith(different: Partial<Outcome> = {}): Outcome {
  return {
    environment: 'staging',
    region: 'us-central1',
    step: 'auth',
    slotMs,
    startedAtMs: slotMs + 1_200,
    endedAtMs: slotMs + 3_000,
    attempts: [],
    flaky: false,
    cold: false,
    late: false,
    stalledMs: 3,
    traceId: '0af7651916cd43dd8448eb211c80319c',
    verdict: 'pass',
    reason: null,
    detail: 'all checks passed',
    checkId: null,
    checks: [],
    latencyMs: 180,
    phases: { dns: 4, tcp: 20 },
    gauges: {},
    components: [],
    timeline: [],
    revision: null,
    blockedBy: null,
    memory: {},
    ...different,
  };
}

export function checkWith(different: Partial<Check>): Check {
  return {
    id: 'auth.login',
    subject: null,
    verdict: 'pass',
    reason: null,
    detail: 'logged in',
    startedMs: 0,
    latencyMs: 10,
    phases: {},
    evidence: {},
    ...different,
  };
}

export function factsWith(different: Partial<RunFacts> = {}): RunFacts {
  return {
    atMs: slotMs + 3_100,
    duplicate: false,
    incidentOpen: false,
    deliveryFailures: 0,
    stateConflicts: 0,
    ...different,
  };
}

export function pointsWith(outcome: Partial<Outcome> = {}, facts: Partial<RunFacts> = {}): readonly Point[] {
  return pointsOf(outcomeWith(outcome), settings, factsWith(facts));
}

/** `metric{label=value}` → value, the form in which tables state what is expected. */
export function published(points: readonly Point[]): Readonly<Record<string, number>> {
  return Object.fromEntries(points.map((point) => [nameOf(point), point.value.value]));
}

function nameOf({ metric, labels }: Point): string {
  const text = Object.entries(labels).map(([key, value]) => `${key}=${value}`);
  return text.length === 0 ? metric : `${metric}{${text.join(',')}}`;
}
