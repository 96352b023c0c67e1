/** Looks for secrets in what has left the process, in every form in which they travel, whole or cut off. */
import { Buffer } from 'node:buffer';

/** A JWT (RFC 7519, header of a JSON object), as it is or once more in base64url. */
const tokenForms = [/eyJ[\w-]{8,}\.[\w-]{8,}/, /ZXlK[\w-]{24,}/];

/** Texts are cut: this much of a secret is as bad as all of it. */
const pieceLength = 20;

/** How a value is spelled on its way through headers, bodies, addresses and logs. */
export const spellings: Readonly<Record<string, (value: string) => string>> = {
  plain: (value) => value,
  base64: (value) => Buffer.from(value, 'utf8').toString('base64'),
  base64url: (value) => Buffer.from(value, 'utf8').toString('base64url'),
  hex: (value) => Buffer.from(value, 'utf8').toString('hex'),
  'URL-encoded': (value) => encodeURIComponent(value),
  JSON: (value) => JSON.stringify(value).slice(1, -1),
};

/** Shorter spellings would be found everywhere. */
const headLength = 8;

interface Wanted {
  readonly name: string;
  readonly text: string;
}

function wantedOf(name: string, value: string): readonly Wanted[] {
  const wanted = new Map<string, string>();
  for (const [spelling, spell] of Object.entries(spellings)) {
    // The head of a JWT is the same for all of them, and no secret; each other part is one by itself.
    const parts = value.startsWith('eyJ') ? value.split('.').slice(1) : [value];
    for (const part of [value, ...parts]) {
      const spelled = spell(part);
      wanted.set(spelled, `${name}, ${spelling}`);
      if (part !== value || parts.length === 1) {
        wanted.set(spelled.slice(0, pieceLength), `the beginning of ${name}, ${spelling}`);
      }
    }
  }
  return [...wanted].filter(([text]) => text.length >= headLength).map(([text, of]) => ({ name: of, text }));
}

/** What was found, each as a sentence that does not repeat the secret; empty when all is well. */
export function findLeaks(texts: readonly string[], secrets: Readonly<Record<string, string>>): readonly string[] {
  const wanted = Object.entries(secrets).flatMap(([name, value]) => wantedOf(name, value));
  const byHead = Map.groupBy(wanted, ({ text }) => text.slice(0, headLength));
  return texts.flatMap((text, at) => {
    const named = wantedIn(text, byHead).map(({ name }) => `text ${at} holds ${name}`);
    const tokens = tokenForms
      .filter((form) => form.test(text))
      .map((form) => `text ${at} holds a token (${form.source})`);
    return [...named, ...tokens];
  });
}

/** One walk over the text for all that is wanted: the fault matrix looks for tens of thousands of spellings. */
function wantedIn(text: string, byHead: ReadonlyMap<string, readonly Wanted[]>): readonly Wanted[] {
  const found = new Set<Wanted>();
  for (let at = 0; at + headLength <= text.length; at += 1) {
    for (const each of byHead.get(text.slice(at, at + headLength)) ?? []) {
      if (text.startsWith(each.text, at)) {
        found.add(each);
      }
    }
  }
  return [...found];
}
