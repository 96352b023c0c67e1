/** Points for Cloud Monitoring as data, before any client sees them. */
import type { MetricName } from './catalogue.ts';

export interface MonitoredTask {
  /** `location`, `namespace`, `job` and `task_id` of the monitored resource `generic_task`. */
  readonly location: string;
  readonly namespace: string;
  readonly job: string;
  readonly taskId: string;
}

/** A `distribution` is the distribution of this one value. */
export type PointValue =
  | { readonly kind: 'int64'; readonly value: number }
  | { readonly kind: 'double'; readonly value: number }
  | { readonly kind: 'distribution'; readonly value: number };

/** One point of one series. `startMs` is set exactly for cumulative metrics; both are Unix milliseconds. */
export interface Point {
  /** Name in the metric catalogue, without the prefix. */
  readonly metric: MetricName;
  readonly labels: Readonly<Record<string, string>>;
  readonly task: MonitoredTask;
  readonly value: PointValue;
  readonly startMs: number | null;
  readonly endMs: number;
}
