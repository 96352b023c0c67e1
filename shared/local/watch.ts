/** The stack together with the page that shows it, and the tour if one is wanted: what `golden-path start` starts. */
import { buildAssets } from './page/assets.ts';
import { historyPath, openHistory } from './page/history.ts';
import { tourStops } from './page/model/tour-stops.ts';
import { type Page, startPage } from './page/page.ts';
import { runTour } from './page/tour.ts';
import { type Stack, type StackOptions, startStack } from './stack.ts';

export interface WatchOptions extends StackOptions {
  /** Of the page; 0: any free one. */
  readonly port: number;
}

export interface Watch {
  readonly stack: Stack;
  readonly page: Page;
  /** Begins the tour and narrates; resolves when it is over. Rejects when the target is real. */
  tour(say: (text: string) => void): Promise<void>;
  stop(): Promise<void>;
}

/** Rejects when a part does not start, such as a page whose port is taken; what had been started is stopped by then. */
export async function startWatch(options: WatchOptions): Promise<Watch> {
  await using undo = new AsyncDisposableStack();
  const parts = await startParts(options, undo);
  const started = undo.move();
  return { ...parts, stop: () => started.disposeAsync() };
}

async function startParts(options: WatchOptions, undo: AsyncDisposableStack): Promise<Omit<Watch, 'stop'>> {
  const { environment, folder, port, sandbox } = options;
  const history = openHistory({ path: historyPath(folder, environment.name) });
  undo.defer(() => history.close());
  let tourEnd = new AbortController();
  const onTourEnd = (): void => {
    tourEnd.abort();
    page.showTour(null);
  };
  const assets = await buildAssets();
  const page = await startPage({ environment, history, assets, port, newLife: sandbox, onTourEnd });
  undo.defer(() => page.close());
  const stack = await startStack({
    ...options,
    onEvent: (event) => {
      page.hear(event);
      options.onEvent(event);
    },
  });
  undo.defer(() => stack.stop());
  undo.defer(() => tourEnd.abort());
  await page.attach(stack);
  return {
    stack,
    page,
    tour: async (say) => {
      tourEnd = new AbortController();
      await tour(page, say, tourEnd.signal);
    },
  };
}

async function tour(page: Page, say: (text: string) => void, signal: AbortSignal): Promise<void> {
  const board = page.board();
  if (board === null) {
    throw new Error('the target is real: there is nothing to break');
  }
  const { overview, onChange, showTour: show } = page;
  await runTour({ stops: tourStops, board, overview, onChange, show, say, signal });
}
