/** What a good token is: algorithms, keys, lifetimes. Refuses what would make room for algorithm confusion. */
import type { AuthSettings } from '../auth.ts';
import type { Environment } from '../definition.ts';
import { errorAt, type Finding, when } from '../finding.ts';
import { listed } from '../shape.ts';
import { repeated } from './repeated.ts';

const at = ['steps', 'auth', 'token'] as const;
const loginAt = ['steps', 'auth', 'login'] as const;

export function tokenContradictions({ steps }: Environment): readonly Finding[] {
  if (steps.auth === undefined) {
    return [];
  }
  const { algorithms, lifetimeSecondsMin: shortest, lifetimeSecondsMax: longest } = steps.auth.token;
  return [
    ...repeated(algorithms, [...at, 'algorithms']),
    ...algorithmContradictions(steps.auth),
    ...when(
      shortest > longest,
      errorAt([...at, 'lifetimeSecondsMin'], `is ${shortest}, more than \`lifetimeSecondsMax\` (${longest})`),
    ),
    ...selfSignedContradictions(steps.auth),
  ];
}

function isShared(algorithm: string): boolean {
  return algorithm.startsWith('HS');
}

function algorithmContradictions({ token }: AuthSettings): readonly Finding[] {
  const path = [...at, 'algorithms'];
  const { kind } = token.verification;
  const shared = token.algorithms.filter(isShared);
  const asymmetric = token.algorithms.filter((algorithm) => !isShared(algorithm));
  if (shared.length > 0 && asymmetric.length > 0) {
    const mixture = `${listed(shared)} besides ${listed(asymmetric)}`;
    return [errorAt(path, `has ${mixture}: a public key could pass for a shared secret, allowed: one sort`)];
  }
  const isPublic = kind === 'jwks' || kind === 'public_key';
  return [
    ...when(
      shared.length > 0 && isPublic,
      errorAt(path, `${listed(shared)} cannot be verified by \`${kind}\`, allowed: RS, PS, ES or EdDSA algorithms`),
    ),
    ...when(
      asymmetric.length > 0 && kind === 'shared_secret',
      errorAt(path, `${listed(asymmetric)} cannot be verified by \`${kind}\`, allowed: HS algorithms`),
    ),
  ];
}

function selfSignedContradictions({ login, token }: AuthSettings): readonly Finding[] {
  if (login.kind !== 'self_signed') {
    return [];
  }
  const { algorithm, lifetimeSeconds } = login;
  const { lifetimeSecondsMin: shortest, lifetimeSecondsMax: longest, verification } = token;
  return [
    ...when(
      !token.algorithms.some((allowed) => allowed === algorithm),
      errorAt(
        [...loginAt, 'algorithm'],
        `is \`${algorithm}\`, allowed by \`token\`: ${listed(token.algorithms, 'or')}`,
      ),
    ),
    ...when(
      lifetimeSeconds < shortest || lifetimeSeconds > longest,
      errorAt(
        [...loginAt, 'lifetimeSeconds'],
        `is ${lifetimeSeconds}, allowed by \`token\`: ${shortest} to ${longest}`,
      ),
    ),
    ...when(
      verification.kind === 'shared_secret' && isShared(algorithm) && verification.secret !== login.secret,
      errorAt([...loginAt, 'secret'], 'is another secret than the one that `token.verification` checks with'),
    ),
  ];
}
