/**
 * One run through the judge: read both documents, judge, write both or none, then deliver what is to be told. In the
 * steady state that is one read of two documents and one write of one.
 */
import type { Environment } from '../core/environment/definition.ts';
import { judge, type Judgement } from '../core/judge/judge.ts';
import type { OwnTrouble } from '../core/judge/own-trouble.ts';
import type { Outcome } from '../core/outcome.ts';
import type { Notifier, StateStore, StateWrite } from '../core/ports.ts';
import { deliver, deliverBudgetMs, type DeliveryReport, type Renderer } from './deliver.ts';
import { conflictsMax, environmentKey, type LoadedState, loadState } from './state-access.ts';
import { inTime, type LeftMs } from './time-room.ts';

export interface JudgeRunInput {
  readonly store: StateStore;
  readonly notifier: Notifier;
  readonly render: Renderer;
  /** The environment file. */
  readonly settings: Environment;
  readonly outcome: Outcome;
  /** Wall clock in Unix milliseconds. */
  readonly nowMs: () => number;
  /** Names this run among all instances and runs, for the lease of the delivery. */
  readonly holder: string;
  /** What `loadState` gave before the probe; read now if it is not there. */
  readonly loaded?: LoadedState;
  /** Trouble that earlier runs of this process had with what they need; null when there were no runs. */
  readonly own?: readonly OwnTrouble[] | null;
  /** Time that the delivery may take; without it, as much as it needs. */
  readonly deliveryLeftMs?: LeftMs;
}

export interface JudgeReport {
  /** `contended`: others wrote first every time; the run is not in the state. */
  readonly judged: Judgement['judged'] | 'contended';
  readonly judgement: Judgement;
  /** Whether an incident is open after this run. */
  readonly incidentOpen: boolean;
  /** How often the documents had changed in between. */
  readonly conflicts: number;
  /** Null when there was nothing to deliver. */
  readonly delivery: DeliveryReport | null;
  /** What broke the delivery after the facts were safe; null when nothing did. */
  readonly deliveryFault: unknown;
}

/** Rejects with a `StateError` when the store can't be read or written; nothing has been judged then. */
export async function judgeRun(input: JudgeRunInput): Promise<JudgeReport> {
  const { store, settings, outcome, nowMs, own = null } = input;
  let loaded = input.loaded ?? (await loadState(store, settings.name, outcome.step));
  for (let conflicts = 0; ; conflicts += 1) {
    const { step, environment, lost } = loaded;
    const judgement = judge({ step, environment, outcome, settings, nowMs: nowMs(), lost, own });
    if (await commit(input, judgement, loaded)) {
      const { outbox, incident } = judgement.environment ?? environment ?? { outbox: [], incident: null };
      const incidentOpen = incident !== null;
      const delivered = await deliverIfAny(input, outbox.length);
      return { judged: judgement.judged, judgement, incidentOpen, conflicts, ...delivered };
    }
    if (conflicts >= conflictsMax) {
      const incidentOpen = environment !== null && environment.incident !== null;
      return { judged: 'contended', judgement, incidentOpen, conflicts, delivery: null, deliveryFault: null };
    }
    loaded = await loadState(store, settings.name, outcome.step);
  }
}

async function commit(
  { store, settings, outcome }: JudgeRunInput,
  judgement: Judgement,
  loaded: LoadedState,
): Promise<boolean> {
  const { step, environment } = judgement;
  const writes: StateWrite[] = [];
  if (step !== null) {
    const key = { environment: settings.name, document: outcome.step };
    writes.push({ key, value: step, ifVersion: loaded.stepVersion });
  }
  if (environment !== null) {
    writes.push({ key: environmentKey(settings.name), value: environment, ifVersion: loaded.environmentVersion });
  }
  return writes.length === 0 || (await store.commit(writes)) === 'committed';
}

/** Later than this share of the time no message is begun: it would perhaps be left alone in the middle. */
const beginShare = 1 / 2;

const unfinished = { status: 'unfinished', told: [], unrecorded: [], refused: [] } as const;

/** The facts are safe at this point: a delivery that breaks is the next run's to go on with. */
async function deliverIfAny(
  input: JudgeRunInput,
  waiting: number,
): Promise<Pick<JudgeReport, 'delivery' | 'deliveryFault'>> {
  if (waiting === 0) {
    return { delivery: null, deliveryFault: null };
  }
  const { deliveryLeftMs } = input;
  try {
    if (deliveryLeftMs === undefined) {
      return { delivery: await deliver(input), deliveryFault: null };
    }
    const budgetMs = Math.min(deliverBudgetMs, deliveryLeftMs() * beginShare);
    const delivery = await inTime(deliveryLeftMs(), deliver({ ...input, budgetMs }));
    return { delivery: delivery ?? { ...unfinished, waiting }, deliveryFault: null };
  } catch (error) {
    return { delivery: null, deliveryFault: error };
  }
}
