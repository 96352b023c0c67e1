/** All that the views draw from; whoever changes it asks for a new drawing. */
import type { RunRecord } from '../../../run/answer.ts';
import type { BoardFault } from '../model/board.ts';
import type { Explanation, Metrics, Overview, RunPage, SlackView, StepDetail } from '../model/contract.ts';
import type { Route } from '../model/route.ts';
import type { Summary } from '../model/summary.ts';

export interface Model {
  readonly kind: 'live' | 'file';
  readonly route: Route;
  readonly overview: Overview | null;
  /** Whether the server is to be heard. */
  readonly link: 'waiting' | 'live' | 'lost';
  readonly slack: SlackView | null;
  readonly faults: readonly BoardFault[];
  /** What the break board is narrowed down to. */
  readonly filter: string;
  /** What the last click came to, when that was a refusal. */
  readonly notice: string | null;
  readonly summary: Summary | null;
  /** For the view that is shown; null while it is on its way. */
  readonly detail: StepDetail | null;
  readonly runs: RunPage | null;
  /** `missing`: nobody knows the run. */
  readonly record: RunRecord | 'missing' | null;
  readonly metrics: Metrics | null;
  readonly explanations: readonly Explanation[] | null;
  readonly nowMs: number;
}

/** A view is a heading for the title and a tree for the page. */
export interface View {
  readonly title: string;
  readonly body: readonly (Node | null | false)[];
}
