/** What grows with the number of environments and runs: parsing, linting, replaying a year, and the bill. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import { costLines, monthlyUsage, totalUsd, whenAllIsWell } from '../../shared/core/cost.ts';
import { type Environment, stepsOf } from '../../shared/core/environment/definition.ts';
import { parseEnvironment } from '../../shared/core/environment/parse.ts';
import { lintEnvironment } from '../../shared/core/lint/lint.ts';
import { openReplay } from '../../shared/core/replay.ts';
import { randomFrom } from '../simulation/random.ts';
import { outcomeOf, settingsWith } from '../simulation/samples.ts';
import { root } from './cold-start.ts';
import type { BenchOptions, Figure, SectionResult, Table } from './section.ts';
import { loneFigure } from './statistics.ts';

const counts = [1, 10, 100, 1_000];

/** Four steps every five minutes for a year. */
const yearOfOutcomes = 420_480;

/** What others charge for a run of a check, as they publish it; what is free a month is taken off. */
const peerPrices = [
  {
    name: 'AWS CloudWatch Synthetics, one canary run a step: $0.0012 a run (blog.mattsbit.co.uk, 2023-11-11), Lambda not counted',
    usd: (runs: number) => runs * 0.001_2,
  },
  {
    name: 'Google Cloud uptime checks, one a step, which speak no WebSocket: $0.30 per 1,000 beyond 1,000,000 (cloud.google.com/stackdriver/pricing, 2026-08-29)',
    usd: (runs: number) => (Math.max(0, runs - 1_000_000) / 1_000) * 0.3,
  },
  {
    name: 'Checkly, ten requests a step as multistep checks: $2 per 10,000 requests (docs.checklyhq.com/docs/monitoring/check-pricing, read 2026-11-24)',
    usd: (runs: number) => (runs * 10 * 2) / 10_000,
  },
];

export async function scale({ quick }: BenchOptions): Promise<SectionResult> {
  const text = readFileSync(join(root, 'infra/environments/netra-staging.yaml'), 'utf8');
  const sizes = quick ? counts.slice(0, 3) : counts;
  const measured = sizes.map((count) => timed(text, count));
  const replay = replayYear(quick ? yearOfOutcomes / 10 : yearOfOutcomes);
  return {
    tables: [
      {
        title: 'Environment files: reading and linting',
        how: 'Copies of `netra-staging.yaml` under other names. Linting tries out every rule of a file.',
        figures: measured.flatMap(({ figures }) => figures),
      },
      {
        title: 'A year of runs through the judge',
        how: `${replay.outcomes.toLocaleString('en-US')} outcomes of four steps, one in a hundred a failure, in one process.`,
        figures: [loneFigure('feeding all of them', 'ms', replay.ms)],
      },
      ...measured.map(({ environments }) => billTable(environments)),
    ],
    goals: [
      {
        title: `replay of one year of four steps (${yearOfOutcomes.toLocaleString('en-US')} outcomes)`,
        reach: '≤ 10 s',
        measured: `${((replay.ms * yearOfOutcomes) / replay.outcomes / 1_000).toFixed(1)} s${quick ? ' (a tenth, times ten)' : ''}`,
        met: (replay.ms * yearOfOutcomes) / replay.outcomes <= 10_000,
      },
    ],
    skipped: [
      'terraform plan for many environments: the provider has to be downloaded, and a deployment takes at most 50 (infra/variables.tf)',
    ],
  };
}

function timed(text: string, count: number): { environments: readonly Environment[]; figures: readonly Figure[] } {
  const texts = Array.from({ length: count }, (_, index) => text.replace(/^name: .*$/m, `name: copy-${index}`));
  const startedAt = performance.now();
  const environments = texts.flatMap((each, index) => {
    const parsed = parseEnvironment(each, `copy-${index}.yaml`);
    return parsed.ok ? [parsed.environment] : [];
  });
  const parsedAt = performance.now();
  environments.forEach(lintEnvironment);
  const lintedAt = performance.now();
  return {
    environments,
    figures: [
      loneFigure(`${count.toLocaleString('en-US')} files read`, 'ms', parsedAt - startedAt),
      loneFigure(`${count.toLocaleString('en-US')} files linted`, 'ms', lintedAt - parsedAt),
    ],
  };
}

/** The bill of a month beside what others would charge for as many runs. */
function billTable(environments: readonly Environment[]): Table {
  const usage = monthlyUsage(environments, whenAllIsWell);
  const steps = environments.reduce((sum, environment) => sum + stepsOf(environment).length, 0);
  return {
    title: `A month of ${environments.length.toLocaleString('en-US')} environments, ${steps.toLocaleString('en-US')} steps every five minutes from one region`,
    how: `${usage.requests.toLocaleString('en-US')} runs. Ours at list prices with what is free taken off (\`golden-path cost\` has the lines and their sources).`,
    figures: [
      loneFigure('this project', 'USD', totalUsd(costLines(usage))),
      ...peerPrices.map(({ name, usd }) => loneFigure(name, 'USD', usd(usage.requests))),
    ],
  };
}

function replayYear(outcomes: number): { ms: number; outcomes: number } {
  const environment = settingsWith();
  const steps = stepsOf(environment);
  const random = randomFrom(1);
  const replay = openReplay(environment);
  const startedAt = performance.now();
  for (let index = 0; index < outcomes; index += 1) {
    const step = steps[index % steps.length] ?? 'health';
    const failed = random.chance(0.01);
    replay.feed(
      outcomeOf(step, Math.floor(index / steps.length), {
        verdict: failed ? 'fail' : 'pass',
        latencyMs: failed ? null : 200 + 10 * random.normal(),
      }),
    );
  }
  return { ms: performance.now() - startedAt, outcomes };
}
