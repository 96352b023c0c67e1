/** Asks for what the shown view needs, when it is opened and when something happens that concerns it. */
import type { Route } from '../model/route.ts';
import type { Model } from './model.ts';
import type { Source, SourceEvent } from './source.ts';
import type { Store } from './store.ts';

export interface Loader {
  /** For the view that is shown now. */
  load(): void;
  /** Asks again, at once or soon, if the event concerns the view. */
  hear(event: SourceEvent): void;
}

export function createLoader(source: Source, store: Store): Loader {
  let waiting: ReturnType<typeof setTimeout> | null = null;
  let loadedAtMs = 0;

  async function load(): Promise<void> {
    const { route } = store.model();
    loadedAtMs = Date.now();
    const part = await answered(questionOf(route, source));
    // An answer for a view that has been left comes too late.
    if (store.model().route === route) {
      store.change(part);
    }
  }

  async function loadFaults(): Promise<void> {
    store.change(await answered(source.faults().then((faults) => ({ faults }))));
  }

  return {
    load: () => void load(),
    hear: (event) => {
      const model = store.model();
      // Only a sandbox can be broken.
      if (event.kind === 'overview' && event.overview.breaks !== null && model.faults.length === 0) {
        void loadFaults();
      }
      if (waiting !== null || !concerns(event, model.route)) {
        return;
      }
      const pauseMs = Math.max(0, loadedAtMs + pauseOf(model) - Date.now());
      waiting = setTimeout(() => {
        waiting = null;
        void load();
      }, pauseMs);
    },
  };
}

type Part = Partial<Model>;

async function questionOf(route: Route, source: Source): Promise<Part> {
  switch (route.view) {
    case 'step':
      return { detail: await source.step(route.step, route.span) };
    case 'runs':
      return { runs: await source.runs(route) };
    case 'run':
      return { record: (await source.record(route.trace).catch(() => null)) ?? 'missing' };
    case 'metrics':
      return { metrics: await source.metrics() };
    case 'explain':
      return { explanations: await source.explanations() };
    case 'overview':
      return { slack: await source.slack() };
    case 'board':
    case 'summary':
      return {};
  }
}

/** Never rejects: what went wrong is shown. */
async function answered(question: Promise<Part>): Promise<Part> {
  try {
    return await question;
  } catch (error) {
    return { notice: messageOf(error) };
  }
}

/** Charts of many runs change slowly; they are asked for again no more often than this part of a point. */
const pointShare = 0.25;
const pauseMsMax = 30_000;

function pauseOf({ route, detail }: Model): number {
  return route.view === 'step' ? Math.min(pauseMsMax, (detail?.chart.stretchMs ?? 0) * pointShare) : 0;
}

function concerns(event: SourceEvent, route: Route): boolean {
  switch (event.kind) {
    case 'run':
      return isLive(route) && (route.view !== 'step' || route.step === event.step);
    case 'slack':
      return route.view === 'overview';
    case 'metrics':
      return route.view === 'metrics';
    case 'overview':
    case 'lost':
      return false;
  }
}

/** Fixed stretches of time and older pages don't change. */
function isLive(route: Route): boolean {
  switch (route.view) {
    case 'step':
      return 'range' in route.span;
    case 'runs':
      return route.before === null;
    case 'explain':
      return true;
    case 'overview':
    case 'board':
    case 'metrics':
    case 'summary':
    case 'run':
      return false;
  }
}

export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : 'there is no answer';
}
