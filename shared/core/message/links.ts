/** Where an alert leads: the logs and the trace of the failing run, the dashboard, the runbook. */
import type { Environment } from '../environment/definition.ts';
import { type Reason, runbookAnchor } from '../reasons.ts';
import { isoUtc, minuteMs } from '../time.ts';

const consoleUrl = 'https://console.cloud.google.com';

/** Time shown in the logs around the trouble: what led to it, and what it left behind. */
const beforeMs = 5 * minuteMs;
const afterMs = 10 * minuteMs;

/** What the logs are to show, in Unix milliseconds. */
export interface LogsRange {
  readonly fromMs: number;
  readonly toMs: number;
  /** 32 hexadecimal digits; null when no single run is meant. */
  readonly traceId: string | null;
}

/**
 * Logs Explorer over the time of the trouble. With a trace, everything that took part in that very run; without one,
 * the warnings and errors of the service. Query and times are parameters of the path, the project is one of the query.
 */
export function logsUrl(project: string, service: string, range: LogsRange): string {
  const query =
    range.traceId === null
      ? `resource.labels.service_name="${service}" AND severity>=WARNING`
      : `trace="projects/${project}/traces/${range.traceId}"`;
  const times = `startTime=${isoUtc(range.fromMs - beforeMs)};endTime=${isoUtc(range.toMs + afterMs)}`;
  return `${consoleUrl}/logs/query;query=${encoded(query)};${times}?project=${encoded(project)}`;
}

/** Cloud Trace, opened at one trace. */
export function traceUrl(project: string, traceId: string): string {
  return `${consoleUrl}/traces/list?project=${encoded(project)}&tid=${encoded(traceId)}`;
}

/** The reason's entry in the runbook; null when the environment file does not say where the runbook is. */
export function runbookUrl(environment: Environment, reason: Reason): string | null {
  const runbook = environment.links.runbook;
  return runbook === undefined ? null : `${runbook}#${runbookAnchor(reason)}`;
}

/** Half a character in a text from outside would make the platform's own function throw. */
function encoded(text: string): string {
  return encodeURIComponent(text.toWellFormed());
}
