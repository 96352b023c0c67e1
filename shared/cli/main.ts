#!/usr/bin/env node
/** The command line `golden-path`: finds the command, shows help, turns mistakes of usage into exit code 2. */
import process from 'node:process';

import { type Command, type CommandIo, UsageError } from './command.ts';

const commands: Readonly<Record<string, () => Promise<Command>>> = {
  check: async () => (await import('./check.ts')).checkCommand,
  start: async () => (await import('./start.ts')).startCommand,
  lint: async () => (await import('./lint.ts')).lintCommand,
  replay: async () => (await import('./replay.ts')).replayCommand,
  explain: async () => (await import('./explain.ts')).explainCommand,
  mute: async () => (await import('./mute.ts')).muteCommand,
  ack: async () => (await import('./ack.ts')).ackCommand,
  maintenance: async () => (await import('./maintenance.ts')).maintenanceCommand,
  drill: async () => (await import('./drill.ts')).drillCommand,
  report: async () => (await import('./report.ts')).reportCommand,
  cost: async () => (await import('./cost.ts')).costCommand,
};

async function overview(): Promise<string> {
  const loaded = await Promise.all(Object.values(commands).map((load) => load()));
  const lines = loaded.map(({ name, summary }) => `  ${name.padEnd(12)} ${summary}`);
  return ['Usage: golden-path COMMAND [OPTIONS]', '', ...lines, '', 'golden-path COMMAND --help tells more.'].join(
    '\n',
  );
}

async function main(args: readonly string[], io: CommandIo): Promise<number> {
  const [name, ...rest] = args;
  if (name === undefined || name === '--help' || name === '-h' || name === 'help') {
    io.out(await overview());
    return name === undefined ? 2 : 0;
  }
  const load = Object.hasOwn(commands, name) ? commands[name] : undefined;
  if (load === undefined) {
    io.err(`golden-path: no command '${name}'; one of: ${Object.keys(commands).join(', ')}`);
    return 2;
  }
  const command = await load();
  if (rest.includes('--help') || rest.includes('-h')) {
    io.out(command.help);
    return 0;
  }
  return runCommand(command, rest, io);
}

async function runCommand(command: Command, args: readonly string[], io: CommandIo): Promise<number> {
  try {
    return await command.run(args, io);
  } catch (error) {
    if (error instanceof UsageError || isParseArgsError(error)) {
      io.err(`golden-path ${command.name}: ${error.message}`);
      io.err(`golden-path ${command.name} --help tells how it is used.`);
      return 2;
    }
    throw error;
  }
}

/** `node:util` parseArgs throws these for options that do not exist or lack their value. */
function isParseArgsError(error: unknown): error is Error {
  return error instanceof Error && 'code' in error && String(error.code).startsWith('ERR_PARSE_ARGS_');
}

process.exitCode = await main(process.argv.slice(2), {
  out: (line) => process.stdout.write(`${line}\n`),
  err: (line) => process.stderr.write(`${line}\n`),
});
