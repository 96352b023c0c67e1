/** The golden path as four connected steps: how each is, why, since when, and what its last run looked like. */
import { stepTitles } from '../../../../core/message/words.ts';
import type { Overview, StepCard } from '../../model/contract.ts';
import { routeHash } from '../../model/route.ts';
import { h, svg } from '../dom.ts';
import { ago, badge, clockOrDay, flagsOf, latency, link } from '../words.ts';
import { phaseBar } from './phase-bar.ts';
import { strip } from './strip.ts';

export function flow(overview: Overview): HTMLElement {
  const { steps } = overview;
  const early = steps.filter(({ step }) => step === 'auth' || step === 'health');
  const late = steps.filter(({ step }) => step !== 'auth' && step !== 'health');
  return h(
    'ol',
    { class: 'flow', 'aria-label': 'Steps of the golden path, in the order in which a user meets them' },
    h(
      'li',
      { class: 'flow-side' },
      h(
        'ol',
        {},
        early.map((card) => h('li', {}, stepCard(card, overview))),
      ),
    ),
    late.map((card, at) => [
      joint(at === 0 ? early : late.slice(at - 1, at)),
      h('li', { class: 'flow-one' }, stepCard(card, overview)),
    ]),
  );
}

/** A line from each step before to the next one; broken where that step is. */
function joint(before: readonly StepCard[]): HTMLElement {
  const ways = before.length > 1 ? ['M0 25 C 20 25 20 50 40 50', 'M0 75 C 20 75 20 50 40 50'] : ['M0 50 H40'];
  return h(
    'li',
    { class: 'joint', 'aria-hidden': 'true' },
    svg(
      'svg',
      { viewBox: '0 0 40 100', preserveAspectRatio: 'none' },
      before.map((card, at) =>
        svg('path', { d: ways[at] ?? '', 'vector-effect': 'non-scaling-stroke', 'data-open': String(isOpen(card)) }),
      ),
    ),
  );
}

function isOpen({ mark }: StepCard): boolean {
  return mark === 'pass' || mark === 'degraded' || mark === 'unknown';
}

function stepCard(card: StepCard, { nowMs, cadenceMs }: Overview): HTMLElement {
  const { step, mark, last } = card;
  const title = stepTitles[step];
  const overdue = last !== null && nowMs - last.slotMs > 3 * cadenceMs;
  return h(
    'article',
    { class: 'step', 'data-mark': mark, 'aria-labelledby': `step-${step}` },
    h(
      'header',
      {},
      h('h3', { id: `step-${step}` }, link(routeHash({ view: 'step', step, span: { range: '1h' } }), {}, title)),
      badge(mark),
    ),
    h('p', { class: 'sentence' }, card.sentence),
    h('p', { class: 'since' }, sinceLine(card, nowMs), flagLine(card, overdue)),
    h(
      'div',
      { class: 'last-run' },
      h('span', { class: 'number latency' }, latency(last?.latencyMs ?? null)),
      phaseBar(last?.phases ?? {}),
    ),
    strip(card.strip),
  );
}

function sinceLine({ sinceMs }: StepCard, nowMs: number): readonly (Node | string)[] {
  return sinceMs === null ? ['–'] : [`since ${clockOrDay(sinceMs, nowMs)} · `, ago(sinceMs, nowMs)];
}

function flagLine({ last, recovery, shift, health }: StepCard, overdue: boolean): readonly (Node | string)[] {
  const flags: HTMLElement[] = last === null ? [] : [...flagsOf(last)];
  if (recovery !== null) {
    flags.push(h('span', { class: 'flag good' }, `recovering ${recovery.passes} of ${recovery.needed}`));
  } else if (health === 'pending') {
    flags.push(h('span', { class: 'flag warn', title: 'Not bad often enough yet to tell anyone' }, 'watching'));
  }
  if (shift !== null) {
    flags.push(h('span', { class: 'flag warn' }, `slower: ${latency(shift.fromMs)} → ${latency(shift.toMs)}`));
  }
  if (overdue) {
    flags.push(h('span', { class: 'flag bad', title: 'No run came for three cadences' }, 'no news'));
  }
  return flags.length === 0 ? [] : [h('span', { class: 'flags' }, flags)];
}
