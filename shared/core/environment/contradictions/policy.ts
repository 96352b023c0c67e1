/** Windows, regions, maintenance, deadlines against the cadence, and words about steps that are not watched. */
import { type Step, steps as allSteps } from '../../step.ts';
import { type Environment, stepsOf } from '../definition.ts';
import { errorAt, type Finding, type KeyPath, warningAt, when } from '../finding.ts';
import type { MaintenanceWindow } from '../policy.ts';
import { instantMs } from '../values.ts';
import { repeated } from './repeated.ts';

export function policyContradictions(environment: Environment): readonly Finding[] {
  const { policy, regions } = environment;
  const { runs, samplesMin } = policy.slower;
  return [
    ...stepContradictions(environment),
    ...windowContradictions(environment),
    ...repeated(regions, ['regions']),
    ...when(
      policy.regionQuorum > regions.length,
      errorAt(['policy', 'regionQuorum'], `is ${policy.regionQuorum}, more than there are regions (${regions.length})`),
    ),
    ...when(
      samplesMin < 2 * runs,
      errorAt(
        ['policy', 'slower', 'samplesMin'],
        `is ${samplesMin}, too little history to compare ${runs} runs with, allowed: at least ${2 * runs}`,
      ),
    ),
    ...environment.maintenance.flatMap((window, index) =>
      maintenanceContradictions(window, stepsOf(environment), ['maintenance', index]),
    ),
  ];
}

function stepContradictions(environment: Environment): readonly Finding[] {
  const { cadenceSeconds, impact, policy, steps } = environment;
  return [
    ...when(stepsOf(environment).length === 0, errorAt(['steps'], 'no step is watched, allowed: at least one')),
    ...allSteps.flatMap((step) => {
      const isAbsent = steps[step] === undefined;
      const deadlineSeconds = steps[step]?.deadlineSeconds ?? 0;
      const strange = 'is about a step that is not watched';
      return [
        ...when(isAbsent && impact[step] !== undefined, warningAt(['impact', step], strange)),
        ...when(isAbsent && policy.steps[step] !== undefined, warningAt(['policy', 'steps', step], strange)),
        ...when(
          deadlineSeconds > cadenceSeconds,
          errorAt(
            ['steps', step, 'deadlineSeconds'],
            `is ${deadlineSeconds}, longer than the cadence (${cadenceSeconds}): runs would overlap`,
          ),
        ),
      ];
    }),
  ];
}

function windowContradictions({ policy }: Environment): readonly Finding[] {
  const places: readonly (Step | null)[] = [null, ...allSteps];
  return places.flatMap((step) => {
    const path: KeyPath = step === null ? ['policy'] : ['policy', 'steps', step];
    const rules = step === null ? policy : policy.steps[step];
    return (['fire', 'degrade'] as const).flatMap((rule) => {
      const { failures, of } = rules?.[rule] ?? { failures: 0, of: 0 };
      return when(
        failures > of,
        errorAt([...path, rule, 'failures'], `is ${failures}, more than the window has runs (${of})`),
      );
    });
  });
}

function maintenanceContradictions(
  { from, to, steps }: MaintenanceWindow,
  watched: readonly Step[],
  path: KeyPath,
): readonly Finding[] {
  return [
    ...when(instantMs(from) >= instantMs(to), errorAt([...path, 'to'], `is not after \`from\` (${from})`)),
    ...when(steps?.length === 0, errorAt([...path, 'steps'], 'names no step; leave it out to mean all')),
    ...repeated(steps ?? [], [...path, 'steps']),
    ...(steps ?? []).flatMap((step, index) =>
      when(!watched.includes(step), warningAt([...path, 'steps', index], `\`${step}\` is not watched`)),
    ),
  ];
}
