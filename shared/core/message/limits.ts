/**
 * The numbers that Slack documents for messages, and makers of blocks that can't exceed them: what is too long is cut
 * between characters, never inside a link or an escaped character, and what would be empty is left out.
 */
import { escapeEntities, oneLine } from './escape.ts';
import type { Block, MarkdownText } from './message.ts';

/** Characters and counts (docs.slack.dev: chat.postMessage; Block Kit reference). */
export const slackLimits = {
  /** Longer top-level texts are accepted up to 40,000, but Slack advises to stay below this. */
  text: 4_000,
  blocks: 50,
  /** Not documented: from about 13,200 characters in all blocks on, Slack answers `msg_blocks_too_long`. */
  blocksCharacters: 13_000,
  header: 150,
  sectionText: 3_000,
  fields: 10,
  field: 2_000,
  contextElements: 10,
  contextText: 3_000,
} as const;

/** A whole thing that must not be cut in two: a link or date, an escaped character, a character with its accents. */
const unit = /<[^<>]*>|&(?:amp|lt|gt);|\P{M}\p{M}*|\p{M}+/gsu;

/** Markup of at most `max` UTF-16 units; Slack counts characters, which are never more. */
export function cutMarkup(markup: string, max: number): string {
  if (markup.length <= max) {
    return markup;
  }
  let kept = '';
  for (const [whole] of markup.matchAll(unit)) {
    if (kept.length + whole.length > max - 1) {
      break;
    }
    kept += whole;
  }
  return `${kept}…`;
}

/** Plain text, in which nothing is markup; angle brackets are replaced all the same. */
export function header(text: string): Block {
  const cleaned = oneLine(text).replaceAll('<', '‹').replaceAll('>', '›');
  return {
    type: 'header',
    text: { type: 'plain_text', text: cutMarkup(cleaned, slackLimits.header) || '…', emoji: true },
  };
}

export function section(markup: string): Block {
  return { type: 'section', text: markdown(markup, slackLimits.sectionText) };
}

/** Two columns of short texts. */
export function fields(markups: readonly string[]): Block {
  return {
    type: 'section',
    fields: markups.slice(0, slackLimits.fields).map((each) => markdown(each, slackLimits.field)),
  };
}

/** Small print. */
export function context(markups: readonly string[]): Block {
  return {
    type: 'context',
    elements: markups.slice(0, slackLimits.contextElements).map((each) => markdown(each, slackLimits.contextText)),
  };
}

/** Lines in fixed width, as many as there is room for. Nothing inside is formatted. */
export function codeMarkup(lines: readonly string[], max: number): string {
  const kept: string[] = [];
  let length = '```\n\n```'.length;
  for (const line of lines) {
    const written = escapeEntities(oneLine(line).replaceAll('`', 'ˋ'));
    if (length + written.length + 1 > max) {
      break;
    }
    length += written.length + 1;
    kept.push(written);
  }
  return kept.length === 0 ? '' : `\`\`\`\n${kept.join('\n')}\n\`\`\``;
}

function markdown(markup: string, max: number): MarkdownText {
  return { type: 'mrkdwn', text: cutMarkup(markup, max) || '…', verbatim: true };
}
