/** Services that are named and not there, there and not named, or said to be what they can't be. */
import type { Environment } from '../definition.ts';
import { errorAt, type Finding, type KeyPath, warningAt, when } from '../finding.ts';
import { listed } from '../shape.ts';

export function serviceContradictions(environment: Environment): readonly Finding[] {
  const { services } = environment;
  const references = serviceReferences(environment);
  return [
    ...references.flatMap(({ name, path }) =>
      when(
        services[name] === undefined,
        errorAt(path, `the service \`${name}\` is not defined, allowed: ${listed(Object.keys(services), 'or')}`),
      ),
    ),
    ...Object.keys(services).flatMap((name) =>
      when(
        !references.some((reference) => reference.name === name),
        warningAt(['services', name], 'no step uses this service'),
      ),
    ),
    ...Object.entries(services).flatMap(([name, { revision, cloudRun }]) =>
      when(
        revision?.from === 'cloud_run' && cloudRun === undefined,
        errorAt(['services', name, 'revision', 'from'], 'is `cloud_run`, but `cloudRun` does not say which service'),
      ),
    ),
  ];
}

interface Reference {
  readonly name: string;
  readonly path: KeyPath;
}

function serviceReferences({ steps }: Environment): readonly Reference[] {
  const references: Reference[] = [];
  if (steps.auth !== undefined) {
    references.push({ name: steps.auth.service, path: ['steps', 'auth', 'service'] });
    const name = steps.auth.protectedResource.service;
    if (name !== undefined) {
      references.push({ name, path: ['steps', 'auth', 'protectedResource', 'service'] });
    }
  }
  for (const [index, { service }] of (steps.health?.documents ?? []).entries()) {
    references.push({ name: service, path: ['steps', 'health', 'documents', index, 'service'] });
  }
  if (steps.websocket !== undefined) {
    references.push({ name: steps.websocket.service, path: ['steps', 'websocket', 'service'] });
  }
  return references;
}
