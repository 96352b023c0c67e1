/** Follows what judging remembers: reads it again after each run, and keeps the incidents that come and go in it. */
import { type Environment, stepsOf } from '../../core/environment/definition.ts';
import type { StateStore } from '../../core/ports.ts';
import { openSqliteStore } from '../../io/state/sqlite.ts';
import type { History } from './history.ts';
import { incidentsOf } from './incident-view.ts';
import type { Live } from './page-source.ts';
import { readState } from './state-reader.ts';

export interface StateWatch {
  readonly open: (statePath: string) => void;
  /** Reads the state and what is broken now. What can't be read now is read after the next run. */
  readonly refresh: () => Promise<void>;
  /** Calls back after each reading, until the returned function is called. */
  readonly onChange: (listener: () => void) => () => void;
  readonly close: () => Promise<void>;
}

export interface StateWatchInput {
  readonly environment: Environment;
  readonly history: History;
  readonly live: Live;
}

export function createStateWatch({ environment, history, live }: StateWatchInput): StateWatch {
  const listeners = new Set<() => void>();
  let store: StateStore | null = null;

  async function read(from: StateStore): Promise<void> {
    live.state = await readState(from, environment.name, stepsOf(environment));
    await live.board?.refresh();
    const { incident, lastIncident } = incidentsOf(live.state, environment);
    [lastIncident, incident].filter((each) => each !== null).forEach((each) => history.keepIncident(each));
  }

  return {
    open: (statePath) => {
      store = openSqliteStore(statePath);
    },
    refresh: async () => {
      try {
        await (store === null ? undefined : read(store));
      } catch {
        // The functions tell of a state that can't be read in their own records, which the page shows.
        return;
      }
      listeners.forEach((listener) => listener());
    },
    onChange: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    close: async () => {
      const closing = store;
      store = null;
      await closing?.close();
    },
  };
}
