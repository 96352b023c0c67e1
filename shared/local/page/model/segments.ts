/**
 * The phases of a run as stretches that follow one another, for a bar. Some phases are counted from the same beginning
 * as others and some lie inside others; here each millisecond is in one stretch at most.
 */
import type { Phase, Phases } from '../../../core/outcome.ts';

export interface Segment {
  readonly phase: Phase;
  readonly ms: number;
}

/** Phases that follow one another already. */
const consecutive = ['login', 'dns', 'tcp', 'tls', 'request', 'upgrade', 'first_byte', 'body'] as const;

/** Counted from the opening of the socket, or from the question: each contains the ones before it. */
const sinceOpened = ['first_frame', 'ready'] as const;
const sinceAsked = ['first_event', 'first_text', 'completed'] as const;

export function segmentsOf(phases: Phases): readonly Segment[] {
  const plain = consecutive.flatMap((phase) => segment(phase, phases[phase]));
  return [
    ...plain,
    ...differences(sinceOpened, phases),
    ...segment('ping', phases.ping),
    ...differences(sinceAsked, phases),
  ];
}

function segment(phase: Phase, ms: number | undefined): readonly Segment[] {
  return ms === undefined ? [] : [{ phase, ms }];
}

function differences(cumulative: readonly Phase[], phases: Phases): readonly Segment[] {
  let reachedMs = 0;
  return cumulative.flatMap((phase) => {
    const ms = phases[phase];
    if (ms === undefined) {
      return [];
    }
    const rest = Math.max(0, ms - reachedMs);
    reachedMs = Math.max(reachedMs, ms);
    return [{ phase, ms: rest }];
  });
}
