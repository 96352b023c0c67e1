/** The sandbox's secrets: random, made at start, known by the names that environment files use. */
import { randomBytes } from 'node:crypto';

import { Secret } from '../../shared/core/secret.ts';

export const secretNames = [
  'SANDBOX_LOGIN_KEY',
  'SANDBOX_JWT_SECRET',
  'SANDBOX_PASSWORD',
  'SANDBOX_CLIENT_ID',
  'SANDBOX_CLIENT_SECRET',
] as const;

export type SecretName = (typeof secretNames)[number];

export function isSecretName(name: string): name is SecretName {
  return (secretNames as readonly string[]).includes(name);
}

export type SandboxSecrets = Readonly<Record<SecretName, Secret>>;

export function createSecrets(): SandboxSecrets {
  return {
    SANDBOX_LOGIN_KEY: randomSecret(),
    SANDBOX_JWT_SECRET: randomSecret(),
    SANDBOX_PASSWORD: randomSecret(),
    SANDBOX_CLIENT_ID: randomSecret(),
    SANDBOX_CLIENT_SECRET: randomSecret(),
  };
}

function randomSecret(): Secret {
  return new Secret(randomBytes(32).toString('base64url'));
}
