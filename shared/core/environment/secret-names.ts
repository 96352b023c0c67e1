/**
 * The secrets that an environment file refers to, and which step needs which. A key refers to one when it is `secret`
 * or ends in `Secret`; Terraform grants access by the same rule.
 */
import { type Step, steps as allSteps } from '../step.ts';
import type { Environment } from './definition.ts';
import type { KeyPath } from './finding.ts';

export interface SecretReference {
  /** Name of the environment variable. */
  readonly name: string;
  /** Where the file refers to it. */
  readonly path: KeyPath;
}

/**
 * Every reference that the given steps need, in the order of the file. A step needs those of the services and its own;
 * every step that comes in as a user also needs those of the login. Nobody is given more: a step that the environment
 * does not have needs nothing of it.
 */
export function secretNamesOf(environment: Environment, steps: readonly Step[] = allSteps): readonly SecretReference[] {
  const { auth } = environment.steps;
  const watched = steps.filter((step) => environment.steps[step] !== undefined);
  if (watched.length === 0) {
    return [];
  }
  const needsLogin = watched.some((step) => step !== 'health');
  return [
    ...referencesIn(environment.services, ['services']),
    ...(needsLogin ? referencesIn(auth, ['steps', 'auth']) : []),
    ...watched
      .filter((step) => step !== 'auth')
      .flatMap((step) => referencesIn(environment.steps[step], ['steps', step])),
  ];
}

function referencesIn(value: unknown, path: KeyPath): readonly SecretReference[] {
  if (typeof value !== 'object' || value === null) {
    return [];
  }
  return Object.entries(value).flatMap(([key, inner]: [string, unknown]) => {
    const innerPath = [...path, key];
    const isReference = typeof inner === 'string' && /^secret$|Secret$/.test(key);
    return isReference ? [{ name: inner, path: innerPath }] : referencesIn(inner, innerPath);
  });
}
