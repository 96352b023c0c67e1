/** What the page's questions are answered from: the history, what judging remembers, and the stack while it runs. */
import type { Environment } from '../../core/environment/definition.ts';
import type { Stack } from '../stack.ts';
import type { PageBoard, PageSource } from './api.ts';
import type { BreakBoard } from './breaks.ts';
import { explanationsOf } from './explanations.ts';
import type { History } from './history.ts';
import { incidentsOf } from './incident-view.ts';
import type { MetricsView } from './metrics-view.ts';
import type { Tour } from './model/board.ts';
import type { SlackView } from './model/contract.ts';
import { overviewOf } from './overview.ts';
import type { KnownState } from './state-reader.ts';
import { stepDetail } from './step-detail.ts';

/** Everything that changes while the page is up. */
export interface Live {
  state: KnownState;
  tour: Tour | null;
  stack: Stack | null;
  board: BreakBoard | null;
  metrics: MetricsView | null;
}

export interface SourceInput {
  readonly environment: Environment;
  readonly history: History;
  readonly live: Live;
  readonly startedAtMs: number;
  /** Older runs belong to another life of the product. */
  readonly notBeforeMs: number;
  readonly onBoardChange: () => void;
  readonly onTourEnd: () => void;
}

export function createPageSource(input: SourceInput): PageSource {
  const { environment, history, live, startedAtMs, notBeforeMs } = input;
  return {
    overview: () =>
      overviewOf({
        environment,
        history,
        startedAtMs,
        notBeforeMs,
        ...incidentsOf(live.state, environment),
        state: live.state,
        nowMs: Date.now(),
        breaks: live.board?.now() ?? null,
        tour: live.tour,
      }),
    step: (step, span) => stepDetail(step, { environment, history, record: live.state.steps[step] ?? null, ...span }),
    runs: (query) => {
      const runs = history.runs(query);
      const oldest = runs.length === query.limit ? runs.at(-1) : undefined;
      return { runs, next: oldest === undefined ? null : `${oldest.slotMs}.${oldest.trace}` };
    },
    record: (trace) => history.record(trace),
    slack: () => slackView(live.stack),
    metrics: () => live.metrics?.now() ?? { series: [], refused: [], taken: 0 },
    explanations: () => explanationsOf(live.state, environment, Date.now()),
    board: () => (live.board === null ? null : announcing(live.board, input.onBoardChange)),
    endTour: input.onTourEnd,
  };
}

/** A break and a mend show at once, not only at the next run. */
function announcing(board: BreakBoard, onChange: () => void): PageBoard {
  const told = async (change: Promise<string | null>): Promise<string | null> => {
    const refusal = await change;
    onChange();
    return refusal;
  };
  return {
    faults: board.faults,
    break: (fault) => told(board.break(fault)),
    mend: (fault) => told(board.mend(fault)),
  };
}

function slackView(stack: Stack | null): SlackView {
  const messages = stack?.slack.messages() ?? [];
  const ids = [...new Set(messages.map(({ channel }) => channel))];
  return { messages, names: Object.fromEntries(ids.map((id) => [id, stack?.slack.nameOf(id) ?? id])) };
}
