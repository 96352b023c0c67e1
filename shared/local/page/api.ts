/** What the page's browser code can ask for, as data: reads everything, changes only the sandbox and the tour. */
import { isStep, type Step } from '../../core/step.ts';
import { dayMs, hourMs } from '../../core/time.ts';
import type { RunRecord } from '../../run/answer.ts';
import type { BoardFault } from './model/board.ts';
import type { Explanation, Metrics, Overview, RunPage, SlackView, StepDetail } from './model/contract.ts';
import type { RunQuery } from './history.ts';

/** What the answers are made from. */
export interface PageSource {
  readonly overview: () => Overview;
  step(step: Step, span: Asked): StepDetail;
  runs(query: RunQuery): RunPage;
  record(trace: string): RunRecord | null;
  slack(): SlackView;
  metrics(): Metrics;
  explanations(): readonly Explanation[];
  /** Null when the target is real. */
  readonly board: () => PageBoard | null;
  endTour(): void;
}

export interface PageBoard {
  readonly faults: readonly BoardFault[];
  /** Resolve with a sentence when it was refused. */
  break(fault: string): Promise<string | null>;
  mend(fault: string | null): Promise<string | null>;
}

export interface ApiRequest {
  readonly method: string;
  /** Below `/api/`. */
  readonly path: readonly string[];
  readonly query: URLSearchParams;
  readonly nowMs: number;
}

export interface ApiAnswer {
  readonly status: number;
  readonly body: unknown;
}

const runsLimit = 100;

export async function answerApi(request: ApiRequest, source: PageSource): Promise<ApiAnswer> {
  const { method, path } = request;
  const [resource, id, ...more] = path;
  if (more.length > 0) {
    return notFound;
  }
  if (method === 'GET') {
    return read(request, source);
  }
  if (method !== 'POST' && method !== 'DELETE') {
    return problem(405, 'there are GET, POST and DELETE');
  }
  if (resource === 'tour' && id === undefined && method === 'DELETE') {
    source.endTour();
    return done(null);
  }
  if (resource !== 'faults') {
    return notFound;
  }
  return changeFaults(method, id ?? null, source.board());
}

function read({ path: [resource, id], query, nowMs }: ApiRequest, source: PageSource): ApiAnswer {
  switch (resource) {
    case 'overview':
      return found(source.overview());
    case 'steps': {
      const span = spanOf(query, nowMs);
      return isStep(id) && span !== null ? found(source.step(id, span)) : notFound;
    }
    case 'runs':
      return id === undefined ? found(source.runs(runQuery(query))) : orNotFound(source.record(id));
    case 'slack':
      return found(source.slack());
    case 'metrics':
      return found(source.metrics());
    case 'explanations':
      return found(source.explanations());
    case 'faults':
      return orNotFound(source.board()?.faults ?? null);
    case undefined:
    default:
      return notFound;
  }
}

async function changeFaults(
  method: 'POST' | 'DELETE',
  fault: string | null,
  board: PageBoard | null,
): Promise<ApiAnswer> {
  if (board === null) {
    return problem(404, 'the target is real: nothing can be broken from here');
  }
  if (method === 'DELETE') {
    return done(await board.mend(fault));
  }
  const row = board.faults.find(({ id }) => id === fault);
  if (row === undefined) {
    return problem(404, 'there is no such fault');
  }
  return row.needsEnvironment
    ? problem(409, 'this fault shows only with another environment file')
    : done(await board.break(row.id));
}

const notFound: ApiAnswer = problem(404, 'there is nothing here');

function problem(status: number, error: string): ApiAnswer {
  return { status, body: { error } };
}

function found(body: unknown): ApiAnswer {
  return { status: 200, body };
}

function orNotFound(body: object | null): ApiAnswer {
  return body === null ? notFound : found(body);
}

function done(refusal: string | null): ApiAnswer {
  return refusal === null ? found({ done: true }) : problem(502, refusal);
}

/** A stretch of time in Unix milliseconds; `fit`: not longer than the history. */
export interface Asked {
  readonly fromMs: number;
  readonly toMs: number;
  readonly fit: boolean;
}

const spanMaxMs = 9 * dayMs;

/** `from` and `to` in Unix milliseconds; the last hour without them. Null when they make no span. */
function spanOf(query: URLSearchParams, nowMs: number): Asked | null {
  const toMs = instantOf(query.get('to')) ?? nowMs;
  const fromMs = instantOf(query.get('from')) ?? toMs - hourMs;
  return fromMs < toMs && toMs - fromMs <= spanMaxMs ? { fromMs, toMs, fit: query.get('fit') === '1' } : null;
}

function instantOf(text: string | null): number | null {
  return text !== null && /^\d{1,14}$/.test(text) ? Number(text) : null;
}

function runQuery(query: URLSearchParams): RunQuery {
  const step = query.get('step');
  const [slot = null, trace = ''] = query.get('before')?.split('.') ?? [];
  const slotMs = instantOf(slot);
  return {
    limit: runsLimit,
    ...(isStep(step) ? { step } : {}),
    ...(query.get('notable') === '1' ? { notable: true } : {}),
    ...(slotMs === null ? {} : { before: { slotMs, trace } }),
  };
}
