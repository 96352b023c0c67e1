/** What the parts of the bench give: figures for the tables, goals with whether they were met, and what was left out. */

export interface Figure {
  /** What was measured, such as `the same code from its sources`. */
  readonly name: string;
  readonly unit: 'ms' | 'MiB' | 'bytes' | 'count' | 'USD';
  /** The median where there were several samples. */
  readonly value: number;
  /** Half of the samples lie between these; null for what does not vary. */
  readonly spread: readonly [low: number, high: number] | null;
  /** Median of the ratios to the section's first figure, pair by pair; null where a ratio says nothing. */
  readonly ratio: number | null;
}

export interface Goal {
  readonly title: string;
  /** What is to be reached, in words. */
  readonly reach: string;
  readonly measured: string;
  readonly met: boolean;
}

export interface Table {
  readonly title: string;
  /** How it was measured, in a sentence or two. */
  readonly how: string;
  readonly figures: readonly Figure[];
}

export interface SectionResult {
  readonly tables: readonly Table[];
  readonly goals: readonly Goal[];
  /** What could not be measured here, and why. */
  readonly skipped: readonly string[];
}

export interface BenchOptions {
  /** A tenth of the samples: enough to see that all is in order. */
  readonly quick: boolean;
}

export type Section = (options: BenchOptions) => Promise<SectionResult>;
