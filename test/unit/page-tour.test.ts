/** The tour in a small world: it waits for what happens, says what it saw, and mends what it broke whatever happens. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';

import type { BreakBoard } from '../../shared/local/page/breaks.ts';
import type { BoardFault, BreakTimes, Tour } from '../../shared/local/page/model/board.ts';
import type { Overview, StepCard } from '../../shared/local/page/model/contract.ts';
import { runTour } from '../../shared/local/page/tour.ts';

const fault: BoardFault = {
  id: 'no_pong',
  title: 'Nothing answers a ping.',
  group: 'websocket',
  step: 'websocket',
  verdict: 'fail',
  reason: 'no_pong',
  needsEnvironment: false,
};

interface World {
  readonly board: BreakBoard;
  readonly overview: () => Overview;
  readonly onChange: (listener: () => void) => () => void;
  /** Everything that was said, in its order. */
  readonly said: string[];
  readonly shown: (Tour | null)[];
  readonly active: () => readonly string[];
}

/** `seen`: whether breaks are found and told. */
function worldWhere({ seen }: { readonly seen: boolean }): World {
  const listeners = new Set<() => void>();
  let times: readonly BreakTimes[] = [];
  let active: readonly string[] = [];
  const change = (next: () => void): void => {
    setImmediate(() => {
      next();
      listeners.forEach((listener) => listener());
    });
  };
  const set = (known: Partial<BreakTimes>): void => {
    times = times.map((each, at) => (at === 0 ? { ...each, ...known } : each));
  };
  const card = (mark: StepCard['mark']): StepCard => ({
    step: 'websocket',
    mark,
    health: 'ok',
    reason: null,
    sentence: '',
    sinceMs: null,
    recovery: null,
    shift: null,
    last: null,
    strip: [],
  });
  return {
    said: [],
    shown: [],
    active: () => active,
    onChange: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    overview: () => ({
      name: 'demo',
      title: 'Demo',
      nowMs: 0,
      startedAtMs: 0,
      cadenceMs: 10,
      runs: 0,
      steps: [card(active.length > 0 && seen ? 'fail' : 'pass')],
      incident: null,
      lastIncident: null,
      troubles: [],
      breaks: { active, times },
      tour: null,
    }),
    board: {
      faults: [fault],
      now: () => ({ active, times }),
      break: async (id) => {
        active = [id];
        times = [
          { fault: id, brokenAtMs: 0, detectedAtMs: null, detectedBy: null, toldAtMs: null, mendedAtMs: null },
          ...times,
        ];
        if (seen) {
          change(() => {
            set({ detectedAtMs: 3_000 });
            change(() => set({ toldAtMs: 8_000 }));
          });
        }
        return null;
      },
      mend: async () => {
        active = [];
        change(() => undefined);
        return null;
      },
      refresh: async () => undefined,
      hearRun: () => undefined,
      hearMessage: () => undefined,
    },
  };
}

const stops = [{ fault: 'no_pong', lesson: 'Open is not alive.' }];

function optionsOf(world: World, signal: AbortSignal): Parameters<typeof runTour>[0] {
  const { board, overview, onChange, said, shown } = world;
  return { stops, board, overview, onChange, signal, say: (text) => said.push(text), show: (tour) => shown.push(tour) };
}

describe('the tour', () => {
  it('breaks, waits until it is found and told, mends, and waits until it is over', async () => {
    const world = worldWhere({ seen: true });
    await runTour(optionsOf(world, new AbortController().signal));
    assert.deepEqual(world.said, [
      'Next: Nothing answers a ping.',
      'Open is not alive.',
      'Found after 3 s by WebSocket, fail: The connection is open but a ping gets no answer.',
      'Told after 8 s: as trouble of the monitor.',
      'Mended.',
      'All steps work again, and Slack knows.',
      'The tour is over: 1 of 1 breaks were found. The board is yours.',
    ]);
    assert.deepEqual(world.active(), []);
    assert.equal(world.shown.at(-1)?.stop, 2);
  });

  it('says so when nothing is found, and goes on', async () => {
    const world = worldWhere({ seen: false });
    await runTour(optionsOf(world, new AbortController().signal));
    assert.ok(world.said.includes('WebSocket has not found it in time.'));
    assert.ok(world.said.includes('The tour is over: 0 of 1 breaks were found. The board is yours.'));
    assert.deepEqual(world.active(), []);
  });

  it('mends and goes away when it is ended', async () => {
    const world = worldWhere({ seen: false });
    const end = new AbortController();
    const options = optionsOf(world, end.signal);
    await runTour({
      ...options,
      say: (text) => {
        options.say(text);
        if (text === 'Open is not alive.') {
          end.abort();
        }
      },
    });
    assert.deepEqual(world.active(), []);
    assert.equal(world.said.at(-1), 'the tour was ended');
    assert.equal(world.shown.at(-1), null);
  });

  it('refuses a stop that the sandbox does not have', async () => {
    const world = worldWhere({ seen: true });
    const options = optionsOf(world, new AbortController().signal);
    await assert.rejects(runTour({ ...options, stops: [{ fault: 'gone', lesson: '' }] }), /no fault "gone"/);
  });
});
