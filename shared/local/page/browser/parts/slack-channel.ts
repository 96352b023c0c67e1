/** The Slack channels as they look: root messages with their threads, what was edited, blocks as Slack draws them. */
import type { Block } from '../../../../core/message/message.ts';
import type { LocalMessage } from '../../../slack/channels.ts';
import type { SlackView } from '../../model/contract.ts';
import { type Piece, piecesOf } from '../../model/mrkdwn.ts';
import { h } from '../dom.ts';
import { clock } from '../words.ts';

export function slackChannels(slack: SlackView | null): readonly HTMLElement[] {
  const ids = [...new Set((slack?.messages ?? []).map(({ channel }) => channel))];
  if (slack === null || ids.length === 0) {
    return [h('p', { class: 'empty' }, 'Nothing has been said: Slack hears only of what changed.')];
  }
  return ids.map((id) => {
    const messages = slack.messages.filter(({ channel }) => channel === id);
    const roots = messages.filter(({ threadTs }) => threadTs === null);
    const name = `#${slack.names[id] ?? id}`;
    return h(
      'section',
      { class: 'channel', 'data-key': id, 'aria-label': `Slack channel ${name}` },
      h('h3', {}, name),
      // The newest is what one wants to see first; Slack itself has it at the bottom.
      h(
        'ol',
        { class: 'messages' },
        roots.toReversed().map((root) => h('li', { 'data-key': root.ts }, conversation(root, messages))),
      ),
    );
  });
}

function conversation(root: LocalMessage, messages: readonly LocalMessage[]): HTMLElement {
  const replies = messages.filter(({ threadTs }) => threadTs === root.ts);
  return h(
    'article',
    { class: 'conversation', 'aria-label': root.text.split('\n')[0] ?? 'message' },
    message(root),
    replies.length === 0
      ? null
      : h(
          'details',
          { class: 'thread', 'data-key': 'thread', open: true },
          h('summary', {}, replies.length === 1 ? '1 reply' : `${replies.length} replies`),
          h(
            'ol',
            {},
            replies.map((reply) => h('li', { 'data-key': reply.ts }, message(reply))),
          ),
        ),
  );
}

function message(shown: LocalMessage): HTMLElement {
  const postedMs = shown.edits[0]?.atMs ?? shown.atMs;
  return h(
    'div',
    { class: 'message' },
    h('span', { class: 'avatar', 'aria-hidden': 'true' }),
    h(
      'div',
      { class: 'message-body' },
      h(
        'p',
        { class: 'author' },
        h('b', {}, 'Golden path'),
        ' ',
        h('span', { class: 'app' }, 'APP'),
        ' ',
        h('span', { class: 'quiet' }, clock(postedMs)),
        shown.broadcast ? h('span', { class: 'quiet' }, ' also sent to the channel') : null,
      ),
      shown.blocks.length === 0 ? h('p', {}, text(shown.text)) : shown.blocks.map(block),
      shown.edits.length === 0 ? null : edits(shown),
    ),
  );
}

function edits({ edits: earlier, atMs }: LocalMessage): HTMLElement {
  return h(
    'details',
    { class: 'edits', 'data-key': 'edits' },
    h('summary', {}, `edited ${clock(atMs)}; before that`),
    earlier.map((version) => h('p', {}, `${clock(version.atMs)} `, (version.text.split('\n')[0] ?? '').slice(0, 200))),
  );
}

function block(shown: Block): HTMLElement {
  switch (shown.type) {
    case 'header':
      return h('p', { class: 'block-header' }, shown.text.text);
    case 'section':
      return 'text' in shown
        ? h('div', { class: 'block' }, text(shown.text.text))
        : h(
            'div',
            { class: 'block fields' },
            shown.fields.map((field) => h('div', {}, text(field.text))),
          );
    case 'context':
      return h(
        'div',
        { class: 'block context' },
        shown.elements.map((element) => text(element.text)),
      );
  }
}

function text(markup: string): readonly (Node | string)[] {
  return piecesOf(markup).map(piece);
}

function piece(shown: Piece): Node | string {
  switch (shown.kind) {
    case 'text':
      return shown.text;
    case 'bold':
      return h('b', {}, shown.text);
    case 'code':
      return h('code', {}, shown.text);
    case 'block':
      return h('pre', { tabindex: 0 }, shown.text);
    case 'mention':
      return h('span', { class: 'mention' }, shown.text);
    case 'date':
      return h('time', { class: 'local-time' }, localTime(shown.atMs));
    case 'link':
      return h('a', { href: shown.url, target: '_blank', rel: 'noreferrer noopener' }, shown.text);
  }
}

function localTime(atMs: number): string {
  return new Date(atMs).toLocaleString('en', {
    month: 'short',
    day: 'numeric',
    hour: '2-digit',
    minute: '2-digit',
    hourCycle: 'h23',
  });
}
