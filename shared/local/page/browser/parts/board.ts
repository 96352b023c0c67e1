/** The break board: every way to break the sandbox, one click to break and to mend, and how soon each was caught. */
import { stepTitles } from '../../../../core/message/words.ts';
import { durationText } from '../../../../core/time.ts';
import type { BoardFault, Breaks, BreakTimes } from '../../model/board.ts';
import { routeHash } from '../../model/route.ts';
import { h } from '../dom.ts';
import { ago, clock, link } from '../words.ts';

/** One fault with its button. */
export function faultRow(fault: BoardFault, { active, times }: Breaks, nowMs: number): HTMLElement {
  const isActive = active.includes(fault.id);
  const newest = times.find((each) => each.fault === fault.id);
  return h(
    'li',
    { class: 'fault', 'data-active': String(isActive), 'data-key': fault.id },
    fault.needsEnvironment ? needsEnvironment() : toggle(fault, isActive),
    h(
      'div',
      { class: 'fault-words' },
      h('p', { class: 'fault-title' }, fault.title),
      h(
        'p',
        { class: 'fault-facts' },
        h('span', {}, `${stepTitles[fault.step]}: ${fault.verdict}, `, h('code', {}, fault.reason)),
        fault.needsEnvironment ? h('span', {}, 'shows only with another environment file') : null,
        newest === undefined ? null : h('span', { class: 'caught' }, caught(newest, nowMs)),
      ),
    ),
  );
}

function toggle({ id, title }: BoardFault, isActive: boolean): HTMLElement {
  const word = isActive ? 'Mend' : 'Break';
  return h(
    'button',
    {
      type: 'button',
      class: isActive ? 'mend' : 'break',
      'data-action': isActive ? 'mend' : 'break',
      'data-fault': id,
      'aria-label': `${word}: ${title}`,
    },
    word,
  );
}

function needsEnvironment(): HTMLElement {
  return h(
    'span',
    { class: 'cannot', title: 'It shows only with another environment file, such as one with https or another login' },
    'not here',
  );
}

function caught(
  { brokenAtMs, detectedAtMs, toldAtMs, mendedAtMs, detectedBy }: BreakTimes,
  nowMs: number,
): readonly (Node | string)[] {
  if (detectedAtMs === null) {
    return mendedAtMs === null
      ? ['broken for ', ago(brokenAtMs, nowMs), ', not found yet']
      : ['mended before it was found'];
  }
  const found = `found after ${durationText(detectedAtMs - brokenAtMs)}`;
  const run = detectedBy === null ? found : link(routeHash({ view: 'run', trace: detectedBy }), {}, found);
  return [run, toldAtMs === null ? '' : `, told after ${durationText(toldAtMs - brokenAtMs)}`];
}

/** What was broken lately and how soon it was caught. */
export function breakHistory({ times }: Breaks, faults: readonly BoardFault[]): HTMLElement | null {
  if (times.length === 0) {
    return null;
  }
  return h(
    'table',
    { class: 'breaks' },
    h('caption', {}, 'Broken lately'),
    h(
      'thead',
      {},
      h(
        'tr',
        {},
        ['Fault', 'Broken', 'Found after', 'Told after', 'Mended after'].map((name) => h('th', { scope: 'col' }, name)),
      ),
    ),
    h(
      'tbody',
      {},
      times.map((each) => breakRow(each, faults)),
    ),
  );
}

function breakRow(times: BreakTimes, faults: readonly BoardFault[]): HTMLElement {
  const { fault, brokenAtMs, detectedBy } = times;
  const after = (atMs: number | null): string => (atMs === null ? '–' : durationText(atMs - brokenAtMs));
  const title = faults.find(({ id }) => id === fault)?.title ?? fault;
  const found = after(times.detectedAtMs);
  return h(
    'tr',
    { 'data-key': `${fault} ${brokenAtMs}` },
    h('td', {}, title),
    h('td', {}, clock(brokenAtMs)),
    h('td', {}, detectedBy === null ? found : link(routeHash({ view: 'run', trace: detectedBy }), {}, found)),
    h('td', {}, after(times.toldAtMs)),
    h('td', {}, after(times.mendedAtMs)),
  );
}

/** Matches id, title, group, reason and step, every word somewhere. */
export function matches(fault: BoardFault, filter: string): boolean {
  const text = `${fault.id} ${fault.title} ${fault.group} ${fault.reason} ${fault.step}`.toLowerCase();
  return filter
    .toLowerCase()
    .split(/\s+/)
    .every((word) => text.includes(word));
}
