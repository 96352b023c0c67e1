/**
 * From an outcome to the points that are published of it. Pure; knows what may be said when: `up` is about the
 * product, so a run that could not tell writes none; a run that speaks for no slot of its own writes one counter.
 */
import type { Environment } from '../environment/definition.ts';
import { type Gauge, gauges, type Outcome, phases } from '../outcome.ts';
import { job, type LabelsOf, metricEntry, type MetricName } from './catalogue.ts';
import { instantInterval, type Interval, slotInterval } from './interval.ts';
import { closed, labelSets, noReason, totalPhase } from './labels.ts';
import type { MonitoredTask, Point, PointValue } from './points.ts';

/** What the run knows beside its outcome. */
export interface RunFacts {
  /** Wall clock in Unix milliseconds when the points are made. */
  readonly atMs: number;
  /** The slot had its run already; the outcome is the one of that run. */
  readonly duplicate: boolean;
  /** null: the state could not be read. */
  readonly incidentOpen: boolean | null;
  /** Posts to Slack that failed in this run. */
  readonly deliveryFailures: number;
  /** State writes of this run that another run had overtaken. */
  readonly stateConflicts: number;
}

/** The parts of an environment that matter here. */
export type MetricSettings = Pick<Environment, 'cadenceSeconds' | 'steps'>;

interface Sample {
  readonly metric: MetricName;
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

/** The points of a run; at most one a series, all in the run's own stretch of time. */
export function pointsOf(outcome: Outcome, environment: MetricSettings, facts: RunFacts): readonly Point[] {
  const task = { location: outcome.region, namespace: outcome.environment, job, taskId: outcome.step };
  if (facts.duplicate) {
    return [toPoint(sample('duplicate_runs', {}, 1), task, instantInterval(facts.atMs))];
  }
  if (outcome.late) {
    return [toPoint(sample('late_runs', {}, 1), task, instantInterval(facts.atMs))];
  }
  const interval = slotInterval(outcome.slotMs, outcome.endedAtMs, environment.cadenceSeconds * 1_000);
  return [
    ...verdictSamples(outcome),
    ...checkSamples(outcome),
    ...latencySamples(outcome),
    ...componentSamples(outcome, environment),
    ...gaugeSamples(outcome),
    ...monitorSamples(outcome, facts),
  ]
    .filter(({ value }) => Number.isFinite(value))
    .map((made) => toPoint(made, task, interval));
}

function sample<M extends MetricName>(metric: M, labels: LabelsOf<M>, value: number | boolean): Sample {
  return { metric, labels, value: Number(value) };
}

function toPoint({ metric, labels, value }: Sample, task: MonitoredTask, { startMs, endMs }: Interval): Point {
  const cumulative = metricEntry(metric).metricKind === 'CUMULATIVE';
  return { metric, labels, task, value: pointValue(metric, value), startMs: cumulative ? startMs : null, endMs };
}

function pointValue(metric: MetricName, value: number): PointValue {
  switch (metricEntry(metric).valueType) {
    case 'INT64':
      return { kind: 'int64', value: Math.round(value) };
    case 'DOUBLE':
      return { kind: 'double', value };
    case 'DISTRIBUTION':
      return { kind: 'distribution', value };
  }
}

/** Works, perhaps worse than it should; the only runs whose speed means anything. */
function works(outcome: Outcome): boolean {
  return outcome.verdict === 'pass' || outcome.verdict === 'degraded';
}

function verdictSamples(outcome: Outcome): readonly Sample[] {
  const { verdict } = outcome;
  const told = works(outcome) || verdict === 'fail';
  const labels = {
    verdict: closed(labelSets.verdicts, verdict),
    reason: closed(labelSets.reasons, outcome.reason ?? noReason),
  };
  return [
    ...(told ? [sample('up', {}, works(outcome)), sample('degraded', {}, verdict === 'degraded')] : []),
    sample('blocked', {}, verdict === 'blocked'),
    sample('inconclusive', {}, verdict === 'inconclusive'),
    sample('runs', labels, 1),
  ];
}

/** Each check stands on its own verdict, whatever became of the run. */
function checkSamples(outcome: Outcome): readonly Sample[] {
  const worst = new Map<string, number>();
  for (const { id, verdict } of outcome.checks) {
    if (verdict !== 'blocked' && verdict !== 'inconclusive') {
      keep(worst, closed(labelSets.checks, id), verdict === 'fail' ? 0 : 1, Math.min);
    }
  }
  return [...worst].map(([check, value]) => sample('check_up', { check }, value));
}

function latencySamples(outcome: Outcome): readonly Sample[] {
  if (!works(outcome)) {
    return [];
  }
  const { latencyMs } = outcome;
  const parts = phases.flatMap((phase) => {
    const ms = outcome.phases[phase];
    return ms === undefined ? [] : [sample('latency', { phase }, ms)];
  });
  return [
    ...parts,
    ...(latencyMs === null ? [] : [sample('latency', { phase: totalPhase }, latencyMs)]),
    ...(latencyMs === null || outcome.cold ? [] : [sample('latency_distribution', {}, latencyMs)]),
  ];
}

function componentSamples(outcome: Outcome, environment: MetricSettings): readonly Sample[] {
  const names = componentNames(environment);
  const up = new Map<string, number>();
  const latency = new Map<string, number>();
  for (const { name, verdict, latencyMs } of outcome.components) {
    const component = closed(names, name);
    keep(up, component, verdict === 'fail' ? 0 : 1, Math.min);
    if (latencyMs !== null) {
      keep(latency, component, latencyMs, Math.max);
    }
  }
  return [
    ...[...up].map(([component, value]) => sample('component_up', { component }, value)),
    ...[...latency].map(([component, ms]) => sample('component_latency', { component }, ms)),
  ];
}

/** The components that the environment file names, over all documents. */
export function componentNames(environment: MetricSettings): ReadonlySet<string> {
  const documents = environment.steps.health?.documents ?? [];
  return new Set(documents.flatMap((document) => Object.keys(document.components?.expected ?? {})));
}

/** Keeps the worse of two values that fall together under one label: a series takes one point a request. */
function keep(values: Map<string, number>, key: string, value: number, worse: (a: number, b: number) => number): void {
  values.set(key, worse(values.get(key) ?? value, value));
}

const gaugeMetrics = {
  tls_days_left: 'tls_days_left',
  token_lifetime_seconds: 'token_lifetime',
  token_lifetime_drift_seconds: 'token_lifetime_drift',
  clock_skew_seconds: 'clock_skew',
  uptime_seconds: 'uptime',
  offer_header_bytes: 'offer_header_bytes',
  agent_events: 'agent_events',
  agent_duplicate_events: 'agent_duplicate_events',
  agent_unknown_events: 'agent_unknown_events',
  agent_tools: 'agent_tools',
  answer_characters: 'answer_characters',
  crowd_ready: 'crowd_ready',
} as const satisfies Readonly<Record<Gauge, MetricName>>;

function gaugeSamples(outcome: Outcome): readonly Sample[] {
  return gauges.flatMap((gauge) => {
    const value = outcome.gauges[gauge];
    return value === undefined ? [] : [sample(gaugeMetrics[gauge], {}, value)];
  });
}

function monitorSamples(outcome: Outcome, facts: RunFacts): readonly Sample[] {
  const counts = [
    sample('flaky_runs', {}, outcome.flaky),
    sample('state_conflicts', {}, facts.stateConflicts),
    sample('delivery_failures', {}, facts.deliveryFailures),
  ];
  return [
    sample('cold', {}, outcome.cold),
    sample('stalled', {}, outcome.stalledMs),
    sample('trigger_delay', {}, outcome.startedAtMs - outcome.slotMs),
    ...(facts.incidentOpen === null ? [] : [sample('incident_open', {}, facts.incidentOpen)]),
    ...counts.filter(({ value }) => value > 0),
  ];
}
