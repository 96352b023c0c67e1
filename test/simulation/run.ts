/**
 * Runs many simulated worlds: `node test/simulation/run.ts --slots 1000000 --seed 1`. Each world has a seed of its own; a
 * failing one is printed with the command that runs it alone: `--world SEED --world-slots N`.
 */
import process from 'node:process';
import { parseArgs } from 'node:util';

import { type EraReport, runEra } from './era.ts';
import { randomFrom } from './random.ts';

export const eraSlots = 1_000;

export interface Totals {
  slots: number;
  worlds: number;
  runs: number;
  incidents: number;
  messages: number;
  outages: number;
  delays: number[];
  duplicates: number;
  late: number;
  conflicts: number;
  contended: number;
  crashes: number;
  repeated: number;
  largestStep: number;
  largestEnvironment: number;
}

/** Rejects at the first broken invariant, naming the world. */
export async function simulate(
  slots: number,
  seed: number,
  onWorld: (totals: Totals) => void = () => undefined,
): Promise<Totals> {
  const random = randomFrom(seed);
  const totals: Totals = {
    slots: 0,
    worlds: 0,
    runs: 0,
    incidents: 0,
    messages: 0,
    outages: 0,
    delays: [],
    duplicates: 0,
    late: 0,
    conflicts: 0,
    contended: 0,
    crashes: 0,
    repeated: 0,
    largestStep: 0,
    largestEnvironment: 0,
  };
  while (totals.slots < slots) {
    const world = Math.floor(random.next() * 2 ** 31);
    add(totals, await named(world, eraSlots));
    onWorld(totals);
  }
  return totals;
}

async function named(world: number, slots: number): Promise<EraReport> {
  try {
    return await runEra(world, slots);
  } catch (error) {
    const command = `node test/simulation/run.ts --world ${world} --world-slots ${slots}`;
    throw new Error(`${String(error)}\nrun this world alone: ${command}`, { cause: error });
  }
}

function add(totals: Totals, era: EraReport): void {
  totals.worlds += 1;
  totals.slots += era.slots;
  totals.delays.push(...era.delays);
  for (const key of [
    'runs',
    'incidents',
    'messages',
    'outages',
    'duplicates',
    'late',
    'conflicts',
    'contended',
    'crashes',
    'repeated',
  ] as const) {
    totals[key] += era[key];
  }
  totals.largestStep = Math.max(totals.largestStep, era.largestStep);
  totals.largestEnvironment = Math.max(totals.largestEnvironment, era.largestEnvironment);
}

export function lines(totals: Totals): readonly string[] {
  const delays = totals.delays.toSorted((a, b) => a - b);
  const at = (share: number): string =>
    (delays[Math.min(delays.length - 1, Math.floor(delays.length * share))] ?? 0).toFixed(2);
  return [
    `${totals.slots} slots in ${totals.worlds} worlds, ${totals.runs} runs (${totals.duplicates} duplicate, ${totals.late} late)`,
    `${totals.crashes} crashes, ${totals.conflicts} conflicts, ${totals.contended} runs given up after conflicts`,
    `${totals.incidents} incidents, ${totals.messages} messages, ${totals.repeated} of them told twice inside the documented windows`,
    `${totals.outages} plain outages, all told; slots until told: median ${at(0.5)}, 99 % ${at(0.99)}, longest ${at(1)}`,
    `largest documents: step ${totals.largestStep}, environment ${totals.largestEnvironment} characters`,
  ];
}

if (import.meta.main) {
  const { values } = parseArgs({
    options: {
      slots: { type: 'string', default: '20000' },
      seed: { type: 'string', default: String(Date.now() % 1_000_000) },
      world: { type: 'string' },
      'world-slots': { type: 'string', default: String(eraSlots) },
    },
  });
  if (values.world !== undefined) {
    const report = await runEra(Number(values.world), Number(values['world-slots']));
    process.stdout.write(`${JSON.stringify(report)}\n`);
  } else {
    const startMs = performance.now();
    process.stdout.write(`seed ${values.seed}\n`);
    const totals = await simulate(Number(values.slots), Number(values.seed), ({ slots }) => {
      if (process.stderr.isTTY) {
        process.stderr.write(`\r${slots} slots`);
      }
    });
    process.stdout.write(`${lines(totals).join('\n')}\n${((performance.now() - startMs) / 1_000).toFixed(1)} s\n`);
  }
}
