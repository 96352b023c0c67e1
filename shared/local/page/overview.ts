/** What the page shows all the time, put together from the history and from what judging remembers. */
import type { Environment } from '../../core/environment/definition.ts';
import { stepsOf } from '../../core/environment/definition.ts';
import { passesToRecover, policyOf } from '../../core/judge/policy.ts';
import { markOf, standingOf } from '../../core/judge/standing.ts';
import type { FlowMark, MonitorTrouble, RegionState, StepRecord } from '../../core/judge/state.ts';
import { sentence, stepTitles } from '../../core/message/words.ts';
import type { Step } from '../../core/step.ts';
import type { History } from './history.ts';
import type { Breaks, Tour } from './model/board.ts';
import type { IncidentView, Overview, RunRow, StepCard } from './model/contract.ts';
import type { KnownState } from './state-reader.ts';

export interface OverviewInput {
  readonly environment: Environment;
  readonly history: History;
  readonly state: KnownState;
  readonly incident: IncidentView | null;
  readonly lastIncident: IncidentView | null;
  /** The instant that is shown; later runs are left out. */
  readonly nowMs: number;
  readonly startedAtMs: number;
  /** Older runs belong to another life of the product. */
  readonly notBeforeMs: number;
  readonly breaks: Breaks | null;
  readonly tour: Tour | null;
}

const stripRuns = 40;

export function overviewOf(input: OverviewInput): Overview {
  const { environment, history, state, nowMs } = input;
  return {
    name: environment.name,
    title: environment.title,
    nowMs,
    startedAtMs: input.startedAtMs,
    cadenceMs: environment.cadenceSeconds * 1_000,
    runs: history.count(),
    steps: stepsOf(environment).map((step) => stepCard(step, input)),
    incident: input.incident,
    lastIncident: input.lastIncident,
    troubles: (state.environment?.troubles ?? []).map(troubleLine),
    breaks: input.breaks,
    tour: input.tour,
  };
}

function stepCard(step: Step, { environment, history, state, notBeforeMs, nowMs }: OverviewInput): StepCard {
  const rows = history.runs({ step, fromMs: notBeforeMs, toMs: nowMs, limit: stripRuns });
  const last = rows[0] ?? null;
  const record = state.steps[step] ?? null;
  const region = record?.regions[last?.region ?? ''] ?? null;
  const mark = markFor(record, last, environment);
  return {
    step,
    mark,
    health: region?.health ?? 'ok',
    // An open incident goes on although the newest run passed; until it is over, its reason is what counts.
    reason: region?.firing?.reason ?? last?.reason ?? null,
    sentence: sentenceOf(mark, last, region),
    sinceMs: firingSinceMs(mark, region) ?? history.sinceMs(step, notBeforeMs, nowMs),
    recovery: recoveryOf(step, region, environment),
    shift: shiftOf(region),
    last,
    strip: rows.toReversed().map(({ trace, slotMs, verdict, reason, latencyMs, flaky }) => {
      return { trace, slotMs, verdict, reason, latencyMs, flaky };
    }),
  };
}

function firingSinceMs(mark: FlowMark, region: RegionState | null): number | null {
  return mark === 'blocked' ? null : (region?.firing?.sinceMs ?? null);
}

function shiftOf(region: RegionState | null): StepCard['shift'] {
  return Object.values(region?.latencies.series ?? {}).find(({ shift }) => shift !== null)?.shift ?? null;
}

/** What a blocked run says is newer than what the step fires for, so it is not hidden by it. */
function markFor(record: StepRecord | null, last: RunRow | null, environment: Environment): FlowMark {
  if (last === null) {
    return 'unknown';
  }
  if (record === null) {
    return last.verdict;
  }
  const judged = markOf(record, standingOf(record, last, environment), last.slotMs, environment);
  return last.verdict === 'blocked' ? 'blocked' : judged;
}

function sentenceOf(mark: FlowMark, last: RunRow | null, region: RegionState | null): string {
  if (last === null) {
    return 'The first run is on its way.';
  }
  if (region?.firing !== null && region?.firing !== undefined && mark !== 'blocked') {
    return sentence(region.firing.reason);
  }
  if (last.reason === null) {
    return last.verdict === 'pass' ? capital(last.detail) : last.detail;
  }
  return last.blockedBy === null ? sentence(last.reason) : `Can't be tried until ${stepTitles[last.blockedBy]} works.`;
}

function capital(text: string): string {
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}.`;
}

function recoveryOf(step: Step, region: RegionState | null, environment: Environment): StepCard['recovery'] {
  return region === null || region.firing === null || region.passesInRow === 0
    ? null
    : { passes: region.passesInRow, needed: passesToRecover(policyOf(environment, step), region.relapses) };
}

function troubleLine({ step, reason, sinceMs }: MonitorTrouble): Overview['troubles'][number] {
  const where = step === null ? '' : `${stepTitles[step]}: `;
  return { sentence: `${where}${sentence(reason)}`, sinceMs };
}
