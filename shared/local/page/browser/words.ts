/** Marks, words and times as the page writes them. Colour never stands alone: each state has a mark and a word. */
import type { FlowMark } from '../../../core/judge/state.ts';
import { latencyText } from '../../../core/message/words.ts';
import { dayUtc, durationText, isoUtc } from '../../../core/time.ts';
import type { RunRow } from '../model/contract.ts';
import { type Attributes, type Child, h } from './dom.ts';

interface Mark {
  readonly sign: string;
  readonly word: string;
}

export const markWords: Readonly<Record<FlowMark, Mark>> = {
  pass: { sign: '●', word: 'works' },
  degraded: { sign: '▲', word: 'degraded' },
  fail: { sign: '✗', word: 'broken' },
  blocked: { sign: '◌', word: 'blocked' },
  inconclusive: { sign: '?', word: 'not measured' },
  unknown: { sign: '–', word: 'no run yet' },
  maintenance: { sign: '⚒', word: 'maintenance' },
};

/** The words of single runs, which judge nothing. */
export const verdictWords: Readonly<Record<RunRow['verdict'], string>> = {
  pass: 'pass',
  degraded: 'degraded',
  fail: 'fail',
  blocked: 'blocked',
  inconclusive: 'inconclusive',
};

/** The mark with its word; the mark alone would be read out as a shape. */
export function badge(mark: FlowMark, word: string = markWords[mark].word): HTMLElement {
  return h('span', { class: 'badge', 'data-mark': mark }, sign(mark), ' ', word);
}

export function sign(mark: FlowMark): HTMLElement {
  return h('span', { class: 'sign', 'data-mark': mark, 'aria-hidden': 'true' }, markWords[mark].sign);
}

export function latency(ms: number | null): string {
  return ms === null ? '–' : latencyText(ms);
}

/** `20:05:12`; the page says once that all times are UTC. */
export function clock(atMs: number): string {
  return isoUtc(atMs).slice(11, 19);
}

/** With the day when it is not today's. */
export function clockOrDay(atMs: number, nowMs: number): string {
  return dayUtc(atMs) === dayUtc(nowMs) ? clock(atMs) : `${dayUtc(atMs)} ${clock(atMs).slice(0, 5)}`;
}

/** How long ago, kept up to date by the page's ticker while it is live. */
export function ago(atMs: number, nowMs: number): HTMLElement {
  return h('time', { 'data-ago': atMs, datetime: isoUtc(atMs), title: isoUtc(atMs) }, agoText(atMs, nowMs));
}

export function agoText(atMs: number, nowMs: number): string {
  return durationText(nowMs - atMs);
}

export function link(href: string, attributes: Attributes, ...children: readonly Child[]): HTMLAnchorElement {
  return h('a', { href, ...attributes }, ...children);
}

/** What sets a run apart from others, as words. */
export function flagsOf({ flaky, cold, late }: Pick<RunRow, 'flaky' | 'cold' | 'late'>): readonly HTMLElement[] {
  return [
    ...(flaky ? [h('span', { class: 'flag', title: 'Failed at first and passed when repeated' }, 'flaky')] : []),
    ...(cold ? [h('span', { class: 'flag', title: 'First run of its process' }, 'cold')] : []),
    ...(late ? [h('span', { class: 'flag', title: 'Older than a run that had been judged already' }, 'late')] : []),
  ];
}
