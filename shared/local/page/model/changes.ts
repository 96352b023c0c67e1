/** What is different between two periods of the same length, a sentence each; only what a person would call a change. */
import { latencyText, stepTitles } from '../../../core/message/words.ts';
import { durationText } from '../../../core/time.ts';
import type { PeriodSummary, Share, StepSummary } from './summary.ts';

/** Smaller shifts of a share are the luck of a few runs. */
const sharePointsMin = 0.005;

/** A latency has moved when it did so by this factor and by as much, in milliseconds; as for alerts. */
const latencyFactorMin = 1.3;
const latencyMsMin = 50;

/** `99.9 %`; rounded down, so that only what never failed is 100 %. `–` when nothing was tried. */
export function percentText(share: number | null): string {
  return share === null ? '–' : `${Math.floor(share * 1_000 + 1e-9) / 10} %`;
}

export function changesOf(now: PeriodSummary, before: PeriodSummary | null): readonly string[] {
  if (before === null) {
    return [];
  }
  const pairs = now.steps.flatMap((step) => {
    const earlier = before.steps.find((each) => each.step === step.step);
    return earlier === undefined ? [] : [[step, earlier] as const];
  });
  return [
    ...shareChange('The whole path', now.path, before.path),
    ...pairs.flatMap(([step, earlier]) => stepChanges(step, earlier)),
    ...incidentChange(now, before),
  ];
}

function stepChanges(now: StepSummary, before: StepSummary): readonly string[] {
  const title = stepTitles[now.step];
  return [
    ...shareChange(title, now, before),
    ...latencyChange(title, now, before),
    ...reasonChanges(title, now, before),
    ...revisionChange(title, now, before),
  ];
}

function shareChange(title: string, now: Share, before: Share): readonly string[] {
  if (now.share === null || before.share === null || Math.abs(now.share - before.share) < sharePointsMin) {
    return [];
  }
  const direction = now.share > before.share ? 'better' : 'worse';
  return [
    `${title} is ${direction}: ${percentText(before.share)} of tries worked before, ${percentText(now.share)} now.`,
  ];
}

function latencyChange(title: string, now: StepSummary, before: StepSummary): readonly string[] {
  if (now.medianMs === null || before.medianMs === null) {
    return [];
  }
  const [low, high] = [now.medianMs, before.medianMs].toSorted((a, b) => a - b);
  if (low === undefined || high === undefined || high - low < latencyMsMin || high < low * latencyFactorMin) {
    return [];
  }
  const direction = now.medianMs > before.medianMs ? 'slower' : 'faster';
  return [`${title} is ${direction}: median ${latencyText(before.medianMs)} before, ${latencyText(now.medianMs)} now.`];
}

function reasonChanges(title: string, now: StepSummary, before: StepSummary): readonly string[] {
  const fresh = now.reasons.filter(({ reason }) => !before.reasons.some((each) => each.reason === reason));
  const gone = before.reasons.filter(({ reason }) => !now.reasons.some((each) => each.reason === reason));
  return [
    ...fresh.map(({ reason, runs }) => `${title} has a new reason: ${reason}, in ${runs} of ${now.runs} runs.`),
    ...gone.map(({ reason, runs }) => `${title} no longer shows ${reason} (${runs} of ${before.runs} runs before).`),
  ];
}

function revisionChange(title: string, now: StepSummary, before: StepSummary): readonly string[] {
  const fresh = now.revisions.filter((revision) => !before.revisions.includes(revision));
  return fresh.length === 0 || before.revisions.length === 0
    ? []
    : [`${title} was seen with ${fresh.length === 1 ? 'a new revision' : 'new revisions'}: ${fresh.join(', ')}.`];
}

function incidentChange(now: PeriodSummary, before: PeriodSummary): readonly string[] {
  if (now.incidents.length === before.incidents.length) {
    return [];
  }
  const text = ({ incidents, brokenMs }: PeriodSummary): string =>
    incidents.length === 0 ? 'none' : `${incidents.length} (${durationText(brokenMs)} in all)`;
  return [`Incidents: ${text(before)} before, ${text(now)} now.`];
}
