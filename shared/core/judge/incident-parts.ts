/** What an incident is made of: how a step looks in it, which one names it, how grave it is. */
import { evidenceLines } from '../message/evidence.ts';
import { type Reason, reasonEntry } from '../reasons.ts';
import { type Step, steps } from '../step.ts';
import { isSecurity } from './region.ts';
import { revisionAt } from './revisions.ts';
import type { Situation } from './situation.ts';
import { stillSeen } from './standing.ts';
import {
  type Firing,
  type Incident,
  type IncidentSeverity,
  type IncidentStep,
  reasonsToldMax,
  sparklineRuns,
} from './state.ts';

export function openPart(incident: Incident | null, step: Step): IncidentStep | null {
  const part = incident?.steps[step];
  return part === undefined || part.recoveredAtMs !== null ? null : part;
}

/** The steps that are still bad, in flow order. */
export function openSteps(incident: Incident): readonly Step[] {
  return steps.filter((step) => openPart(incident, step) !== null);
}

/** What the incident is to know of the step that has just run badly; `known` is what it knew while it was open. */
export function describe(situation: Situation, bad: Firing, known: IncidentStep | null): IncidentStep {
  const { standing, outcome, region } = situation;
  const reason = reasonToName(situation, bad, known);
  return {
    reason,
    detail: bad.reason === reason ? bad.detail : reasonEntry(reason).sentence,
    verdict: bad.verdict,
    sinceMs: known?.sinceMs ?? bad.sinceMs,
    failedRuns: known === null ? bad.runs : known.failedRuns + 1,
    regions: standing.regions,
    healthyRegions: standing.healthyRegions,
    recoveredAtMs: null,
    reasonsTold: withReason(known?.reasonsTold ?? [], reason),
    evidence: evidenceLines(outcome),
    traceId: outcome.traceId,
    revision: outcome.revision,
    revisionBefore: known === null ? revisionAt(region.revisions, bad.sinceMs - 1) : known.revisionBefore,
    sparklineMs: sparkline(situation),
  };
}

/** With several regions, each may name another reason: the one that was told stays as long as some region sees it. */
function reasonToName({ step }: Situation, bad: Firing, known: IncidentStep | null): Reason {
  const keeps = known !== null && !isSecurity(bad.reason) && stillSeen(step, known.reason);
  return keeps ? known.reason : bad.reason;
}

function withReason(told: readonly Reason[], reason: Reason): readonly Reason[] {
  return told.includes(reason) || told.length >= reasonsToldMax ? told : [...told, reason];
}

/** A reason is news once an incident; a step that invents reasons without end has been told of often enough. */
export function isNewReason(known: IncidentStep, part: IncidentStep): boolean {
  return part.reasonsTold.length > known.reasonsTold.length;
}

export function sparkline({ region }: Situation): readonly (number | null)[] {
  return region.window.slice(-sparklineRuns).map(({ latencyMs }) => latencyMs);
}

/** Why the first broken step is broken. */
export function leadReason({ steps: parts, firstStep }: Incident): Reason | null {
  return parts[firstStep]?.reason ?? null;
}

export const severityRank: Readonly<Record<IncidentSeverity, number>> = { degraded: 0, outage: 1, security: 2 };

export function severityOf(part: IncidentStep): IncidentSeverity {
  if (isSecurity(part.reason)) {
    return 'security';
  }
  return part.verdict === 'fail' ? 'outage' : 'degraded';
}

/** The incident under the name of its first broken step: the first in the flow of the gravest that are still bad. */
export function headlined(incident: Incident): Incident {
  const open = steps.flatMap((step) => {
    const part = openPart(incident, step);
    return part === null ? [] : [{ firstStep: step, severity: severityOf(part) }];
  });
  // Sorting keeps the order of the flow among equals.
  const [lead] = open.toSorted((a, b) => severityRank[b.severity] - severityRank[a.severity]);
  return { ...incident, ...lead };
}
