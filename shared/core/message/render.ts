/**
 * Turns news into the messages that people read. `render` gives the message of the news itself, `renderRoot` the
 * present state of the conversation that it belongs to. Pure; decides nothing about who is told and where.
 */
import type { Incident, Notification, NotificationKind } from '../judge/state.ts';
import { compose, type Part } from './compose.ts';
import type { RenderContext } from './context.ts';
import { phrase } from './escape.ts';
import { incidentParts } from './incident.ts';
import type { SlackMessage } from './message.ts';
import { changedParts, reminderParts, resolvedParts } from './replies.ts';
import { counted } from './words.ts';
import { drillParts, latencyParts, plainParts, troubleOverParts, troubleParts } from './single.ts';

export type { RenderContext } from './context.ts';

/** The message that tells this news: the root of its conversation if it opens one, else a reply in its thread. */
export function render(news: Notification, context: RenderContext): SlackMessage {
  return compose([...makers[news.kind](news, context), ...foldedParts(news)]);
}

/** The root message of the conversation, as it stands with this news. */
export function renderRoot(news: Notification, context: RenderContext): SlackMessage {
  return news.incident === null || news.kind === 'opened'
    ? render(news, context)
    : compose(incidentParts(news.incident, news, context));
}

type Make = (news: Notification, context: RenderContext) => readonly Part[];

const makers: Readonly<Record<NotificationKind, Make>> = {
  opened: ofIncident(incidentParts),
  changed: ofIncident(changedParts),
  health_contradiction: ofIncident(changedParts),
  reminder: ofIncident(reminderParts),
  resolved: ofIncident(resolvedParts),
  latency_moved: latencyParts,
  latency_recovered: latencyParts,
  monitor_trouble: troubleParts,
  monitor_recovered: troubleOverParts,
  drill: drillParts,
};

function ofIncident(make: (incident: Incident, ...rest: Parameters<Make>) => readonly Part[]): Make {
  return (news, context) => (news.incident === null ? plainParts(news, context) : make(news.incident, news, context));
}

/** Nothing that could not be delivered is passed over in silence. */
function foldedParts({ folded, kind, change }: Notification): readonly Part[] {
  if (folded === 0) {
    return [];
  }
  const story: Part = { kind: 'paragraph', label: 'So far:', body: phrase`${change}` };
  const note = phrase`Stands also for ${counted(folded, 'earlier message')} that could not be delivered.`;
  return [...(kind === 'opened' ? [story] : []), { kind: 'note', body: note }];
}
