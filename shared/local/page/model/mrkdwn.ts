/** Slack's markup taken apart, as far as the monitor's messages use it. Text stays text: nothing here becomes HTML. */
import { unescapeEntities } from '../../../core/message/escape.ts';

export type Piece =
  | { readonly kind: 'text' | 'bold' | 'code' | 'mention'; readonly text: string }
  | { readonly kind: 'block'; readonly text: string }
  | { readonly kind: 'link'; readonly text: string; readonly url: string }
  /** An instant that Slack shows in the reader's own time zone; `text` is what it shows where it can't. */
  | { readonly kind: 'date'; readonly text: string; readonly atMs: number };

/** In this order: a code block may hold anything, a link may hold stars. */
const markup =
  /```\n?(?<block>[\s\S]*?)\n?```|`(?<code>[^`\n]+)`|<!date\^(?<seconds>\d+)\^[^|>]*\|(?<date>[^>]*)>|<(?<url>https?:[^|>]+)(?:\|(?<name>[^>]*))?>|<(?<mention>[!@][^>]*)>|\*(?<bold>[^*\n]+)\*/g;

export function piecesOf(source: string): readonly Piece[] {
  const pieces: Piece[] = [];
  let read = 0;
  for (const match of source.matchAll(markup)) {
    pieces.push(...plain(source.slice(read, match.index)), pieceOf(match.groups ?? {}));
    read = match.index + match[0].length;
  }
  return [...pieces, ...plain(source.slice(read))];
}

function plain(text: string): readonly Piece[] {
  return text === '' ? [] : [{ kind: 'text', text: unescapeEntities(text) }];
}

function pieceOf(groups: Readonly<Record<string, string | undefined>>): Piece {
  const { block, code, date, seconds, url, name, mention, bold } = groups;
  if (url !== undefined) {
    const address = unescapeEntities(url);
    return { kind: 'link', url: address, text: unescapeEntities(name ?? url) };
  }
  if (block !== undefined) {
    return { kind: 'block', text: unescapeEntities(block) };
  }
  if (code !== undefined) {
    return { kind: 'code', text: unescapeEntities(code) };
  }
  if (mention !== undefined) {
    return { kind: 'mention', text: mentionText(mention) };
  }
  return bold === undefined
    ? { kind: 'date', text: unescapeEntities(date ?? ''), atMs: Number(seconds) * 1_000 }
    : { kind: 'bold', text: unescapeEntities(bold) };
}

function mentionText(mention: string): string {
  const [, name] = mention.split('|');
  return `@${(name ?? mention.replace(/^!subteam\^/, '').replace(/^[!@]/, '')).replace(/^@/, '')}`;
}
