/** The tour as it goes: which stop, and what has happened so far. */
import type { Tour } from '../../model/board.ts';
import { h } from '../dom.ts';
import { clock } from '../words.ts';

export function tourPanel({ stop, count, story }: Tour): HTMLElement {
  return h(
    'section',
    { class: 'tour', 'aria-labelledby': 'tour-title' },
    h(
      'header',
      {},
      h('h2', { id: 'tour-title' }, stop > count ? 'The tour is over' : `Tour: ${stop} of ${count}`),
      h('button', { type: 'button', 'data-action': 'end-tour' }, stop > count ? 'Close' : 'End the tour'),
    ),
    h(
      'ol',
      { 'aria-live': 'polite' },
      story
        .slice(-4)
        .map(({ atMs, text }) =>
          h('li', { 'data-key': `${atMs} ${text}` }, h('span', { class: 'quiet' }, clock(atMs)), ' ', text),
        ),
    ),
  );
}
