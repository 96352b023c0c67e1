/**
 * Why something was told or not: the rule, the runs that it looked at, what keeps people from hearing of it, and what would
 * have to happen for it to end. Lines of text, for the terminal.
 */
import type { Environment } from './environment/definition.ts';
import { openPart, openSteps } from './judge/incident-parts.ts';
import { passesToRecover, policyOf } from './judge/policy.ts';
import { isLive } from './judge/region.ts';
import { silencedBy } from './judge/silence.ts';
import { standingOf } from './judge/standing.ts';
import type { EnvironmentRecord, Incident, OutboxEntry, RegionState, RunMark, StepRecord } from './judge/state.ts';
import { latencyText, phaseTitle, stepTitles } from './message/words.ts';
import { reasonEntry } from './reasons.ts';
import { type Step, steps } from './step.ts';
import { clockUtc, durationText, isoUtc, minuteMs } from './time.ts';

export interface ExplainInput {
  readonly settings: Environment;
  readonly environment: EnvironmentRecord;
  readonly nowMs: number;
}

/** Runs that are shown of each region, newest last. */
const shownRuns = 12;

export function explainStep(step: Step, record: StepRecord | null, input: ExplainInput): readonly string[] {
  const { settings } = input;
  if (record === null) {
    return [`${stepTitles[step]}: no run has been judged.`];
  }
  const { fire, degrade } = policyOf(settings, step);
  return [
    `${stepTitles[step]}: ${standingText(record, input)}`,
    `  Rule: an outage is ${fire.failures} of ${fire.of} runs that failed, a degradation ${degrade.failures} of ${degrade.of} runs that were degraded or worse; security findings count at once.`,
    ...Object.entries(record.regions).flatMap(([name, region]) =>
      regionLines(name, region, { step, settings, nowMs: input.nowMs }),
    ),
    ...toldLines(step, record, input),
  ];
}

function standingText(record: StepRecord, { settings, environment }: ExplainInput): string {
  const newest = Math.max(0, ...Object.values(record.regions).map(({ lastSlotMs }) => lastSlotMs));
  const { bad, regions, lone, quorum } = standingOf(record, { region: '', slotMs: newest }, settings);
  if (bad !== null) {
    const since = `since ${isoUtc(bad.sinceMs)}`;
    return `fires (${bad.verdict}, ${bad.reason}) in ${regions.join(', ')} ${since}: ${reasonEntry(bad.reason).sentence}.`;
  }
  if (lone.length > 0) {
    return `fires in ${lone.map(([name]) => name).join(', ')} only; an alert needs ${quorum} regions.`;
  }
  return `does not fire (${environment.flow[record.step] ?? 'unknown'}).`;
}

interface RegionContext {
  readonly step: Step;
  readonly settings: Environment;
  readonly nowMs: number;
}

function regionLines(name: string, region: RegionState, context: RegionContext): readonly string[] {
  const { settings, nowMs } = context;
  const silent = isLive(region, nowMs, settings) ? '' : `; silent since ${isoUtc(region.lastSlotMs)}, so it has no say`;
  return [
    `  ${name}: ${region.health}${silent}`,
    ...region.window.slice(-shownRuns).map((mark) => `    ${runText(mark)}`),
    ...confirmationLines(region),
    ...recoveryLines(region, context),
    ...latencyLines(region),
  ];
}

function runText({ slotMs, verdict, reason, flaky, latencyMs }: RunMark): string {
  const latency = latencyMs === null ? '' : latencyText(latencyMs);
  const flaw = flaky ? `${reason ?? ''} at the first try` : (reason ?? '');
  return `${isoUtc(slotMs)}  ${verdict.padEnd(12)} ${latency.padStart(8)}  ${flaw}`.trimEnd();
}

/** Both tries of the last run, if there were two. */
function confirmationLines({ lastOutcome }: RegionState): readonly string[] {
  const attempts = lastOutcome?.attempts ?? [];
  const tries = attempts.map(({ verdict, reason }) => reason ?? verdict).join(', then ');
  return attempts.length < 2 ? [] : [`    The last run was tried ${attempts.length} times: ${tries}.`];
}

function recoveryLines(region: RegionState, { step, settings }: RegionContext): readonly string[] {
  if (region.firing === null) {
    return [];
  }
  const needed = passesToRecover(policyOf(settings, step), region.relapses);
  const flapping =
    region.relapses === 0 ? '' : `; more than usual, since it broke again ${region.relapses} times within an hour`;
  return [
    `    To recover: ${needed - region.passesInRow} more passes in a row, without a second try (${region.passesInRow} of ${needed}${flapping}).`,
  ];
}

function latencyLines({ latencies }: RegionState): readonly string[] {
  return Object.values(latencies.series).flatMap(({ shift }) =>
    shift === null
      ? []
      : [
          `    Slower: ${phaseTitle(shift.phase)} ${latencyText(shift.fromMs)} → ${latencyText(shift.toMs)} since ${isoUtc(shift.sinceMs)}, revision ${shift.revisionBefore ?? 'unknown'} → ${shift.revisionAfter ?? 'unknown'}.`,
        ],
  );
}

/** Whether people know, and if not, what keeps it from them. */
function toldLines(step: Step, record: StepRecord, { environment, settings, nowMs }: ExplainInput): readonly string[] {
  const silence = silencedBy(step, 'degraded', { environment, settings, nowMs });
  const quiet = silence === null ? [] : [`  Quiet: ${silence.why}; security findings are told all the same.`];
  const told = record.incidentId === null ? [] : [`  Told: it is a part of incident ${record.incidentId}.`];
  const slower =
    record.latencyTold === null
      ? []
      : [`  Told: that it is slower (${phaseTitle(record.latencyTold.name)}, ${record.latencyTold.region}).`];
  const troubles = environment.troubles
    .filter((trouble) => trouble.step === step)
    .map(
      ({ kind, region, reason, sinceMs }) =>
        `  Told: trouble of the monitor (${kind}, ${region ?? 'everywhere'}, ${reason}) since ${isoUtc(sinceMs)}.`,
    );
  return [...told, ...slower, ...troubles, ...quiet];
}

export function explainIncident(incident: Incident, input: ExplainInput): readonly string[] {
  const { environment, nowMs } = input;
  const { id, severity, firstStep, openedAtMs, resolvedAtMs } = incident;
  const open = openSteps(incident);
  const state =
    resolvedAtMs === null ? `open for ${durationText(nowMs - openedAtMs)}` : `over since ${isoUtc(resolvedAtMs)}`;
  return [
    `Incident ${id}: ${severity}, ${state}, named after ${stepTitles[firstStep]}.`,
    ...steps.flatMap((step) => partLine(incident, step)),
    ...(Object.keys(incident.steps).length > open.length ? [`  Recovered: ${recovered(incident).join(', ')}.`] : []),
    ...(incident.relapseOf === null ? [] : [`  It broke again shortly after incident ${incident.relapseOf}.`]),
    ...deliveryLines(
      environment.outbox.filter(({ notification }) => notification.lane === id),
      nowMs,
    ),
    ...(resolvedAtMs === null ? openLines(incident, input) : []),
  ];
}

function partLine(incident: Incident, step: Step): readonly string[] {
  const part = openPart(incident, step);
  return part === null
    ? []
    : [
        `  ${stepTitles[step]}: broken since ${isoUtc(part.sinceMs)}, ${part.failedRuns} bad runs, ${part.reason}: ${part.detail}. Reasons that were told: ${part.reasonsTold.join(', ')}.`,
      ];
}

function recovered({ steps }: Incident): readonly string[] {
  return Object.entries(steps).flatMap(([step, { recoveredAtMs }]) =>
    recoveredAtMs === null ? [] : [`${step} at ${clockUtc(recoveredAtMs)}`],
  );
}

function openLines(incident: Incident, { settings, nowMs }: ExplainInput): readonly string[] {
  const { acknowledged, lastToldAtMs, changes, reminders } = incident;
  const everyMs = settings.policy.reminderMinutes * minuteMs;
  const taken = acknowledged !== null && acknowledged.untilMs > nowMs;
  const reminder =
    everyMs === 0
      ? 'the file wants no reminders'
      : taken
        ? `no reminders until ${isoUtc(acknowledged.untilMs)}: acknowledged by ${acknowledged.by} (${acknowledged.reason})`
        : `the next reminder is due at ${isoUtc(lastToldAtMs + everyMs)}`;
  return [
    `  Told: ${changes} changes and ${reminders} reminders so far, the last at ${isoUtc(lastToldAtMs)}; ${reminder}.`,
    `  To end it: ${openSteps(incident).join(', ')} must recover.`,
  ];
}

function deliveryLines(waiting: readonly OutboxEntry[], nowMs: number): readonly string[] {
  return waiting.map(({ notification, attempts, nextAttemptAtMs, ambiguous }) => {
    const next =
      nextAttemptAtMs <= nowMs ? 'the next run tries again' : `it is tried again at ${isoUtc(nextAttemptAtMs)}`;
    const perhaps = ambiguous ? '; it may be there already' : '';
    return `  Not delivered yet: ${notification.kind}, ${attempts} attempts, ${next}${perhaps}.`;
  });
}
