/**
 * Words for Slack that are safe by construction: whatever is put into a `phrase` is taken for text from outside and
 * escaped, unless it is a phrase itself. Refuses to let any other string become markup.
 */

/** One content in two forms: with Slack's formatting for blocks, and without it for the top-level text. */
export interface Phrase {
  readonly markup: string;
  readonly plain: string;
}

type Value = Phrase | string | number;

/** Puts values between our own words: phrase`Since ${when} on ${host}`. Strings are escaped, phrases are kept. */
export function phrase(words: TemplateStringsArray, ...values: readonly Value[]): Phrase {
  let markup = words[0] ?? '';
  let plain = markup;
  for (const [at, value] of values.entries()) {
    const inserted = toPhrase(value);
    const next = words[at + 1] ?? '';
    markup += inserted.markup + next;
    plain += inserted.plain + next;
  }
  return { markup, plain };
}

function toPhrase(value: Value): Phrase {
  if (typeof value === 'object') {
    return value;
  }
  const escaped = escape(String(value));
  return { markup: escaped, plain: escaped };
}

/** Bold in blocks, nothing in the text. */
export function bold(value: Value): Phrase {
  const { markup, plain } = toPhrase(value);
  return { markup: `*${markup}*`, plain };
}

/** A link with a name. An address that is no http(s) URL becomes its name alone. */
export function link(name: string, url: string): Phrase {
  if (!/^https?:\/\/\S+$/.test(url)) {
    return toPhrase(name);
  }
  // Inside a link Slack gives these characters a meaning; percent-encoded they are the same address.
  const address = url.replace(/[<>|&]/g, (mark) => (mark === '&' ? '&amp;' : encodeURIComponent(mark)));
  const written = `<${address}|${escape(name)}>`;
  return { markup: written, plain: written };
}

/** An instant in Unix milliseconds, as absolute UTC and in the reader's own time zone. */
export function localTime(utcText: string, atMs: number): Phrase {
  const seconds = Math.floor(atMs / 1_000);
  return {
    markup: `${utcText} (<!date^${seconds}^{date_short_pretty}, {time}|${utcText}> your time)`,
    plain: utcText,
  };
}

/** Those whom the environment file names. Only Slack's own forms of a mention mention; anything else is text. */
export function mention(whom: string): Phrase {
  const isMention = /^<(?:!subteam\^S[A-Z0-9]+|@[UW][A-Z0-9]+|!here|!channel|!everyone)>$/.test(whom);
  return isMention ? { markup: whom, plain: whom } : toPhrase(whom);
}

export function join(phrases: readonly Phrase[], separator: string): Phrase {
  return {
    markup: phrases.map((each) => each.markup).join(separator),
    plain: phrases.map((each) => each.plain).join(separator),
  };
}

/** Text from outside, on one line, without control characters, formatting, links and mentions. */
export function escape(text: string): string {
  // Marks that would format the rest of a line become ones that look like them and do not.
  return escapeEntities(oneLine(text).replaceAll('*', '∗').replaceAll('~', '∼').replaceAll('`', 'ˋ'));
}

/** The three characters that begin something in Slack's markup (Slack, "Formatting text for app surfaces"). */
export function escapeEntities(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}

/** Undoes `escapeEntities`, as Slack's clients do before they show a text. */
export function unescapeEntities(text: string): string {
  return text.replaceAll('&lt;', '<').replaceAll('&gt;', '>').replaceAll('&amp;', '&');
}

/**
 * Control characters become blanks. Invisible format characters go away: among them are those that turn the
 * direction of writing, with which a text can show something else than it says.
 */
export function oneLine(text: string): string {
  return text
    .toWellFormed()
    .replace(/[\p{Cc}\p{Zl}\p{Zp}\s]+/gu, ' ')
    .replace(/\p{Cf}/gu, '')
    .trim();
}
