/** `golden-path maintenance`: shows the windows in which trouble is expected, begins one by hand, ends those. */
import { parseArgs } from 'node:util';

import { withMaintenance, withoutMaintenance } from '../core/judge/requests.ts';
import { windows } from '../core/judge/silence.ts';
import type { MaintenanceEntry } from '../core/judge/state.ts';
import { isoUtc } from '../core/time.ts';
import { loadState } from '../run/state-access.ts';
import { type Command, type CommandIo, UsageError } from './command.ts';
import {
  author,
  change,
  parseLength,
  parseReason,
  parseSteps,
  type Scene,
  stateHelp,
  withScene,
} from './judge-state.ts';

const help = `Usage: golden-path maintenance --environment FILE
       golden-path maintenance start --environment FILE --for TIME --reason TEXT [--expect down|degraded]
       golden-path maintenance end --environment FILE

Without a word more, shows the windows of the environment file and those that were begun by hand. In a window the runs go on;
what is expected is not told, what is still broken when it ends is told then. Security findings are always told.

${stateHelp}
  --for TIME           30m, 2h, 1d; at most 30d
  --reason TEXT        what is being done
  --expect WORD        down (default): nothing is told; degraded: outages are told
  --steps LIST         auth,health,websocket,agent; default: all
  --by NAME            default: the user of this machine

Exit code: 0 done, 1 not done, 2 bad usage.`;

export const maintenanceCommand: Command = {
  name: 'maintenance',
  summary: 'shows, begins and ends windows in which trouble is expected',
  help,
  run: maintenance,
};

const options = {
  environment: { type: 'string' },
  state: { type: 'string' },
  for: { type: 'string', default: '' },
  reason: { type: 'string' },
  expect: { type: 'string', default: 'down' },
  steps: { type: 'string' },
  by: { type: 'string' },
} as const;

async function maintenance(args: readonly string[], io: CommandIo): Promise<number> {
  const { values, positionals } = parseArgs({ args: [...args], options, allowPositionals: true });
  const [word = 'show', ...more] = positionals;
  if (more.length > 0 || !['show', 'start', 'end'].includes(word)) {
    throw new UsageError(`'${positionals.join(' ')}' is none of: start, end`);
  }
  return withScene(values, io, async (scene) => {
    if (word === 'show') {
      return show(scene, io);
    }
    return word === 'end' ? end(scene, io) : start(scene, io, entryOf(values, Date.now()));
  });
}

type Values = Readonly<Record<'for' | 'expect', string>> &
  Readonly<Partial<Record<'reason' | 'steps' | 'by', string | undefined>>>;

function entryOf(values: Values, nowMs: number): MaintenanceEntry {
  const { expect } = values;
  if (expect !== 'down' && expect !== 'degraded') {
    throw new UsageError('--expect must be down or degraded');
  }
  return {
    by: author(values.by),
    reason: parseReason(values.reason),
    fromMs: nowMs,
    untilMs: nowMs + parseLength(values.for, '--for'),
    expect,
    steps: parseSteps(values.steps),
  };
}

async function show({ settings, store }: Scene, io: CommandIo): Promise<number> {
  const nowMs = Date.now();
  const { environment } = await loadState(store, settings.name, 'auth');
  const all = windows({ settings, maintenance: environment?.maintenance ?? [] });
  for (const window of all.toSorted((a, b) => a.fromMs - b.fromMs)) {
    io.out(windowText(window, nowMs));
  }
  if (all.length === 0) {
    io.out(`${settings.name} has no windows`);
  }
  return 0;
}

function windowText({ by, reason, fromMs, untilMs, expect, steps }: MaintenanceEntry, nowMs: number): string {
  const when = nowMs < fromMs ? 'planned' : nowMs < untilMs ? 'now' : 'over';
  const what = `${steps?.join(', ') ?? 'all steps'} expected ${expect}`;
  return `${when.padEnd(8)} ${isoUtc(fromMs)} to ${isoUtc(untilMs)}  ${what}: ${reason} (${by})`;
}

async function start(scene: Scene, io: CommandIo, entry: MaintenanceEntry): Promise<number> {
  const done = await change(scene, io, (record) => withMaintenance(record, entry, entry.fromMs));
  io.out(done ? windowText(entry, entry.fromMs) : 'not begun: there are too many windows already; end them first');
  return done ? 0 : 1;
}

async function end(scene: Scene, io: CommandIo): Promise<number> {
  const done = await change(scene, io, withoutMaintenance);
  io.out(done ? 'all windows that were begun by hand have ended' : 'no window was begun by hand');
  return done ? 0 : 1;
}
