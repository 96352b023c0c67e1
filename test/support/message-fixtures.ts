/** Messages as files that people read: the whole text as it is sent, then the blocks as they look. */
import { previewLines } from '../../shared/core/message/preview.ts';
import { render, renderRoot } from '../../shared/core/message/render.ts';
import type { SlackMessage } from '../../shared/core/message/message.ts';
import { type Sample, samples } from './sample-news.ts';

export const fixturesFolder = new URL('../fixtures/messages/', import.meta.url);
export const documentFile = new URL('../../docs/messages.md', import.meta.url);

export function messageOf({ news, context, root }: Sample): SlackMessage {
  return root ? renderRoot(news, context) : render(news, context);
}

export function fixtureOf(sample: Sample): string {
  const message = messageOf(sample);
  return `${sample.when}\n\n---- as it looks ----\n${looks(message)}\n\n---- text ----\n${message.text}\n`;
}

function looks(message: SlackMessage): string {
  return previewLines(message).join('\n');
}

/** `docs/messages.md`, whole. */
export function messagesDocument(): string {
  const entries = samples.map((sample) => {
    const seen = looks(messageOf(sample));
    const fence = seen.includes('```') ? '````' : '```';
    return `## ${sample.name}\n\n${sample.when}\n\n${fence}text\n${seen}\n${fence}`;
  });
  return `${introduction}\n\n${entries.join('\n\n')}\n`;
}

const introduction = `# The messages, each as it looks

Made by \`node test/support/write-messages.ts\` from what is really sent; a test fails when this page is stale.

An incident has one root message. It is edited to the present state at every change, so the channel can be read
without scrolling; changes, reminders and the end are replies in its thread. The whole content is also in the
message's text, which is all that screen readers and notifications show. Nothing but what the environment file names
is ever mentioned, and only when an incident opens or becomes worse.

Lines that begin with \`##\` are headlines, lines between \`_\` are small print; behind a link stands where it leads.`;
