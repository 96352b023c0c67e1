/**
 * Every fault and every healthy variant of the sandbox against all four probes, through the whole run. Used by the test
 * that holds the probes to the table, and by the script that writes the table down.
 */
import type { Environment } from '../../shared/core/environment/definition.ts';
import type { Verdict } from '../../shared/core/outcome.ts';
import type { Reason } from '../../shared/core/reasons.ts';
import { type Step, steps } from '../../shared/core/step.ts';
import { sandboxEnvironment } from '../sandbox/environment.ts';
import { type Fault, faults } from '../sandbox/faults.ts';
import { type Sandbox, startSandbox } from '../sandbox/sandbox.ts';
import { type Variant, variants } from '../sandbox/variants.ts';
import { openSqliteStore } from '../../shared/io/state/sqlite.ts';
import { type FullRun, type Outside, runAllSteps } from './full-run.ts';

export interface Found {
  readonly verdict: Verdict;
  readonly reason: Reason | null;
  /** Time of the whole run of the step, in milliseconds. */
  readonly tookMs: number;
  readonly deadlineMs: number;
  readonly detail: string;
  readonly checkId: string | null;
}

export interface Case {
  readonly knob: Fault | Variant;
  readonly expected: Readonly<Record<Step, { readonly verdict: Verdict; readonly reason: Reason | null }>>;
  readonly found: Readonly<Record<Step, Found>>;
  readonly run: FullRun;
  readonly secrets: Sandbox['secrets'];
}

/** How much faster than in real time the sandbox lives here. */
const pace = 5;
const pass = { verdict: 'pass', reason: null } as const;

export function isFault(knob: Fault | Variant): knob is Fault {
  return 'expected' in knob;
}

export function expectedOf(knob: Fault | Variant): Case['expected'] {
  return isFault(knob) ? knob.expected : { auth: pass, health: pass, websocket: pass, agent: pass };
}

export interface MatrixOptions {
  readonly outside: Outside;
  /** Sandboxes at once; most of the time is waiting. */
  readonly lanes: number;
  readonly knobs?: readonly (Fault | Variant)[];
  readonly onCase: (found: Case) => void;
}

export async function runMatrix({
  outside,
  lanes,
  knobs = [...faults, ...variants],
  onCase,
}: MatrixOptions): Promise<void> {
  const queue = knobs.entries();
  const lane = async (): Promise<void> => {
    await using sandbox = await startSandbox({ pace });
    for (const [index, knob] of queue) {
      onCase(await runCase(sandbox, knob, { index, outside }));
    }
  };
  await Promise.all(Array.from({ length: lanes }, lane));
}

async function runCase(
  sandbox: Sandbox,
  knob: Fault | Variant,
  { index, outside }: { readonly index: number; readonly outside: Outside },
): Promise<Case> {
  const store = openSqliteStore(':memory:');
  const environment = (): Environment =>
    sandboxEnvironment(
      sandbox,
      (live) => ({
        ...live,
        name: `case-${index}`,
        cadenceSeconds: 5,
        // One bad run is enough here: how many it takes is judging's own matter.
        policy: { ...live.policy, confirmAfterMs: 0, fire: { failures: 1, of: 1 }, degrade: { failures: 1, of: 1 } },
      }),
      // All lanes share one processor, which may be busy with other things as well.
      40,
    );
  await sandbox.clearFaults();
  if (isFault(knob) && knob.afterHealthyRun) {
    await runAllSteps({
      environment: environment(),
      secrets: sandbox.secrets,
      outside,
      store,
      slotMs: Date.now() - 60_000,
    });
  }
  await sandbox.setFaults([knob.id]);
  const broken = environment();
  const run = await runAllSteps({ environment: broken, secrets: sandbox.secrets, outside, store });
  await store.close();
  const found = Object.fromEntries(steps.map((step) => [step, foundIn(run, step, broken)]));
  return { knob, expected: expectedOf(knob), found: complete(found), run, secrets: sandbox.secrets };
}

function foundIn(run: FullRun, step: Step, environment: Environment): Found {
  const outcome = run.records[step]?.outcome;
  if (outcome === undefined) {
    throw new Error(`the step ${step} did not run`);
  }
  const { verdict, reason, detail, checkId } = outcome;
  return {
    verdict,
    reason,
    detail,
    checkId,
    tookMs: outcome.endedAtMs - outcome.startedAtMs,
    deadlineMs: (environment.steps[step]?.deadlineSeconds ?? 0) * 1_000,
  };
}

function complete(found: Readonly<Record<string, Found>>): Case['found'] {
  const { auth, health, websocket, agent } = found;
  if (auth === undefined || health === undefined || websocket === undefined || agent === undefined) {
    throw new Error('a step is missing in the sandbox environment');
  }
  return { auth, health, websocket, agent };
}

/** The step that an incident must name: the first that fails, or else the first that is degraded. */
export function firstBroken(expected: Case['expected']): Step | null {
  const first = (verdict: Verdict): Step | undefined => steps.find((step) => expected[step].verdict === verdict);
  return first('fail') ?? first('degraded') ?? null;
}
