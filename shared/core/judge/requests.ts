/** What people ask for: quiet, a window, that an incident is theirs. Each with author, reason and end. Pure. */
import { cut } from '../check.ts';
import type { Environment } from '../environment/definition.ts';
import { durationText } from '../time.ts';
import { leadReason } from './incident-parts.ts';
import { enqueue } from './outbox.ts';
import { type Acknowledgement, type EnvironmentRecord, type MaintenanceEntry, type Mute, mutesMax } from './state.ts';

/** Null when there are as many as there may be. */
export function withMute(record: EnvironmentRecord, mute: Mute, nowMs: number): EnvironmentRecord | null {
  const mutes = record.mutes.filter(({ untilMs }) => nowMs < untilMs);
  return mutes.length >= mutesMax ? null : { ...record, mutes: [...mutes, mute] };
}

export function withoutMutes(record: EnvironmentRecord): EnvironmentRecord | null {
  return record.mutes.length === 0 ? null : { ...record, mutes: [] };
}

/** Null when there are as many as there may be. */
export function withMaintenance(
  record: EnvironmentRecord,
  entry: MaintenanceEntry,
  nowMs: number,
): EnvironmentRecord | null {
  const maintenance = record.maintenance.filter(({ untilMs }) => nowMs < untilMs);
  return maintenance.length >= mutesMax ? null : { ...record, maintenance: [...maintenance, entry] };
}

export function withoutMaintenance(record: EnvironmentRecord): EnvironmentRecord | null {
  return record.maintenance.length === 0 ? null : { ...record, maintenance: [] };
}

/** Null when no incident is open. The next run of any step tells it in the thread, and the root message shows it. */
export function acknowledged(
  record: EnvironmentRecord,
  acknowledgement: Acknowledgement,
  { settings, nowMs }: { readonly settings: Environment; readonly nowMs: number },
): EnvironmentRecord | null {
  if (record.incident === null) {
    return null;
  }
  const incident = {
    ...record.incident,
    acknowledged: acknowledgement,
    changes: record.incident.changes + 1,
    lastToldAtMs: nowMs,
  };
  const { by, reason, untilMs } = acknowledgement;
  const changed = { ...record, incident };
  if (settings.slack === undefined) {
    return changed;
  }
  return {
    ...changed,
    outbox: enqueue(record.outbox, {
      id: `${incident.id}:changed:${incident.changes}`,
      kind: 'changed',
      lane: incident.id,
      environment: settings.name,
      atMs: nowMs,
      change: cut(`${by} has taken it for ${durationText(untilMs - nowMs)}: ${reason}`),
      step: incident.firstStep,
      reason: leadReason(incident),
      incident,
      shift: null,
      flow: record.flow,
      mention: false,
      last: false,
      folded: 0,
    }),
  };
}
