/** `golden-path start`: the whole path on this machine, shown live in the terminal until Ctrl-C. */
import { parseArgs } from 'node:util';

import type { Environment } from '../core/environment/definition.ts';
import { problemText } from '../core/environment/finding.ts';
import { loadEnvironments } from '../io/environment-files.ts';
import { type Stack, type StackOptions, startStack } from '../local/stack.ts';
import { type Command, type CommandIo, UsageError } from './command.ts';
import { answerConsole, consoleHelp } from './console.ts';
import { createLiveView } from './live-view.ts';

const root = new URL('../..', import.meta.url).pathname;
const sandboxFile = `${root}infra/environments/sandbox.yaml`;

const help = `Usage: golden-path start [--environment FILE] [OPTIONS]

Runs the whole path on this machine: the sandbox product, the four functions under functions-framework, a scheduler,
Cloud Monitoring, Slack and the state, without any account. Shows each run and each Slack message as it comes.

  --environment FILE   watch the target of this file instead of the sandbox; nothing is posted to the real Slack
                       or written to the real Cloud Monitoring
  --folder DIR         state and secrets; default .golden-path
  --functions DIR      run the functions from a built bundle instead of the sources
  --verbose            also show what the processes print

While it runs, type a command and Enter (sandbox only):
${consoleHelp}

Ctrl-C stops everything.`;

async function run(args: readonly string[], io: CommandIo): Promise<number> {
  const { values } = parseArgs({
    args: [...args],
    options: {
      environment: { type: 'string' },
      folder: { type: 'string', default: '.golden-path' },
      functions: { type: 'string' },
      verbose: { type: 'boolean', default: false },
    },
  });
  const environmentFile = values.environment ?? sandboxFile;
  const environment = await loadOne(environmentFile, io);
  if (environment === null) {
    return 2;
  }
  const view = createLiveView({ environment, out: io.out, verbose: values.verbose });
  const { promise: stopped, resolve: stop } = Promise.withResolvers<number>();
  const stack = await startOrExplain(
    {
      root,
      folder: values.folder,
      environment,
      environmentFile,
      sandbox: values.environment === undefined,
      ...(values.functions === undefined ? {} : { functionSource: values.functions }),
      onEvent: (event) => {
        view.show(event);
        if (event.kind === 'ended') {
          stop(1);
        }
      },
    },
    io,
  );
  if (stack === null) {
    return 1;
  }
  view.welcome(stack.sandbox?.controlUrl ?? null);
  const closeConsole = stack.sandbox === null ? () => undefined : answerConsole(stack.sandbox, io, () => stop(0));
  const interrupt = (): void => stop(0);
  process.once('SIGINT', interrupt);
  process.once('SIGTERM', interrupt);
  const code = await stopped;
  closeConsole();
  io.out('stopping …');
  await stack.stop();
  io.out('stopped.');
  return code;
}

async function startOrExplain(options: StackOptions, io: CommandIo): Promise<Stack | null> {
  try {
    return await startStack(options);
  } catch (error) {
    io.err(`the stack does not start: ${error instanceof Error ? error.message : 'unknown error'}`);
    return null;
  }
}

async function loadOne(file: string, io: CommandIo): Promise<Environment | null> {
  const loaded = await loadEnvironments(file);
  if (!loaded.ok) {
    loaded.problems.map(problemText).forEach(io.err);
    return null;
  }
  const [only, second] = loaded.environments;
  if (only === undefined || second !== undefined) {
    throw new UsageError('--environment must name one file with one environment');
  }
  return only.environment;
}

export const startCommand: Command = {
  name: 'start',
  summary: 'the whole path on this machine, live',
  help,
  run,
};
