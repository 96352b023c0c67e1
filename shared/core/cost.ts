/**
 * What a deployment costs a month, reckoned from the environment files: how much of everything it uses, times Google's
 * list prices. Estimates lean to the dear side; taxes, discounts and what the product itself spends are not in it.
 */
import { checksByStep } from './checks.ts';
import { type Environment, stepsOf } from './environment/definition.ts';
import { secretNamesOf } from './environment/secret-names.ts';
import { runTimes } from './lint/times.ts';
import { componentNames } from './metrics/outcome-points.ts';
import { phases } from './outcome.ts';
import { daysAMonth, type Item, items, type Price, prices } from './prices.ts';
import type { Step } from './step.ts';

const mebibyte = 1_024 * 1_024;
const gibibyte = 1_024 * mebibyte;

export type Usage = Readonly<Record<Item, number>>;

export interface CostLine {
  readonly item: Item;
  readonly price: Price;
  readonly quantity: number;
  /** US dollars a month beyond what is free. */
  readonly costUsd: number;
}

export type SecondsOf = (environment: Environment, step: Step) => number;

/** How long a run is billed when all is well, a start of the instance now and then included; an agent has to think. */
const usualSeconds: Readonly<Record<Step, number>> = { auth: 2, health: 2, websocket: 4, agent: 40 };

export const whenAllIsWell: SecondsOf = (_, step) => usualSeconds[step];

/** Every run ends only with its time-out: the most that can be billed. */
export const whenEverythingHangs: SecondsOf = (environment, step) => runTimes(environment, step).functionTimeoutSeconds;

/** Memory of an instance; `functions.memory` in Terraform. */
const instanceGibibytes = 0.25;

/** Bytes that Cloud Monitoring counts for a point: a number, and a distribution. */
const numberBytes = 8;
const distributionBytes = 80;

/** A log line with checks, phases and evidence. */
const logLineBytes = 4_096;

/** Kept by the clean-up policy, each with its own layers above the shared base. */
const imagesKept = 5;
const imageGibibytes = 0.05;

/** What these environments use in a month of 30 days. */
export function monthlyUsage(environments: readonly Environment[], secondsOf: SecondsOf): Usage {
  const probes = environments.flatMap((environment) =>
    stepsOf(environment).map((step) => ({
      environment,
      step,
      jobs: environment.regions.length,
      runs: (environment.regions.length * daysAMonth * 86_400) / environment.cadenceSeconds,
    })),
  );
  const total = (amount: (probe: (typeof probes)[number]) => number) => sum(probes.map(amount));
  const runs = total((probe) => probe.runs);
  const seconds = total(({ environment, step, runs }) => runs * secondsOf(environment, step));
  const functions = new Set(
    probes.flatMap(({ environment, step }) => environment.regions.map((region) => `${step}/${region}`)),
  );
  return {
    scheduler: total(({ jobs }) => jobs),
    requests: runs,
    processor: seconds,
    memory: seconds * instanceGibibytes,
    metrics: total(({ environment, step, runs }) => runs * pointBytes(environment, step)) / mebibyte,
    logs: (runs * logLineBytes) / gibibyte,
    // A run reads the state of its step and of the environment, and writes that of its step.
    reads: runs * 2,
    writes: runs,
    secrets: secretCount(environments),
    images: functions.size * imagesKept * imageGibibytes,
  };
}

/** Points of one run, all that there can be. */
function pointBytes(environment: Environment, step: Step): number {
  const verdicts = 5;
  const monitor = 7;
  const facts = 5;
  const components = step === 'health' ? 2 * componentNames(environment).size : 0;
  const numbers = verdicts + monitor + facts + components + phases.length + Object.keys(checksByStep[step]).length;
  return numbers * numberBytes + distributionBytes;
}

function secretCount(environments: readonly Environment[]): number {
  const names = new Set(environments.flatMap((each) => secretNamesOf(each).map(({ name }) => name)));
  return names.size + Number(environments.some(({ slack }) => slack !== undefined));
}

/** The bill, a line an item, in the order of `prices`. */
export function costLines(usage: Usage): readonly CostLine[] {
  return items.map((item) => {
    const price = prices[item];
    const beyondFree = Math.max(0, usage[item] - price.free);
    return { item, price, quantity: usage[item], costUsd: (beyondFree / price.per) * price.usd };
  });
}

export function totalUsd(lines: readonly CostLine[]): number {
  return sum(lines.map(({ costUsd }) => costUsd));
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, each) => total + each, 0);
}
