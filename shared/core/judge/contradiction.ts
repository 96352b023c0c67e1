/** The health document's word against reality: told once an incident, in its thread. */
import { stepTitles } from '../message/words.ts';
import { type Reason, reasonEntry } from '../reasons.ts';
import { steps } from '../step.ts';
import { leadReason, openSteps } from './incident-parts.ts';
import { cadenceMs } from './policy.ts';
import { decide, remember, type Rule, type Situation, tell } from './situation.ts';
import type { Incident } from './state.ts';

export const compareWithHealth: Rule = (situation) => {
  const { incident } = situation.environment;
  if (incident === null || incident.contradictionTold || situation.settings.steps.health === undefined) {
    return situation;
  }
  const found = contradictionIn(situation, incident);
  if (found === null) {
    return situation;
  }
  const told = { ...incident, contradictionTold: true };
  return tell(decide(remember(situation, { incident: told }), 'contradiction_told', found.change), {
    id: `${incident.id}:${found.reason}`,
    kind: 'health_contradiction',
    lane: incident.id,
    change: found.change,
    step: 'health',
    reason: found.reason,
    incident: told,
  });
};

interface Contradiction {
  readonly reason: Reason;
  readonly change: string;
}

function contradictionIn(situation: Situation, incident: Incident): Contradiction | null {
  const broken = openSteps(incident);
  return broken.includes('health') ? alarm(situation, incident) : lie(situation, incident);
}

/** Health has just passed while a step is down for a reason that is the product's. */
function lie({ outcome, run }: Situation, incident: Incident): Contradiction | null {
  if (outcome.step !== 'health' || run.mark.verdict !== 'pass' || incident.severity !== 'outage') {
    return null;
  }
  const reason = leadReason(incident);
  if (reason === null || reasonEntry(reason).fault !== 'product') {
    return null;
  }
  return {
    reason: 'health_lies',
    change: `the health documents say that all is well, while ${stepTitles[incident.firstStep]} is broken`,
  };
}

/** Health is down alone, and every other step has had the time to notice and works. */
function alarm({ environment, settings, nowMs }: Situation, incident: Incident): Contradiction | null {
  const others = steps.filter((step) => step !== 'health' && settings.steps[step] !== undefined);
  const work = others.length > 0 && others.every((step) => environment.flow[step] === 'pass');
  const alone = openSteps(incident).length === 1 && incident.severity === 'outage';
  return work && alone && nowMs - incident.openedAtMs >= 2 * cadenceMs(settings)
    ? { reason: 'health_alarmist', change: 'the health documents say that it is broken, while every other step works' }
    : null;
}
