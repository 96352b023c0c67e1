/** Certificates made at run time: an authority of our own, and one leaf for each way of being right or wrong. */
import { generateKeyPairSync, type KeyObject, randomBytes, sign, X509Certificate } from 'node:crypto';
import { createSecureContext, type SecureContext } from 'node:tls';

import * as der from './der.ts';

export type CertificateKind =
  | 'valid'
  | 'expired'
  | 'not_yet_valid'
  | 'expiring'
  | 'wrong_name'
  | 'self_signed'
  | 'other_authority';

export interface Certificates {
  /** PEM of the authority that clients of the sandbox have to trust. */
  readonly authorityPem: string;
  /** Made on first use and kept. */
  context(kind: CertificateKind): SecureContext;
}

interface Identity {
  readonly name: string;
  readonly publicKey: KeyObject;
  readonly privateKey: KeyObject;
}

const dayMs = 86_400_000;

/** Days from now between which a leaf is valid. */
const validDays: Readonly<Record<CertificateKind, readonly [from: number, to: number]>> = {
  valid: [-1, 90],
  expired: [-90, -1],
  not_yet_valid: [1, 90],
  expiring: [-85, 5],
  wrong_name: [-1, 90],
  self_signed: [-1, 90],
  other_authority: [-1, 90],
};

export function createCertificates(): Certificates {
  const authority = createIdentity('Golden Path Sandbox');
  const stranger = createIdentity('Somebody Else');
  const contexts = new Map<CertificateKind, SecureContext>();

  function issue(kind: CertificateKind): SecureContext {
    const leaf = createIdentity(kind === 'wrong_name' ? 'elsewhere.example' : 'localhost');
    const issuers: Partial<Record<CertificateKind, Identity>> = { self_signed: leaf, other_authority: stranger };
    const cert = certify(leaf, issuers[kind] ?? authority, { days: validDays[kind], extension: ownNames(leaf.name) });
    return createSecureContext({ cert, key: leaf.privateKey.export({ type: 'pkcs8', format: 'pem' }) });
  }

  return {
    authorityPem: certify(authority, authority, { days: [-1, 3_650], extension: isAuthority }),
    context(kind) {
      const context = contexts.get(kind) ?? issue(kind);
      contexts.set(kind, context);
      return context;
    },
  };
}

function createIdentity(name: string): Identity {
  return { name, ...generateKeyPairSync('ec', { namedCurve: 'P-256' }) };
}

interface Terms {
  readonly days: readonly [from: number, to: number];
  readonly extension: Buffer;
}

const ecdsaWithSha256 = der.sequence(der.identifier('1.2.840.10045.4.3.2'));

/** A certificate of version 3 (RFC 5280, section 4.1) as PEM. */
function certify(subject: Identity, issuer: Identity, { days, extension }: Terms): string {
  const [from, to] = days;
  const nowMs = Date.now();
  const body = der.sequence(
    der.wrapped(0, der.integer(Buffer.from([2]))),
    der.integer(Buffer.concat([Buffer.from([1]), randomBytes(15)])),
    ecdsaWithSha256,
    commonName(issuer.name),
    der.sequence(der.utcTime(nowMs + from * dayMs), der.utcTime(nowMs + to * dayMs)),
    commonName(subject.name),
    subject.publicKey.export({ type: 'spki', format: 'der' }),
    der.wrapped(3, der.sequence(extension)),
  );
  const signature = sign('sha256', body, issuer.privateKey);
  // Parsing it once more shows at once if the bytes are no certificate, and puts them into PEM.
  return new X509Certificate(der.sequence(body, ecdsaWithSha256, der.bits(signature))).toString();
}

function commonName(name: string): Buffer {
  return der.sequence(der.set(der.sequence(der.identifier('2.5.4.3'), der.utf8(name))));
}

/** `basicConstraints`, critical: this key may sign certificates. */
const isAuthority = der.sequence(der.identifier('2.5.29.19'), der.truth(), der.octets(der.sequence(der.truth())));

/** `subjectAltName`: the DNS name, and for our own host its address as well. */
function ownNames(name: string): Buffer {
  const addresses = name === 'localhost' ? [der.tagged(7, Buffer.from([127, 0, 0, 1]))] : [];
  const names = der.sequence(der.tagged(2, Buffer.from(name)), ...addresses);
  return der.sequence(der.identifier('2.5.29.17'), der.octets(names));
}
