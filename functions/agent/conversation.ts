/** One conversation with the agent: connect like the real client, ask one question, follow the run, hang up. */
import { randomBytes } from 'node:crypto';

import { withRun } from '../../shared/core/agent/budget.ts';
import { diceBytes } from '../../shared/core/agent/dice.ts';
import { makeQuestion } from '../../shared/core/agent/question.ts';
import { startRun } from '../../shared/core/agent/run.ts';
import { runPhases } from '../../shared/core/agent/times.ts';
import { blocked } from '../../shared/core/check.ts';
import type { Dialect } from '../../shared/core/dialect/dialect.ts';
import { questionFrame } from '../../shared/core/dialect/frame.ts';
import { greetingPhases } from '../../shared/core/dialect/greeting.ts';
import type { AgentSettings } from '../../shared/core/environment/agent.ts';
import type { HttpExchange } from '../../shared/core/exchange.ts';
import { evidenceOf } from '../../shared/core/exchange-evidence.ts';
import type { Grant } from '../../shared/core/login.ts';
import type { Findings } from '../../shared/core/measurement.ts';
import type { Check, Phases } from '../../shared/core/outcome.ts';
import type { ProbeContext } from '../../shared/core/probe.ts';
import type { ElapsedMs } from '../../shared/io/stopwatch.ts';
import { openWebsocket } from '../../shared/io/websocket.ts';
import { becomeReady } from '../../shared/io/websocket-greeting.ts';
import { type SocketTarget, websocketRequest } from '../../shared/io/websocket-request.ts';
import type { WebsocketSession } from '../../shared/io/websocket-session.ts';
import { follow } from './follow.ts';
import { judgeConversation, runFindings } from './judge.ts';
import { judgeConnection, judgeGreetedUser } from './judge-connection.ts';

/** What is known before anybody is called. */
export interface Caller {
  readonly context: ProbeContext;
  readonly elapsedMs: ElapsedMs;
  readonly settings: AgentSettings;
  readonly target: SocketTarget;
  readonly dialect: Dialect;
}

/** What came of it; phases, gauges and the rest as far as it went. */
export interface Conversation extends Partial<Findings> {
  readonly checks: readonly Check[];
  readonly exchange: HttpExchange;
  readonly phases: Phases;
}

export async function converse(caller: Caller, grant: Grant): Promise<Conversation> {
  const { context, elapsedMs, target } = caller;
  const opening = await openWebsocket(websocketRequest(target, grant.token), { ...context, elapsedMs });
  const { exchange } = opening;
  if (opening.kind !== 'open') {
    const facts = { ...exchange, evidence: evidenceOf(exchange) };
    return { exchange, phases: exchange.phases, checks: [blocked('agent.connection', opening.failure, facts)] };
  }
  try {
    return await converseOn({ session: opening.session, exchange, grant }, caller);
  } finally {
    await opening.session.close();
  }
}

interface Connected {
  readonly session: WebsocketSession;
  readonly exchange: HttpExchange;
  readonly grant: Grant;
}

async function converseOn({ session, exchange, grant }: Connected, caller: Caller): Promise<Conversation> {
  const { context, elapsedMs, target, dialect, settings } = caller;
  const readiness = await becomeReady(session, { ...context, dialect, elapsedMs, settings: target.settings });
  const connected = judgeConnection(exchange, readiness, dialect);
  const phases = { ...exchange.phases, ...greetingPhases(readiness.greeted, readiness.failure === null) };
  const stopped = readiness.failure === null ? judgeGreetedUser(readiness, grant.subject, dialect) : [];
  if (readiness.failure !== null || stopped.length > 0) {
    return { exchange, phases, checks: [connected, ...stopped] };
  }

  const question = makeQuestion(randomBytes(diceBytes));
  const threadId = readiness.greeted.handshake?.threadId ?? null;
  const askedMs = session.send(questionFrame(dialect, question.text, threadId));
  const asked = startRun({ dialect, askedMs, userId: grant.subject, threadId });
  const { pongMsMax } = target.settings;
  const { run, ending } = await follow(asked, { ...context, session, settings, pongMsMax, elapsedMs });
  const facts = { run, ending, settings, question, endedMs: elapsedMs() };
  return {
    exchange,
    ...runFindings(facts),
    phases: { ...phases, ...runPhases(run) },
    checks: [connected, ...judgeConversation(facts)],
    memory: withRun(context.memory, context.nowMs()),
  };
}
