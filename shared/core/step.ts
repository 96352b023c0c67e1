/**
 * The golden path as data: its steps, in the order in which a user meets them, and what each needs of the others.
 * Everything that has to know "what comes first" reads it from here.
 */

export const steps = ['auth', 'health', 'websocket', 'agent'] as const;

export type Step = (typeof steps)[number];

/** The steps that must work before a step can; the flow's edges. `auth` and `health` stand side by side. */
export const requiredSteps: Readonly<Record<Step, readonly Step[]>> = {
  auth: [],
  health: [],
  websocket: ['auth', 'health'],
  agent: ['websocket'],
};

export function isStep(value: unknown): value is Step {
  return (steps as readonly unknown[]).includes(value);
}

/** Place of a step in the flow; the smaller one is to be mended first. */
export function flowOrder(step: Step): number {
  return steps.indexOf(step);
}

/** The function that probes a step, as functions-framework and Terraform know it. */
export function functionName(step: Step): `probe-${Step}` {
  return `probe-${step}`;
}
