/** Words for the faults of an accepted socket. */
import type { Reason } from '../../../shared/core/reasons.ts';
import { socket } from '../behaviour.ts';
import type { Session } from '../socket/session.ts';
import { type Row, socketBroken } from './row.ts';

/** The server accepts and does this instead of greeting. */
export function accepted(title: string, reason: Reason, action: (session: Session) => void): Row {
  return {
    title,
    change: socket({
      accepted: (session) => {
        action(session);
        return 'handled';
      },
    }),
    expected: socketBroken(reason),
  };
}
