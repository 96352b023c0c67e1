/** Compares the users that frames name with the one who logged in. */
import type { Failure } from '../outcome.ts';
import type { Dialect } from './dialect.ts';

/** Shortest beginning of a user id that is taken as one; shorter ids are shown whole. */
const shownLengthMin = 8;

/** Whether a name on the wire is ours: as it is, or cut to its beginning, as in `abcdefgh...`. */
export function isUser(shown: string, subject: string): boolean {
  const beginning = /^(.+?)(?:\.{3}|…)$/.exec(shown)?.[1];
  if (shown === subject || beginning === undefined) {
    return shown === subject;
  }
  return beginning.length >= Math.min(shownLengthMin, subject.length) && subject.startsWith(beginning);
}

/**
 * What it means to be taken for somebody else. A stand-in user shows that the server did not look at the token at all,
 * so that anybody would have come in; any other user is a real one, whose data would now come through our connection.
 * The id itself is not told: it may be that of a customer.
 */
export function foreignUserFailure(shown: string, dialect: Dialect): Failure {
  return dialect.standInUsers.some((pattern) => pattern.test(shown))
    ? {
        reason: 'auth_bypassed',
        detail: 'the server takes us for a stand-in user: it does not look at tokens, so that anybody gets in',
      }
    : { reason: 'isolation_breach', detail: 'the server takes us for another user than the one who logged in' };
}
