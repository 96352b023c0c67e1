/** The live server as a source: questions over HTTP, news over server-sent events. */
import { type Step, steps } from '../../../core/step.ts';
import { instantsOf, type Span } from '../model/route.ts';
import type { RunsWanted, Source, SourceEvent } from './source.ts';

export function liveSource(): Source {
  return {
    kind: 'live',
    summary: null,
    listen,
    step: (step, span) => get(stepPath(step, span)),
    runs: (wanted) => get(runsPath(wanted)),
    record: (trace) => get(`runs/${trace}`),
    slack: () => get('slack'),
    metrics: () => get('metrics'),
    explanations: () => get('explanations'),
    faults: () => get('faults'),
    change: async (method, path) => {
      await request(path, { method });
    },
  };
}

function listen(listener: (event: SourceEvent) => void): void {
  const events = new EventSource('/api/events');
  events.addEventListener('overview', ({ data }) => {
    listener({ kind: 'overview', overview: JSON.parse(String(data)) });
  });
  events.addEventListener('run', ({ data }) => {
    const parsed: unknown = JSON.parse(String(data));
    const step = steps.find((each) => each === Reflect.get(Object(parsed), 'step'));
    if (step !== undefined) {
      listener({ kind: 'run', step });
    }
  });
  for (const kind of ['slack', 'metrics'] as const) {
    events.addEventListener(kind, () => listener({ kind }));
  }
  // The browser comes back by itself, and hears the present first.
  events.addEventListener('error', () => listener({ kind: 'lost' }));
}

/** Our own server of this very version: what it answers has the form that the contract says. */
async function get<T>(path: string): Promise<T> {
  const response = await request(path, {});
  return response.json();
}

async function request(path: string, init: RequestInit): Promise<Response> {
  const response = await fetch(`/api/${path}`, { ...init, signal: AbortSignal.timeout(10_000) });
  if (!response.ok) {
    const body: unknown = await response.json().catch(() => null);
    throw new Error(String(Reflect.get(Object(body), 'error') ?? `HTTP ${response.status}`));
  }
  return response;
}

function stepPath(step: Step, span: Span): string {
  const { fromMs, toMs } = instantsOf(span, Date.now());
  return `steps/${step}?from=${Math.round(fromMs)}&to=${Math.round(toMs)}${'range' in span ? '&fit=1' : ''}`;
}

function runsPath({ step, notable, before }: RunsWanted): string {
  const params = new URLSearchParams({
    ...(step === null ? {} : { step }),
    ...(notable ? { notable: '1' } : {}),
    ...(before === null ? {} : { before }),
  });
  return `runs?${params}`;
}
