/**
 * The whole path on one machine: the sandbox or a real target, the four functions as the cloud runs them, a scheduler,
 * Cloud Monitoring, Slack and a state file. Starts everything, tells of everything, and stops everything.
 */
import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';

import { type Environment, stepsOf } from '../core/environment/definition.ts';
import { runTimes } from '../core/lint/times.ts';
import type { Step } from '../core/step.ts';
import type { RunRecord } from '../run/answer.ts';
import type { RunningChild } from './child-process.ts';
import { type FunctionProcess, startFunction } from './function-process.ts';
import { type LocalMonitoring, startMonitoringServer, type WriteEvent } from './monitoring/server.ts';
import { parseRunRecord } from './run-record.ts';
import { type SandboxProcess, sandboxPorts, startSandboxProcess } from './sandbox-process.ts';
import { type JobAnswer, type Scheduler, startScheduler } from './scheduler.ts';
import type { LocalMessage } from './slack/channels.ts';
import { type LocalSlack, startSlackServer } from './slack/server.ts';

export interface StackOptions {
  /** Root of the repository. */
  readonly root: string;
  /** Folder for state and secrets; the state of an earlier sandbox is removed. */
  readonly folder: string;
  readonly environment: Environment;
  readonly environmentFile: string;
  /** Start the sandbox that the file describes; otherwise its target is real. */
  readonly sandbox: boolean;
  /** Functions from this folder instead of the repository, such as a built bundle. */
  readonly functionSource?: string;
  readonly onEvent: (event: StackEvent) => void;
}

export type StackEvent =
  | { readonly kind: 'run'; readonly record: RunRecord }
  | { readonly kind: 'unanswered'; readonly step: Step; readonly problem: string }
  | { readonly kind: 'message'; readonly message: LocalMessage }
  | { readonly kind: 'write'; readonly write: WriteEvent }
  | { readonly kind: 'line'; readonly source: string; readonly line: string }
  | { readonly kind: 'ended'; readonly sentence: string };

export interface Stack {
  readonly slack: LocalSlack;
  readonly monitoring: LocalMonitoring;
  readonly sandbox: SandboxProcess | null;
  readonly functions: readonly FunctionProcess[];
  /** The file in which the functions keep what they remember. */
  readonly statePath: string;
  stop(): Promise<void>;
}

/** Rejects when a part does not start; what had been started is stopped by then. */
export async function startStack(options: StackOptions): Promise<Stack> {
  await using undo = new AsyncDisposableStack();
  const parts = await startParts(options, undo);
  const started = undo.move();
  return { ...parts, stop: () => started.disposeAsync() };
}

async function startParts(options: StackOptions, undo: AsyncDisposableStack): Promise<Omit<Stack, 'stop'>> {
  const { onEvent, environment, folder } = options;
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const monitoring = await startMonitoringServer();
  undo.defer(() => monitoring.close());
  const slack = await startSlackServer();
  undo.defer(() => slack.close());
  monitoring.onWrite((write) => onEvent({ kind: 'write', write }));
  slack.onMessage((message) => onEvent({ kind: 'message', message }));
  const sandbox = options.sandbox ? await startSandbox(options) : null;
  if (sandbox !== null) {
    undo.defer(sandbox.stop);
    tellEnd(sandbox, options);
  }
  const env = {
    ...process.env,
    ...sandbox?.secretFiles,
    GOLDEN_PATH_ENVIRONMENTS: options.environmentFile,
    GOLDEN_PATH_STATE: `sqlite:${statePath(options)}`,
    GOLDEN_PATH_REGION: environment.regions[0],
    CLOUD_MONITORING_EMULATOR_HOST: monitoring.address,
    SLACK_API_URL: slack.url,
    SLACK_BOT_TOKEN: slack.token.reveal(),
  };
  const functions = await startFunctions(options, env, undo);
  const scheduler = startJobs(options, functions);
  undo.defer(() => scheduler.stop());
  return { slack, monitoring, sandbox, functions, statePath: statePath(options) };
}

function statePath({ folder, environment }: StackOptions): string {
  return join(folder, `${environment.name}.sqlite`);
}

/** The sandbox begins its life healthy and unknown, so what an earlier one left behind has to go. */
function startSandbox(options: StackOptions): Promise<SandboxProcess> {
  for (const suffix of ['', '-wal', '-shm']) {
    rmSync(`${statePath(options)}${suffix}`, { force: true });
  }
  return startSandboxProcess({
    root: options.root,
    secretsFolder: join(options.folder, 'secrets'),
    ports: sandboxPorts(options.environment),
    onLine: (line) => options.onEvent({ kind: 'line', source: 'sandbox', line }),
  });
}

async function startFunctions(
  options: StackOptions,
  env: Readonly<Record<string, string | undefined>>,
  undo: AsyncDisposableStack,
): Promise<readonly FunctionProcess[]> {
  const starting = stepsOf(options.environment).map(async (step) => {
    const process = await startFunction({
      step,
      env,
      source: options.functionSource ?? options.root,
      onLine: (line) => options.onEvent({ kind: 'line', source: `probe-${step}`, line }),
    });
    undo.defer(process.stop);
    tellEnd(process, options);
    return process;
  });
  const settled = await Promise.allSettled(starting);
  return settled.map((each) => {
    if (each.status === 'rejected') {
      throw each.reason;
    }
    return each.value;
  });
}

function tellEnd(child: RunningChild, { onEvent }: StackOptions): void {
  void child.ended.then((sentence) => onEvent({ kind: 'ended', sentence }));
}

function startJobs({ environment, onEvent }: StackOptions, functions: readonly FunctionProcess[]): Scheduler {
  const stepOfJob = new Map(functions.map(({ step }) => [`${environment.name}-${step}`, step]));
  const deadlines = functions.map(({ step }) => runTimes(environment, step).attemptDeadlineSeconds);
  return startScheduler({
    jobs: functions.map(({ step, url }) => ({
      name: `${environment.name}-${step}`,
      url,
      body: JSON.stringify({ environment: environment.name }),
    })),
    cadenceMs: environment.cadenceSeconds * 1_000,
    attemptDeadlineMs: Math.max(...deadlines) * 1_000,
    onAnswer: (job, answer) => {
      const step = stepOfJob.get(job.name);
      if (step !== undefined) {
        onEvent(eventOf(step, answer));
      }
    },
  });
}

function eventOf(step: Step, answer: JobAnswer): StackEvent {
  if (answer.kind === 'unanswered') {
    return { kind: 'unanswered', step, problem: answer.problem };
  }
  const record = parseRunRecord(answer.body);
  return record === null
    ? { kind: 'unanswered', step, problem: `HTTP ${answer.status}: ${answer.body.slice(0, 300)}` }
    : { kind: 'run', record };
}
