/**
 * Everything that the monitor itself needs breaks, in every way, one at a time and two at once, while the product is
 * broken too. The verdict is in the log line and in the answer all the same, the answer comes in time, and once all is
 * mended the incident has been told once, its end too, and people know that the monitor was in trouble.
 */
import assert from 'node:assert/strict';
import { after, describe, it } from 'node:test';

import { openMetricSink } from '../../shared/io/monitoring.ts';
import { openNotifier } from '../../shared/io/slack.ts';
import { freePort } from '../../shared/local/free-port.ts';
import type { Fault as MetricsFault } from '../../shared/local/monitoring/faults.ts';
import type { LocalMessage } from '../../shared/local/slack/channels.ts';
import type { SlackFault } from '../../shared/local/slack/faults.ts';
import type { RunPorts } from '../../shared/run/run.ts';
import type { StateFault } from '../support/faulty-store.ts';
import { openOutside, type Outside } from '../support/full-run.ts';
import { tcpServer } from '../support/loopback-server.ts';
import { openScriptedRun, type Ran, type ScriptedRun, type TestClock } from '../support/scripted-run.ts';

interface State {
  readonly kind: 'state';
  readonly fault: StateFault;
  /** What is on record as trouble of a run: always, never, or not in every run. */
  readonly shows: 'always' | 'never' | 'at times';
}

interface Metrics {
  readonly kind: 'metrics';
  readonly fault: MetricsFault | StandIn;
  readonly shows: 'always' | 'never';
}

interface Slack {
  readonly kind: 'slack';
  readonly fault: SlackFault | StandIn;
  /** The message may be there although nobody heard so, and is then sent once more with a hint. */
  readonly doubles?: true;
}

/** A server that is not there, and one that takes connections and never says anything. */
type StandIn = 'refusing' | 'half_open';

type Fault = State | Metrics | Slack;
type Named<F> = Readonly<Record<string, F>>;

/** Of each adapter: down, slow, half-open, refusing, lying. These are tried in pairs as well. */
const stateFaults: Named<State> = {
  'state down': { kind: 'state', fault: 'down', shows: 'always' },
  'state slow': { kind: 'state', fault: 'slow', shows: 'never' },
  'state half-open': { kind: 'state', fault: 'half_open', shows: 'always' },
  'state full': { kind: 'state', fault: 'full', shows: 'always' },
  'state writing without saying so': { kind: 'state', fault: 'lost_answer', shows: 'always' },
  'state saying so without writing': { kind: 'state', fault: 'amnesia', shows: 'never' },
};

const moreStateFaults: Named<State> = {
  'state contended': { kind: 'state', fault: 'conflicts', shows: 'always' },
  'state unreadable': { kind: 'state', fault: 'garbage', shows: 'never' },
  'state showing the past': { kind: 'state', fault: 'stale', shows: 'at times' },
};

const metricsFaults: Named<Metrics> = {
  'metrics down': { kind: 'metrics', fault: 'refusing', shows: 'always' },
  'metrics slow': { kind: 'metrics', fault: { kind: 'slow', delayMs: 20 }, shows: 'never' },
  'metrics half-open': { kind: 'metrics', fault: 'half_open', shows: 'always' },
  'metrics forbidden': { kind: 'metrics', fault: { kind: 'status', code: 7, message: 'denied' }, shows: 'always' },
  'metrics written without saying so': { kind: 'metrics', fault: { kind: 'lost_answer' }, shows: 'always' },
};

const moreMetricsFaults: Named<Metrics> = {
  'metrics unavailable': { kind: 'metrics', fault: { kind: 'status', code: 14, message: 'later' }, shows: 'always' },
  'metrics silent': { kind: 'metrics', fault: { kind: 'silent' }, shows: 'always' },
  'metrics refused in part': { kind: 'metrics', fault: { kind: 'partial', every: 3 }, shows: 'always' },
};

function word(error: string): Slack {
  return { kind: 'slack', fault: { kind: 'error', error } };
}

function status(code: number, headers: Readonly<Record<string, string>> = {}): Slack {
  return { kind: 'slack', fault: { kind: 'http', status: code, headers } };
}

const slackFaults: Named<Slack> = {
  'Slack down': { kind: 'slack', fault: 'refusing' },
  'Slack limiting': status(429, { 'retry-after': '30' }),
  'Slack half-open': { kind: 'slack', fault: 'half_open' },
  'Slack revoking the token': word('token_revoked'),
  'Slack without the channel': word('channel_not_found'),
  'Slack silent after posting': { kind: 'slack', fault: { kind: 'silence', stored: true }, doubles: true },
};

const moreSlackFaults: Named<Slack> = {
  'Slack refusing blocks': word('invalid_blocks'),
  'Slack failing inside': word('internal_error'),
  'Slack with a word that nobody knows': word('the_moon_is_full'),
  'Slack unavailable': status(503),
  'Slack behind a gateway that gave up': status(504),
  'Slack answering with a page': status(200),
  'Slack silent': { kind: 'slack', fault: { kind: 'silence', stored: false } },
  'Slack cut after posting': { kind: 'slack', fault: { kind: 'cut', stored: true }, doubles: true },
  'Slack cut in the answer': { kind: 'slack', fault: { kind: 'cut', stored: false, amidAnswer: true } },
};

/** How long those wait who wait in vain. Whoever is to succeed has the usual time, however busy the machine is. */
const hastyMs = 150;

/** Far more than any case needs; who waits for ever runs into it. */
const answerWithinMs = 20_000;

type Clients = Pick<RunPorts, 'sink' | 'notifier'>;

interface Lane {
  readonly clock: TestClock;
  readonly outside: Outside;
  readonly hasty: Clients;
  readonly standIns: Readonly<Record<StandIn, Clients>>;
  close(): Promise<void>;
}

async function openLane(): Promise<Lane> {
  const clock = { nowMs: Date.now() };
  const outside = await openOutside({ nowMs: () => clock.nowMs });
  const mute = await tcpServer((socket) => socket.resume());
  const clients = (emulator: string, apiUrl: string) => ({
    sink: openMetricSink({ project: 'local', emulator, budgetMs: hastyMs }),
    notifier: openNotifier({ token: outside.slack.token, apiUrl, timeoutMs: hastyMs }),
  });
  const at = (port: number) => clients(`127.0.0.1:${port}`, `http://127.0.0.1:${port}/api/`);
  const hasty = clients(outside.monitoring.address, outside.slack.url);
  const standIns = { refusing: at(await freePort()), half_open: at(mute.port) };
  return {
    clock,
    outside,
    hasty,
    standIns,
    close: async () => {
      await Promise.all([hasty, standIns.refusing, standIns.half_open].map(({ sink }) => sink.close()));
      await mute[Symbol.asyncDispose]();
      await outside[Symbol.asyncDispose]();
    },
  };
}

const lanes: Lane[] = [];
const free: Lane[] = [];
let cases = 0;

async function onLane(work: (lane: Lane, run: ScriptedRun) => Promise<void>): Promise<void> {
  const lane = free.pop() ?? (await openLane());
  if (!lanes.includes(lane)) {
    lanes.push(lane);
  }
  cases += 1;
  {
    await using run = openScriptedRun({ name: `case-${cases}`, ...lane, answerWithinMs });
    await work(lane, run);
  }
  free.push(lane);
}

/** Breaks what there is to break; gives the clients that meet it. */
function breakWith(fault: Fault, { outside, standIns, hasty }: Lane, { store }: ScriptedRun): Partial<Clients> {
  switch (fault.kind) {
    case 'state':
      store.fail(fault.fault);
      return {};
    case 'metrics':
      if (typeof fault.fault === 'string') {
        return { sink: standIns[fault.fault].sink };
      }
      outside.monitoring.fail(fault.fault);
      return fault.shows === 'always' ? { sink: hasty.sink } : {};
    case 'slack':
      if (typeof fault.fault === 'string') {
        return { notifier: standIns[fault.fault].notifier };
      }
      outside.slack.fail(fault.fault, { times: 1_000 });
      return { notifier: hasty.notifier };
  }
}

interface Course {
  readonly faulted: readonly Ran[];
  readonly mended: Ran;
}

/** Well, three times broken under the faults, then mended: once broken, then well until the trouble is over. */
async function live(lane: Lane, run: ScriptedRun, faults: readonly Fault[]): Promise<Course> {
  await run.next('well');
  const clients = Object.assign({}, ...faults.map((fault) => breakWith(fault, lane, run)));
  const faulted = [
    await run.next('broken', clients),
    await run.next('broken', clients),
    await run.next('broken', clients),
  ];
  run.store.fail(null);
  lane.outside.monitoring.fail(null);
  lane.outside.slack.mend();
  const mended = await run.next('broken');
  await run.next('well');
  await run.next('well');
  return { faulted, mended };
}

function assertVerdictKept({ record, answer, lines, tookMs }: Ran): void {
  assert.equal(record.outcome.verdict, 'fail');
  assert.equal(record.outcome.reason, 'server_error');
  assert.equal(answer.status, record.trouble.length > 0 ? 500 : 200);
  assert.equal(answer.body, record, 'the answer holds the whole record');
  const logged: unknown = JSON.parse(lines.at(-1) ?? '');
  const { outcome, trouble } = JSON.parse(JSON.stringify(record));
  assert.deepEqual(pick(logged, ['outcome', 'trouble']), { outcome, trouble }, 'the log line holds it too');
  assert.equal(pick(logged, ['severity'])['severity'], record.trouble.length > 0 ? 'ERROR' : 'WARNING');
  assert.ok(tookMs < answerWithinMs, `${tookMs} ms`);
}

function pick(value: unknown, keys: readonly string[]): Record<string, unknown> {
  return Object.fromEntries(keys.map((key) => [key, Reflect.get(Object(value), key)]));
}

function assertTroubleShows(faulted: readonly Ran[], faults: readonly Fault[]): void {
  const reasons = faulted.map(({ record }) => new Set(record.trouble.map(({ reason }) => reason)));
  const byKind = new Map(faults.map((fault) => [fault.kind, fault]));
  const [state, metrics] = [byKind.get('state'), byKind.get('metrics')];
  for (const [at, found] of reasons.entries()) {
    if (metrics?.kind === 'metrics' || metrics === undefined) {
      assert.equal(found.has('metrics_unavailable'), metrics?.shows === 'always', `metrics in run ${at}`);
    }
    if (state?.kind === 'state' && state.shows !== 'at times') {
      assert.equal(found.has('state_unavailable'), state.shows === 'always', `state in run ${at}`);
    }
  }
  assert.equal(
    reasons.some((found) => found.has('slack_unavailable')),
    isSlackAsked(faults),
    'Slack is asked only when there is something to tell, and its refusal is on record',
  );
}

/** Only what is in the state can be told, and then only if Slack is broken does its refusal show. */
function isSlackAsked(faults: readonly Fault[]): boolean {
  const judged = faults.every(({ kind, fault }) => kind !== 'state' || fault === 'slow');
  return judged && faults.some(({ kind }) => kind === 'slack');
}

function everSaid(messages: readonly LocalMessage[]): string {
  return messages.flatMap(({ text, edits }) => [...edits.map((edit) => edit.text), text]).join('\n');
}

/** Whatever was broken: told once, over once, nothing left to tell, and nobody holds the lease. */
async function assertMended(run: ScriptedRun, faults: readonly Fault[]): Promise<void> {
  const state = await run.stored();
  assert.equal(state?.incident, null);
  assert.notEqual(state?.lastIncident?.resolvedAtMs ?? null, null);
  assert.deepEqual([state?.outbox, state?.lease, state?.troubles], [[], null, []]);

  const roots = run.incidentMessages().filter(({ threadTs }) => threadTs === null);
  const doubles = faults.some((fault) => fault.kind === 'slack' && fault.doubles === true);
  const [last] = roots.toReversed();
  assert.ok(last?.text.includes('works again after'), 'the root message says that it is over');
  if (roots.length > 1) {
    assert.ok(doubles, `${roots.length} root messages`);
    assert.match(everSaid(roots.slice(1)), /may be here twice/);
  }

  const said = everSaid(run.monitorMessages());
  const persistent = (kind: Fault['kind']): boolean =>
    faults.some((fault) => fault.kind === kind && 'shows' in fault && fault.shows !== 'never');
  assert.equal(/the state store failed/.test(said), persistent('state'), said);
  assert.equal(/Cloud Monitoring does not take the measurements/.test(said), persistent('metrics'), said);
  assert.equal(/takes messages again, after it had taken none since/.test(said), isSlackAsked(faults), said);
  assert.equal(
    /could not be read and begins anew/.test(said),
    faults.some(({ fault }) => fault === 'garbage'),
  );
}

async function assertSurvives(faults: readonly Fault[]): Promise<void> {
  await onLane(async (lane, run) => {
    const { faulted, mended } = await live(lane, run, faults);
    faulted.forEach(assertVerdictKept);
    assertTroubleShows(faulted, faults);
    assert.equal(mended.record.judged, 'judged', 'state catches up at the next run');
    assert.equal(mended.answer.status, 200);
    await assertMended(run, faults);
  });
}

const single = {
  ...stateFaults,
  ...moreStateFaults,
  ...metricsFaults,
  ...moreMetricsFaults,
  ...slackFaults,
  ...moreSlackFaults,
};

describe('faults of our own, one at a time', { concurrency: 10 }, () => {
  for (const [name, fault] of Object.entries<Fault>(single)) {
    it(name, () => assertSurvives([fault]));
  }
});

describe('faults of our own, two at once', { concurrency: 10 }, () => {
  const pairs: readonly (readonly [Named<Fault>, Named<Fault>])[] = [
    [stateFaults, metricsFaults],
    [stateFaults, slackFaults],
    [metricsFaults, slackFaults],
  ];
  for (const [left, right] of pairs) {
    for (const [name, fault] of Object.entries(left)) {
      for (const [other, second] of Object.entries(right)) {
        it(`${name}, ${other}`, () => assertSurvives([fault, second]));
      }
    }
  }
});

after(() => Promise.all(lanes.map((lane) => lane.close())));
