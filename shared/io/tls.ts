/** Reads the certificate that a server presented on a connection, whether it is trusted or not. */
import type { PeerCertificate, TLSSocket } from 'node:tls';

import type { TlsFacts } from '../core/exchange.ts';

const dayMs = 86_400_000;

/** Longest name that is kept of a certificate. */
const nameMax = 200;

/** The facts of the leaf certificate; null when the peer has shown none. */
export function tlsFacts(socket: TLSSocket): TlsFacts | null {
  const certificate = socket.getPeerCertificate();
  const validToMs = Date.parse(certificate?.valid_to ?? '');
  if (!Number.isFinite(validToMs)) {
    return null;
  }
  return {
    protocol: socket.getProtocol() ?? 'unknown',
    issuer: nameOf(certificate.issuer),
    subject: nameOf(certificate.subject),
    validToMs,
    daysLeft: (validToMs - Date.now()) / dayMs,
  };
}

/** Common name with organisation, as far as there are such. */
function nameOf(name: PeerCertificate['subject'] | undefined): string {
  const parts = [name?.CN, name?.O].flat().filter((part) => part !== undefined);
  return parts.join(', ').slice(0, nameMax);
}
