/** `golden-path check`: measures the steps once, without state, metrics or messages, and shows everything it found. */
import { parseArgs } from 'node:util';

import { probesByStep } from '../../functions/probes.ts';
import { stepsOf } from '../core/environment/definition.ts';
import { problemText } from '../core/environment/finding.ts';
import type { ParsedEnvironment } from '../core/environment/parse-source.ts';
import type { Outcome, Verdict } from '../core/outcome.ts';
import type { LogEntry } from '../core/ports.ts';
import type { Secrets } from '../core/probe.ts';
import { isStep, type Step, steps } from '../core/step.ts';
import { slotOf } from '../core/time.ts';
import { randomId } from '../io/random-id.ts';
import { readSecrets } from '../io/secrets.ts';
import { measureOutcome } from '../run/measure-outcome.ts';
import { type Command, type CommandIo, UsageError } from './command.ts';
import { loadOne } from './one-environment.ts';
import { secretsDirectory } from './secrets-directory.ts';
import { stepLines } from './table.ts';

const help = `Usage: golden-path check [STEP…] --environment FILE [OPTIONS]

Runs the probes once and shows every check with its time, its evidence and what it means.
Nothing is stored, published or posted. Steps: ${steps.join(', ')}; all of the file's by default.

  --environment FILE   the environment file (YAML or JSON)
  --json               one JSON object with everything that was found
  --once               don't repeat a failing step to confirm it
  --secrets DIR        folder with a file a secret; default .golden-path/secrets, if it is there
                       (an environment variable of the secret's name, or NAME_FILE, comes first)

Exit code: 0 all pass, 1 something failed or is degraded, 2 inconclusive or bad usage.`;

interface Options {
  readonly parsed: ParsedEnvironment;
  readonly secrets: Secrets;
  readonly steps: readonly Step[];
  readonly json: boolean;
  readonly once: boolean;
}

async function run(args: readonly string[], io: CommandIo): Promise<number> {
  const options = await readOptions(args, io);
  if (options === null) {
    return 2;
  }
  const outcomes: Outcome[] = [];
  for (const step of options.steps) {
    showProgress(step, options.json);
    const outcome = await measureStep(step, options, io);
    outcomes.push(outcome);
    if (!options.json) {
      stepLines(outcome).forEach(io.out);
    }
  }
  if (options.json) {
    io.out(JSON.stringify({ environment: options.parsed.environment.name, outcomes }, null, 2));
  }
  return exitCode(outcomes.map(({ verdict }) => verdict));
}

async function readOptions(args: readonly string[], io: CommandIo): Promise<Options | null> {
  const { values, positionals } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: {
      environment: { type: 'string' },
      json: { type: 'boolean', default: false },
      once: { type: 'boolean', default: false },
      secrets: { type: 'string' },
    },
  });
  const parsed = await loadOne(values.environment, io);
  if (parsed === null) {
    return null;
  }
  const wanted = wantedSteps(positionals, stepsOf(parsed.environment));
  const directory = secretsDirectory(values.secrets);
  const read = await readSecrets([parsed], process.env, {
    steps: wanted,
    ...(directory === null ? {} : { directory }),
  });
  if (!read.ok) {
    read.problems.map(problemText).forEach(io.err);
    return null;
  }
  return { parsed, secrets: read.secrets, steps: wanted, json: values.json, once: values.once };
}

function wantedSteps(names: readonly string[], there: readonly Step[]): readonly Step[] {
  const unknown = names.find((name) => !isStep(name) || !there.includes(name));
  if (unknown !== undefined) {
    throw new UsageError(`no step '${unknown}'; the file has: ${there.join(', ')}`);
  }
  return names.length === 0 ? there : there.filter((step) => names.includes(step));
}

async function measureStep(step: Step, { parsed, secrets, once }: Options, io: CommandIo): Promise<Outcome> {
  const { environment } = parsed;
  const settings = once ? { ...environment, policy: { ...environment.policy, confirmAfterMs: 0 } } : environment;
  const slotMs = slotOf(Date.now(), environment.cadenceSeconds * 1_000);
  return measureOutcome(
    { step, environment: settings, slotMs, cold: true },
    {
      loadProbe: probesByStep[step],
      secrets,
      log: (entry: LogEntry) => io.err(`${entry.message}: ${JSON.stringify(entry.fields)}`),
      nowMs: Date.now,
      newTraceId: () => randomId(16),
      region: 'local',
    },
    null,
  );
}

function showProgress(step: Step, json: boolean): void {
  if (!json && process.stdout.isTTY) {
    process.stdout.write(`… ${step}\r`);
  }
}

/** A broken product speaks first, then what could not be told. */
export function exitCode(verdicts: readonly Verdict[]): number {
  if (verdicts.some((verdict) => verdict === 'fail' || verdict === 'degraded' || verdict === 'blocked')) {
    return 1;
  }
  return verdicts.includes('inconclusive') ? 2 : 0;
}

export const checkCommand: Command = {
  name: 'check',
  summary: 'run the probes once and show every check',
  help,
  run,
};
