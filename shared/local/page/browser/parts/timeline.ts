/** The events of an agent run on one time axis, with each silence as long as it was. */
import { latencyText } from '../../../../core/message/words.ts';
import type { Outcome } from '../../../../core/outcome.ts';
import { h, styled, svg } from '../dom.ts';

interface Moment {
  readonly name: string;
  /** Since the question. */
  readonly atMs: number;
  readonly silenceMs: number;
}

export function timeline(outcome: Outcome): HTMLElement {
  const askedMs = outcome.checks.find(({ id }) => id === 'agent.accepted')?.startedMs ?? outcome.timeline[0]?.atMs ?? 0;
  const moments = [...momentsOf(outcome, askedMs), ...endOf(outcome, askedMs)];
  const endMs = Math.max(1, moments.at(-1)?.atMs ?? 1);
  const longestMs = Math.max(...moments.map(({ silenceMs }) => silenceMs));
  return h(
    'div',
    { class: 'timeline' },
    axis(moments, endMs, longestMs),
    h(
      'ol',
      { class: 'moments' },
      moments.map(({ name, atMs, silenceMs }) =>
        h(
          'li',
          { 'data-longest': String(silenceMs === longestMs) },
          h('span', { class: 'number' }, `+${latencyText(atMs)}`),
          h('span', { class: 'event' }, name),
          styled(h('span', { class: 'silence', 'aria-hidden': 'true' }), { '--share': String(silenceMs / endMs) }),
          h(
            'span',
            { class: 'quiet' },
            `${silenceMs === longestMs ? 'longest silence before it: ' : 'after '}${latencyText(silenceMs)}`,
          ),
        ),
      ),
    ),
  );
}

function momentsOf({ timeline: events }: Outcome, askedMs: number): readonly Moment[] {
  return events.map(({ name, atMs }, at) => ({
    name,
    atMs: atMs - askedMs,
    silenceMs: Math.max(0, atMs - (events[at - 1]?.atMs ?? askedMs)),
  }));
}

/** Where a run did not come to its end, the silence up to the end of the watching is what matters. */
function endOf(outcome: Outcome, askedMs: number): readonly Moment[] {
  const { verdict, attempts, endedAtMs, timeline: events } = outcome;
  const startedAtMs = attempts.at(-1)?.startedAtMs ?? outcome.startedAtMs;
  const lastMs = events.at(-1)?.atMs ?? askedMs;
  const endMs = endedAtMs - startedAtMs;
  return verdict !== 'fail' || endMs <= lastMs
    ? []
    : [{ name: 'end of the watching', atMs: endMs - askedMs, silenceMs: endMs - lastMs }];
}

const width = 1_000;

function axis(moments: readonly Moment[], endMs: number, longestMs: number): SVGElement {
  const x = (ms: number): number => 10 + (Math.max(0, ms) / endMs) * (width - 20);
  return svg(
    'svg',
    {
      class: 'axis',
      viewBox: `0 0 ${width} 44`,
      preserveAspectRatio: 'none',
      role: 'img',
      'aria-label': `${moments.length} events in ${latencyText(endMs)}, longest silence ${latencyText(longestMs)}`,
    },
    svg('line', { class: 'axis-line', x1: 10, x2: width - 10, y1: 22, y2: 22 }),
    moments.map(({ atMs, silenceMs }) =>
      silenceMs < endMs * 0.08
        ? null
        : svg('rect', {
            class: 'axis-silence',
            'data-longest': String(silenceMs === longestMs),
            x: x(atMs - silenceMs) + 2,
            y: 16,
            width: Math.max(1, x(atMs) - x(atMs - silenceMs) - 4),
            height: 12,
          }),
    ),
    svg('line', { class: 'axis-asked', x1: 10, x2: 10, y1: 6, y2: 38 }),
    moments.map(({ name, atMs }) =>
      svg(
        'line',
        { class: 'axis-event', x1: x(atMs), x2: x(atMs), y1: 10, y2: 34 },
        svg('title', {}, `${name} +${latencyText(atMs)}`),
      ),
    ),
  );
}
