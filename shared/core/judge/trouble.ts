/**
 * The monitor's own trouble, told on its own quieter route: steps that can't be measured run after run, and steps that
 * are broken as seen from too few regions to alert. Told once, and once when it is over.
 */
import { cut } from '../check.ts';
import { stepTitles } from '../message/words.ts';
import { reasonEntry } from '../reasons.ts';
import { clockUtc } from '../time.ts';
import type { Environment } from '../environment/definition.ts';
import type { Step } from '../step.ts';
import { policyOf } from './policy.ts';
import { decide, remember, type Rule, type Situation, tell } from './situation.ts';
import {
  type Firing,
  troubleLane,
  type MonitorTrouble,
  type RegionState,
  type RegionTrouble,
  type RunMark,
} from './state.ts';
import { isBad } from './window.ts';

/**
 * Trouble begins with N of the last 2N - 1 runs that measured nothing, since a monitor that measures every other time is
 * not to be trusted either; it ends with N in a row that did.
 */
export function followRegionTrouble(before: RegionState, mark: RunMark, runsMin: number): RegionTrouble | null {
  const { trouble, window } = before;
  if (mark.verdict !== 'inconclusive') {
    return trouble === null || trouble.measuredInRow + 1 >= runsMin
      ? null
      : { ...trouble, measuredInRow: trouble.measuredInRow + 1 };
  }
  const reason = mark.reason ?? 'unclassified';
  if (trouble !== null) {
    return { ...trouble, reason, runs: trouble.runs + 1, measuredInRow: 0 };
  }
  const unmeasured = [...window, mark].slice(1 - 2 * runsMin).filter(({ verdict }) => verdict === 'inconclusive');
  return unmeasured.length < runsMin
    ? null
    : { reason, sinceMs: unmeasured[0]?.slotMs ?? mark.slotMs, runs: unmeasured.length, measuredInRow: 0 };
}

/** Tells what is new among the troubles of this step, and when the last trouble of all is over. */
export const followTrouble: Rule = (situation) => {
  const { environment, outcome } = situation;
  const current = troublesOf(situation);
  const others = environment.troubles.filter(({ step }) => step !== outcome.step);
  const known = environment.troubles.filter(({ step }) => step === outcome.step);
  const fresh = current.filter((trouble) => !known.some((each) => isSame(each, trouble)));
  if (fresh.length === 0 && current.length === known.length) {
    return situation;
  }
  const next = remember(situation, { troubles: [...others, ...current] });
  // One broken line stops every step: the first one to notice speaks for all.
  const news = fresh.filter(
    (trouble) => !others.some((each) => isSame(each, trouble) && each.reason === trouble.reason),
  );
  const told = news.reduce(tellTrouble, next);
  const gone = known.filter((trouble) => !current.some((each) => isSame(each, trouble)));
  return told.environment.troubles.some((trouble) => trouble.told) ? told : tellOver(told, gone);
};

/** In the order of regions; what is already known keeps its beginning. */
function troublesOf({
  step,
  standing,
  settings,
  environment,
  run,
  outcome,
  own,
}: Situation): readonly MonitorTrouble[] {
  const unmeasured = Object.entries(step.regions).flatMap(([region, { trouble }]) =>
    trouble === null ? [] : [troubleOf('inconclusive', region, trouble)],
  );
  const lone = standing.lone
    .filter(
      ([region, firing]) =>
        isKnown(region) ||
        (region === outcome.region && isBad(run.mark.verdict) && isSettled(firing, settings, step.step)),
    )
    .map(([region, firing]) => troubleOf('one_region', region, firing));
  return [...unmeasured, ...lone, ...ownTroubles()];

  /** A process knows of its own runs only, and one that has just begun of none: it ends nothing that others began. */
  function ownTroubles(): readonly MonitorTrouble[] {
    const others = environment.troubles.filter(
      ({ kind, step: of, region }) =>
        kind === 'own' &&
        of === step.step &&
        region !== null &&
        step.regions[region] !== undefined &&
        (own === null || region !== outcome.region),
    );
    return [...others, ...(own ?? []).map((trouble) => troubleOf('own', outcome.region, trouble))];
  }

  function isKnown(region: string): boolean {
    return environment.troubles.some(
      (trouble) => trouble.kind === 'one_region' && trouble.step === step.step && trouble.region === region,
    );
  }

  function troubleOf(
    kind: MonitorTrouble['kind'],
    region: string,
    { reason, sinceMs }: Pick<MonitorTrouble, 'reason' | 'sinceMs'>,
  ): MonitorTrouble {
    return { kind, step: step.step, region, reason, sinceMs, told: true };
  }
}

/** A region is alone only when the others have had a run to see the same; until then it may just be the first. */
function isSettled({ verdict, runs }: Firing, settings: Environment, step: Step): boolean {
  const { fire, degrade } = policyOf(settings, step);
  return runs > (verdict === 'fail' ? fire : degrade).failures;
}

function isSame(a: MonitorTrouble, b: MonitorTrouble): boolean {
  return a.kind === b.kind && a.region === b.region && (a.kind !== 'own' || a.reason === b.reason);
}

function tellTrouble(situation: Situation, trouble: MonitorTrouble): Situation {
  const { settings, outcome } = situation;
  const { step, region, reason, kind } = trouble;
  const change = cut(sentenceOf(trouble, situation));
  return tell(decide(situation, kind === 'one_region' ? 'below_quorum' : 'trouble_told', change), {
    id: `${settings.name}:${kind}:${step}:${region}:${reason}:${outcome.slotMs}`,
    kind: 'monitor_trouble',
    lane: troubleLane,
    change,
    step,
    reason,
  });
}

function sentenceOf({ kind, region, reason, sinceMs }: MonitorTrouble, { outcome, standing }: Situation): string {
  const title = stepTitles[outcome.step];
  if (kind === 'own') {
    const what = reason === 'state_unavailable' ? stateFailed : metricsFailed;
    return `${what}, noticed by the runs of ${title} in ${region} since ${clockUtc(sinceMs)}`;
  }
  const { sentence, fault } = reasonEntry(reason);
  if (kind === 'one_region') {
    const way = fault === 'path' ? ', so it may be the way from there' : '';
    return `${title} is broken as seen from ${region} only: ${sentence}; an alert needs ${standing.quorum} regions${way}`;
  }
  return `${title} can't be measured from ${region}: ${sentence}`;
}

const stateFailed = 'the state store failed, so that runs were measured and not judged';
const metricsFailed = 'Cloud Monitoring does not take the measurements';

/** The root of the conversation shows only this in the end, so it says what was wrong as well. */
function overText(gone: readonly MonitorTrouble[]): string {
  const own = gone.map(({ reason, sinceMs }) => {
    const what = reason === 'state_unavailable' ? 'the state store works' : 'Cloud Monitoring takes the measurements';
    return `${what} again, after it had failed since ${clockUtc(sinceMs)}`;
  });
  return gone.every(({ kind }) => kind === 'own')
    ? own.join('; ')
    : 'every step is measured again, and none is broken as seen from one region only';
}

function tellOver(situation: Situation, gone: readonly MonitorTrouble[]): Situation {
  const { settings, outcome, standing } = situation;
  return tell(decide(situation, 'trouble_over', 'no trouble of the monitor is left'), {
    id: `${settings.name}:${outcome.step}:${outcome.region}:trouble_over:${outcome.slotMs}`,
    kind: 'monitor_recovered',
    lane: troubleLane,
    change:
      standing.bad === null
        ? overText(gone)
        : `${stepTitles[outcome.step]} is broken as seen from enough regions for an alert now`,
    last: true,
  });
}
