/** The transition matrix of a step: from each state, what each kind of run does, found by asking the judge. */
import { judge } from '../../shared/core/judge/judge.ts';
import { outcomeOf, settingsWith } from './samples.ts';
import { type Letter, letters, play } from './timeline.ts';

const settings = settingsWith();

/** How `websocket` got into the state, and how `auth` did meanwhile. */
interface State {
  readonly name: string;
  readonly websocket: string;
}

const states: readonly State[] = [
  { name: 'well', websocket: 'PPPP' },
  { name: 'one failure', websocket: 'PPPF' },
  { name: 'two degraded runs', websocket: 'PPDD' },
  { name: 'fires, degraded', websocket: 'PDDD' },
  { name: 'fires, outage', websocket: 'PPFF' },
  { name: 'recovering from an outage', websocket: 'PFFP' },
  { name: 'fires, open door', websocket: 'PPPS' },
];

interface Column {
  readonly name: string;
  readonly letter: Letter;
  /** The run of `auth` just before. */
  readonly auth: Letter;
  /** Slots after the last run; 0: the same slot again. */
  readonly slots: number;
}

const next = { auth: 'P', slots: 1 } as const;

export const columns: readonly Column[] = [
  { name: 'pass', letter: 'P', ...next },
  { name: 'pass at the second try', letter: 'p', ...next },
  { name: 'degraded', letter: 'D', ...next },
  { name: 'fail', letter: 'F', ...next },
  { name: 'open door', letter: 'S', ...next },
  { name: 'blocked, and the earlier step is broken', letter: 'B', auth: 'F', slots: 1 },
  { name: 'blocked, but the earlier step works', letter: 'B', ...next },
  { name: 'inconclusive', letter: 'I', ...next },
  { name: 'the same slot again', letter: 'F', auth: 'P', slots: 0 },
  { name: 'an older slot', letter: 'F', auth: 'P', slots: -1 },
];

export interface MatrixRow {
  readonly state: string;
  /** One a column: what was decided, and what was told. */
  readonly cells: readonly string[];
}

const beginning = 4;

export function transitionMatrix(): readonly MatrixRow[] {
  return states.map(({ name, websocket }) => ({
    state: name,
    cells: columns.map((column) => cellOf(websocket, column)),
  }));
}

function cellOf(websocket: string, { letter, auth, slots }: Column): string {
  const { steps, environment } = play({ settings, runs: { auth: `PPPP${auth}`, websocket } });
  const outcome = outcomeOf('websocket', beginning - 1 + slots, letters[letter]);
  const judgement = judge({
    step: steps.websocket ?? null,
    environment,
    outcome,
    settings,
    nowMs: outcome.endedAtMs,
  });
  const decided = judgement.decisions.map(({ kind }) => kind.replaceAll('_', ' '));
  const told = judgement.notifications.map(
    ({ kind, mention }) => `**${kind.replaceAll('_', ' ')}${mention ? ' @' : ''}**`,
  );
  return [...new Set(decided.filter((kind) => !isToldAnyway(kind))), ...told].join(', ');
}

/** Decisions that only repeat what is told. */
function isToldAnyway(kind: string): boolean {
  return kind === 'opened' || kind === 'resolved' || kind === 'step recovered' || kind === 'headline changed';
}
