/**
 * One step as one region sees it: the state machine of runs. It knows N of M, streaks and reasons; it does not know
 * other regions, incidents or people.
 */
import { type Reason, reasonEntry } from '../reasons.ts';
import type { Environment } from '../environment/definition.ts';
import type { Decision } from './decision.ts';
import {
  cadenceMs,
  type NOfM,
  passesToRecover,
  policyOf,
  relapsesMax,
  relapseWithinMs,
  type StepPolicy,
} from './policy.ts';
import type { BadVerdict, Firing, RegionState, RunMark } from './state.ts';
import type { Step } from '../step.ts';
import { append, countBad, lastCounted } from './window.ts';

/** A run as it is to be counted. */
export interface JudgedRun {
  readonly mark: RunMark;
  readonly detail: string;
  /** Whether it was blocked, also when it counts as a failure. */
  readonly blocked: boolean;
}

export interface Advance {
  readonly region: RegionState;
  readonly decision: Decision;
}

export const freshRegion: RegionState = {
  window: [],
  health: 'ok',
  firing: null,
  passesInRow: 0,
  passingSinceMs: null,
  worksInRow: 0,
  clearedSlotMs: 0,
  relapses: 0,
  blockedInRow: 0,
  lastSlotMs: 0,
  lastOutcome: null,
  revisions: [],
  latencies: { slots: [], series: {} },
  memory: {},
  trouble: null,
};

/** Takes in one run. The rest of the region's state (outcome, memory, latencies, trouble) is not its business. */
export function advance(before: RegionState, run: JudgedRun, settings: Environment, step: Step): Advance {
  const { mark } = run;
  const region: RegionState = {
    ...before,
    window: append(before.window, mark),
    lastSlotMs: mark.slotMs,
    blockedInRow: run.blocked ? before.blockedInRow + 1 : 0,
  };
  const rules: Rules = { policy: policyOf(settings, step), settings };
  switch (mark.verdict) {
    case 'pass':
      return mark.flaky
        ? degrades(withoutPass(region, region.worksInRow + 1), run, rules)
        : passes(region, mark, rules);
    case 'degraded':
      return degrades(withoutPass(region, region.worksInRow + 1), run, rules);
    case 'fail':
      return fails(withoutPass(region, 0), run, rules);
    case 'blocked':
    case 'inconclusive':
      return { region, decision: { kind: mark.verdict, detail: `${run.detail}: this run moves no streak` } };
  }
}

interface Rules {
  readonly policy: StepPolicy;
  readonly settings: Environment;
}

function withoutPass(region: RegionState, worksInRow: number): RegionState {
  return { ...region, passesInRow: 0, passingSinceMs: null, worksInRow };
}

function passes(before: RegionState, mark: RunMark, { policy }: Rules): Advance {
  const region: RegionState = {
    ...before,
    passesInRow: before.passesInRow + 1,
    passingSinceMs: before.passingSinceMs ?? mark.slotMs,
    worksInRow: before.worksInRow + 1,
  };
  if (region.firing === null) {
    return { region: { ...region, health: 'ok' }, decision: { kind: 'steady', detail: 'passed' } };
  }
  const needed = passesToRecover(policy, region.relapses);
  const streak = `${region.passesInRow} of ${needed} passes in a row`;
  if (region.passesInRow < needed) {
    return { region, decision: { kind: 'recovering', detail: streak } };
  }
  return {
    region: { ...region, health: 'ok', firing: null, clearedSlotMs: mark.slotMs },
    decision: { kind: 'recovered', detail: streak },
  };
}

function fails(region: RegionState, run: JudgedRun, { policy, settings }: Rules): Advance {
  if (region.firing?.verdict === 'fail') {
    return fires(region, run, region.firing);
  }
  const failed = countBad(region.window, policy.fire, { level: 'fail', afterMs: region.clearedSlotMs });
  if (isSecurity(run.mark.reason)) {
    return starts(region, run, { verdict: 'fail', bad: [run.mark], settings, why: 'a security finding fires at once' });
  }
  if (failed.reached) {
    const why = `${failed.bad.length} of the last ${policy.fire.of} runs failed`;
    return starts(region, run, { verdict: 'fail', bad: failed.bad, settings, why });
  }
  return degrades(region, run, { policy, settings });
}

/** A run that is degraded, or passed at the second try only, or failed without being one failure too many. */
function degrades(region: RegionState, run: JudgedRun, { policy, settings }: Rules): Advance {
  const { firing } = region;
  if (firing?.verdict === 'fail') {
    return region.worksInRow >= policy.recoverPasses ? eases(region, run, firing) : fires(region, run, firing);
  }
  if (firing !== null) {
    return fires(region, run, firing);
  }
  const { clearedSlotMs, window } = region;
  const degraded = countBad(window, policy.degrade, { level: 'degraded', afterMs: clearedSlotMs });
  if (degraded.reached) {
    const why = `${degraded.bad.length} of the last ${policy.degrade.of} runs were degraded or worse`;
    return starts(region, run, { verdict: 'degraded', bad: degraded.bad, settings, why });
  }
  const unsteady = countBad(window, unsteadyRule, { level: 'flaky', afterMs: clearedSlotMs });
  if (unsteady.reached) {
    const why = `${unsteady.bad.length} of the last ${unsteadyRule.of} runs did not pass at the first try`;
    return starts(region, run, { verdict: 'degraded', bad: unsteady.bad, settings, why });
  }
  return run.mark.verdict === 'pass'
    ? { region: { ...region, health: 'ok' }, decision: { kind: 'flaky', detail: 'passed at the second try' } }
    : { region: { ...region, health: 'pending' }, decision: belowThreshold(run, policy) };
}

/**
 * Half of an hour's runs that did not pass at the first try. One backend of several that is dead is only ever seen so;
 * at one per cent of bad luck it comes about once in thousands of years.
 */
export const unsteadyRule: NOfM = { failures: 6, of: 12 };

function belowThreshold({ mark, detail }: JudgedRun, { fire, degrade }: StepPolicy): Decision {
  const { failures, of } = mark.verdict === 'fail' ? fire : degrade;
  return { kind: 'below_threshold', detail: `${detail}: ${failures} of ${of} runs are needed` };
}

interface Start {
  readonly verdict: BadVerdict;
  /** Newest first. */
  readonly bad: readonly RunMark[];
  readonly settings: Environment;
  readonly why: string;
}

function starts(region: RegionState, run: JudgedRun, { verdict, bad, settings, why }: Start): Advance {
  const { firing, clearedSlotMs } = region;
  const { slotMs } = run.mark;
  // A degradation that is made up of failures only has no milder reason to name.
  const mark = verdict === 'fail' ? run.mark : (bad.find((each) => each.verdict === 'degraded') ?? run.mark);
  const reason = mark.reason ?? 'unclassified';
  const relapsed = slotMs - clearedSlotMs <= relapseWithinMs(settings);
  return {
    region: {
      ...region,
      health: 'firing',
      firing: {
        verdict,
        reason,
        detail: mark === run.mark ? run.detail : reasonEntry(reason).sentence,
        sinceMs: firing?.sinceMs ?? Math.min(slotMs, ...bad.map((each) => each.slotMs)),
        runs: firing === null ? bad.length : firing.runs + 1,
      },
      relapses: firing !== null ? region.relapses : relapsed ? Math.min(region.relapses + 1, relapsesMax) : 0,
    },
    decision: { kind: firing === null ? 'fired' : 'worsened', detail: why },
  };
}

function eases(region: RegionState, run: JudgedRun, firing: Firing): Advance {
  return {
    region: {
      ...region,
      firing: {
        ...firing,
        verdict: 'degraded',
        reason: run.mark.reason ?? 'unclassified',
        detail: run.detail,
        runs: firing.runs + 1,
      },
    },
    decision: { kind: 'eased', detail: `${region.worksInRow} runs in a row did not fail, the last one is degraded` },
  };
}

/** One more bad run of a step that fires already. */
function fires(region: RegionState, run: JudgedRun, firing: Firing): Advance {
  const counted = { ...firing, runs: firing.runs + 1 };
  const { reason, verdict } = run.mark;
  if (reason === null || verdict !== firing.verdict || reason === firing.reason) {
    const detail = verdict === firing.verdict ? run.detail : firing.detail;
    return {
      region: { ...region, firing: { ...counted, detail } },
      decision: { kind: 'still_firing', detail: `${counted.runs} bad runs so far` },
    };
  }
  if (isNews(region, run.mark, firing)) {
    return {
      region: { ...region, firing: { ...counted, reason, detail: run.detail } },
      decision: { kind: 'reason_changed', detail: `from ${firing.reason} to ${reason}` },
    };
  }
  return {
    region: { ...region, firing: counted },
    decision: {
      kind: 'still_firing',
      detail: `${reason} once; ${firing.reason} stays the reason until it comes again`,
    },
  };
}

/** A new reason is believed when it comes twice in a row, a security finding at once; that one stays to the end. */
function isNews(region: RegionState, mark: RunMark, firing: Firing): boolean {
  if (isSecurity(mark.reason)) {
    return true;
  }
  if (isSecurity(firing.reason)) {
    return false;
  }
  const bad = lastCounted(region.window, region.window.length, region.clearedSlotMs).filter(
    ({ verdict }) => verdict === mark.verdict,
  );
  return bad[1]?.reason === mark.reason;
}

export function isSecurity(reason: Reason | null): boolean {
  return reason !== null && reasonEntry(reason).severity === 'security';
}

/** Whether the region has run lately; one that is silent has no say. */
export function isLive(region: RegionState, slotMs: number, settings: Environment): boolean {
  return slotMs - region.lastSlotMs <= silentAfterRuns * cadenceMs(settings);
}

const silentAfterRuns = 6;
