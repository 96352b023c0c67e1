/** `golden-path cost`: what the given environments cost a month. */
import { parseArgs } from 'node:util';

import { costLines, type CostLine, monthlyUsage, totalUsd, whenAllIsWell, whenEverythingHangs } from '../core/cost.ts';
import { problemText } from '../core/environment/finding.ts';
import { loadEnvironments } from '../io/environment-files.ts';
import { type Command, type CommandIo, UsageError } from './command.ts';

const help = `Usage: golden-path cost FILE… [--json]

Reckons from environment files what their deployment costs a month, in US dollars at Google's list prices: when all
is well, and when every run hangs until its time-out, which is the most that it can be. What is free each month is
taken off as if nothing else used it.

  FILE…     files or directories
  --json    one JSON object: both bills, with quantities, prices and sources

Exit code: 0, or 2 bad usage.`;

export const costCommand: Command = {
  name: 'cost',
  summary: 'reckons what a deployment costs a month',
  help,
  run: cost,
};

async function cost(args: readonly string[], io: CommandIo): Promise<number> {
  const { values, positionals } = parseArgs({
    args: [...args],
    options: { json: { type: 'boolean', default: false } },
    allowPositionals: true,
  });
  if (positionals.length === 0) {
    throw new UsageError('name at least one environment file');
  }
  const loaded = await Promise.all(positionals.map(loadEnvironments));
  const problems = loaded.flatMap((each) => (each.ok ? [] : each.problems));
  if (problems.length > 0) {
    problems.forEach((problem) => io.err(problemText(problem)));
    throw new UsageError('the environment files are not in order');
  }
  const environments = loaded.flatMap((each) => (each.ok ? each.environments : [])).map((each) => each.environment);
  const well = costLines(monthlyUsage(environments, whenAllIsWell));
  const hanging = costLines(monthlyUsage(environments, whenEverythingHangs));
  if (values.json) {
    io.out(JSON.stringify({ allIsWell: bill(well), everythingHangs: bill(hanging) }, null, 2));
  } else {
    costTable(well, hanging).forEach((line) => io.out(line));
  }
  return 0;
}

function bill(lines: readonly CostLine[]) {
  return { lines, totalUsd: totalUsd(lines) };
}

/** Both bills as a Markdown table, which is readable at a terminal too. */
export function costTable(well: readonly CostLine[], hanging: readonly CostLine[]): readonly string[] {
  const head = ['item', 'a month', 'free', 'price', 'all is well', 'everything hangs', 'source'];
  const rows = well.map(({ price, quantity, costUsd }, index) => [
    price.title,
    `${rounded(quantity)} ${price.unit}`,
    rounded(price.free),
    price.per === 1 ? `$${price.usd}` : `$${price.usd} per ${rounded(price.per)}`,
    dollars(costUsd),
    dollars(hanging[index]?.costUsd ?? 0),
    price.source,
  ]);
  const total = ['total', '', '', '', dollars(totalUsd(well)), dollars(totalUsd(hanging)), ''];
  const widths = head.map((_, column) => Math.max(...[head, ...rows, total].map((row) => row[column]?.length ?? 0)));
  const lineOf = (cells: readonly string[]) =>
    `| ${cells.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join(' | ')} |`;
  return [lineOf(head), lineOf(widths.map((width) => '-'.repeat(width))), ...[...rows, total].map(lineOf)];
}

/** Three digits are more than the estimate is worth. */
function rounded(value: number): string {
  return value.toLocaleString('en-US', { maximumSignificantDigits: 3 });
}

function dollars(value: number): string {
  return `$${value.toFixed(2)}`;
}
