/** Documents as the text that stores keep. A text that is no JSON any more is a document that can't be read, not an error. */

/**
 * Stands for the content of a document that is there and can't be read. It has the form of no document, so judging tells
 * of it and begins anew, and the version that comes with it lets the next write replace it.
 */
export const unreadable = 'unreadable';

export function documentOf(text: unknown): unknown {
  if (typeof text !== 'string') {
    return unreadable;
  }
  try {
    const value: unknown = JSON.parse(text);
    return value ?? unreadable;
  } catch {
    return unreadable;
  }
}
