/**
 * The page: hears what the stack does, keeps it in the history, and shows it to whoever has the page open. Watches only;
 * the one thing it changes is the sandbox.
 */
import type { Environment } from '../../core/environment/definition.ts';
import type { Stack, StackEvent } from '../stack.ts';
import { createAnnouncer } from './announcer.ts';
import type { Assets } from './assets.ts';
import { type BreakBoard, openBreakBoard } from './breaks.ts';
import type { History } from './history.ts';
import { openLiveEvents } from './live-events.ts';
import { openMetricsView } from './metrics-view.ts';
import type { Tour } from './model/board.ts';
import type { Overview } from './model/contract.ts';
import { createPageSource, type Live } from './page-source.ts';
import { startPageServer } from './server.ts';
import { nothingKnown } from './state-reader.ts';
import { createStateWatch } from './state-watch.ts';

export interface PageOptions {
  readonly environment: Environment;
  readonly history: History;
  readonly assets: Assets;
  /** 0: any free one. */
  readonly port: number;
  /** Whether the product begins its life with this process, so that older runs are of another life. */
  readonly newLife: boolean;
  readonly onTourEnd: () => void;
}

export interface Page {
  readonly url: string;
  readonly board: () => BreakBoard | null;
  readonly overview: () => Overview;
  /** Calls back after each run that was heard and dealt with, until the returned function is called. */
  readonly onChange: (listener: () => void) => () => void;
  readonly hear: (event: StackEvent) => void;
  /** What the page shows of the stack once it runs; until then it shows what the history knows. */
  readonly attach: (stack: Stack) => Promise<void>;
  readonly showTour: (tour: Tour | null) => void;
  readonly close: () => Promise<void>;
}

/** With the life of a product its incidents are over; nobody was there to see their end. */
function endOpenIncidents(history: History, nowMs: number): void {
  const [newest] = history.runs({ limit: 1 });
  for (const incident of history.incidents(0, nowMs)) {
    if (incident.resolvedAtMs === null) {
      history.keepIncident({ ...incident, resolvedAtMs: Math.max(incident.openedAtMs, newest?.slotMs ?? 0) });
    }
  }
}

/** Rejects when the port is taken. */
export async function startPage(options: PageOptions): Promise<Page> {
  const { environment, history, assets, port, newLife, onTourEnd } = options;
  const live: Live = { state: nothingKnown, tour: null, stack: null, board: null, metrics: null };
  const startedAtMs = Date.now();
  if (newLife) {
    endOpenIncidents(history, startedAtMs);
  }
  const notBeforeMs = newLife ? startedAtMs - environment.cadenceSeconds * 1_000 : 0;
  const onBoardChange = (): void => announce('overview');
  const source = createPageSource({ environment, history, live, startedAtMs, notBeforeMs, onBoardChange, onTourEnd });
  const events = openLiveEvents();
  const { announce, close: stopAnnouncing } = createAnnouncer(events, source.overview);
  const states = createStateWatch({ environment, history, live });
  states.onChange(() => announce('overview'));
  const server = await startPageServer({ port, assets, source, events });
  return {
    url: server.url,
    board: () => live.board,
    overview: source.overview,
    onChange: states.onChange,
    hear: (event) => {
      keep(event, history, live);
      if (event.kind === 'run') {
        events.send('run', { step: event.record.outcome.step });
        void states.refresh();
      } else if (event.kind === 'message' || event.kind === 'write') {
        announce(event.kind === 'message' ? 'slack' : 'metrics');
      }
    },
    attach: async (stack) => {
      live.stack = stack;
      live.metrics = openMetricsView(stack.monitoring);
      live.board = stack.sandbox === null ? null : await openBreakBoard(stack.sandbox.control);
      states.open(stack.statePath);
      await states.refresh();
    },
    showTour: (tour) => {
      live.tour = tour;
      announce('overview');
    },
    close: async () => {
      stopAnnouncing();
      await server.close();
      await states.close();
    },
  };
}

function keep(event: StackEvent, history: History, live: Live): void {
  if (event.kind === 'run') {
    history.add(event.record);
    live.board?.hearRun(event.record);
  } else if (event.kind === 'message') {
    history.keepMessage(event.message);
    live.board?.hearMessage(event.message);
  } else if (event.kind === 'write') {
    live.metrics?.hear(event.write);
  }
}
