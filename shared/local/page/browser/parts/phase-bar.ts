/** The phases of one run as a bar, each as wide as it took, and said in words for those who can't see it. */
import { latencyText, phaseTitle } from '../../../../core/message/words.ts';
import type { Phases } from '../../../../core/outcome.ts';
import { segmentsOf } from '../../model/segments.ts';
import { h, styled } from '../dom.ts';

export function phaseBar(phases: Phases): HTMLElement {
  const segments = segmentsOf(phases);
  const label = segments.map(({ phase, ms }) => `${phaseTitle(phase)} ${latencyText(ms)}`).join(', ');
  return h(
    'div',
    { class: 'phases', role: 'img', 'aria-label': segments.length === 0 ? 'no phases' : label },
    segments.map(({ phase, ms }) => {
      const title = `${phaseTitle(phase)}: ${latencyText(ms)}`;
      return styled(h('span', { class: 'phase', 'data-phase': phase, title }), { '--ms': String(Math.max(ms, 0.01)) });
    }),
  );
}

/** The same as a list with numbers. */
export function phaseList(phases: Phases): HTMLElement {
  return h(
    'ul',
    { class: 'phase-list' },
    segmentsOf(phases).map(({ phase, ms }) =>
      h(
        'li',
        {},
        h('span', { class: 'phase-key', 'data-phase': phase, 'aria-hidden': 'true' }),
        h('span', { class: 'phase-name' }, phaseTitle(phase)),
        h('span', { class: 'number' }, latencyText(ms)),
      ),
    ),
  );
}
