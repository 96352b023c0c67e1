/** Tells that a step has become slower, and when that is over: one conversation a step, whatever the phases and regions. */
import { latencyText, phaseTitle, stepTitles } from '../message/words.ts';
import { dayUtc } from '../time.ts';
import type { LatencyEvent } from './latency.ts';
import { isLive } from './region.ts';
import { silencedBy } from './silence.ts';
import { decide, type News, type Rule, type Situation, tell } from './situation.ts';
import type { LatencyName, LatencyShift, RegionState } from './state.ts';

export const followLatency: Rule = (situation) => tellDrift(tellBeginning(tellCourse(situation)));

function laneOf({ outcome }: Situation): string {
  return `latency:${outcome.step}`;
}

/** Goes on with, or ends, what people have been told of. */
function tellCourse(situation: Situation): Situation {
  const { step, outcome, latencyEvents } = situation;
  const told = step.latencyTold;
  if (told === null) {
    return situation;
  }
  const event =
    told.region === outcome.region ? latencyEvents.find(({ shift }) => shift.phase === told.name) : undefined;
  if (event !== undefined) {
    return event.kind === 'further' ? tellMoved(situation, event.shift) : tellEnd(situation, event);
  }
  const lost = step.regions[told.region]?.latencies.series[told.name]?.shift ?? null;
  return lost === null ? tellEnd(situation, null) : situation;
}

function tellEnd(situation: Situation, event: LatencyEvent | null): Situation {
  const { outcome, settings } = situation;
  const title = stepTitles[outcome.step];
  const recovered = event?.kind === 'recovered';
  const change =
    event === null
      ? `the history of ${title} was lost; what is measured now is taken as usual`
      : recovered
        ? `${title} is as fast as before: ${numbersOf({ ...event.shift, fromMs: event.shift.toMs, toMs: event.shift.fromMs })}`
        : `${title} has been slower for days: ${numbersOf(event.shift)} is taken as usual from now on`;
  const free = { ...situation, step: { ...situation.step, latencyTold: null } };
  return tell(decide(free, recovered ? 'latency_recovered' : 'latency_relearned', change), {
    id: `${settings.name}:${outcome.step}:${outcome.region}:latency_over:${outcome.slotMs}`,
    kind: recovered ? 'latency_recovered' : 'latency_moved',
    lane: laneOf(situation),
    change,
    step: outcome.step,
    reason: 'slower',
    shift: event?.shift ?? null,
    last: true,
  });
}

/** A shift that nobody was told of yet, in as many regions as an alert needs. */
function tellBeginning(situation: Situation): Situation {
  const { step, standing, outcome, settings } = situation;
  if (step.latencyTold !== null) {
    return situation;
  }
  const shifted = Object.entries(step.regions).flatMap(([region, state]) => {
    const shift = isLive(state, outcome.slotMs, settings) ? worstShift(state) : null;
    return shift === null ? [] : [{ region, shift }];
  });
  const found = shifted.find(({ region }) => region === outcome.region) ?? shifted[0];
  if (found === undefined || shifted.length < standing.quorum) {
    return situation;
  }
  const withheld = whyWithheld(situation);
  if (withheld !== null) {
    return decide(situation, 'latency_withheld', withheld);
  }
  const latencyTold = { region: found.region, name: found.shift.phase };
  return tellMoved({ ...situation, step: { ...step, latencyTold } }, found.shift);
}

/** The whole step before its phases; of those, the one that lost most. */
function worstShift({ latencies }: RegionState): LatencyShift | null {
  const shifts = Object.values(latencies.series).flatMap(({ shift }) => (shift === null ? [] : [shift]));
  return shifts.find(({ phase }) => phase === 'total') ?? mostLost(shifts);
}

function mostLost(shifts: readonly LatencyShift[]): LatencyShift | null {
  return shifts.toSorted((a, b) => lossMs(b) - lossMs(a))[0] ?? null;
}

function lossMs({ fromMs, toMs }: LatencyShift): number {
  return toMs - fromMs;
}

function whyWithheld(situation: Situation): string | null {
  const { outcome, standing } = situation;
  return standing.bad === null
    ? (silencedBy(outcome.step, 'degraded', situation)?.why ?? null)
    : `${outcome.step} is ${standing.bad.verdict} already`;
}

function tellMoved(situation: Situation, shift: LatencyShift): Situation {
  return tellSlower(situation, shift, `${stepTitles[situation.outcome.step]} takes longer: ${numbersOf(shift)}`);
}

function tellSlower(situation: Situation, shift: LatencyShift, change: string, more: Partial<News> = {}): Situation {
  const { outcome, settings } = situation;
  return tell(decide(situation, 'latency_moved', change), {
    id: `${settings.name}:${outcome.step}:${outcome.region}:latency_moved:${outcome.slotMs}`,
    kind: 'latency_moved',
    lane: laneOf(situation),
    change: change + culprit(situation, shift.phase),
    step: outcome.step,
    reason: 'slower',
    shift,
    ...more,
  });
}

/** The phase that makes the whole step slower. */
function culprit({ region }: Situation, told: LatencyName): string {
  const { series } = region.latencies;
  const phases = Object.values(series).flatMap(({ shift }) =>
    shift === null || shift.phase === 'total' ? [] : [shift],
  );
  const worst = mostLost(phases);
  return told !== 'total' || worst === null ? '' : `, most of it in ${phaseTitle(worst.phase)} (${numbersOf(worst)})`;
}

function numbersOf({ fromMs, toMs, phase }: LatencyShift): string {
  const percent = Math.round((100 * (toMs - fromMs)) / Math.max(1, fromMs));
  const where = phase === 'total' ? '' : `${phaseTitle(phase)} `;
  return `${where}${latencyText(fromMs)} → ${latencyText(toMs)} (${percent > 0 ? '+' : ''}${percent} %)`;
}

/** Slow drift is no state that ends: it is told, and the new level is what later drift is measured by. */
function tellDrift(situation: Situation): Situation {
  const { latencyEvents, step, outcome } = situation;
  const drifts = latencyEvents.filter(({ kind }) => kind === 'drifted').map(({ shift }) => shift);
  const worst = mostLost(drifts);
  if (worst === null || step.latencyTold !== null) {
    return situation;
  }
  const withheld = whyWithheld(situation);
  if (withheld !== null) {
    return decide(situation, 'latency_withheld', withheld);
  }
  const change = `${stepTitles[outcome.step]} has become slower bit by bit since ${dayUtc(worst.sinceMs)}: ${numbersOf(worst)}`;
  return tellSlower(situation, worst, change, { lane: `${laneOf(situation)}:${outcome.slotMs}`, last: true });
}
