/** Good frames of every dialect as texts, and the damages that fuzz tests do to them. */
import fc from 'fast-check';
import * as v from 'valibot';

import { isJsonObject, parseJson } from '../../shared/core/body.ts';
import type { Dialect } from '../../shared/core/dialect/dialect.ts';
import { dialectOf } from '../../shared/core/dialect/resolve.ts';
import { dialectSettings } from '../../shared/core/environment/agent.ts';
import { blow, struck } from './mutate.ts';

/** Stand for the right answer, and for the client's token and user, until the question and the client are known. */
export const answerPlace = '@answer@';
export const tokenPlace = '@token@';
export const userPlace = '@user@';

export const genericSettings = {
  kind: 'generic',
  welcomeType: 'hello',
  question: { type: 'ask', textPath: 'text' },
  events: { accepted: 'accepted', started: 'run.started', thinking: 'run.thinking', completed: 'run.finished' },
  answerPaths: ['output.text', 'answer'],
} as const;

export const netraVersions = ['auto', 'b10', 'b11', 'b12', 'b14', 'oct2025'] as const;

/** The settings of every dialect, as an environment file has them. */
export const dialectFiles: readonly object[] = [
  ...netraVersions.map((version) => ({ kind: 'netra', version })),
  genericSettings,
];

/** Each tells its name alone when a property fails on it. */
export const dialects: readonly Dialect[] = dialectFiles.map((file) => {
  const dialect = dialectOf(v.parse(dialectSettings, file));
  return { ...dialect, [fc.toStringMethod]: () => dialect.name };
});

const ids = { user_id: userPlace, thread_id: 'thread-1', run_id: 'run-1', agent_name: 'Supervisor' };

function texts(...frames: readonly object[]): readonly string[] {
  return frames.map((frame) => JSON.stringify(frame));
}

/** What servers rightly send, by the part of a conversation in which they send it. */
export const goodFrames = {
  greeting: texts(
    { type: 'system_message', data: { event: 'connection_established', user_id: userPlace } },
    { type: 'connect', payload: { user_id: userPlace } },
    { type: 'connection_established', data: { mode: 'main', user_id: userPlace } },
    { type: 'connection_ready', user_id: userPlace },
    { type: 'hello', user_id: userPlace },
    { type: 'handshake_response', thread_id: 'thread-1', data: { thread_id: 'thread-1' } },
    { type: 'handshake_complete', thread_id: 'thread-1' },
  ),
  life: texts(
    { type: 'pong', data: { timestamp: 1, user_id: userPlace } },
    { type: 'heartbeat', timestamp: 1 },
    { type: 'error_message', error_code: 'AUTH_FAILED', error_message: `no ${tokenPlace}`, details: {} },
    { type: 'error', code: 'RATE_LIMITED', message: 'too many' },
    { type: 'backend_log', data: { line: tokenPlace } },
  ),
  run: texts(
    { type: 'agent_started', ...ids, data: { status: 'started' } },
    { type: 'agent_thinking', ...ids, data: { reasoning: 'Working it out', step_number: 1 } },
    { type: 'tool_executing', ...ids, data: { tool_name: 'calculator', parameters: {} } },
    { type: 'tool_completed', ...ids, data: { tool_name: 'calculator', result: {} } },
    { type: 'agent_completed', ...ids, data: { status: 'completed', result: answerPlace, message: 'It is done' } },
  ),
  olderRun: texts(
    { type: 'start_agent', payload: ids },
    { type: 'agent_progress', payload: { ...ids, reasoning: 'Working it out' } },
    { type: 'agent_progress', payload: { ...ids, tool_name: 'calculator' } },
    { type: 'agent_response_complete', payload: { ...ids, result: { response: answerPlace } } },
  ),
  genericRun: texts(
    { type: 'run.started', run_id: 'r' },
    { type: 'run.thinking', run_id: 'r' },
    { type: 'run.finished', run_id: 'r', output: { text: answerPlace } },
  ),
  failures: texts(
    { type: 'agent_error', ...ids, data: { error_code: 'E1', message: tokenPlace } },
    { type: 'agent_death', ...ids, data: { death_cause: 'memory_limit' } },
    { type: 'agent_completed', ...ids, agent_name: 'triage', data: { result: 'Hello' } },
    { type: 'agent_thinking', ...ids, user_id: 'user-2' },
  ),
} as const;

const anyGoodFrame = fc.constantFrom(...Object.values(goodFrames).flat());

/** Keys that the readers look at, so that damage hits where it matters. */
const key = fc.constantFrom(
  ...'type data payload event result response final_response content message user_id thread_id run_id'.split(' '),
  ...'agent_name tool_name event_id error_code status orchestration_successful real_llm_used output'.split(' '),
  ...'__proto__ constructor toString'.split(' '),
);
const value = fc.oneof(
  fc.constantFrom<unknown>(null, true, false, 0, -1, 1e308, '', 'agent_completed', 'user-2', answerPlace, [], {}),
  fc.jsonValue({ maxDepth: 3 }),
  fc.string({ unit: 'binary' }),
);

/** A frame with members of its own or of its envelopes exchanged. */
const exchanged = fc
  .tuple(
    anyGoodFrame,
    fc.array(fc.tuple(fc.constantFrom(null, 'data', 'payload'), key, value), { minLength: 1, maxLength: 3 }),
  )
  .map(([text, changes]) => {
    let frame: Record<string, unknown> = { ...Object(parseJson(text)) };
    for (const [envelope, name, changed] of changes) {
      const inner = envelope === null ? frame : frame[envelope];
      const made = { ...(isJsonObject(inner) ? inner : {}), [name]: changed };
      frame = envelope === null ? made : { ...frame, [envelope]: made };
    }
    return JSON.stringify(frame);
  });

const blown = fc
  .tuple(anyGoodFrame, fc.array(blow, { minLength: 1, maxLength: 3 }))
  .map(([text, blows]) => blows.reduce(struck, text));

/** Deep, wide and long ones. */
const outsize = fc
  .tuple(fc.constantFrom('{"data":', '[', '{"type":"pong","data":['), fc.oneof(fc.nat(200), fc.nat(20_000)))
  .map(([open, depth]) => {
    const closes = Array.from(open, (character) => ({ '{': '}', '[': ']' })[character] ?? '')
      .toReversed()
      .join('');
    return `${open.repeat(depth)}1${closes.repeat(depth)}`;
  });
const long = fc
  .tuple(key, fc.integer({ min: 1, max: 40_000 }))
  .map(([name, length]) => JSON.stringify({ type: 'agent_thinking', ...ids, [name]: 'long '.repeat(length / 5) }));

/** One text that may be a frame. */
export const damagedFrame: fc.Arbitrary<string> = fc.oneof(
  { weight: 6, arbitrary: anyGoodFrame },
  { weight: 4, arbitrary: exchanged },
  { weight: 4, arbitrary: blown },
  { weight: 1, arbitrary: outsize },
  { weight: 1, arbitrary: long },
  { weight: 1, arbitrary: fc.string({ unit: 'binary' }) },
);

/** A whole part of a conversation in its order, or frames of all kinds in any order. */
export function damagedFrames(maxLength: number): fc.Arbitrary<readonly string[]> {
  const answer = fc.constantFrom(answerPlace, 'The work is done, and all is well.');
  const run = fc
    .tuple(fc.constantFrom(goodFrames.run, goodFrames.olderRun, goodFrames.genericRun), answer)
    .map(([good, answered]) => good.map((text) => text.replaceAll(answerPlace, answered)));
  const nearlyGood = fc
    .tuple(run, fc.nat(7), damagedFrame, fc.nat(1))
    .map(([good, at, damaged, instead]) => good.toSpliced(at % (good.length + 1), instead, damaged));
  return fc.oneof(
    { weight: 2, arbitrary: fc.array(damagedFrame, { minLength: 1, maxLength }) },
    { weight: maxLength > 4 ? 1 : 0, arbitrary: nearlyGood },
  );
}
