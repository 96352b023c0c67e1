/** `golden-path start`: the whole path on this machine, shown live in the terminal and on a page until Ctrl-C. */
import { parseArgs } from 'node:util';

import { startWatch, type Watch, type WatchOptions } from '../local/watch.ts';
import { type Command, type CommandIo, UsageError } from './command.ts';
import { answerConsole, consoleHelp } from './console.ts';
import { createLiveView } from './live-view.ts';
import { loadOne } from './one-environment.ts';

const root = new URL('../..', import.meta.url).pathname;
const sandboxFile = `${root}infra/environments/sandbox.yaml`;
const pagePort = 4180;

const help = `Usage: golden-path start [--environment FILE] [OPTIONS]

Runs the whole path on this machine: the sandbox product, the four functions under functions-framework, a scheduler,
Cloud Monitoring, Slack and the state, without any account. Shows each run and each Slack message as it comes, and all
of it on a page with charts, history and buttons to break the sandbox: http://127.0.0.1:${pagePort}

  --environment FILE   watch the target of this file instead of the sandbox; nothing is posted to the real Slack
                       or written to the real Cloud Monitoring
  --port NUMBER        port of the page; default ${pagePort}, 0 for any free one
  --tour               break and mend the sandbox in ten ways, one after the other, and tell what is seen
  --folder DIR         state, history and secrets; default .golden-path
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
      port: { type: 'string', default: String(pagePort) },
      tour: { type: 'boolean', default: false },
      folder: { type: 'string', default: '.golden-path' },
      functions: { type: 'string' },
      verbose: { type: 'boolean', default: false },
    },
  });
  const sandbox = values.environment === undefined;
  if (values.tour && !sandbox) {
    throw new UsageError('--tour breaks the sandbox; it does not go with --environment');
  }
  const port = parsePort(values.port);
  const environmentFile = values.environment ?? sandboxFile;
  const loaded = await loadOne(environmentFile, io);
  if (loaded === null) {
    return 2;
  }
  const { environment } = loaded;
  const { folder, functions, verbose, tour } = values;
  const source = functions === undefined ? {} : { functionSource: functions };
  const options = { root, folder, environment, environmentFile, sandbox, port, ...source };
  return watch({ options, verbose, tour }, io);
}

interface Wanted {
  readonly options: Omit<WatchOptions, 'onEvent'>;
  readonly verbose: boolean;
  readonly tour: boolean;
}

async function watch({ options, verbose, tour }: Wanted, io: CommandIo): Promise<number> {
  const view = createLiveView({ environment: options.environment, out: io.out, verbose });
  const { promise: stopped, resolve: stop } = Promise.withResolvers<number>();
  const watching = await startOrExplain(
    {
      ...options,
      onEvent: (event) => {
        view.show(event);
        if (event.kind === 'ended') {
          stop(1);
        }
      },
    },
    io,
  );
  if (watching === null) {
    return 1;
  }
  const { sandbox } = watching.stack;
  view.welcome(watching.page.url, sandbox?.controlUrl ?? null);
  const closeConsole = sandbox === null ? () => undefined : answerConsole(sandbox, io, () => stop(0));
  const interrupt = (): void => stop(0);
  process.once('SIGINT', interrupt);
  process.once('SIGTERM', interrupt);
  let stopping = false;
  const touring = tour ? watching.tour((text) => io.out(`» ${text}`)) : Promise.resolve();
  touring.catch((error: unknown) => {
    // When all of it stops, the sandbox is gone before the tour could mend it.
    if (!stopping) {
      io.err(`the tour ended: ${messageOf(error)}`);
    }
  });
  const code = await stopped;
  stopping = true;
  closeConsole();
  io.out('stopping …');
  await watching.stop();
  io.out('stopped.');
  return code;
}

async function startOrExplain(options: WatchOptions, io: CommandIo): Promise<Watch | null> {
  try {
    return await startWatch(options);
  } catch (error) {
    const taken = typeof error === 'object' && error !== null && 'code' in error && error.code === 'EADDRINUSE';
    io.err(
      taken
        ? `port ${options.port} or one of the sandbox's is taken: is golden-path running already? --port chooses the page's`
        : `the stack does not start: ${messageOf(error)}`,
    );
    return null;
  }
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : 'unknown error';
}

function parsePort(text: string): number {
  const port = Number(text);
  if (!Number.isInteger(port) || port < 0 || port > 65_535) {
    throw new UsageError('--port must be a number from 0 to 65535');
  }
  return port;
}

export const startCommand: Command = {
  name: 'start',
  summary: 'the whole path on this machine, live',
  help,
  run,
};
