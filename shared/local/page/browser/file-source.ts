/** A report file as a source: everything is in it already, and nothing ever changes. */
import type { ReportData, RunPage, RunRow, StepDetail } from '../model/contract.ts';
import type { Span } from '../model/route.ts';
import type { RunsWanted, Source } from './source.ts';

const runsLimit = 100;

export function fileSource(report: ReportData): Source {
  return {
    kind: 'file',
    summary: report.summary,
    listen: (listener) => listener({ kind: 'overview', overview: report.overview }),
    step: async (step, span) => zoomed(found(report.steps.find((each) => each.step === step)), span),
    runs: async (wanted) => runPage(report.runs, wanted),
    record: async (trace) => report.records.find(({ outcome }) => outcome.traceId === trace) ?? null,
    slack: async () => report.slack,
    metrics: async () => ({ series: [], refused: [], taken: 0 }),
    explanations: async () => report.explanations,
    faults: async () => [],
    change: async () => {
      throw new Error('A report can change nothing.');
    },
  };
}

/** The report holds one chart a step; a closer look is another window on it. */
function zoomed(detail: StepDetail, span: Span): StepDetail {
  return 'range' in span ? detail : { ...detail, chart: { ...detail.chart, fromMs: span.fromMs, toMs: span.toMs } };
}

function found<T>(value: T | undefined): T {
  if (value === undefined) {
    throw new Error('This report does not hold it.');
  }
  return value;
}

function runPage(rows: readonly RunRow[], { step, notable, before }: RunsWanted): RunPage {
  const [slot = '', trace = ''] = before?.split('.') ?? [];
  const beforeMs = before === null ? null : Number(slot);
  const wanted = rows.filter(
    (row) =>
      (step === null || row.step === step) &&
      (!notable || isNotable(row)) &&
      (beforeMs === null || row.slotMs < beforeMs || (row.slotMs === beforeMs && row.trace < trace)),
  );
  const runs = wanted.slice(0, runsLimit);
  const oldest = runs.length < wanted.length ? runs.at(-1) : undefined;
  return { runs, next: oldest === undefined ? null : `${oldest.slotMs}.${oldest.trace}` };
}

function isNotable({ verdict, reason, flaky, late }: RunRow): boolean {
  return verdict !== 'pass' || reason !== null || flaky || late;
}
