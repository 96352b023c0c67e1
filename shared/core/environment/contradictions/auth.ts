/** Login and refusals: what can't be refused, because nothing of the kind could be sent. */
import type { Environment } from '../definition.ts';
import { errorAt, type Finding, warningAt, when } from '../finding.ts';
import { repeated } from './repeated.ts';

const at = ['steps', 'auth'] as const;

export function authContradictions({ steps }: Environment): readonly Finding[] {
  if (steps.auth === undefined) {
    return [];
  }
  const { login, refresh, refusals, token } = steps.auth;
  const refusalAt = (refusal: (typeof refusals)[number]) => [...at, 'refusals', refusals.indexOf(refusal)];
  const isSelfSigned = login.kind === 'self_signed';
  const { kind } = token.verification;
  return [
    ...repeated(refusals, [...at, 'refusals']),
    ...when(
      refusals.length === 0,
      warningAt([...at, 'refusals'], 'nothing must be refused: a product that lets everyone in passes'),
    ),
    ...when(
      refusals.includes('expired') && kind !== 'shared_secret',
      errorAt(
        refusalAt('expired'),
        `\`expired\` needs a key that signs, \`verification\` by \`shared_secret\`; it is by \`${kind}\``,
      ),
    ),
    ...when(
      refusals.includes('wrong_password') && isSelfSigned,
      errorAt(refusalAt('wrong_password'), 'a `self_signed` login has no credential that could be wrong'),
    ),
    ...when(
      refresh !== undefined && isSelfSigned,
      errorAt([...at, 'refresh'], 'a `self_signed` login gives no refresh token'),
    ),
  ];
}
