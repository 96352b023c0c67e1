/**
 * The one open incident of an environment: opened by the first step that fires, joined by others, named after the first
 * broken one, closed when all of them have recovered. Whether people know decides, not the moment of a transition: what
 * was kept quiet is told when the quiet ends, and a recovery is told exactly if the trouble was.
 */
import {
  describe,
  headlined,
  isNewReason,
  leadReason,
  openPart,
  openSteps,
  severityOf,
  severityRank,
  sparkline,
} from './incident-parts.ts';
import { relapseWithinMs } from './policy.ts';
import { isSecurity } from './region.ts';
import { changedSentence, openedSentence, recoveredSentence, resolvedSentence } from './sentences.ts';
import { silencedBy } from './silence.ts';
import { decide, remember, type Rule, type Situation, tell } from './situation.ts';
import type { Firing, Incident, IncidentSeverity, IncidentStep } from './state.ts';
import { isUnsteady } from './window.ts';

export const followIncident: Rule = (situation) => {
  const { environment, outcome, standing, run } = situation;
  const { bad } = standing;
  if (bad === null) {
    const part = openPart(environment.incident, outcome.step);
    return part === null || environment.incident === null
      ? forgotten(situation)
      : recover(situation, environment.incident, part);
  }
  // A step that works at the moment, or was not measured, is no occasion to say that it is broken.
  if (!isUnsteady(run.mark)) {
    return situation;
  }
  const silence = isSecurity(bad.reason) ? null : silencedBy(outcome.step, bad.verdict, situation);
  if (silence !== null) {
    return decide(
      situation,
      `suppressed_by_${silence.kind}`,
      `${outcome.step} is not well (${bad.reason}): ${silence.why}`,
    );
  }
  return environment.incident === null ? open(situation, bad) : update(situation, bad, environment.incident);
};

function open(situation: Situation, bad: Firing): Situation {
  const { environment, outcome, settings, nowMs } = situation;
  const part = describe(situation, bad, null);
  const last = environment.lastIncident;
  const relapses =
    last?.steps[outcome.step] !== undefined && nowMs - (last.resolvedAtMs ?? 0) <= relapseWithinMs(settings);
  const incident: Incident = {
    id: `${settings.name}-${Math.floor(outcome.slotMs / 1_000).toString(36)}`,
    openedAtMs: nowMs,
    resolvedAtMs: null,
    severity: severityOf(part),
    firstStep: outcome.step,
    steps: { [outcome.step]: part },
    acknowledged: null,
    lastToldAtMs: nowMs,
    changes: 0,
    reminders: 0,
    contradictionTold: false,
    relapseOf: relapses ? last.id : null,
  };
  const opened = decide(remember(belongsTo(situation, incident.id), { incident }), 'opened', `incident ${incident.id}`);
  return tell(opened, {
    id: `${incident.id}:opened`,
    kind: 'opened',
    lane: incident.id,
    change: openedSentence(incident, part),
    step: outcome.step,
    reason: part.reason,
    incident,
    mention: mentions(situation, incident.severity),
  });
}

/** A bad run while an incident is open: its step joins, or there is something new to say, or only a number grows. */
function update(situation: Situation, bad: Firing, before: Incident): Situation {
  const { outcome } = situation;
  const known = openPart(before, outcome.step);
  const part = describe(situation, bad, known);
  const incident = headlined({ ...before, steps: { ...before.steps, [outcome.step]: part } });
  const member = remember(belongsTo(situation, incident.id), { incident });
  if (known === null) {
    return announce(decide(member, 'joined_incident', `incident ${incident.id}`), before, incident);
  }
  return isNewReason(known, part) || hasMoved(before, incident)
    ? announce(decide(member, 'headline_changed', `incident ${incident.id}`), before, incident)
    : member;
}

function recover(situation: Situation, before: Incident, part: IncidentStep): Situation {
  const { outcome, region, nowMs } = situation;
  const recoveredAtMs = region.passingSinceMs ?? outcome.slotMs;
  const closedPart: IncidentStep = { ...part, recoveredAtMs, sparklineMs: sparkline(situation) };
  const recovered: Incident = { ...before, steps: { ...before.steps, [outcome.step]: closedPart } };
  const next = decide(belongsTo(situation, null), 'step_recovered', `${outcome.step} of incident ${before.id}`);
  if (openSteps(recovered).length === 0) {
    return close(next, { ...recovered, resolvedAtMs: nowMs });
  }
  const incident = headlined(recovered);
  const kept = remember(next, { incident });
  return hasMoved(before, incident)
    ? announce(decide(kept, 'headline_changed', `incident ${incident.id}`), before, incident)
    : kept;
}

function close(situation: Situation, incident: Incident): Situation {
  const closed = remember(situation, { incident: null, lastIncident: incident });
  return tell(decide(closed, 'resolved', `incident ${incident.id}`), {
    id: `${incident.id}:resolved`,
    kind: 'resolved',
    lane: incident.id,
    change: resolvedSentence(incident),
    step: incident.firstStep,
    reason: leadReason(incident),
    incident,
    last: true,
  });
}

/** A step that recovered although its incident is no longer on record: that document was lost, the news must not be. */
function forgotten(situation: Situation): Situation {
  const { step, outcome } = situation;
  if (step.incidentId === null) {
    return situation;
  }
  return tell(decide(belongsTo(situation, null), 'resolved', `${outcome.step}; the record of its incident was lost`), {
    id: `${step.incidentId}:${outcome.step}:recovered`,
    kind: 'resolved',
    lane: step.incidentId,
    change: recoveredSentence(outcome.step),
    step: outcome.step,
    last: true,
  });
}

function announce(situation: Situation, before: Incident, after: Incident): Situation {
  const escalated = severityRank[after.severity] > severityRank[before.severity];
  const incident: Incident = {
    ...after,
    changes: before.changes + 1,
    lastToldAtMs: situation.nowMs,
    // Who took over a mild incident has not taken over a grave one.
    acknowledged: escalated ? null : after.acknowledged,
  };
  return tell(remember(situation, { incident }), {
    id: `${incident.id}:changed:${incident.changes}`,
    kind: 'changed',
    lane: incident.id,
    change: changedSentence(before, incident),
    step: incident.firstStep,
    reason: leadReason(incident),
    incident,
    mention: escalated && mentions(situation, incident.severity),
  });
}

function hasMoved(before: Incident, after: Incident): boolean {
  return after.firstStep !== before.firstStep || after.severity !== before.severity;
}

function mentions({ settings }: Situation, severity: IncidentSeverity): boolean {
  return settings.slack?.mention !== undefined && settings.slack.mentionSeverities.includes(severity);
}

function belongsTo(situation: Situation, incidentId: string | null): Situation {
  return { ...situation, step: { ...situation.step, incidentId } };
}
