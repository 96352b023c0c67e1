/** The one structured line that every run leaves behind. */
import type { Log, LogSeverity } from '../core/ports.ts';
import { redact } from '../core/redact.ts';
import { apparatusBroke, type RunRecord } from './answer.ts';

/** Stack frames of a fault that are kept. */
const framesMax = 4;

export function logRecord(log: Log, record: RunRecord): void {
  const { outcome } = record;
  const { environment, region, step, verdict, reason, detail, traceId } = outcome;
  log({
    severity: severityOf(record),
    message: `${environment} ${step}: ${verdict}${reason === null ? '' : ` ${reason}`}: ${detail}`,
    traceId,
    labels: { environment, region, step, verdict, reason: reason ?? 'none' },
    fields: { ...record },
  });
}

function severityOf(record: RunRecord): LogSeverity {
  if (apparatusBroke(record)) {
    return 'ERROR';
  }
  return record.outcome.verdict === 'pass' ? 'INFO' : 'WARNING';
}

/**
 * What can be told of an error that nobody expected: its class, code and place. Never its message, which may hold
 * anything that came from outside, a token included.
 */
export function faultText(error: unknown): string {
  if (!(error instanceof Error)) {
    return `a ${typeof error} was thrown`;
  }
  const code =
    'code' in error && (typeof error.code === 'string' || typeof error.code === 'number')
      ? ` ${redact(String(error.code), [], codeLengthMax)}`
      : '';
  const cause = error.cause instanceof Error ? ` because of ${faultText(error.cause)}` : '';
  const frames = framesOf(error).slice(0, framesMax);
  return `${redact(error.name, [], codeLengthMax)}${code}${frames.length === 0 ? '' : ` ${frames.join(' | ')}`}${cause}`;
}

const codeLengthMax = 80;

/** The stack begins with the message, and a message may look like a frame: only what comes after it counts. */
function framesOf({ stack = '', message }: Error): readonly string[] {
  const at = stack.indexOf(message);
  return (at < 0 ? '' : stack.slice(at + message.length))
    .split('\n')
    .filter((line) => /^\s+at .+:\d+:\d+\)?$/.test(line))
    .map((line) => line.trim().replace(/\(?(?:file:\/\/)?\/\S*?\/((?:[^/\s]+\/){0,2}[^/\s)]+)\)?$/, '$1'));
}
