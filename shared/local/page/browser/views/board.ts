/** Every way in which the sandbox can be broken, by the step that notices first. */
import { stepTitles } from '../../../../core/message/words.ts';
import { type Step, steps } from '../../../../core/step.ts';
import type { BoardFault, Breaks } from '../../model/board.ts';
import type { Overview } from '../../model/contract.ts';
import { h } from '../dom.ts';
import type { Model, View } from '../model.ts';
import { breakHistory, faultRow, matches } from '../parts/board.ts';
import { wide } from '../parts/wide.ts';

export function boardView(model: Model, { breaks }: Overview): View {
  const title = 'Break board';
  if (breaks === null) {
    return { title, body: [h('h1', {}, title), h('p', {}, 'The target is real: nothing can be broken from here.')] };
  }
  const shown = model.faults.filter((fault) => matches(fault, model.filter));
  return {
    title,
    body: [
      h('h1', {}, title),
      h(
        'div',
        { class: 'toolbar' },
        h(
          'label',
          { class: 'filter' },
          'Find ',
          h('input', {
            type: 'search',
            'data-action': 'filter',
            placeholder: 'subprotocol, 503, token …',
            autocomplete: 'off',
          }),
        ),
        h('p', { role: 'status' }, `${shown.length} of ${model.faults.length}, ${breaks.active.length} broken now`),
        h('p', { class: 'notice', role: 'status' }, model.notice),
        h('button', { type: 'button', 'data-action': 'mend-all', disabled: breaks.active.length === 0 }, 'Mend all'),
      ),
      wide(breakHistory(breaks, model.faults)),
      h(
        'div',
        { class: 'board' },
        steps.map((step) => stepSection(step, shown, { breaks, nowMs: model.nowMs })),
      ),
    ],
  };
}

function stepSection(
  step: Step,
  faults: readonly BoardFault[],
  { breaks, nowMs }: { readonly breaks: Breaks; readonly nowMs: number },
): HTMLElement {
  const own = faults.filter((fault) => fault.step === step);
  const groups = [...new Set(own.map(({ group }) => group))];
  return h(
    'section',
    { class: 'panel', 'aria-labelledby': `board-${step}`, 'data-key': step },
    h('h2', { id: `board-${step}` }, stepTitles[step], ' ', h('span', { class: 'quiet' }, own.length)),
    groups.map((group) => [
      h('h3', { 'data-key': `title-${group}` }, group),
      h(
        'ul',
        { class: 'faults', 'data-key': group },
        own.filter((fault) => fault.group === group).map((fault) => faultRow(fault, breaks, nowMs)),
      ),
    ]),
  );
}
