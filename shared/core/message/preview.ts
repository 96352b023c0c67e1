/** Shows a message as text, about as it looks in Slack: for terminals, fixtures and documents. */
import { unescapeEntities } from './escape.ts';
import type { Block, SlackMessage } from './message.ts';

/** The blocks from top to bottom; the top-level text when there are none. */
export function previewLines(message: SlackMessage): readonly string[] {
  return message.blocks.length === 0
    ? shown(message.text).split('\n')
    : message.blocks.flatMap((block, at) => [...(at === 0 ? [] : ['']), ...blockLines(block)]);
}

function blockLines(block: Block): readonly string[] {
  switch (block.type) {
    case 'header':
      return [`## ${block.text.text}`];
    case 'section':
      return 'text' in block
        ? shown(block.text.text).split('\n')
        : block.fields.map((field) => shown(field.text).replace('\n', ': '));
    case 'context':
      return block.elements.flatMap((element) => shown(element.text).split('\n')).map((line) => `_${line}_`);
  }
}

/** Markup as a reader in UTC sees it: without the date in his own zone, links by their names with the address behind. */
export function shown(markup: string): string {
  const readable = markup
    .replace(/ \(<!date\^[^>]*> your time\)/g, '')
    .replace(/<(https?:[^|<>]*)\|([^<>]*)>/g, '$2 ($1)')
    .replace(/<(https?:[^|<>]*)>/g, '$1');
  return unescapeEntities(readable);
}
