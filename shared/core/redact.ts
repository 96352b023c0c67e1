/**
 * Makes texts from outside fit to be shown: known secrets go by their value, tokens, keys and addresses by their look.
 * Total and linear. What looks like a key is taken out even when it is none.
 */
import { toBase64url } from './base64url.ts';
import { cut } from './check.ts';
import type { Secret } from './secret.ts';

const redacted = '[redacted]';

/** Longest text that is looked at; the rest is dropped. */
const textMax = 4_000;

/** Shorter secrets hide nothing and would take ordinary words with them. */
const secretLengthMin = 4;

/** One line of at most `max` units in which no known secret, token, key or mail address is left. */
export function redact(text: string, secrets: readonly Secret[] = [], max?: number): string {
  let clean = oneLine(withoutCutWord(text));
  for (const secret of secrets) {
    for (const form of formsOf(secret.reveal())) {
      clean = clean.replaceAll(form, redacted);
    }
  }
  clean = clean
    .replaceAll(/eyJ[\w-]{4,}(?:\.[\w-]*){0,4}/g, redacted)
    .replaceAll(/\b(bearer|basic)\s+[^\s"',;]+/gi, `$1 ${redacted}`)
    .replaceAll(/[^\s@"'<>()]{1,64}@[^\s@"'<>()]{1,255}/g, redacted)
    .replaceAll(/[\w+/=-]{20,}/g, (run) => (looksLikeKey(run) ? redacted : run));
  return cut(clean, max);
}

/** A URL that may be shown: no user, no fragment, names but no values of the query, no key in the path. */
export function showUrl(url: string): string {
  const parsed = URL.parse(url);
  if (parsed === null) {
    return '[not a URL]';
  }
  const path = parsed.pathname.split('/').map((segment) => redact(segment));
  const query = Array.from(parsed.searchParams.keys(), (name) => `${redact(name, [], 40)}=…`).join('&');
  return cut(`${parsed.protocol}//${parsed.host}${path.join('/')}${query === '' ? '' : `?${query}`}`);
}

/** The end of an overlong text may hold the first half of a secret, which no longer looks like one. */
function withoutCutWord(text: string): string {
  return text.length <= textMax ? text : text.slice(0, textMax).replace(/\S+$/, '');
}

/** Line breaks and control characters could forge lines of a log. */
function oneLine(text: string): string {
  return text.replaceAll(/[\s\p{C}]+/gu, ' ').trim();
}

/** How a secret is spelled on its way through headers, bodies and URLs. */
function formsOf(value: string): readonly string[] {
  if (oneLine(value).length < secretLengthMin) {
    return [];
  }
  const encoded = toBase64url(value);
  const base64 = encoded.replaceAll('-', '+').replaceAll('_', '/');
  const quoted = JSON.stringify(value).slice(1, -1);
  return [encodeURIComponent(value.toWellFormed()), quoted, encoded, base64, value, oneLine(value)];
}

/** Letters and digits mixed, or a run longer than words are. */
function looksLikeKey(run: string): boolean {
  return (/\d/.test(run) && /[A-Za-z]/.test(run)) || /^[A-Za-z]{40,}$/.test(run);
}
