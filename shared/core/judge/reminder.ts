/** Says again what is still broken, by any step's run, until someone has taken it over or has asked for quiet. */
import { isoUtc, minuteMs } from '../time.ts';
import { leadReason, openPart, openSteps } from './incident-parts.ts';
import { isSecurity } from './region.ts';
import { reminderSentence } from './sentences.ts';
import { silencedBy } from './silence.ts';
import { decide, remember, type Rule, type Situation, tell } from './situation.ts';
import type { Incident } from './state.ts';

export const remind: Rule = (situation) => {
  const { environment, settings, nowMs } = situation;
  const { incident } = environment;
  const everyMs = settings.policy.reminderMinutes * minuteMs;
  if (incident === null || everyMs === 0 || nowMs - incident.lastToldAtMs < everyMs) {
    return situation;
  }
  const why = reasonToWithhold(situation, incident);
  if (why !== null) {
    return decide(situation, 'reminder_withheld', why);
  }
  const reminded = { ...incident, reminders: incident.reminders + 1, lastToldAtMs: nowMs };
  return tell(decide(remember(situation, { incident: reminded }), 'reminded', `number ${reminded.reminders}`), {
    id: `${incident.id}:reminder:${reminded.reminders}`,
    kind: 'reminder',
    lane: incident.id,
    change: reminderSentence(reminded, nowMs),
    step: incident.firstStep,
    reason: leadReason(incident),
    incident: reminded,
  });
};

function reasonToWithhold(situation: Situation, incident: Incident): string | null {
  const { environment, nowMs } = situation;
  const { acknowledged, id } = incident;
  if (acknowledged !== null && nowMs < acknowledged.untilMs) {
    return `acknowledged by ${acknowledged.by} until ${isoUtc(acknowledged.untilMs)}`;
  }
  if (environment.outbox.some(({ notification }) => notification.lane === id)) {
    return 'earlier messages of the incident are still waiting to be delivered';
  }
  const quiet = openSteps(incident).map((step) => {
    const part = openPart(incident, step);
    return part === null || isSecurity(part.reason) ? null : silencedBy(step, part.verdict, situation);
  });
  return quiet.every((silence) => silence !== null) ? 'quiet was asked for about all that is broken' : null;
}
