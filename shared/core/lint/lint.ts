/**
 * What can be known of an environment file before it is deployed: whether its rules can fire and recover, and whether
 * its times, requests and budgets fit together. A file with an error here runs, but not as its author believes.
 */
import { isOnThisMachine } from '../environment/contradictions/hosts.ts';
import type { Environment } from '../environment/definition.ts';
import { type Finding, warningAt, when } from '../environment/finding.ts';
import { minuteMs, secondMs } from '../time.ts';
import { boundFindings } from './bounds.ts';
import { fitFindings } from './fit.ts';
import { maintenanceFindings } from './maintenance.ts';
import { requestFindings } from './requests.ts';
import { ruleFindings, type Trial, tryRules } from './rules.ts';

export interface Linted {
  readonly findings: readonly Finding[];
  /** How each rule did when it was tried out. */
  readonly trials: readonly Trial[];
}

export function lintEnvironment(environment: Environment): Linted {
  const trials = tryRules(environment);
  const findings = [
    // A rehearsal's cadence is compressed, and no cloud cuts a run off.
    ...(isOnThisMachine(environment) ? [] : fitFindings(environment)),
    ...boundFindings(environment),
    ...requestFindings(environment),
    ...maintenanceFindings(environment),
    ...ruleFindings(environment, trials),
    ...audienceFindings(environment),
  ];
  return { findings, trials };
}

function audienceFindings({ cadenceSeconds, policy, slack }: Environment): readonly Finding[] {
  const { reminderMinutes } = policy;
  return [
    ...when(slack === undefined, warningAt([], 'has no `slack`: incidents are recorded, and nobody is told')),
    ...when(
      reminderMinutes > 0 && reminderMinutes * minuteMs < cadenceSeconds * secondMs,
      warningAt(
        ['policy', 'reminderMinutes'],
        `is ${reminderMinutes}, but reminders come with runs, every ${cadenceSeconds} s; ` +
          `better: at least ${Math.ceil(cadenceSeconds / 60)}, or 0`,
      ),
    ),
  ];
}
