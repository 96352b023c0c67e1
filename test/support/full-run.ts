/**
 * Runs all steps of an environment through the real run shell, with the real adapters, against local servers, and keeps
 * everything that leaves the process on the way: log lines, answers, state, metrics, messages.
 */
import { randomBytes } from 'node:crypto';

import { probesByStep } from '../../functions/probes.ts';
import { type Environment, stepsOf } from '../../shared/core/environment/definition.ts';
import { parseEnvironmentRecord } from '../../shared/core/judge/parse.ts';
import type { Incident } from '../../shared/core/judge/state.ts';
import type { StateStore } from '../../shared/core/ports.ts';
import type { Secrets } from '../../shared/core/probe.ts';
import type { Step } from '../../shared/core/step.ts';
import { openLog } from '../../shared/io/log.ts';
import { openMetricSink } from '../../shared/io/monitoring.ts';
import { openNotifier } from '../../shared/io/slack.ts';
import { openSqliteStore } from '../../shared/io/state/sqlite.ts';
import { type LocalMonitoring, startMonitoringServer } from '../../shared/local/monitoring/server.ts';
import { type LocalSlack, startSlackServer } from '../../shared/local/slack/server.ts';
import type { RunRecord } from '../../shared/run/answer.ts';
import { answerOf } from '../../shared/run/answer.ts';
import { openOwnHistories } from '../../shared/run/own-histories.ts';
import { type RunPorts, runStep } from '../../shared/run/run.ts';

export interface Outside extends AsyncDisposable {
  readonly monitoring: LocalMonitoring;
  readonly slack: LocalSlack;
  readonly ports: Pick<RunPorts, 'sink' | 'notifier'>;
}

export interface OutsideOptions {
  /** Clock of Cloud Monitoring, in Unix milliseconds. */
  readonly nowMs?: () => number;
  /** Time for a write of metrics, and for a call of Slack. */
  readonly metricsMs?: number;
  readonly slackMs?: number;
}

/** One Cloud Monitoring and one Slack for many runs. */
export async function openOutside(options: OutsideOptions = {}): Promise<Outside> {
  const { nowMs = Date.now, metricsMs = 10_000, slackMs = 5_000 } = options;
  const monitoring = await startMonitoringServer({ seriesMax: 50_000, nowMs });
  const slack = await startSlackServer();
  const sink = openMetricSink({ project: 'local', emulator: monitoring.address, budgetMs: metricsMs });
  return {
    monitoring,
    slack,
    ports: { sink, notifier: openNotifier({ token: slack.token, apiUrl: slack.url, timeoutMs: slackMs }) },
    [Symbol.asyncDispose]: async () => {
      await sink.close();
      await slack.close();
      await monitoring.close();
    },
  };
}

export interface FullRun {
  readonly records: Readonly<Partial<Record<Step, RunRecord>>>;
  readonly incident: Incident | null;
  /** Everything of these runs that left the process, but for what is in `Outside`. */
  readonly left: readonly string[];
}

export interface FullRunOptions {
  readonly environment: Environment;
  readonly secrets: Secrets;
  readonly outside: Outside;
  readonly store?: StateStore;
  readonly slotMs?: number;
  readonly nowMs?: () => number;
}

/** Runs each step once, in flow order, for the same slot. */
export async function runAllSteps(options: FullRunOptions): Promise<FullRun> {
  const { environment, secrets, outside, slotMs = Date.now(), nowMs = Date.now } = options;
  const store = options.store ?? openSqliteStore(':memory:');
  const left: string[] = [];
  const records: Partial<Record<Step, RunRecord>> = {};
  for (const step of stepsOf(environment)) {
    const record = await runStep(
      { step, environment, slotMs, cold: false },
      {
        ...outside.ports,
        loadProbe: probesByStep[step],
        secrets,
        store,
        log: openLog('local', (line) => left.push(line)),
        nowMs,
        newTraceId: () => randomBytes(16).toString('hex'),
        region: environment.regions[0] ?? 'us-central1',
        projectId: null,
        own: openOwnHistories(),
      },
    );
    records[step] = record;
    left.push(JSON.stringify(answerOf(record)));
  }
  const documents = [...stepsOf(environment), 'environment' as const].map((document) => ({
    environment: environment.name,
    document,
  }));
  const stored = await store.load(documents);
  left.push(JSON.stringify(stored));
  if (options.store === undefined) {
    await store.close();
  }
  const { record } = parseEnvironmentRecord(stored.at(-1)?.value ?? null);
  return { records, incident: record?.incident ?? null, left };
}
