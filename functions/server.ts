/** Puts a function together: configuration, adapters, probes. Everything heavy is opened at its first use. */
import { type Environment, stepsOf } from '../shared/core/environment/definition.ts';
import type { Log, Notifier } from '../shared/core/ports.ts';
import type { Probe } from '../shared/core/probe.ts';
import { functionName, type Step, steps } from '../shared/core/step.ts';
import { openLog } from '../shared/io/log.ts';
import { openMetricSink } from '../shared/io/monitoring.ts';
import { randomId } from '../shared/io/random-id.ts';
import { readRuntime, type Runtime, type SlackAccess, type Variables } from '../shared/io/runtime.ts';
import { openStateStore, type StateSetting } from '../shared/io/state/open.ts';
import { answerOf, type HttpAnswer, syntheticAnswer } from '../shared/run/answer.ts';
import { openOwnHistories } from '../shared/run/own-histories.ts';
import { measureOutcome } from '../shared/run/measure-outcome.ts';
import type { RunPorts } from '../shared/run/run.ts';
import { parseTrigger, type Trigger, type TriggerRequest } from '../shared/run/trigger.ts';
import { probesByStep } from './probes.ts';

export interface Server {
  answer(step: Step, request: TriggerRequest): Promise<HttpAnswer>;
}

/** All that writing metrics may take of a run's reserve, in milliseconds. */
const metricsBudgetMs = 10_000;

/** Name that the emulators and the local stack are content with. */
const localProject = 'local';

/** Rejects with one error that lists everything that is wrong with the configuration. */
export async function openServer(variables: Variables, writeLine: (line: string) => void): Promise<Server> {
  const own = steps.filter((step) => functionName(step) === variables['FUNCTION_TARGET']);
  const read = await readRuntime(variables, own.length === 0 ? steps : own);
  if (!read.ok) {
    throw new Error(['the configuration is wrong:', ...read.problems].join('\n  '));
  }
  const { runtime } = read;
  const log = openLog(runtime.projectId, writeLine);
  const ports = await openPorts(runtime, log);
  let cold = true;

  async function run(step: Step, trigger: Trigger): Promise<HttpAnswer> {
    const order = { step, environment: trigger.environment, slotMs: trigger.slotMs, cold };
    cold = false;
    await warnOfSecrets(runtime, log);
    const stepPorts: RunPorts = {
      ...ports,
      loadProbe: order.cold ? () => loadWarm(step, trigger.environment) : probesByStep[step],
      region: runtime.region ?? trigger.environment.regions[0] ?? 'local',
    };
    if (trigger.synthetic) {
      const outcome = await measureOutcome(order, stepPorts, null);
      return syntheticAnswer(outcome, runtimeMetadata(variables), functionName(step));
    }
    const { runStep } = await import('../shared/run/run.ts');
    return answerOf(await runStep(order, stepPorts));
  }

  return {
    answer: async (step, request) => {
      const trigger = parseTrigger(request, runtime.environments, Date.now());
      if ('problem' in trigger) {
        return { status: trigger.status, body: { error: trigger.problem } };
      }
      if (!stepsOf(trigger.environment).includes(step)) {
        const there = stepsOf(trigger.environment).join(', ');
        return { status: 400, body: { error: `${trigger.environment.name} has no step ${step}; it has: ${there}` } };
      }
      return run(step, trigger);
    },
  };
}

/** In a process that has measured nothing yet, the probe's way to the product is gone once before it counts. */
async function loadWarm(step: Step, { services }: Environment): Promise<Probe> {
  const probe = await probesByStep[step]();
  const { warmUp } = await import('../shared/io/warm-up.ts');
  const secure = Object.values(services).some(({ url }) => url.startsWith('https:'));
  await warmUp(step, secure);
  return probe;
}

async function openPorts(runtime: Runtime, log: Log): Promise<Omit<RunPorts, 'loadProbe' | 'region'>> {
  const project = runtime.projectId ?? localProject;
  return {
    secrets: runtime.secrets,
    store: await openStateStore(runtime.state, project),
    notifier: await openNotifier(runtime.slack),
    sink: openMetricSink({ project, emulator: runtime.monitoringEmulator, budgetMs: metricsBudgetMs }),
    log,
    nowMs: Date.now,
    newTraceId: () => randomId(16),
    projectId: runtime.projectId,
    ...databaseOf(runtime.state),
    own: openOwnHistories(),
  };
}

async function openNotifier(slack: SlackAccess | null): Promise<Notifier> {
  return slack === null ? noNotifier : (await import('../shared/io/slack.ts')).openNotifier(slack);
}

/** No environment has a channel, so nothing is ever delivered. */
const noNotifier: Notifier = {
  post: async () => ({ result: 'channel', detail: 'no environment has a Slack channel', retryAfterMs: null }),
  update: async () => ({ result: 'channel', detail: 'no environment has a Slack channel', retryAfterMs: null }),
};

/** A secret that can't be read again keeps its value; people should know before it is rotated away. */
async function warnOfSecrets(runtime: Runtime, log: Log): Promise<void> {
  for (const problem of await runtime.refreshSecrets()) {
    log({ severity: 'WARNING', message: problem, traceId: null, labels: {}, fields: {} });
  }
}

function runtimeMetadata(variables: Variables): Record<string, string> {
  const names = ['K_SERVICE', 'K_REVISION', 'K_CONFIGURATION', 'FUNCTION_TARGET'];
  return Object.fromEntries(names.flatMap((name) => (variables[name] === undefined ? [] : [[name, variables[name]]])));
}

function databaseOf(state: StateSetting): { readonly database?: string } {
  return state.kind === 'firestore' ? { database: state.databaseId } : {};
}
