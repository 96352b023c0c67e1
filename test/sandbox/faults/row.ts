/** What a row of the fault table is, and the words in which rows are written. */
import type { Environment } from '../../../shared/core/environment/definition.ts';
import type { Verdict } from '../../../shared/core/outcome.ts';
import { type Reason, verdictOf } from '../../../shared/core/reasons.ts';
import { type Step, steps } from '../../../shared/core/step.ts';
import type { Change } from '../behaviour.ts';
import type { Origins } from '../sandbox.ts';

export const faultGroups = ['network', 'tls', 'http', 'auth', 'health', 'websocket', 'agent', 'lies'] as const;

export type FaultGroup = (typeof faultGroups)[number];

/** What a step's probe has to find. */
export interface Finding {
  readonly verdict: Verdict;
  readonly reason: Reason | null;
}

export type Expected = Readonly<Record<Step, Finding>>;

export type EnvironmentChange = (environment: Environment, origins: Origins) => Environment;

export interface Fault {
  readonly id: string;
  /** One plain sentence that says what is broken. */
  readonly title: string;
  readonly group: FaultGroup;
  /** The first step that notices it, in flow order. */
  readonly step: Step;
  readonly expected: Expected;
  readonly change: Change;
  /** What the environment file has to say differently for the fault to show; null for most. */
  readonly environment: EnvironmentChange | null;
  /** Shows only to a probe that remembers a healthy run. */
  readonly afterHealthyRun: boolean;
}

export interface Row {
  readonly title: string;
  readonly expected: Partial<Expected>;
  readonly change?: Change;
  readonly environment?: EnvironmentChange;
  readonly afterHealthyRun?: boolean;
}

const pass: Finding = { verdict: 'pass', reason: null };

/** The step itself is what is broken, or worse than it should be. */
export function finds(reason: Reason): Finding {
  return { verdict: verdictOf(reason), reason };
}

/** An earlier step stopped this one. */
export function blockedBy(reason: Reason): Finding {
  const verdict = verdictOf(reason);
  return { verdict: verdict === 'inconclusive' ? verdict : 'blocked', reason };
}

/** Rows by id as faults; a step that a row does not name passes. */
export function rows(group: FaultGroup, byId: Readonly<Record<string, Row>>): readonly Fault[] {
  return Object.entries(byId).map(([id, row]) => {
    const { title, expected, change, environment, afterHealthyRun = false } = row;
    const whole = { auth: pass, health: pass, websocket: pass, agent: pass, ...expected };
    const step = steps.find((name) => whole[name].reason !== null);
    if (step === undefined) {
      throw new Error(`fault "${id}" is noticed by no step`);
    }
    return {
      id,
      title,
      group,
      step,
      expected: whole,
      change: change ?? ((behaviour) => behaviour),
      environment: environment ?? null,
      afterHealthyRun,
    };
  });
}

/** The login, which every later step needs, is broken. */
export function loginBroken(reason: Reason): Partial<Expected> {
  return { auth: finds(reason), websocket: blockedBy(reason), agent: blockedBy(reason) };
}

/** The socket is broken, and the agent cannot be reached through it. */
export function socketBroken(reason: Reason): Partial<Expected> {
  return { websocket: finds(reason), agent: blockedBy(reason) };
}
