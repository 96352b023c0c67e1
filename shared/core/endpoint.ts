/** Where requests to a service of the environment go, and whom they trust there. */
import type { Service } from './environment/definition.ts';
import type { Failure } from './outcome.ts';
import type { ProbeContext } from './probe.ts';
import type { Secret } from './secret.ts';

export interface Endpoint {
  readonly service: Service;
  /** Scheme, host and port. */
  readonly origin: string;
  /** PEM roots to trust instead of the public ones; null: the public ones. */
  readonly authorities: Secret | null;
}

/** A service that is not there, or whose authorities are missing, is a mistake of the configuration. */
export function endpointOf(context: Pick<ProbeContext, 'environment' | 'secrets'>, name: string): Endpoint | Failure {
  const { services } = context.environment;
  const service = Object.hasOwn(services, name) ? services[name] : undefined;
  if (service === undefined) {
    return { reason: 'config_invalid', detail: `the environment file has no service \`${name}\`` };
  }
  const { authoritiesSecret } = service;
  const authorities = authoritiesSecret === undefined ? null : context.secrets(authoritiesSecret);
  if (authoritiesSecret !== undefined && authorities === null) {
    return missingSecret(authoritiesSecret);
  }
  return { service, origin: service.url, authorities };
}

export function missingSecret(name: string): Failure {
  return { reason: 'config_invalid', detail: `the secret \`${name}\` is missing` };
}

/** Tells a failure from what was wanted. */
export function isFailure(value: object): value is Failure {
  return 'reason' in value && 'detail' in value;
}
