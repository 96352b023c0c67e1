/** `golden-path lint`: judges environment files before they are deployed. */
import { parseArgs } from 'node:util';

import { isError, type Problem, problemText } from '../core/environment/finding.ts';
import type { Parsed } from '../core/environment/parse-source.ts';
import { lintEnvironment } from '../core/lint/lint.ts';
import type { Trial } from '../core/lint/rules.ts';
import { parseEnvironments, sameNames } from '../io/environment-files.ts';
import type { Command, CommandIo } from './command.ts';

const defaultPath = 'infra/environments';

const help = `Usage: golden-path lint [FILE…] [--json]

Judges environment files: their values, whether they contradict each other, and whether every rule of the
policy can fire and recover under the cadence, deadlines, budgets and maintenance of the file.

  FILE…     files or directories; default: ${defaultPath}
  --json    one JSON object: problems, counts, and after how many runs each rule fires and recovers

Exit code: 0 no errors (warnings are allowed), 1 errors, 2 bad usage.`;

export const lintCommand: Command = {
  name: 'lint',
  summary: 'judges environment files before they are deployed',
  help,
  run: lint,
};

async function lint(args: readonly string[], io: CommandIo): Promise<number> {
  const { values, positionals } = parseArgs({
    args: [...args],
    options: { json: { type: 'boolean', default: false } },
    allowPositionals: true,
  });
  const paths = positionals.length > 0 ? positionals : [defaultPath];
  const parsed = (await Promise.all(paths.map(parseEnvironments))).flat();
  const judged = parsed.map(judgeFile);
  const problems = [...judged.flatMap((file) => file.problems), ...sameNames(parsed.filter((each) => each.ok))];
  const errors = problems.filter(isError).length;
  const counts = { errors, warnings: problems.length - errors };
  if (values.json) {
    const environments = judged.flatMap(({ environment }) => (environment === null ? [] : [environment]));
    io.out(JSON.stringify({ ...counts, problems, environments }, null, 2));
  } else {
    for (const problem of problems) {
      io.out(problemText(problem));
    }
    io.out(`${counted(counts.errors, 'error')}, ${counted(counts.warnings, 'warning')}`);
  }
  return errors > 0 ? 1 : 0;
}

interface JudgedFile {
  readonly problems: readonly Problem[];
  readonly environment: { readonly name: string; readonly file: string; readonly rules: readonly RuleLine[] } | null;
}

/** What `--json` says of a rule; null where it never fires. */
interface RuleLine extends Omit<Trial, 'path'> {
  readonly firesAfterSeconds: number | null;
}

function judgeFile(parsed: Parsed): JudgedFile {
  if (!parsed.ok) {
    return { problems: parsed.problems, environment: null };
  }
  const { environment, fileName, warnings, place } = parsed;
  const { findings, trials } = lintEnvironment(environment);
  const rules = trials.map(({ step, rule, firesAfterRuns, recoversAfterRuns }): RuleLine => {
    const firesAfterSeconds = firesAfterRuns === null ? null : firesAfterRuns * environment.cadenceSeconds;
    return { step, rule, firesAfterRuns, firesAfterSeconds, recoversAfterRuns };
  });
  const problems = [...warnings, ...place(findings)].toSorted((a, b) => a.line - b.line || a.column - b.column);
  return { problems, environment: { name: environment.name, file: fileName, rules } };
}

function counted(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`;
}
