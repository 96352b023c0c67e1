/** What a probe would find in a simulated world: the truth of the moment, through attempts that can fail by chance. */
import type { Attempt, Outcome, Verdict } from '../../shared/core/outcome.ts';
import type { Reason } from '../../shared/core/reasons.ts';
import { requiredSteps, type Step } from '../../shared/core/step.ts';
import type { Random } from './random.ts';
import { covers, type ProductFault, type World } from './world.ts';

export interface Truth {
  readonly verdict: Verdict;
  readonly reason: Reason | null;
  readonly blockedBy: Step | null;
  readonly slow: boolean;
}

const well: Truth = { verdict: 'pass', reason: null, blockedBy: null, slow: false };

/** How a step is at a moment, as seen from a region; `flaky` decides by chance. */
export function truthOf(world: World, step: Step, at: { atMs: number; region: string; random: Random }): Truth {
  const faults = world.product.filter(
    (fault) => covers(fault, at.atMs) && (fault.region === null || fault.region === at.region),
  );
  const open = faults.find((fault) => fault.step === step && fault.kind === 'open_door');
  if (open !== undefined) {
    return { ...well, verdict: 'fail', reason: open.reason };
  }
  const blocker = earlierSteps(step).find((earlier) => faults.some((fault) => fault.step === earlier && isDown(fault)));
  if (blocker !== undefined) {
    const reason = faults.find((fault) => fault.step === blocker && isDown(fault))?.reason ?? null;
    return { ...well, verdict: 'blocked', reason, blockedBy: blocker };
  }
  return ownTruth(
    faults.filter((fault) => fault.step === step),
    step,
    at.random,
  );
}

function isDown({ kind }: ProductFault): boolean {
  return kind === 'down';
}

/** The steps that must work first, all the way up. A health document that says no blocks nobody. */
function earlierSteps(step: Step): readonly Step[] {
  return requiredSteps[step].flatMap((earlier) => (earlier === 'health' ? [] : earlierSteps(earlier).concat(earlier)));
}

function ownTruth(faults: readonly ProductFault[], step: Step, random: Random): Truth {
  for (const { kind, reason } of faults) {
    switch (kind) {
      case 'down':
        return { ...well, verdict: 'fail', reason };
      case 'flaky':
        if (random.chance(0.6)) {
          return { ...well, verdict: 'fail', reason };
        }
        break;
      case 'hidden':
        return { ...well, verdict: 'blocked', reason, blockedBy: requiredSteps[step][0] ?? null };
      case 'degraded':
        return { ...well, verdict: 'degraded', reason, slow: true };
      case 'slow':
        return { ...well, slow: true };
      case 'open_door':
        break;
    }
  }
  return well;
}

const baseLatencyMs: Readonly<Record<Step, number>> = { auth: 180, health: 90, websocket: 320, agent: 6_000 };

export interface Run {
  readonly step: Step;
  readonly region: string;
  readonly slotMs: number;
  readonly atMs: number;
}

export function probe(world: World, run: Run, random: Random): Outcome {
  const { step, region, slotMs, atMs } = run;
  const own = world.monitor.find((fault) => covers(fault, atMs) && fault.region === region);
  const tries: Truth[] = [];
  do {
    tries.push(own === undefined ? attempt(world, run, random) : unmeasured(own.reason));
  } while (tries.length < 2 && tries[0]?.verdict === 'fail' && tries[0].reason !== 'auth_bypassed');
  const last = tries.at(-1) ?? well;
  const latencyMs = Math.round(baseLatencyMs[step] * (last.slow ? 2 : 1) * Math.exp(0.08 * random.normal()));
  return {
    environment: world.settings.name,
    region,
    step,
    slotMs,
    startedAtMs: atMs,
    endedAtMs: atMs + latencyMs,
    verdict: last.verdict,
    reason: last.reason,
    detail: last.reason ?? 'all checks passed',
    checkId: null,
    checks: [],
    latencyMs: last.verdict === 'pass' || last.verdict === 'degraded' ? latencyMs : null,
    phases: { first_byte: Math.round(latencyMs * 0.6) },
    gauges: {},
    components: [],
    timeline: [],
    revision: null,
    blockedBy: last.blockedBy,
    memory: {},
    attempts: tries.map((each) => asAttempt(each, atMs)),
    flaky: tries.length > 1 && last.verdict === 'pass',
    cold: random.chance(0.02),
    late: false,
    stalledMs: 0,
    traceId: 'f'.repeat(32),
  };
}

function attempt(world: World, { step, region, atMs }: Run, random: Random): Truth {
  const truth = truthOf(world, step, { atMs, region, random });
  return truth.verdict === 'pass' && random.chance(world.noise)
    ? { ...truth, verdict: 'fail', reason: 'reset' }
    : truth;
}

function unmeasured(reason: 'own_path' | 'credential'): Truth {
  return { ...well, verdict: 'inconclusive', reason };
}

function asAttempt({ verdict, reason }: Truth, startedAtMs: number): Attempt {
  return { verdict, reason, detail: reason ?? '', checkId: null, startedAtMs, latencyMs: null };
}
