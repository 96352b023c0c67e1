/** The legend below a chart: a button a curve, which hides and shows it. */
import { h } from '../dom.ts';
import type { Curve, CurveName } from './options.ts';

export function legendEntries(
  curves: readonly Curve[],
  hidden: ReadonlySet<CurveName>,
  toggle: (name: CurveName) => void,
): readonly HTMLElement[] {
  return curves.map(({ name, title }) => {
    const key = h('span', { class: 'curve-key', 'data-phase': name, 'aria-hidden': 'true' });
    const button = h('button', { type: 'button', 'aria-pressed': String(!hidden.has(name)) }, key, title);
    button.addEventListener('click', () => toggle(name));
    return h('li', {}, button);
  });
}
