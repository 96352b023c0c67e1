/** Judging in plain words: for each step the rule, what is counted now, and what would fire or resolve it. */
import { h } from '../dom.ts';
import type { Model, View } from '../model.ts';

export function explainView({ explanations }: Model): View {
  const title = 'Why';
  return {
    title,
    body: [
      h('h1', {}, title),
      h('p', {}, 'How what was measured became what was told.'),
      ...(explanations ?? []).map(({ heading, lines }) =>
        h(
          'section',
          { class: 'panel', 'data-key': heading },
          h('h2', {}, heading),
          h('pre', { class: 'explanation', tabindex: 0 }, lines.join('\n')),
        ),
      ),
      explanations === null ? h('p', { class: 'empty' }, '…') : null,
    ],
  };
}
