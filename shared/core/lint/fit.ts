/** Whether runs fit into the cadence, and the cadence into the scheduler. */
import { type Environment, stepsOf } from '../environment/definition.ts';
import { errorAt, type Finding, when } from '../environment/finding.ts';
import type { Step } from '../step.ts';
import { attemptDeadlineSecondsMax, reserveSeconds, runTimes, schedulerReserveSeconds } from './times.ts';

export function fitFindings(environment: Environment): readonly Finding[] {
  return [
    ...stepsOf(environment).flatMap((step) => runFindings(environment, step)),
    ...scheduleFindings(environment.cadenceSeconds),
  ];
}

function runFindings(environment: Environment, step: Step): readonly Finding[] {
  const { cadenceSeconds, policy } = environment;
  const { attempts, deadlineSeconds, worstRunSeconds, attemptDeadlineSeconds } = runTimes(environment, step);
  const path = ['steps', step, 'deadlineSeconds'];
  const confirmSeconds = Math.ceil(policy.confirmAfterMs / 1_000);
  const parts =
    attempts === 1
      ? `an attempt of ${deadlineSeconds} s and ${reserveSeconds} s of reserve`
      : `two attempts of ${deadlineSeconds} s, ${confirmSeconds} s between them and ${reserveSeconds} s of reserve`;
  const longest = (worstMax: number): number => Math.floor((worstMax - reserveSeconds - confirmSeconds) / attempts);
  const schedulerMax = attemptDeadlineSecondsMax - schedulerReserveSeconds;
  return [
    ...when(
      worstRunSeconds > cadenceSeconds,
      errorAt(
        path,
        `a run may take ${worstRunSeconds} s (${parts}), longer than the cadence of ${cadenceSeconds} s, ` +
          `allowed: ${atMost(longest(cadenceSeconds))}\`cadenceSeconds\` of at least ${worstRunSeconds}`,
      ),
    ),
    ...when(
      attemptDeadlineSeconds > attemptDeadlineSecondsMax,
      errorAt(
        path,
        `a run may take ${worstRunSeconds} s (${parts}), longer than Cloud Scheduler waits, ` +
          `allowed: at most ${longest(schedulerMax)}`,
      ),
    ),
  ];
}

function atMost(deadlineSeconds: number): string {
  return deadlineSeconds > 0 ? `at most ${deadlineSeconds}, or ` : '';
}

function scheduleFindings(cadenceSeconds: number): readonly Finding[] {
  const path = ['cadenceSeconds'];
  const isMinutes = cadenceSeconds % 60 === 0;
  return [
    ...when(
      !isMinutes,
      errorAt(path, `is ${cadenceSeconds}, but Cloud Scheduler knows whole minutes only, allowed: a multiple of 60`),
    ),
    ...when(
      isMinutes && 3_600 % cadenceSeconds !== 0,
      errorAt(
        path,
        `is ${cadenceSeconds / 60} min, which does not divide an hour: the last gap of each hour would differ`,
      ),
    ),
  ];
}
