/**
 * Weeks of history in a moment: made-up outcomes with the rhythm of a day, a deploy that slows the socket down, an outage
 * and a degradation, judged by the real judge. The same seed gives the same history.
 */
import { checksByStep, type CheckId } from '../../shared/core/checks.ts';
import { type Environment, stepsOf } from '../../shared/core/environment/definition.ts';
import { judge } from '../../shared/core/judge/judge.ts';
import type { EnvironmentRecord, StepRecord } from '../../shared/core/judge/state.ts';
import type { Check, Outcome, Phases, Verdict } from '../../shared/core/outcome.ts';
import type { Reason } from '../../shared/core/reasons.ts';
import type { Step } from '../../shared/core/step.ts';
import { dayMs, hourMs } from '../../shared/core/time.ts';
import { incidentView } from '../../shared/local/page/incident-view.ts';
import type { IncidentView } from '../../shared/local/page/model/contract.ts';
import type { RunRecord } from '../../shared/run/answer.ts';
import { type Random, randomFrom } from '../simulation/random.ts';

export interface MadeUpOptions {
  readonly environment: Environment;
  /** Of all steps together. */
  readonly runs: number;
  readonly endMs: number;
  readonly seed: number;
}

export interface MadeUp {
  /** Oldest first. */
  readonly records: readonly RunRecord[];
  readonly incidents: readonly IncidentView[];
  readonly steps: Readonly<Partial<Record<Step, StepRecord>>>;
  readonly state: EnvironmentRecord | null;
}

export function madeUpHistory({ environment, runs, endMs, seed }: MadeUpOptions): MadeUp {
  const watched = stepsOf(environment);
  const cadenceMs = environment.cadenceSeconds * 1_000;
  const rounds = Math.floor(runs / watched.length);
  const random = randomFrom(seed);
  const records: RunRecord[] = [];
  const incidents = new Map<string, IncidentView>();
  const steps: Partial<Record<Step, StepRecord>> = {};
  let state: EnvironmentRecord | null = null;
  for (let round = rounds; round > 0; round -= 1) {
    for (const [place, step] of watched.entries()) {
      const slotMs = endMs - round * cadenceMs + Math.floor((place * cadenceMs) / watched.length);
      const outcome = outcomeOf(step, { environment, slotMs, endMs, random });
      const judged = judge({
        step: steps[step] ?? null,
        environment: state,
        outcome,
        settings: environment,
        nowMs: outcome.endedAtMs,
      });
      if (judged.step !== null) {
        steps[step] = judged.step;
      }
      // What is to be told counts as told at once.
      state = judged.environment === null ? state : { ...judged.environment, outbox: [] };
      for (const incident of [state?.lastIncident, state?.incident]) {
        if (incident !== null && incident !== undefined) {
          incidents.set(incident.id, incidentView(incident, environment, outcome.endedAtMs));
        }
      }
      records.push(recordOf(outcome, judged.decisions));
    }
  }
  return { records, incidents: [...incidents.values()], steps, state };
}

interface Scene {
  readonly environment: Environment;
  readonly slotMs: number;
  readonly endMs: number;
  readonly random: Random;
}

interface Story {
  readonly verdict: Verdict;
  readonly reason: Reason | null;
  readonly detail: string;
  readonly checkId: CheckId | null;
  readonly blockedBy: Step | null;
  readonly flaky: boolean;
}

const fine: Story = {
  verdict: 'pass',
  reason: null,
  detail: 'all checks passed',
  checkId: null,
  blockedBy: null,
  flaky: false,
};

/** What happens, by the hours that are left until the end. */
function storyOf(step: Step, { slotMs, endMs, random }: Scene): Story {
  const hoursLeft = (endMs - slotMs) / hourMs;
  const noChoice = 'offered jwt-auth, jwt.[token]; the server chose none';
  if (hoursLeft < 62 && hoursLeft > 59.5 && step === 'websocket') {
    return {
      ...fine,
      verdict: 'fail',
      reason: 'subprotocol_missing',
      detail: noChoice,
      checkId: 'websocket.subprotocol',
    };
  }
  if (hoursLeft < 62 && hoursLeft > 59.5 && step === 'agent') {
    return {
      ...fine,
      verdict: 'blocked',
      reason: 'subprotocol_missing',
      detail: noChoice,
      checkId: 'agent.connection',
      blockedBy: 'websocket',
    };
  }
  if (hoursLeft < 20 && hoursLeft > 17 && step === 'health') {
    return {
      ...fine,
      verdict: 'degraded',
      reason: 'component_degraded',
      detail: 'redis says degraded',
      checkId: 'health.component',
    };
  }
  if (random.chance(0.004)) {
    return { ...fine, verdict: 'inconclusive', reason: 'own_path', detail: 'the control endpoint is unreachable too' };
  }
  return random.chance(0.008) ? { ...fine, flaky: true } : fine;
}

const usualMs: Readonly<Record<Step, number>> = { auth: 140, health: 60, websocket: 260, agent: 5_200 };

function outcomeOf(step: Step, scene: Scene): Outcome {
  const { environment, slotMs, endMs, random } = scene;
  const story = storyOf(step, scene);
  const works = story.verdict === 'pass' || story.verdict === 'degraded';
  const deployed = endMs - slotMs < 2.2 * dayMs;
  const rhythm = 1 + 0.18 * Math.sin((slotMs / dayMs) * 2 * Math.PI);
  const slower = deployed && step === 'websocket' ? 1.5 : 1;
  const totalMs = Math.max(5, usualMs[step] * rhythm * slower * (1 + 0.06 * random.normal()));
  const latencyMs = works ? totalMs : null;
  const startedAtMs = slotMs + random.whole(20, 400);
  return {
    ...story,
    environment: environment.name,
    region: environment.regions[0] ?? 'us-central1',
    step,
    slotMs,
    startedAtMs,
    endedAtMs: startedAtMs + Math.round(totalMs) + 40,
    checks: checksOf(step, story, totalMs),
    latencyMs,
    phases: phasesOf(step, totalMs, works),
    gauges: {},
    components: [],
    timeline: step === 'agent' && works ? timelineOf(totalMs) : [],
    revision: `${step === 'auth' ? 'auth' : 'backend'}-${deployed ? '00413-k2v' : '00412-s5g'}`,
    memory: {},
    attempts: [{ ...story, startedAtMs, latencyMs }],
    cold: random.chance(0.01),
    late: false,
    stalledMs: 0,
    traceId: Array.from({ length: 4 }, () => random.whole(0, 0xffff_ffff).toString(16).padStart(8, '0')).join(''),
  };
}

function phasesOf(step: Step, totalMs: number, works: boolean): Phases {
  const connection = { dns: 2, tcp: 11, tls: 24 };
  const rest = Math.max(1, totalMs - 37);
  switch (step) {
    case 'auth':
    case 'health':
      return { ...connection, request: 0.4, ...(works ? { first_byte: rest - 1, body: 0.6 } : {}) };
    case 'websocket':
      return {
        login: 130,
        ...connection,
        upgrade: rest * 0.6,
        ...(works ? { first_frame: rest * 0.1, ready: rest * 0.35, ping: 12 } : {}),
      };
    case 'agent':
      return works
        ? {
            login: 130,
            ...connection,
            upgrade: 80,
            first_frame: 20,
            ready: 60,
            accepted: 90,
            first_event: 90,
            first_text: rest * 0.4,
            tool: rest * 0.2,
            longest_silence: rest * 0.3,
            completed: totalMs,
          }
        : { login: 130, ...connection };
  }
}

function timelineOf(totalMs: number): Outcome['timeline'] {
  const shares = [0.02, 0.1, 0.3, 0.5, 0.7, 1];
  const names = [
    'agent_started',
    'agent_thinking',
    'tool_executing',
    'tool_completed',
    'agent_thinking',
    'agent_completed',
  ];
  return names.map((name, at) => ({ name, atMs: 400 + totalMs * (shares[at] ?? 1) }));
}

function checksOf(step: Step, story: Story, totalMs: number): readonly Check[] {
  const ids = Object.keys(checksByStep[step]).filter((id): id is CheckId => Object.hasOwn(checksByStep[step], id));
  const stopped = story.checkId !== null && story.verdict !== 'degraded' ? ids.indexOf(story.checkId) : ids.length;
  return ids.slice(0, stopped + 1).map((id) => {
    const said = id === story.checkId ? story : fine;
    return {
      id,
      subject: null,
      verdict: said.verdict,
      reason: said.reason,
      detail: said === fine ? 'as it should be' : said.detail,
      startedMs: id === 'agent.accepted' ? 400 : 0,
      latencyMs: totalMs / ids.length,
      phases: {},
      evidence:
        id === 'websocket.subprotocol'
          ? { offered: ['jwt-auth', 'jwt.[token]'], selected: said === fine ? 'jwt-auth' : null }
          : { made_up: true },
    };
  });
}

function recordOf(outcome: Outcome, decisions: RunRecord['decisions']): RunRecord {
  return {
    outcome,
    judged: 'judged',
    decisions,
    delivery: null,
    conflicts: 0,
    points: { written: 18, refused: 0 },
    trouble: [],
  };
}
