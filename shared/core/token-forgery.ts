/**
 * Makes forged tokens out of a good one, for the checks that a product must refuse. Pure: these forgeries need no key.
 * The user stays the same in all of them, because an unknown user could be refused for being unknown.
 */
import { fromBase64url, toBase64url } from './base64url.ts';
import { isJsonObject, parseJson } from './body.ts';

/** The same token with one more claim: valid in everything but the signature, which no longer fits. */
export function tampered(token: string): string {
  const [header = '', claims = '', signature = ''] = token.split('.');
  return `${header}.${withMember(claims, 'golden_path', 'tampered')}.${signature}`;
}

/** The same claims, unsigned: `alg` is `none` and the signature is empty (RFC 7519, section 6). */
export function unsigned(token: string): string {
  const [header = '', claims = ''] = token.split('.');
  return `${withMember(header, 'alg', 'none')}.${claims}.`;
}

/** A part of the token with a member set; a part that is no JSON object becomes one with just that member. */
function withMember(part: string, name: string, value: string): string {
  const parsed = parseJson(fromBase64url(part) ?? '');
  return toBase64url(JSON.stringify({ ...(isJsonObject(parsed) ? parsed : {}), [name]: value }));
}
