/** Looks into the body of a response without trusting its content type. Bodies are bounded before they come here. */

export type BodyKind = 'empty' | 'json' | 'html' | 'text';

/** What a body is by its own look. `json` means that it begins like an object or an array, not that it parses. */
export function bodyKind(body: string): BodyKind {
  const start = body.slice(0, 1_000).trimStart().slice(0, 30).toLowerCase();
  if (start === '') {
    return body.trim() === '' ? 'empty' : 'text';
  }
  if (start.startsWith('{') || start.startsWith('[')) {
    return 'json';
  }
  return /^<(?:!doctype|html|head|body|title|h1|\?xml|!--)/.test(start) ? 'html' : 'text';
}

/** The JSON in a text, or undefined (which no JSON text gives) when it is none. */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

export type JsonObject = Readonly<Record<string, unknown>>;

export function isJsonObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
