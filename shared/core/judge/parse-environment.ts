/** The form of an environment's document, part by part. */
import * as v from 'valibot';

import { steps } from '../step.ts';
import { latencyShift } from './parse-region.ts';
import {
  badVerdict,
  count,
  list,
  longName,
  name,
  nullableText,
  number,
  numbersAndGaps,
  reason,
  shortText,
  stepName,
} from './parse-values.ts';
import {
  evidenceLinesMax,
  type Incident,
  mutesMax,
  type Notification,
  outboxMax,
  reasonsToldMax,
  regionsMax,
  sparklineRuns,
  troublesMax,
} from './state.ts';

const regionNames = list(name, regionsMax);
const some = v.nullable(list(stepName, steps.length));

const incidentStep = v.object({
  reason,
  detail: shortText,
  verdict: badVerdict,
  sinceMs: number,
  failedRuns: count,
  regions: regionNames,
  healthyRegions: regionNames,
  recoveredAtMs: v.nullable(number),
  reasonsTold: list(reason, reasonsToldMax),
  evidence: list(shortText, evidenceLinesMax),
  traceId: nullableText,
  revision: nullableText,
  revisionBefore: nullableText,
  sparklineMs: numbersAndGaps(sparklineRuns),
});

const incident: v.GenericSchema<unknown, Incident> = v.object({
  id: name,
  openedAtMs: number,
  resolvedAtMs: v.nullable(number),
  severity: v.picklist(['security', 'outage', 'degraded']),
  firstStep: stepName,
  steps: v.record(stepName, incidentStep),
  acknowledged: v.nullable(v.object({ by: shortText, reason: shortText, untilMs: number })),
  lastToldAtMs: number,
  changes: count,
  reminders: count,
  contradictionTold: v.boolean(),
  relapseOf: nullableText,
});

const flow = v.record(
  stepName,
  v.picklist(['pass', 'degraded', 'fail', 'blocked', 'inconclusive', 'unknown', 'maintenance']),
);

const notification: v.GenericSchema<unknown, Notification> = v.object({
  id: longName,
  kind: v.picklist([
    'opened',
    'changed',
    'reminder',
    'resolved',
    'latency_moved',
    'latency_recovered',
    'health_contradiction',
    'monitor_trouble',
    'monitor_recovered',
    'drill',
  ]),
  lane: longName,
  environment: name,
  atMs: number,
  change: shortText,
  step: v.nullable(stepName),
  reason: v.nullable(reason),
  incident: v.nullable(incident),
  shift: v.nullable(latencyShift),
  flow,
  mention: v.boolean(),
  last: v.boolean(),
  folded: count,
});

const place = v.object({ channel: name, ts: name });

export const environmentFields = {
  incident: v.nullable(incident),
  lastIncident: v.nullable(incident),
  flow,
  outbox: list(v.object({ notification, attempts: count, nextAttemptAtMs: number, ambiguous: v.boolean() }), outboxMax),
  places: v.record(longName, place),
  lease: v.nullable(v.object({ holder: shortText, untilMs: number })),
  mutes: list(v.object({ by: shortText, reason: shortText, untilMs: number, steps: some }), mutesMax),
  maintenance: list(
    v.object({
      by: shortText,
      reason: shortText,
      fromMs: number,
      untilMs: number,
      expect: v.picklist(['down', 'degraded']),
      steps: some,
    }),
    mutesMax,
  ),
  troubles: list(
    v.object({
      kind: v.picklist(['inconclusive', 'one_region', 'delivery', 'own']),
      step: v.nullable(stepName),
      region: nullableText,
      reason,
      sinceMs: number,
      told: v.boolean(),
    }),
    troublesMax,
  ),
} as const;
