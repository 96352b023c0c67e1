/** Faults of TLS: certificates made at run time, and servers that do not keep to the handshake. */
import type { Reason } from '../../../shared/core/reasons.ts';
import { certificate, type Doorkeeper, door } from '../behaviour.ts';
import { tearDown } from '../wire/answers.ts';
import { overTls } from './environments.ts';
import { blockedBy, finds, loginBroken, type Row, rows } from './row.ts';
import type { CertificateKind } from '../wire/certificates.ts';

/** A fatal alert `handshake_failure` (RFC 8446, section 6). */
const handshakeFailure = Buffer.from([0x15, 0x03, 0x03, 0x00, 0x02, 0x02, 0x28]);

/** The same for `protocol_version`: what a server says that speaks only what clients have given up. */
const protocolVersion = Buffer.from([0x15, 0x03, 0x03, 0x00, 0x02, 0x02, 0x46]);

/** The backend over TLS, with something wrong about it. */
function backend(title: string, reason: Reason, change: Row['change']): Row {
  return {
    title,
    ...(change && { change }),
    environment: overTls('backend'),
    expected: { health: finds(reason), websocket: finds(reason), agent: blockedBy(reason) },
  };
}

function presents(kind: CertificateKind): Row['change'] {
  return certificate('backend', kind);
}

/** Waits for the client's first words and then does something else than shaking hands. */
function afterHello(act: Doorkeeper): Row['change'] {
  return door('backend', (socket, admit, clock) => {
    socket.once('data', () => act(socket, admit, clock));
  });
}

export const tlsFaults = rows('tls', {
  tls_expired: backend("The backend's certificate expired yesterday.", 'tls_expired', presents('expired')),
  tls_not_yet_valid: backend(
    "The backend's certificate is valid only from tomorrow.",
    'tls_not_yet_valid',
    presents('not_yet_valid'),
  ),
  tls_self_signed: backend(
    'The backend presents a certificate that it has signed itself.',
    'tls_untrusted',
    presents('self_signed'),
  ),
  tls_other_authority: backend(
    "The backend's certificate comes from an authority that nobody trusts.",
    'tls_untrusted',
    presents('other_authority'),
  ),
  tls_wrong_name: backend(
    "The backend's certificate belongs to another host name.",
    'tls_name_mismatch',
    presents('wrong_name'),
  ),
  tls_expiring: {
    title: "The backend's certificate expires in five days.",
    change: certificate('backend', 'expiring'),
    environment: overTls('backend'),
    expected: { health: finds('tls_expiring') },
  },
  tls_not_spoken: backend(
    'The port that should speak TLS speaks plain HTTP.',
    'tls_not_spoken',
    afterHello((socket) => socket.end('HTTP/1.1 400 Bad Request\r\ncontent-length: 0\r\n\r\n')),
  ),
  tls_silent: backend(
    'The TLS handshake is not answered in time.',
    'tls_timeout',
    afterHello(() => {}),
  ),
  tls_reset: backend(
    'The connection is reset in the TLS handshake.',
    'reset',
    afterHello((socket) => tearDown(socket)),
  ),
  tls_closed: backend(
    'The connection is closed in the TLS handshake.',
    'reset',
    afterHello((socket) => socket.end()),
  ),
  tls_refused: backend(
    'The backend ends the TLS handshake with an alert.',
    'tls_other',
    afterHello((socket) => socket.end(handshakeFailure)),
  ),
  tls_outdated: backend(
    'The backend speaks only versions of TLS that clients have given up.',
    'tls_other',
    afterHello((socket) => socket.end(protocolVersion)),
  ),
  auth_tls_expired: {
    title: "The auth service's certificate expired yesterday.",
    change: certificate('auth', 'expired'),
    environment: overTls('auth'),
    expected: { ...loginBroken('tls_expired'), health: finds('tls_expired') },
  },
  auth_tls_wrong_name: {
    title: "The auth service's certificate belongs to another host name.",
    change: certificate('auth', 'wrong_name'),
    environment: overTls('auth'),
    expected: { ...loginBroken('tls_name_mismatch'), health: finds('tls_name_mismatch') },
  },
});
