/**
 * Watches a simulated world at every write and every message, and knows what must be true. It judges by simple rules of
 * its own, written without the judge's code, so that a mistake there is not repeated here.
 */
import type { JudgeReport } from '../../shared/run/judge-run.ts';
import { type Parsed, parseEnvironmentRecord, parseStepRecord } from '../../shared/core/judge/parse.ts';
import type { EnvironmentRecord, Notification, RegionState, StepRecord } from '../../shared/core/judge/state.ts';
import type { SlackMessage } from '../../shared/core/message/message.ts';
import type { Outcome } from '../../shared/core/outcome.ts';
import type { Delivery, StateWrite } from '../../shared/core/ports.ts';
import { requiredSteps, type Step } from '../../shared/core/step.ts';
import { isoUtc } from '../../shared/core/time.ts';
import type { VirtualClock } from './clock.ts';
import { covers, type World } from './world.ts';

/** A broken invariant: the simulation stops here and names seed and place. */
export class Violation extends Error {
  override readonly name = 'Violation';
}

export interface OpenedIncident {
  readonly id: string;
  readonly atMs: number;
  readonly step: Step;
}

export interface Ledger {
  /** The first invariant that did not hold. */
  readonly violation: () => Violation | null;
  readonly writing: (holder: string, outcome: Outcome | null) => void;
  readonly committed: (writes: readonly StateWrite[]) => void;
  readonly posted: (holder: string, message: SlackMessage, delivery: Delivery) => void;
  readonly judged: (outcome: Outcome, report: JudgeReport) => void;
  readonly died: (holder: string) => void;
  readonly ended: (holder: string) => void;
  readonly facts: () => LedgerFacts;
}

export interface LedgerFacts {
  readonly incidents: readonly OpenedIncident[];
  readonly runs: number;
  readonly duplicates: number;
  readonly late: number;
  readonly conflicts: number;
  readonly contended: number;
  readonly crashes: number;
  /** Messages that were posted twice, all inside the documented windows. */
  readonly repeated: number;
  readonly environment: EnvironmentRecord | null;
  readonly news: readonly Notification[];
  readonly largestStep: number;
  readonly largestEnvironment: number;
}

interface Raw {
  readonly slotMs: number;
  readonly verdict: Outcome['verdict'];
  readonly security: boolean;
  readonly flaky: boolean;
  readonly blockedBy: Step | null;
}

const stepBytesMax = 64 * 1024;
const environmentBytesMax = 300 * 1024;

export function openLedger(world: World, clock: VirtualClock): Ledger {
  const { settings } = world;
  const documents = new Map<string, StepRecord>();
  const raws = new Map<string, Raw[]>();
  /** Slot of the last recovery, by step and region. */
  const cleared = new Map<string, number>();
  const incidents: OpenedIncident[] = [];
  const news = new Map<string, Notification>();
  const posts = new Map<string, { holder: string; ambiguous: boolean }[]>();
  const settled = new Set<string>();
  const gone = new Set<string>();
  let environment: EnvironmentRecord | null = null;
  let writer: { holder: string; outcome: Outcome | null } = { holder: '', outcome: null };
  let commits = 0;
  /** When something was last known to be wrong, or someone had asked for quiet. */
  let knownMs = 0;
  let violation: Violation | null = null;
  const counts = { runs: 0, duplicates: 0, late: 0, conflicts: 0, contended: 0, crashes: 0, repeated: 0 };
  const largest = { step: 0, environment: 0 };

  function demand(condition: boolean, message: () => string): void {
    if (!condition) {
      // Kept, since whoever called may catch it: a run has to live with clients that throw.
      violation ??= new Violation(`${isoUtc(clock.nowMs())} ${message()}`);
      throw violation;
    }
  }

  function committed(writes: readonly StateWrite[]): void {
    commits += 1;
    const [environments, steps] = [true, false].map((whole) =>
      writes.filter(({ key }) => (key.document === 'environment') === whole),
    );
    environments?.forEach(({ value }) => checkEnvironment(readable(parseEnvironmentRecord(value))));
    steps?.forEach(({ value }) => checkStep(readable(parseStepRecord(value))));
  }

  function checkStep(record: StepRecord): void {
    const { outcome } = writer;
    if (outcome === null) {
      throw new Violation('a step was written by nobody');
    }
    const before = documents.get(record.step)?.regions[outcome.region];
    const after = record.regions[outcome.region];
    documents.set(record.step, record);
    if (after === undefined) {
      throw new Violation('the region that has run is not in the record');
    }
    demand(before === undefined || before.lastSlotMs < outcome.slotMs, () => `${record.step} went back in time`);
    demand(after.lastSlotMs === outcome.slotMs, () => `${record.step} does not know the slot that it has judged`);
    const key = `${record.step}/${outcome.region}`;
    const history = raws.get(key) ?? [];
    raws.set(key, history);
    const { slotMs, verdict, reason, blockedBy, flaky } = outcome;
    history.push({ slotMs, verdict, blockedBy, flaky, security: reason === 'auth_bypassed' });
    history.splice(0, Math.max(0, history.length - 100));
    knownMs = isKnown() ? clock.nowMs() : knownMs;
    checkMachine(key, { before: before ?? null, after, history });
    checkTold(record, outcome, after);
    if (commits % 97 === 0) {
      largest.step = Math.max(largest.step, JSON.stringify(record).length);
      demand(largest.step <= stepBytesMax, () => `${key} has grown to ${largest.step} bytes`);
    }
  }

  interface Move {
    readonly before: RegionState | null;
    readonly after: RegionState;
    readonly history: readonly Raw[];
  }

  /** Firing and recovery, by rules that are as simple as they can be. */
  function checkMachine(key: string, { before, after, history }: Move): void {
    const { fire } = settings.policy;
    const newest = history.at(-1);
    const window = counted(history, cleared.get(key) ?? 0).slice(-fire.of);
    const failures = window.filter(({ verdict }) => verdict === 'fail').length;
    if (newest?.security === true || (newest?.verdict === 'fail' && failures >= fire.failures)) {
      demand(after.firing?.verdict === 'fail', () => `${key} failed ${failures} times and does not fire`);
    }
    const fired = before !== null && before.firing !== null;
    if (!fired && after.firing !== null) {
      checkCause(key, history);
    }
    if (fired && after.firing === null) {
      checkRecovery(key, history);
      cleared.set(key, after.lastSlotMs);
    }
    checkProgress(key, after, history);
  }

  function checkCause(key: string, history: readonly Raw[]): void {
    const recent = history.filter(
      ({ slotMs, verdict }) => slotMs > (cleared.get(key) ?? 0) && verdict !== 'inconclusive',
    );
    const causes = recent.slice(-9).filter(({ verdict }) => verdict !== 'pass').length;
    const unsteady = recent.slice(-12).filter((run) => !isClean(run)).length;
    const security = history.at(-1)?.security ?? false;
    demand(security || causes >= settings.policy.fire.failures || unsteady >= 6, () => `${key} fires without cause`);
  }

  function checkRecovery(key: string, history: readonly Raw[]): void {
    const { recoverPasses } = settings.policy;
    const last = counted(history, 0).slice(-recoverPasses);
    const passes = last.every(isClean);
    demand(passes, () => `${key} has recovered without ${recoverPasses} passes`);
  }

  /** Nothing goes on for ever: neither an alert over a step that works, nor silence over one that is blocked. */
  function checkProgress(key: string, after: RegionState, history: readonly Raw[]): void {
    if (history.length >= 12 && history.slice(-12).every(isClean)) {
      demand(after.firing === null, () => `${key} passes and passes and still fires`);
    }
    const by = history.at(-1)?.blockedBy ?? null;
    const blocked = history.slice(-16);
    if (by !== null && blocked.length === 16 && blocked.every(({ blockedBy }) => blockedBy === by)) {
      const silentMs = clock.nowMs() - knownMs;
      demand(silentMs <= 3 * settings.cadenceSeconds * 1_000, () => `${key} has been blocked in silence`);
    }
  }

  /** Whether anything at all is known to be wrong, or someone has asked for quiet. */
  function isKnown(): boolean {
    return (environment?.incident ?? null) !== null || (environment?.troubles.length ?? 0) > 0 || isQuiet(null);
  }

  function isQuiet(step: Step | null): boolean {
    const now = clock.nowMs();
    return [...world.mutes, ...world.maintenance].some(
      (span) =>
        covers({ fromMs: span.fromMs - 60_000, untilMs: span.untilMs + 60_000 }, now) &&
        (step === null || span.steps === null || span.steps.includes(step)),
    );
  }

  /** What fires in enough regions is in the incident, in the same write. */
  function checkTold(record: StepRecord, outcome: Outcome, after: RegionState): void {
    const live = Object.values(record.regions).filter(
      ({ lastSlotMs }) => after.lastSlotMs - lastSlotMs <= 6 * settings.cadenceSeconds * 1_000,
    );
    const firing = live.filter((region) => region.firing !== null).length;
    const quorum = Math.min(settings.policy.regionQuorum, live.length);
    const bad = outcome.verdict === 'fail' || outcome.verdict === 'degraded';
    if (bad && firing >= quorum && !isQuiet(record.step)) {
      const part = environment?.incident?.steps[record.step];
      demand(part !== undefined && part.recoveredAtMs === null, () => `${record.step} fires outside of any incident`);
    }
  }

  function checkEnvironment(record: EnvironmentRecord): void {
    const before = environment;
    environment = record;
    const opened = record.incident;
    if (opened !== null && opened.id !== before?.incident?.id) {
      demand((before?.incident ?? null) === null, () => `${opened.id} opened while ${before?.incident?.id} was open`);
      incidents.push({ id: opened.id, atMs: clock.nowMs(), step: opened.firstStep });
    }
    demand(record.outbox.length <= 50, () => `the outbox holds ${record.outbox.length} messages`);
    demand(Object.keys(record.places).length <= 60, () => 'the places of messages pile up');
    for (const { notification } of record.outbox) {
      if (!news.has(notification.id)) {
        news.set(notification.id, notification);
      }
    }
    for (const { notification } of before?.outbox ?? []) {
      const stays = record.outbox.some((entry) => entry.notification.id === notification.id);
      if (!stays) {
        settled.add(notification.id);
      }
      demand(
        stays || posts.has(notification.id) || isFolded(notification, record),
        () => `${notification.id} was dropped`,
      );
    }
    if (commits % 97 === 0) {
      largest.environment = Math.max(largest.environment, JSON.stringify(record).length);
      demand(largest.environment <= environmentBytesMax, () => `the environment has grown to ${largest.environment}`);
    }
  }

  function isFolded(notification: Notification, record: EnvironmentRecord): boolean {
    return record.outbox.some((entry) => entry.notification.folded > 0 && entry.notification.atMs >= notification.atMs);
  }

  /** The same news twice is allowed only where the first time could not be put on record. */
  function posted(holder: string, message: SlackMessage, delivery: Delivery): void {
    const [json] = message.text.split('\n');
    const { id }: Notification = JSON.parse(json ?? '');
    if (delivery.result !== 'accepted' && delivery.result !== 'ambiguous') {
      return;
    }
    const earlier = posts.get(id) ?? [];
    demand(!settled.has(id), () => `${id} was told again although it was on record as told`);
    for (const each of earlier) {
      demand(each.ambiguous || gone.has(each.holder) || each.holder === holder, () => `${id} was told twice at once`);
    }
    counts.repeated += earlier.length > 0 ? 1 : 0;
    posts.set(id, [...earlier, { holder, ambiguous: delivery.result === 'ambiguous' }]);
  }

  return {
    violation: () => violation,
    writing: (holder, outcome) => {
      writer = { holder, outcome };
    },
    committed,
    posted,
    judged: (_outcome, { judged, conflicts }) => {
      counts.runs += 1;
      counts.conflicts += conflicts;
      counts.duplicates += judged === 'duplicate' ? 1 : 0;
      counts.late += judged === 'late' ? 1 : 0;
      counts.contended += judged === 'contended' ? 1 : 0;
    },
    died: (holder) => {
      counts.crashes += 1;
      gone.add(holder);
    },
    ended: (holder) => gone.add(holder),
    facts: () => ({
      ...counts,
      incidents,
      environment,
      news: [...news.values()],
      largestStep: largest.step,
      largestEnvironment: largest.environment,
    }),
  };
}

function isClean({ verdict, flaky }: Raw): boolean {
  return verdict === 'pass' && !flaky;
}

function counted(history: readonly Raw[], afterMs: number): readonly Raw[] {
  return history.filter(
    ({ verdict, slotMs }) => slotMs > afterMs && verdict !== 'inconclusive' && verdict !== 'blocked',
  );
}

function readable<T>({ record, problems }: Parsed<T>): T {
  if (record === null || problems.length > 0) {
    throw new Violation(`something unreadable was written: ${problems.join('; ')}`);
  }
  return record;
}

export function requires(step: Step, earlier: Step): boolean {
  return requiredSteps[step].some((each) => each === earlier || requires(each, earlier));
}
