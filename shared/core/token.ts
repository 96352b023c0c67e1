/** Reads JSON Web Tokens without verifying them. Total; verification needs keys and is done by the auth probe. */
import { fromBase64url } from './base64url.ts';
import { isJsonObject, type JsonObject, parseJson } from './body.ts';

export interface DecodedToken {
  readonly header: JsonObject;
  readonly claims: JsonObject;
}

/** Longest token that is looked at, in characters; proxies refuse headers that are larger than this. */
const tokenMax = 16_384;

/** Header and claims of a compact JWS (RFC 7515, section 7.1); null when the text is none. */
export function decodeToken(token: string): DecodedToken | null {
  const parts = token.length <= tokenMax ? token.split('.') : [];
  const [header, claims] = [partOf(parts[0]), partOf(parts[1])];
  return parts.length === 3 && header !== null && claims !== null ? { header, claims } : null;
}

/** The user whom a token names; null when it names none or is no token. */
export function subjectOf(token: string): string | null {
  const subject = decodeToken(token)?.claims['sub'];
  return typeof subject === 'string' && subject !== '' ? subject : null;
}

function partOf(part: string | undefined): JsonObject | null {
  const value = parseJson(fromBase64url(part ?? '') ?? '');
  return isJsonObject(value) ? value : null;
}
