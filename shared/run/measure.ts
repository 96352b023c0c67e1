/**
 * Runs a probe under its deadline, once more if it failed, and never longer than that. Whatever a probe does,
 * a measurement comes back: a probe that throws or hangs is the monitor's fault, and is reported as such.
 */
import { setTimeout as wait } from 'node:timers/promises';

import { summarise } from '../core/check.ts';
import { measurementOf } from '../core/measurement.ts';
import { flawOf } from '../core/measurement-form.ts';
import type { Attempt, Measurement, ProbeMemory, Summary } from '../core/outcome.ts';
import type { Probe, ProbeContext } from '../core/probe.ts';
import { reasonEntry } from '../core/reasons.ts';
import { startDeadline } from './deadline.ts';
import { holdCompilers } from './hold-compilers.ts';
import { watchStalls } from './stall-watch.ts';

export interface MeasureOptions {
  readonly probe: Probe;
  readonly context: Omit<ProbeContext, 'deadline'>;
  readonly deadlineMs: number;
  /** Wait before a failure is confirmed by a second attempt; 0: no second attempt. */
  readonly confirmAfterMs: number;
  /** Hears of what a probe threw; that is always a bug of ours. */
  readonly onFault: (error: unknown) => void;
}

export interface Measured {
  readonly measurement: Measurement;
  readonly summary: Summary;
  readonly attempts: readonly Attempt[];
  readonly flaky: boolean;
  readonly stalledMs: number;
}

/** A probe ends by its deadline; one that doesn't is left alone after this much more. */
const graceMs = 2_000;

export async function measure(options: MeasureOptions): Promise<Measured> {
  const first = await attempt(options, options.context.memory);
  if (options.confirmAfterMs === 0 || !worthRepeating(first.summary)) {
    return { ...first, attempts: [first.attempt], flaky: false };
  }
  await wait(options.confirmAfterMs);
  const second = await attempt(options, first.measurement.memory);
  return {
    ...second,
    attempts: [first.attempt, second.attempt],
    flaky: second.summary.verdict === 'pass' || second.summary.verdict === 'degraded',
    stalledMs: Math.max(first.stalledMs, second.stalledMs),
  };
}

/** A broken product may have been a moment's slip. An open door and a rejected key are facts at the first sight. */
function worthRepeating(summary: Summary): boolean {
  if (summary.verdict !== 'fail' || summary.reason === null) {
    return false;
  }
  const { severity, fault } = reasonEntry(summary.reason);
  return severity !== 'security' && fault !== 'credential';
}

interface Attempted {
  readonly measurement: Measurement;
  readonly summary: Summary;
  readonly attempt: Attempt;
  readonly stalledMs: number;
}

async function attempt(options: MeasureOptions, memory: ProbeMemory): Promise<Attempted> {
  const startedAtMs = options.context.nowMs();
  using _held = holdCompilers();
  const stalls = watchStalls();
  const { measurement, summary } = await probeBounded(options, memory);
  const stalledMs = stalls.end();
  return {
    measurement,
    summary,
    attempt: { ...summary, startedAtMs, latencyMs: measurement.latencyMs },
    stalledMs,
  };
}

async function probeBounded(
  { probe, context, deadlineMs, onFault }: MeasureOptions,
  memory: ProbeMemory,
): Promise<{ measurement: Measurement; summary: Summary }> {
  using deadline = startDeadline(deadlineMs);
  const giveUp = new AbortController();
  try {
    const running = probe({ ...context, memory, deadline });
    const hung = wait(deadlineMs + graceMs, null, { signal: giveUp.signal }).catch(() => null);
    const ended = await Promise.race([running.then((measurement) => ({ measurement })), hung]);
    if (ended !== null) {
      return taken(ended.measurement);
    }
    running.catch(onFault);
    return unmeasured(memory, 'deadline_exceeded', 'the probe went on beyond its deadline and was given up');
  } catch (error) {
    onFault(error);
    return deadline.signal.aborted
      ? unmeasured(memory, 'deadline_exceeded', 'the deadline came before the probe could tell what was slow')
      : unmeasured(memory, 'unclassified', 'the probe itself failed; the log has the place');
  } finally {
    giveUp.abort();
  }
}

/** What a probe gave is data of ours, and checked all the same: state and metrics outlive the run. */
function taken(measurement: Measurement): { measurement: Measurement; summary: Summary } {
  const flaw = flawOf(measurement);
  if (flaw !== null) {
    throw new GarbageError(flaw);
  }
  return { measurement, summary: summarise(measurement.checks) };
}

/** A probe gave something that is no measurement. `code` is the place of the first flaw. */
class GarbageError extends Error {
  override readonly name = 'GarbageError';
  readonly code: string;

  constructor(code: string) {
    super('the probe gave something that is no measurement');
    this.code = code;
  }
}

function unmeasured(
  memory: ProbeMemory,
  reason: 'deadline_exceeded' | 'unclassified',
  detail: string,
): { measurement: Measurement; summary: Summary } {
  return {
    measurement: measurementOf([], { memory }),
    summary: { verdict: 'inconclusive', reason, detail, checkId: null },
  };
}
