/** Certificates made at run time: an authority of our own, and one leaf for each way of being right or wrong. */
import 'reflect-metadata';
import { webcrypto } from 'node:crypto';
import { createSecureContext, type SecureContext } from 'node:tls';

import {
  BasicConstraintsExtension,
  type Extension,
  PemConverter,
  SubjectAlternativeNameExtension,
  X509CertificateGenerator,
} from '@peculiar/x509';

export const certificateKinds = [
  'valid',
  'expired',
  'not_yet_valid',
  'expiring',
  'wrong_name',
  'self_signed',
  'other_authority',
] as const;

export type CertificateKind = (typeof certificateKinds)[number];

export interface Certificates {
  /** PEM of the authority that clients of the sandbox have to trust. */
  readonly authorityPem: string;
  context(kind: CertificateKind): SecureContext;
}

interface Identity {
  readonly name: string;
  readonly keys: webcrypto.CryptoKeyPair;
}

const dayMs = 86_400_000;
const algorithm = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' };

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

export async function createCertificates(): Promise<Certificates> {
  const authority = await createIdentity('Golden Path Sandbox');
  const stranger = await createIdentity('Somebody Else');

  async function issue(kind: CertificateKind): Promise<SecureContext> {
    const leaf = await createIdentity(kind === 'wrong_name' ? 'elsewhere.example' : 'localhost');
    const issuers: Partial<Record<CertificateKind, Identity>> = { self_signed: leaf, other_authority: stranger };
    const cert = await certify(leaf, issuers[kind] ?? authority, {
      days: validDays[kind],
      extension: ownNames(leaf.name),
    });
    return createSecureContext({ cert, key: await privateKeyPem(leaf) });
  }

  const contexts = new Map<CertificateKind, SecureContext>();
  for (const kind of certificateKinds) {
    contexts.set(kind, await issue(kind));
  }
  return {
    authorityPem: await certify(authority, authority, {
      days: [-1, 3_650],
      extension: new BasicConstraintsExtension(true, undefined, true),
    }),
    context(kind) {
      const context = contexts.get(kind);
      if (context === undefined) {
        throw new Error(`there is no certificate of the kind ${kind}`);
      }
      return context;
    },
  };
}

async function createIdentity(name: string): Promise<Identity> {
  return { name, keys: await webcrypto.subtle.generateKey(algorithm, true, ['sign', 'verify']) };
}

interface Terms {
  readonly days: readonly [from: number, to: number];
  readonly extension: Extension;
}

async function certify(subject: Identity, issuer: Identity, { days, extension }: Terms): Promise<string> {
  const [from, to] = days;
  const certificate = await X509CertificateGenerator.create({
    subject: `CN=${subject.name}`,
    issuer: `CN=${issuer.name}`,
    notBefore: new Date(Date.now() + from * dayMs),
    notAfter: new Date(Date.now() + to * dayMs),
    signingAlgorithm: algorithm,
    publicKey: subject.keys.publicKey,
    signingKey: issuer.keys.privateKey,
    extensions: [extension],
  });
  return certificate.toString('pem');
}

async function privateKeyPem({ keys }: Identity): Promise<string> {
  return PemConverter.encode(await webcrypto.subtle.exportKey('pkcs8', keys.privateKey), 'PRIVATE KEY');
}

/** The DNS name, and for our own host its address as well. */
function ownNames(name: string): Extension {
  const address = name === 'localhost' ? [{ type: 'ip', value: '127.0.0.1' } as const] : [];
  return new SubjectAlternativeNameExtension([{ type: 'dns', value: name }, ...address]);
}
