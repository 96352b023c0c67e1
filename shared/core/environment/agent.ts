/** Settings of the `agent` step and of the dialect in which socket and agent speak. */
import * as v from 'valibot';

import { integer, jsonPath, scalar, text } from './values.ts';

/** The product's own dialect. `auto` finds the version by the welcome frame and accepts every shape that is known. */
const netraDialect = v.strictObject({
  kind: v.literal('netra'),
  version: v.optional(v.picklist(['auto', 'b10', 'b11', 'b12', 'b14', 'oct2025']), 'auto'),
  message: v.optional(v.picklist(['start_agent', 'user_message']), 'start_agent'),
});

/** Any product whose frames are JSON objects with a type: names and places are told here. */
const genericDialect = v.strictObject({
  kind: v.literal('generic'),
  typePath: v.optional(jsonPath, 'type'),
  welcomeType: v.exactOptional(text),
  userPath: v.optional(jsonPath, 'user_id'),
  threadPath: v.optional(jsonPath, 'thread_id'),
  runPath: v.optional(jsonPath, 'run_id'),
  ping: v.optional(v.strictObject({ send: text, reply: text }), { send: 'ping', reply: 'pong' }),
  /** The frame that asks; `{question}` in a text is replaced. */
  question: v.strictObject({ type: text, textPath: jsonPath, fields: v.optional(v.record(jsonPath, scalar), {}) }),
  events: v.strictObject({
    accepted: v.exactOptional(text),
    started: text,
    thinking: v.exactOptional(text),
    toolStarted: v.exactOptional(text),
    toolCompleted: v.exactOptional(text),
    text: v.exactOptional(text),
    completed: text,
    error: v.optional(text, 'error'),
  }),
  answerPaths: v.optional(v.pipe(v.array(jsonPath), v.minLength(1, 'at least one path')), [
    'answer',
    'text',
    'content',
  ]),
});

export const dialectSettings = v.variant('kind', [netraDialect, genericDialect]);

export const agentSettings = v.strictObject({
  deadlineSeconds: v.optional(integer(5, 900), 120),
  /** Whether a run without a tool is a failure. */
  toolEvents: v.optional(v.picklist(['required', 'optional']), 'optional'),
  firstEventMsMax: v.optional(integer(100, 300_000), 30_000),
  /** Longest time without any event of the run before it counts as stalled. */
  silenceMsMax: v.optional(integer(500, 300_000), 30_000),
  /** Slower than this is `slow`; longer than the deadline is `agent_timeout`. */
  completedMsMax: v.exactOptional(integer(1, 900_000)),
  /** A whole run inside this time without a sign of a model is `faked_run`. */
  fakedRunMsMax: v.optional(integer(0, 10_000), 1_000),
  runsPerDayMax: v.optional(integer(1, 10_000), 400),
  tokensPerRunMax: v.optional(integer(1, 1_000_000), 4_000),
  keepAnswerText: v.optional(v.boolean(), false),
});

export type DialectSettings = v.InferOutput<typeof dialectSettings>;
export type NetraDialectSettings = v.InferOutput<typeof netraDialect>;
export type GenericDialectSettings = v.InferOutput<typeof genericDialect>;
export type AgentSettings = v.InferOutput<typeof agentSettings>;
