/**
 * Makes a message out of parts. Each part gives its blocks and its lines of text from one source, so that nothing
 * can be seen that can't be heard. Refuses to be too long: code goes first, from its end.
 */
import { bold, escapeEntities, join, oneLine, type Phrase, phrase } from './escape.ts';
import { codeMarkup, context, cutMarkup, fields, header, section, slackLimits } from './limits.ts';
import type { Block, SlackMessage } from './message.ts';

export interface Fact {
  readonly label: string;
  readonly value: Phrase;
}

export type Part =
  | { readonly kind: 'headline'; readonly text: string }
  /** A paragraph, with its label in bold before it. */
  | { readonly kind: 'paragraph'; readonly label?: string; readonly body: Phrase }
  /** Short values side by side. */
  | { readonly kind: 'facts'; readonly facts: readonly Fact[] }
  /** Lines in fixed width: commands, evidence. */
  | { readonly kind: 'code'; readonly label: string; readonly lines: readonly string[] }
  /** Small print. */
  | { readonly kind: 'note'; readonly body: Phrase };

export function compose(parts: readonly Part[]): SlackMessage {
  return { text: textOf(parts), blocks: blocksOf(parts) };
}

function blocksOf(parts: readonly Part[]): readonly Block[] {
  const blocks: Block[] = [];
  let room: number = slackLimits.blocksCharacters;
  for (const part of parts) {
    const block = blockOf(part, room);
    const size = JSON.stringify(block).length;
    if (block !== null && size <= room && blocks.length < slackLimits.blocks) {
      blocks.push(block);
      room -= size;
    }
  }
  return blocks;
}

function blockOf(part: Part, room: number): Block | null {
  switch (part.kind) {
    case 'headline':
      return header(part.text);
    case 'paragraph':
      return section(labelled(part.label, part.body).markup);
    case 'facts':
      return part.facts.length === 0
        ? null
        : fields(part.facts.map((fact) => join([bold(fact.label), fact.value], '\n').markup));
    case 'code': {
      const label = bold(part.label).markup;
      // Quotes and line ends take two characters each in JSON; half of the room is enough in every case.
      const code = codeMarkup(part.lines, Math.min(slackLimits.sectionText - label.length - 1, Math.floor(room / 2)));
      return code === '' ? null : section(`${label}\n${code}`);
    }
    case 'note':
      return context([part.body.markup]);
  }
}

interface Line {
  readonly text: string;
  /** Kept as long as anything is. */
  readonly essential: boolean;
}

function textOf(parts: readonly Part[]): string {
  const lines = parts.flatMap(linesOf);
  let length = lines.reduce((sum, line) => sum + line.text.length + 1, 0);
  const kept = lines.toReversed().filter((line) => {
    const fits = line.essential || length <= slackLimits.text;
    length -= fits ? 0 : line.text.length + 1;
    return fits;
  });
  const text = kept.toReversed().map((line) => line.text);
  return cutMarkup(text.join('\n'), slackLimits.text);
}

function linesOf(part: Part): readonly Line[] {
  switch (part.kind) {
    case 'headline':
      return [essential(phrase`${part.text}`)];
    case 'paragraph':
      return [essential(labelled(part.label, part.body))];
    case 'facts':
      return part.facts.map((fact) => essential(phrase`${fact.label}: ${fact.value}`));
    case 'code':
      return part.lines.length === 0
        ? []
        : [
            essential(phrase`${part.label}`),
            ...part.lines.map((line) => ({ text: `  ${escapeEntities(oneLine(line))}`, essential: false })),
          ];
    case 'note':
      return [essential(part.body)];
  }
}

function essential(content: Phrase): Line {
  return { text: content.plain, essential: true };
}

function labelled(label: string | undefined, body: Phrase): Phrase {
  return label === undefined ? body : join([bold(label), body], ' ');
}
