/** Words for the faults of login, token and protected resource. */
import type { JWTPayload } from 'jose';

import type { Reason } from '../../../shared/core/reasons.ts';
import { type Change, edit, editBody, token } from '../behaviour.ts';
import type { Json, JsonObject } from '../json.ts';
import { finds, type Row } from './row.ts';

export const loginPath = '/auth/e2e/test-auth';

/** A fault that only the auth step looks at. */
export function onlyAuth(title: string, reason: Reason, change: Change): Row {
  return { title, change, expected: { auth: finds(reason) } };
}

export function claims(change: (claims: JWTPayload) => JWTPayload): Change {
  return token({ claims: change });
}

/** Another value in a reply that grants something; refusals stay as they are. */
export function field(path: string, name: string, value: Json): Change {
  return edit('auth', path, (reply) =>
    reply.status !== 200 || typeof reply.body === 'string'
      ? reply
      : { ...reply, body: { ...reply.body, [name]: value } },
  );
}

export function withoutField(path: string, name: string): Change {
  return editBody('auth', path, ({ [name]: _gone, ...rest }): JsonObject => rest);
}
