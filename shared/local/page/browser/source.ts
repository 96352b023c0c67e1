/** Where the page's data comes from: the live server, or the report file that the page is in. */
import type { RunRecord } from '../../../run/answer.ts';
import type { Step } from '../../../core/step.ts';
import type { BoardFault } from '../model/board.ts';
import type { Explanation, Metrics, Overview, RunPage, SlackView, StepDetail } from '../model/contract.ts';
import type { Span } from '../model/route.ts';
import type { Summary } from '../model/summary.ts';

export type SourceEvent =
  | { readonly kind: 'overview'; readonly overview: Overview }
  | { readonly kind: 'run'; readonly step: Step }
  | { readonly kind: 'slack' | 'metrics' | 'lost' };

export interface RunsWanted {
  readonly step: Step | null;
  readonly notable: boolean;
  readonly before: string | null;
}

/** Every question rejects with a sentence when there is no answer to be had. */
export interface Source {
  readonly kind: 'live' | 'file';
  /** Calls back with everything that happens, the present first. */
  listen(listener: (event: SourceEvent) => void): void;
  step(step: Step, span: Span): Promise<StepDetail>;
  runs(wanted: RunsWanted): Promise<RunPage>;
  record(trace: string): Promise<RunRecord | null>;
  slack(): Promise<SlackView>;
  metrics(): Promise<Metrics>;
  explanations(): Promise<readonly Explanation[]>;
  faults(): Promise<readonly BoardFault[]>;
  /** Asks the server to change something; rejects with its refusal. */
  change(method: 'POST' | 'DELETE', path: string): Promise<void>;
  /** Only a report has one. */
  readonly summary: Summary | null;
}
