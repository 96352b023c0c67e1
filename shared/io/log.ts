/**
 * Structured log lines in Cloud Logging's field names, one JSON object a line on standard output.
 * Source: Cloud Logging, structured logging special fields.
 */
import type { Log } from '../core/ports.ts';

/** Cloud Logging splits entries of more than 256 KB; a line stays well below. */
const lineCharactersMax = 100_000;

export function openLog(projectId: string | null, writeLine: (line: string) => void): Log {
  return (entry) => {
    const head = {
      severity: entry.severity,
      message: entry.message,
      'logging.googleapis.com/labels': entry.labels,
      ...traceField(projectId, entry.traceId),
    };
    const line = JSON.stringify({ ...head, ...entry.fields });
    writeLine(line.length <= lineCharactersMax ? line : JSON.stringify({ ...head, cut: true }));
  };
}

function traceField(projectId: string | null, traceId: string | null): Record<string, string> {
  return projectId === null || traceId === null
    ? {}
    : { 'logging.googleapis.com/trace': `projects/${projectId}/traces/${traceId}` };
}
