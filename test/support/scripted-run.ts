/**
 * A product that is as well as its script says, watched by the real run with a real state store, Cloud Monitoring and
 * Slack, on a clock of its own. For tests of what becomes of a verdict; the probes have tests of theirs.
 */
import * as v from 'valibot';

import { failed, passed } from '../../shared/core/check.ts';
import { type Environment, environmentSchema } from '../../shared/core/environment/definition.ts';
import { parseEnvironmentRecord } from '../../shared/core/judge/parse.ts';
import type { EnvironmentRecord } from '../../shared/core/judge/state.ts';
import { measurementOf } from '../../shared/core/measurement.ts';
import type { Probe } from '../../shared/core/probe.ts';
import { minuteMs } from '../../shared/core/time.ts';
import { openLog } from '../../shared/io/log.ts';
import { openSqliteStore } from '../../shared/io/state/sqlite.ts';
import type { LocalMessage } from '../../shared/local/slack/channels.ts';
import { answerOf, type HttpAnswer, type RunRecord } from '../../shared/run/answer.ts';
import { openOwnHistories, type OwnHistories } from '../../shared/run/own-histories.ts';
import { type RunPorts, runStep } from '../../shared/run/run.ts';
import { type FaultyStore, openFaultyStore } from './faulty-store.ts';
import type { Outside } from './full-run.ts';

/** Time moves only when a test says so. */
export interface TestClock {
  nowMs: number;
}

export interface Ran {
  readonly record: RunRecord;
  readonly answer: HttpAnswer;
  readonly lines: readonly string[];
  readonly tookMs: number;
}

export interface ScriptedRun extends AsyncDisposable {
  readonly environment: Environment;
  readonly store: FaultyStore;
  /** Runs the next slot, five minutes after the last one. */
  next(product: 'well' | 'broken', change?: Partial<RunPorts>): Promise<Ran>;
  /** Runs the slot of the last run once more. */
  again(product: 'well' | 'broken'): Promise<Ran>;
  /** Forgets what only the process knew. */
  restart(): void;
  /** What the store itself holds, whatever fault it has. */
  stored(): Promise<EnvironmentRecord | null>;
  incidentMessages(): readonly LocalMessage[];
  monitorMessages(): readonly LocalMessage[];
}

export interface ScriptedOptions {
  readonly name: string;
  readonly clock: TestClock;
  readonly outside: Outside;
  readonly answerWithinMs?: number;
}

export function openScriptedRun({ name, clock, outside, answerWithinMs }: ScriptedOptions): ScriptedRun {
  const environment = scriptedEnvironment(name);
  const inner = openSqliteStore(':memory:');
  const store = openFaultyStore(inner);
  let own: OwnHistories = openOwnHistories();
  let traces = 0;

  async function run(probe: Probe, change: Partial<RunPorts>): Promise<Ran> {
    const lines: string[] = [];
    const startMs = performance.now();
    const record = await runStep(
      {
        step: 'health',
        environment,
        slotMs: clock.nowMs,
        cold: false,
        ...(answerWithinMs === undefined ? {} : { answerWithinMs }),
      },
      {
        ...outside.ports,
        loadProbe: async () => probe,
        secrets: () => null,
        store,
        log: openLog('local', (line) => lines.push(line)),
        nowMs: () => clock.nowMs,
        newTraceId: () => {
          traces += 1;
          return String(traces).padStart(32, '0');
        },
        region: 'us-central1',
        projectId: null,
        own,
        ...change,
      },
    );
    return { record, answer: answerOf(record), lines, tookMs: performance.now() - startMs };
  }

  const messagesIn = (channel: string): readonly LocalMessage[] =>
    outside.slack.messages().filter((message) => outside.slack.nameOf(message.channel) === channel);

  return {
    environment,
    store,
    next: (product, change = {}) => {
      clock.nowMs += 5 * minuteMs;
      return run(probes[product], change);
    },
    again: (product) => run(probes[product], {}),
    restart: () => {
      own = openOwnHistories();
    },
    stored: async () => {
      const [document] = await inner.load([{ environment: name, document: 'environment' }]);
      return parseEnvironmentRecord(document?.value).record;
    },
    incidentMessages: () => messagesIn(name),
    monitorMessages: () => messagesIn(`${name}-monitor`),
    [Symbol.asyncDispose]: () => store.close(),
  };
}

const timing = { startedMs: 0, latencyMs: 5 };

export const probes: Readonly<Record<'well' | 'broken', Probe>> = {
  well: async ({ memory }) =>
    measurementOf([passed('health.document', 'healthy', timing)], { memory, blocker: 'auth', latencyMs: 5 }),
  broken: async ({ memory }) =>
    measurementOf([failed('health.document', { reason: 'server_error', detail: 'HTTP 500' }, timing)], {
      memory,
      blocker: 'auth',
    }),
};

/** Alerts at the first bad run, recovers at the first good one, and is in trouble itself after two. */
function scriptedEnvironment(name: string): Environment {
  return v.parse(environmentSchema, {
    name,
    title: name,
    services: { backend: { url: 'http://127.0.0.1:1' } },
    steps: { health: { deadlineSeconds: 2, documents: [{ id: 'backend', service: 'backend' }] } },
    policy: {
      fire: { failures: 1, of: 1 },
      recoverPasses: 1,
      confirmAfterMs: 0,
      reminderMinutes: 0,
      monitorTroubleRuns: 2,
    },
    slack: { channel: `#${name}`, monitorChannel: `#${name}-monitor` },
  });
}
