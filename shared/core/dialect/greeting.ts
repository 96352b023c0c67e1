/**
 * What happens between the upgrade and the first message, as a value: the server greets, newer ones also start a
 * handshake. Says how long there is something to wait for, and what is missing when the waiting is over.
 */
import type { WebsocketSettings } from '../environment/websocket.ts';
import type { Failure, Phases } from '../outcome.ts';
import type { Dialect, ServerHandshake } from './dialect.ts';
import type { Reading } from './read.ts';

/** What the environment and the dialect together make of a connection's beginning. */
export interface GreetingPlan {
  readonly welcome: 'required' | 'optional' | 'none';
  readonly welcomeMsMax: number;
  readonly handshake: 'required' | 'optional' | 'none';
  /** Null exactly when `handshake` is `none`. */
  readonly serverHandshake: ServerHandshake | null;
}

export interface Welcome {
  readonly version: string;
  readonly userId: string | null;
  readonly atMs: number;
}

export interface Handshake {
  readonly threadId: string | null;
  readonly offeredMs: number;
  readonly completedMs: number | null;
}

/** What has come so far. All times are on the clock of the attempt. */
export interface Greeted {
  readonly openedMs: number;
  readonly firstFrameMs: number | null;
  readonly welcome: Welcome | null;
  readonly handshake: Handshake | null;
}

/** A dialect without a word for the greeting cannot recognise one, and one without a handshake has none to follow. */
export function greetingPlan(settings: WebsocketSettings, dialect: Dialect): GreetingPlan {
  const serverHandshake = settings.serverHandshake === 'none' ? null : dialect.handshake;
  const demanded = settings.serverHandshake === 'required' || serverHandshake?.comes === 'expected';
  return {
    welcome: dialect.greetings.length === 0 ? 'none' : settings.welcome,
    welcomeMsMax: settings.welcomeMsMax,
    handshake: serverHandshake === null ? 'none' : demanded ? 'required' : 'optional',
    serverHandshake,
  };
}

export function notGreeted(openedMs: number): Greeted {
  return { openedMs, firstFrameMs: null, welcome: null, handshake: null };
}

/** Takes a frame into account that came before the connection was ready. */
export function greet(greeted: Greeted, reading: Reading, atMs: number): Greeted {
  const next = { ...greeted, firstFrameMs: greeted.firstFrameMs ?? atMs };
  switch (reading.is) {
    case 'welcome':
      return { ...next, welcome: greeted.welcome ?? { version: reading.version, userId: reading.userId, atMs } };
    case 'handshake':
      return {
        ...next,
        handshake: greeted.handshake ?? { threadId: reading.threadId, offeredMs: atMs, completedMs: null },
      };
    case 'handshake_complete':
      return { ...next, handshake: greeted.handshake && { ...greeted.handshake, completedMs: atMs } };
    case 'pong':
    case 'heartbeat':
    case 'error':
    case 'event':
    case 'other':
      return next;
  }
}

/** Until when something may still come that is waited for; null when nothing is. */
export function awaitedUntilMs({ openedMs, welcome, handshake }: Greeted, plan: GreetingPlan): number | null {
  const welcomeUntilMs = openedMs + plan.welcomeMsMax;
  const untils: number[] = [];
  if (plan.welcome !== 'none' && welcome === null) {
    untils.push(welcomeUntilMs);
  }
  if (plan.serverHandshake !== null && handshake === null) {
    const graceUntilMs = (welcome?.atMs ?? openedMs) + plan.serverHandshake.graceMs;
    untils.push(plan.handshake === 'required' ? welcomeUntilMs : graceUntilMs);
  }
  if (plan.serverHandshake !== null && handshake !== null && handshake.completedMs === null) {
    untils.push(handshake.offeredMs + plan.serverHandshake.completeMsMax);
  }
  return untils.length === 0 ? null : Math.max(...untils);
}

/**
 * What is missing once the waiting is over; null when the connection is ready. A handshake that nobody demanded may
 * stay incomplete: the product's own client goes on then as well.
 */
export function greetingFailure({ openedMs, welcome, handshake }: Greeted, plan: GreetingPlan): Failure | null {
  if (plan.welcome === 'required' && welcome === null) {
    const frames = handshake === null ? 'no greeting came' : 'a handshake came and no greeting';
    return { reason: 'no_welcome', detail: `the upgrade succeeded and ${frames} in ${seconds(plan.welcomeMsMax)}` };
  }
  if (plan.handshake !== 'required') {
    return null;
  }
  if (handshake === null) {
    const waitedMs = Math.max(plan.welcomeMsMax, (welcome?.atMs ?? openedMs) - openedMs);
    return {
      reason: 'handshake_incomplete',
      detail: `the server did not start the handshake of its version in ${seconds(waitedMs)}`,
    };
  }
  if (handshake.completedMs === null) {
    return {
      reason: 'handshake_incomplete',
      detail: `the server started a handshake and did not complete it ${seconds(plan.serverHandshake?.completeMsMax ?? 0)} after it was acknowledged`,
    };
  }
  return null;
}

/** When the connection was ready: at the last thing that had to come. Waiting for what did not come is not counted. */
export function readyAtMs({ openedMs, welcome, handshake }: Greeted): number {
  return Math.max(openedMs, welcome?.atMs ?? 0, handshake?.completedMs ?? handshake?.offeredMs ?? 0);
}

/** `first_frame` and, of a connection that became ready, `ready`; both since the upgrade. */
export function greetingPhases(greeted: Greeted, becameReady: boolean): Phases {
  const { openedMs, firstFrameMs } = greeted;
  return {
    ...(firstFrameMs === null ? {} : { first_frame: firstFrameMs - openedMs }),
    ...(becameReady ? { ready: readyAtMs(greeted) - openedMs } : {}),
  };
}

/** Version of the protocol that the greeting gave away; null when nothing did. */
export function greetedVersion({ welcome, handshake }: Greeted, dialect: Dialect): string | null {
  return handshake === null ? (welcome?.version ?? null) : (dialect.handshake?.version ?? null);
}

/** Pause before the first message, which a server may lose that is not quite ready. */
export function settleMs({ handshake }: Greeted, dialect: Dialect): number {
  return handshake === null ? dialect.settleMs : (dialect.handshake?.settleMs ?? 0);
}

function seconds(ms: number): string {
  return `${(ms / 1_000).toFixed(1)} s`;
}
