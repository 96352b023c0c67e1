/** All that a report of a period carries, read from the history; of long periods the newest runs and what is notable. */
import { type Environment, stepsOf } from '../../core/environment/definition.ts';
import type { RunRecord } from '../../run/answer.ts';
import type { LocalMessage } from '../slack/channels.ts';
import { explanationsOf } from './explanations.ts';
import type { History } from './history.ts';
import type { IncidentView, ReportData, RunRow, StepDetail } from './model/contract.ts';
import { type Period, summarise } from './model/summary.ts';
import { overviewOf } from './overview.ts';
import { type KnownState, nothingKnown } from './state-reader.ts';
import { stepDetail } from './step-detail.ts';

export interface ReportInput {
  readonly environment: Environment;
  readonly history: History;
  /** As it is now; shown only by a report that reaches up to now. */
  readonly state: KnownState;
  readonly fromMs: number;
  readonly toMs: number;
  readonly nowMs: number;
}

/** As many as the history holds. */
const rowsMax = 60_000;
const shownRowsMax = 2_000;
const recordsMax = 150;

export function reportData(input: ReportInput): ReportData {
  const { environment, history, fromMs, toMs } = input;
  const now = periodOf(history, fromMs, toMs);
  const before = periodOf(history, fromMs - (toMs - fromMs), fromMs);
  const shown = shownRows(now.rows);
  const steps = stepsOf(environment).map((step) =>
    stepDetail(step, { environment, history, record: input.state.steps[step] ?? null, fromMs, toMs, fit: true }),
  );
  return {
    kind: 'report',
    fromMs,
    toMs,
    overview: overviewAt(input, now.incidents),
    summary: summarise(now, before, environment.cadenceSeconds * 1_000),
    steps,
    runs: shown,
    records: recordsOf(history, shown, steps),
    slack: slackOf(history.messages(fromMs, toMs)),
    explanations: untilNow(input) ? explanationsOf(input.state, environment, input.nowMs) : [],
  };
}

/** Newest first, as the history gives them. */
function periodOf(history: History, fromMs: number, toMs: number): Period {
  const rows = history.runs({ fromMs, toMs, limit: rowsMax });
  return { rows, incidents: history.incidents(fromMs, toMs), fromMs, toMs };
}

function overviewAt(input: ReportInput, incidents: readonly IncidentView[]): ReportData['overview'] {
  const { environment, history, fromMs, toMs } = input;
  const then = incidents.map((incident) => asOf(incident, toMs));
  const isOpen = ({ resolvedAtMs }: IncidentView): boolean => resolvedAtMs === null;
  return overviewOf({
    environment,
    history,
    state: untilNow(input) ? input.state : nothingKnown,
    incident: then.findLast(isOpen) ?? null,
    lastIncident: then.findLast((incident) => !isOpen(incident)) ?? null,
    nowMs: toMs,
    startedAtMs: fromMs,
    notBeforeMs: fromMs,
    breaks: null,
    tour: null,
  });
}

function untilNow({ environment, nowMs, toMs }: ReportInput): boolean {
  return nowMs - toMs < environment.cadenceSeconds * 1_000;
}

/** What had ended later was still going on. */
function asOf(incident: IncidentView, atMs: number): IncidentView {
  const ended = (endMs: number | null): number | null => (endMs === null || endMs >= atMs ? null : endMs);
  return {
    ...incident,
    resolvedAtMs: ended(incident.resolvedAtMs),
    parts: incident.parts.map((part) => ({ ...part, recoveredAtMs: ended(part.recoveredAtMs) })),
  };
}

function isNotable({ verdict, reason, flaky, late }: RunRow): boolean {
  return verdict !== 'pass' || reason !== null || flaky || late;
}

function shownRows(rows: readonly RunRow[]): readonly RunRow[] {
  const newest = rows.slice(0, shownRowsMax);
  const older = rows.slice(shownRowsMax).filter(isNotable).slice(0, shownRowsMax);
  return [...newest, ...older];
}

/** The newest runs, then the notable ones, as far as there is room. */
function recordsOf(history: History, rows: readonly RunRow[], steps: readonly StepDetail[]): readonly RunRecord[] {
  const known = steps.flatMap(({ last, lastWithEvents }) => [last, lastWithEvents]).filter((record) => record !== null);
  const traces = new Set(known.map(({ outcome }) => outcome.traceId));
  const notable = rows.filter((row) => isNotable(row) && !traces.has(row.trace)).slice(0, recordsMax);
  const read = notable.map(({ trace }) => history.record(trace)).filter((record) => record !== null);
  return [...new Map([...known, ...read].map((record) => [record.outcome.traceId, record])).values()];
}

/** Names of channels are not kept: on a laptop there is hardly more than one. */
function slackOf(messages: readonly LocalMessage[]): ReportData['slack'] {
  const ids = [...new Set(messages.map(({ channel }) => channel))];
  return { messages, names: Object.fromEntries(ids.map((id) => [id, id])) };
}
