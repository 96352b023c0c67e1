/**
 * Follows a run on its socket until it is over, or until it is clear that nothing more will come. When events stay out
 * it asks for a sign of life, so that a silent agent, a dead server and a cut connection are told apart.
 */
import { estimatedTokens } from '../../shared/core/agent/budget.ts';
import { observe, observeUnknown, quietSinceMs, type Run } from '../../shared/core/agent/run.ts';
import { type Reading, readFrame } from '../../shared/core/dialect/read.ts';
import type { AgentSettings } from '../../shared/core/environment/agent.ts';
import type { ProbeContext } from '../../shared/core/probe.ts';
import type { ElapsedMs } from '../../shared/io/stopwatch.ts';
import { answerServer } from '../../shared/io/websocket-greeting.ts';
import type { Received } from '../../shared/io/websocket-inbox.ts';
import type { WebsocketSession } from '../../shared/io/websocket-session.ts';
import type { Ending } from './ending.ts';

export interface Follower {
  readonly session: WebsocketSession;
  readonly settings: AgentSettings;
  readonly pongMsMax: number;
  readonly elapsedMs: ElapsedMs;
  readonly deadline: ProbeContext['deadline'];
  readonly nowMs: ProbeContext['nowMs'];
}

export interface Followed {
  readonly run: Run;
  readonly ending: Ending;
}

type Step = Watch | Followed;

/** The run so far, and until when an answer to our ping is waited for; null while events come. */
interface Watch {
  readonly run: Run;
  readonly pongUntilMs: number | null;
}

/** How long to listen after the end for events that must not come any more. */
const afterEndMs = 300;

/** Kept back from the deadline for closing the socket. */
const reserveMs = 500;

/** How long the transport may take to answer once the product did not. */
const transportMsMax = 1_000;

export async function follow(asked: Run, follower: Follower): Promise<Followed> {
  let step: Step = { run: asked, pongUntilMs: null };
  while (!('ending' in step)) {
    step = await watchOn(step, follower);
  }
  return step;
}

/** Waits for one frame, no longer than there is patience for it. */
async function watchOn(watch: Watch, follower: Follower): Promise<Step> {
  const { session, elapsedMs, deadline } = follower;
  const { run } = watch;
  const leftMs = deadline.remainingMs() - reserveMs;
  if (leftMs <= 0) {
    return { run, ending: overBy(run) ?? { by: 'deadline', waitedMs: elapsedMs() - run.askedMs } };
  }
  const patience = patienceOf(watch, follower.settings);
  const received = await session.next(Math.min(patience.untilMs - elapsedMs(), leftMs));
  switch (received.kind) {
    case 'silent':
      return elapsedMs() < patience.untilMs ? watch : runOutOfPatience(watch, patience.next, follower);
    case 'closed':
    case 'bad_frame':
      return { run, ending: overBy(run) ?? endingOf(received) };
    case 'frame':
      return takeFrame(watch, received, follower);
  }
}

interface Patience {
  /** On the clock of the attempt. */
  readonly untilMs: number;
  readonly next: 'told' | 'quiet' | 'ask' | 'give_up';
}

/** How long nothing may come, and what it means when nothing does. */
function patienceOf({ run, pongUntilMs }: Watch, settings: AgentSettings): Patience {
  const { askedMs, lastEventMs, dialect } = run;
  const quietMs = quietSinceMs(run);
  if (pongUntilMs !== null) {
    return { untilMs: pongUntilMs, next: 'give_up' };
  }
  if (lastEventMs === null) {
    return { untilMs: askedMs + settings.firstEventMsMax, next: 'ask' };
  }
  if (run.end !== null) {
    return { untilMs: lastEventMs + afterEndMs, next: 'told' };
  }
  return quietMs === null
    ? { untilMs: lastEventMs + settings.silenceMsMax, next: 'ask' }
    : { untilMs: quietMs + Math.min(dialect.quietMs, settings.silenceMsMax), next: 'quiet' };
}

async function runOutOfPatience(
  { run }: Watch,
  next: Patience['next'],
  { session, elapsedMs, pongMsMax }: Follower,
): Promise<Step> {
  switch (next) {
    case 'told':
    case 'quiet':
      return { run, ending: { by: next } };
    case 'ask':
      return { run, pongUntilMs: session.send(run.dialect.ping) + pongMsMax };
    case 'give_up': {
      const silentMs = elapsedMs() - (run.lastEventMs ?? run.askedMs);
      const transportAlive = (await session.pingTransport(transportMsMax)) !== null;
      return { run, ending: { by: 'silence', silentMs, alive: false, transportAlive } };
    }
  }
}

function takeFrame(
  watch: Watch,
  { frame, atMs }: Received & { readonly kind: 'frame' },
  { session, settings, nowMs }: Follower,
): Step {
  const { dialect, lastEventMs, askedMs } = watch.run;
  const reading = readFrame(dialect, frame);
  answerServer(session, reading, { dialect, nowMs });
  if (reading.is === 'pong' && watch.pongUntilMs !== null) {
    const silentMs = atMs - (lastEventMs ?? askedMs);
    return { run: watch.run, ending: { by: 'silence', silentMs, alive: true, transportAlive: true } };
  }
  const run = take(watch.run, reading, atMs);
  const ending = endingBy(run, reading, settings);
  return ending === null ? { run, pongUntilMs: reading.is === 'event' ? null : watch.pongUntilMs } : { run, ending };
}

function take(run: Run, reading: Reading, atMs: number): Run {
  if (reading.is === 'event') {
    return observe(run, reading.event, atMs);
  }
  return reading.is === 'other' && !reading.known ? observeUnknown(run) : run;
}

/** What ends the watching at once; an end that the run tells is listened to for a moment longer. */
function endingBy(run: Run, reading: Reading, { tokensPerRunMax }: AgentSettings): Ending | null {
  if (run.breach !== null) {
    return { by: 'breach' };
  }
  if (run.end !== null) {
    return null;
  }
  if (reading.is === 'error') {
    return { by: 'error', error: reading.error };
  }
  return estimatedTokens(run.characters) > tokensPerRunMax ? { by: 'budget' } : null;
}

function endingOf(received: Received & { readonly kind: 'closed' | 'bad_frame' }): Ending {
  return received.kind === 'closed'
    ? { by: 'closed', closure: received.closure }
    : { by: 'bad_frame', detail: received.detail };
}

/** How the run is over already, whatever cuts the watching short; null when it is not. */
function overBy(run: Run): Ending | null {
  if (run.end !== null) {
    return { by: 'told' };
  }
  return quietSinceMs(run) === null ? null : { by: 'quiet' };
}
