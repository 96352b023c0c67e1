/** Starts the page in the browser: puts source, store, drawing and clicks together. */
import { parseRoute, routeHash } from '../model/route.ts';
import { onActions } from './actions.ts';
import { createLoader, messageOf } from './loader.ts';
import type { Model } from './model.ts';
import { openSource } from './open-source.ts';
import { createRenderer } from './render.ts';
import type { Source } from './source.ts';
import { createStore } from './store.ts';
import { restoreTheme, toggleTheme } from './theme.ts';
import { agoText } from './words.ts';

function start(page: HTMLElement): void {
  restoreTheme();
  const source = openSource();
  const open = (trace: string): void => {
    location.hash = routeHash({ view: 'run', trace });
  };
  const renderer = createRenderer(page, {
    open,
    zoom: (fromMs, toMs) => {
      const { route } = store.model();
      location.hash = routeHash(route.view === 'step' ? { ...route, span: { fromMs, toMs } } : route);
    },
  });
  const store = createStore(firstModel(source), renderer.draw);
  const loader = createLoader(source, store);

  addEventListener('hashchange', () => {
    store.change({ ...nothingLoaded, route: parseRoute(location.hash) });
    loader.load();
    scrollTo(0, 0);
  });
  onActions(document, {
    open,
    filter: (filter) => store.change({ filter }),
    theme: () => {
      toggleTheme();
      renderer.repaint();
    },
    change: (method, path) => {
      source.change(method, path).then(
        () => store.change({ notice: null }),
        (error: unknown) => store.change({ notice: messageOf(error) }),
      );
    },
  });
  source.listen((event) => {
    loader.hear(event);
    if (event.kind === 'overview') {
      store.change({ overview: event.overview, link: 'live' });
    } else if (event.kind === 'lost') {
      store.change({ link: 'lost' });
    }
  });
  loader.load();
  if (source.kind === 'live') {
    setInterval(() => tick(page), 1_000);
  }
}

const nothingLoaded = {
  detail: null,
  runs: null,
  record: null,
  metrics: null,
  explanations: null,
  notice: null,
} satisfies Partial<Model>;

function firstModel({ kind, summary }: Source): Model {
  const opensAt = location.hash === '' && kind === 'file' ? '#/summary' : location.hash;
  return {
    ...nothingLoaded,
    kind,
    summary,
    route: parseRoute(opensAt),
    overview: null,
    link: 'waiting',
    slack: null,
    faults: [],
    filter: '',
    nowMs: Date.now(),
  };
}

/** What says how long ago something was grows by itself between two drawings. */
function tick(page: HTMLElement): void {
  for (const time of page.querySelectorAll('[data-ago]')) {
    const words = agoText(Number(time.getAttribute('data-ago')), Date.now());
    if (time.textContent !== words) {
      time.textContent = words;
    }
  }
}

start(document.getElementById('page') ?? document.body);
