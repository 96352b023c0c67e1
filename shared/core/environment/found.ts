/** Says what was found in a file without giving away a secret that someone has put in the wrong place. */

const shownLengthMax = 60;

/** `the number 7`, `nothing`, `"staging"`. A text that could be a secret is told by its length alone. */
export function found(value: unknown, key: string | number): string {
  if (value === null || value === undefined) {
    return 'nothing';
  }
  if (typeof value === 'string') {
    return foundText(value, String(key));
  }
  if (typeof value === 'number') {
    return `the number ${value}`;
  }
  if (typeof value === 'boolean') {
    return `\`${value}\``;
  }
  return Array.isArray(value) ? `a list of ${value.length}` : 'an object';
}

function foundText(text: string, key: string): string {
  if (text === '') {
    return 'an empty text';
  }
  if (/(?:secret|password)$/i.test(key) || couldBeSecret(text)) {
    return `a text of ${text.length} characters that is not repeated here`;
  }
  return JSON.stringify(text.length > shownLengthMax ? `${text.slice(0, shownLengthMax - 1)}…` : text);
}

/** Key material, tokens, passwords in addresses, and anything as long and mixed as people don't write words. */
export function couldBeSecret(text: string): boolean {
  const isMarked = /-----BEGIN|\beyJ|\bxox[a-z]-|\b[sr]k[-_]|\bgh[a-z]_|\bAKIA|\bAIza|\/\/[^/]*@/.test(text);
  const runs = text.match(/[A-Za-z0-9+=]{12,}/g) ?? [];
  return isMarked || runs.some((run) => run.length >= 32 || (/\d/.test(run) && /[A-Za-z]/.test(run)));
}
