/** The latest latencies as a line of bars for the eye, and as a sentence for everyone else. */
import type { Phrase } from './escape.ts';
import { counted, latencyText } from './words.ts';

const bars = ['▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'] as const;

/** A run that has no latency, because it failed. */
const gap = '×';

/** More runs than this are not shown, so that the line stays a line on a phone. */
export const sparklineRunsMax = 30;

/** `latenciesMs` is oldest first; null stands for a run without a latency. Null when there is nothing to show. */
export function sparkline(latenciesMs: readonly (number | null)[]): Phrase | null {
  const shown = latenciesMs.slice(-sparklineRunsMax);
  const known = shown.filter((ms) => ms !== null);
  if (known.length < 2) {
    return null;
  }
  const lowest = Math.min(...known);
  const highest = Math.max(...known);
  const line = shown.map((ms) => (ms === null ? gap : bar(ms, highest))).join('');
  const failed = shown.length - known.length;
  const range = `${counted(shown.length, 'run')}, oldest first, ${latencyText(lowest)} to ${latencyText(highest)}`;
  const words = failed === 0 ? range : `${range}, ${failed} without a time`;
  return { markup: `${line}  ${failed === 0 ? words : `${words} (${gap})`}`, plain: words };
}

/** Measured from zero, so that a steady latency looks steady. */
function bar(ms: number, highest: number): string {
  const share = highest === 0 ? 0 : ms / highest;
  return bars[Math.min(bars.length - 1, Math.floor(share * bars.length))] ?? bars[0];
}
