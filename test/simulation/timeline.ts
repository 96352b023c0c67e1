/**
 * Timelines as text: a line a step (or a step and a region), a letter a run, and what people are told of it. The same
 * timelines are tests and the worked examples of `docs/judging.md`.
 */
import type { Environment } from '../../shared/core/environment/definition.ts';
import { emptyEnvironment } from '../../shared/core/judge/documents.ts';
import { judge, type Judgement } from '../../shared/core/judge/judge.ts';
import { markTold } from '../../shared/core/judge/delivery.ts';
import type { EnvironmentRecord, Notification, StepRecord } from '../../shared/core/judge/state.ts';
import type { Outcome } from '../../shared/core/outcome.ts';
import { isStep, type Step, steps } from '../../shared/core/step.ts';
import { outcomeOf, type OutcomeInput, slot } from './samples.ts';

/** The letters of a timeline; `.` is a slot without a run. */
export const letters = {
  P: {},
  p: {
    flaky: true,
    attempts: [{ verdict: 'fail', reason: 'reset', detail: '', checkId: null, startedAtMs: 0, latencyMs: null }],
  },
  D: { verdict: 'degraded', reason: 'slow', detail: 'slower than its bound' },
  F: { verdict: 'fail', reason: 'unavailable', detail: 'HTTP 503' },
  G: { verdict: 'fail', reason: 'gateway', detail: 'HTTP 502' },
  N: { verdict: 'fail', reason: 'refused', detail: 'connection refused' },
  S: { verdict: 'fail', reason: 'auth_bypassed', detail: 'a forged token opened the door' },
  B: { verdict: 'blocked', reason: 'login_rejected', detail: 'no token', blockedBy: 'auth' },
  W: { verdict: 'blocked', reason: 'upgrade_forbidden', detail: 'no socket', blockedBy: 'websocket' },
  I: { verdict: 'inconclusive', reason: 'own_path', detail: 'the control endpoint is unreachable' },
  C: { verdict: 'inconclusive', reason: 'credential', detail: 'the key was rejected' },
} as const satisfies Readonly<Record<string, OutcomeInput>>;

export type Letter = keyof typeof letters;

export interface Timeline {
  readonly name: string;
  /** By `step` or `step@region`; one letter a slot, spaces are for the eye. */
  readonly runs: Readonly<Record<string, string>>;
  readonly settings: Environment;
  /** Changes of the environment's document by people, before the runs of a slot. */
  readonly before?: Readonly<Record<number, (record: EnvironmentRecord) => EnvironmentRecord>>;
  /** `slot kind step`, with `@` when someone is mentioned. */
  readonly told: readonly string[];
}

export interface Played {
  readonly told: readonly string[];
  readonly notifications: readonly Notification[];
  readonly judgements: readonly Judgement[];
  readonly steps: Readonly<Partial<Record<Step, StepRecord>>>;
  readonly environment: EnvironmentRecord;
}

/** Judges the runs slot by slot, the steps in flow order; every message is delivered at once. */
export function play({ runs, settings, before = {} }: Omit<Timeline, 'name' | 'told'>): Played {
  const records: Partial<Record<Step, StepRecord>> = {};
  const judgements: Judgement[] = [];
  const notifications: Notification[] = [];
  const told: string[] = [];
  let environment: EnvironmentRecord | null = null;
  const rows = rowsOf(runs);
  const length = Math.max(...rows.map(({ line }) => line.length));
  for (let index = 0; index < length; index += 1) {
    environment = before[index]?.(environment ?? emptyEnvironment(settings.name)) ?? environment;
    for (const { step, region, line } of rows) {
      const outcome = outcomeAt(line[index], { step, region, index });
      if (outcome !== null) {
        const judgement: Judgement = judge({
          step: records[step] ?? null,
          environment,
          outcome,
          settings,
          nowMs: outcome.endedAtMs,
        });
        if (judgement.step !== null) {
          records[step] = judgement.step;
        }
        environment = delivered(judgement.environment ?? environment);
        judgements.push(judgement);
        notifications.push(...judgement.notifications);
        told.push(...judgement.notifications.map((news) => toldText(index, news)));
      }
    }
  }
  return {
    told,
    notifications,
    judgements,
    steps: records,
    environment: environment ?? emptyEnvironment(settings.name),
  };
}

interface Row {
  readonly step: Step;
  readonly region: string;
  readonly line: string;
}

function rowsOf(runs: Timeline['runs']): readonly Row[] {
  const rows = Object.entries(runs).map(([name, line]) => {
    const [step = '', region = 'us-central1'] = name.split('@');
    if (!isStep(step)) {
      throw new Error(`${name} is no step`);
    }
    return { step, region, line: line.replaceAll(' ', '') };
  });
  return rows.toSorted((a, b) => steps.indexOf(a.step) - steps.indexOf(b.step));
}

function outcomeAt(
  letter: string | undefined,
  { step, region, index }: { readonly step: Step; readonly region: string; readonly index: number },
): Outcome | null {
  if (letter === undefined || letter === '.') {
    return null;
  }
  if (!isLetter(letter)) {
    throw new Error(`${letter} is no letter of a timeline`);
  }
  const endedAtMs = slot(index) + 10_000 + steps.indexOf(step) * 60_000;
  return outcomeOf(step, index, { region, endedAtMs, ...letters[letter] });
}

export function isLetter(letter: string): letter is Letter {
  return Object.hasOwn(letters, letter);
}

export function delivered(record: EnvironmentRecord | null): EnvironmentRecord | null {
  return record?.outbox.reduce((rest, entry) => markTold(rest, entry, { channel: 'C1', ts: '1' }), record) ?? null;
}

export function toldText(index: number, { kind, step, mention }: Notification): string {
  return `${index} ${kind}${step === null ? '' : ` ${step}`}${mention ? ' @' : ''}`;
}
