/**
 * Cloud Scheduler for a laptop: fires each job on its cadence with the header that carries the slot, staggered,
 * and never twice at once for the same job.
 */
import { ask } from './ask.ts';

export interface Job {
  readonly name: string;
  readonly url: string;
  readonly body: string;
}

export interface SchedulerOptions {
  readonly jobs: readonly Job[];
  readonly cadenceMs: number;
  readonly attemptDeadlineMs: number;
  readonly onAnswer: (job: Job, answer: JobAnswer) => void;
}

export type JobAnswer =
  | { readonly kind: 'answered'; readonly status: number; readonly body: string }
  | { readonly kind: 'unanswered'; readonly problem: string };

export interface Scheduler {
  /** Stops firing and waits for what is under way. */
  stop(): Promise<void>;
}

/** Fires every job at once for the first time, then each at its own offset within the cadence. */
export function startScheduler(options: SchedulerOptions): Scheduler {
  const { jobs, cadenceMs } = options;
  const timers = new Set<NodeJS.Timeout>();
  const running = new Map<Job, Promise<void>>();

  function fire(job: Job, slotMs: number): void {
    if (running.has(job)) {
      return;
    }
    const run = trigger(job, slotMs, options.attemptDeadlineMs)
      .then((answer) => options.onAnswer(job, answer))
      .finally(() => running.delete(job));
    running.set(job, run);
  }

  function plan(job: Job, slotMs: number): void {
    const timer = setTimeout(() => {
      timers.delete(timer);
      plan(job, slotMs + cadenceMs);
      fire(job, slotMs);
    }, slotMs - Date.now());
    timers.add(timer);
  }

  // Whole seconds: the slot travels as a time of that precision.
  const startMs = Math.ceil(Date.now() / 1_000) * 1_000;
  for (const [index, job] of jobs.entries()) {
    plan(job, startMs + Math.floor((index * cadenceMs) / jobs.length / 1_000) * 1_000);
  }

  return {
    stop: async () => {
      for (const timer of timers) {
        clearTimeout(timer);
      }
      await Promise.all(running.values());
    },
  };
}

async function trigger(job: Job, slotMs: number, timeoutMs: number): Promise<JobAnswer> {
  const headers = {
    'content-type': 'application/json',
    'x-cloudscheduler': 'true',
    'x-cloudscheduler-jobname': job.name,
    'x-cloudscheduler-scheduletime': new Date(slotMs).toISOString(),
  };
  try {
    const answer = await ask({ method: 'POST', url: job.url, headers, body: job.body, timeoutMs });
    return { kind: 'answered', ...answer };
  } catch (error) {
    return { kind: 'unanswered', problem: error instanceof Error ? error.message : 'no answer' };
  }
}
