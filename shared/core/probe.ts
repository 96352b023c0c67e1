/** The contract between a run and a probe. A probe measures one step once; it knows no state, metrics or Slack. */
import type { Environment } from './environment/definition.ts';
import type { Measurement, ProbeMemory } from './outcome.ts';
import type { Secret } from './secret.ts';

/** One deadline for everything that a probe does. */
export interface Deadline {
  /** Aborts when the time is over. */
  readonly signal: AbortSignal;
  /** Milliseconds left, at least 0. */
  remainingMs(): number;
}

/** The secrets that an environment file names, read once at start. */
export type Secrets = (name: string) => Secret | null;

export interface ProbeContext {
  readonly environment: Environment;
  readonly secrets: Secrets;
  readonly deadline: Deadline;
  /** 32 hexadecimal digits; sent as W3C `traceparent` with every request. */
  readonly traceId: string;
  /** Wall clock in Unix milliseconds, for claims and questions; durations are measured by the adapters. */
  readonly nowMs: () => number;
  /** What the last run of this step remembered; empty at first. */
  readonly memory: ProbeMemory;
  readonly region: string;
}

/**
 * Measures one step once. Resolves also when the product is down: expected failures are values.
 * A rejection is a fault of the monitor and is caught once, in the run.
 */
export type Probe = (context: ProbeContext) => Promise<Measurement>;
