/** Changes to the environment that some faults and variants need in order to show. */
import type { Environment, Service } from '../../../shared/core/environment/definition.ts';
import type { ServiceName } from '../behaviour.ts';
import type { EnvironmentChange } from './row.ts';

type Steps = Environment['steps'];
type StepName = keyof Steps;
type StepChange<S extends StepName> = (settings: NonNullable<Steps[S]>) => NonNullable<Steps[S]>;

/** Several changes as one, in order. */
export function all(...parts: readonly EnvironmentChange[]): EnvironmentChange {
  return (environment, origins) => parts.reduce((changed, part) => part(changed, origins), environment);
}

/** Changes the settings of a step that the environment has. */
export function step<S extends StepName>(name: S, change: StepChange<S>): EnvironmentChange {
  return (environment) => {
    const settings = environment.steps[name];
    if (settings === undefined) {
      return environment;
    }
    return { ...environment, steps: { ...environment.steps, [name]: change(settings) } };
  };
}

/** Changes every health document. */
export function documents(change: (document: HealthDocument) => HealthDocument): EnvironmentChange {
  return step('health', (settings) => ({ ...settings, documents: settings.documents.map(change) }));
}

type HealthDocument = NonNullable<Steps['health']>['documents'][number];

export function service(name: ServiceName, change: (service: Service) => Service): EnvironmentChange {
  return (environment) => {
    const before = environment.services[name];
    return before === undefined
      ? environment
      : { ...environment, services: { ...environment.services, [name]: change(before) } };
  };
}

/** Has a service reached over TLS, with the sandbox's own authority trusted. */
export function overTls(...names: readonly ServiceName[]): EnvironmentChange {
  return (environment, origins) => {
    const urls = { auth: origins.secureAuth, backend: origins.secureBackend };
    const secure = (name: ServiceName): EnvironmentChange =>
      service(name, (before) => ({ ...before, url: urls[name], authoritiesSecret: 'SANDBOX_AUTHORITIES' }));
    return all(...names.map(secure))(environment, origins);
  };
}

/** Tokens signed with published keys instead of the shared secret; an expired one can then not be made. */
export const publishedKeys: EnvironmentChange = step('auth', (settings) => ({
  ...settings,
  token: { ...settings.token, algorithms: ['RS256'], verification: { kind: 'jwks', path: '/auth/jwks' } },
  refusals: settings.refusals.filter((refusal) => refusal !== 'expired'),
}));

/** The same with the one public key written down. */
export const publicKey: EnvironmentChange = step('auth', (settings) => ({
  ...settings,
  token: {
    ...settings.token,
    algorithms: ['RS256'],
    verification: { kind: 'public_key', secret: 'SANDBOX_PUBLIC_KEY' },
  },
  refusals: settings.refusals.filter((refusal) => refusal !== 'expired'),
}));

const responsePlaces = {
  accessTokenPath: 'access_token',
  refreshTokenPath: 'refresh_token',
  expiresInPath: 'expires_in',
  subjectPath: 'user.id',
};

export const passwordLogin: EnvironmentChange = step('auth', (settings) => ({
  ...settings,
  login: {
    kind: 'password',
    path: '/auth/login',
    email: 'golden-path@sandbox.example',
    passwordSecret: 'SANDBOX_PASSWORD',
    ...responsePlaces,
  },
}));

/** This grant gives neither a refresh token nor an e-mail address. */
export const clientCredentialsLogin: EnvironmentChange = step('auth', ({ refresh: _none, ...settings }) => ({
  ...settings,
  login: {
    kind: 'client_credentials',
    path: '/auth/token',
    clientIdSecret: 'SANDBOX_CLIENT_ID',
    clientSecretSecret: 'SANDBOX_CLIENT_SECRET',
    clientAuthentication: 'basic',
    ...responsePlaces,
  },
}));

export const selfSignedLogin: EnvironmentChange = step('auth', ({ refresh: _none, ...settings }) => ({
  ...settings,
  login: {
    kind: 'self_signed',
    secret: 'SANDBOX_JWT_SECRET',
    algorithm: 'HS256',
    subject: 'self-golden-path',
    lifetimeSeconds: 900,
    claims: { iss: 'netra-auth-service', aud: 'netra-platform', env: 'sandbox', token_type: 'access' },
  },
  token: { ...settings.token, requiredClaims: ['sub', 'exp', 'iat'] },
}));
