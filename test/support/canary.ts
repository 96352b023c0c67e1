/** Looks for secrets in what has left the process, in every form in which they travel. */
import { Buffer } from 'node:buffer';

/** A JWT (RFC 7519, header of a JSON object), as it is or once more in base64url. */
const tokenForms = [/eyJ[\w-]{8,}\.[\w-]{8,}/, /ZXlK[\w-]{24,}/];

function formsOf(value: string): readonly string[] {
  const bytes = Buffer.from(value, 'utf8');
  const forms = [
    value,
    bytes.toString('base64'),
    bytes.toString('base64url'),
    bytes.toString('hex'),
    encodeURIComponent(value),
    JSON.stringify(value).slice(1, -1),
  ];
  return [...new Set(forms)];
}

/** What was found, each as a sentence that does not repeat the secret; empty when all is well. */
export function findLeaks(texts: readonly string[], secrets: Readonly<Record<string, string>>): readonly string[] {
  const wanted = Object.entries(secrets).flatMap(([name, value]) =>
    formsOf(value).map((form, index) => ({ name: `${name} in form ${index}`, form })),
  );
  return texts.flatMap((text, at) => {
    const named = wanted.filter(({ form }) => text.includes(form)).map(({ name }) => `text ${at} holds ${name}`);
    const tokens = tokenForms
      .filter((form) => form.test(text))
      .map((form) => `text ${at} holds a token (${form.source})`);
    return [...named, ...tokens];
  });
}
