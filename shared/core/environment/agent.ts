/** Settings of the `agent` step and of the dialect in which socket and agent speak. */
import * as v from 'valibot';

import { about, integer, jsonPath, scalar, text } from './values.ts';

const netraDialect = v.strictObject({
  kind: about('The dialect of the product that this monitor was made for.', v.literal('netra')),
  version: about(
    'Version of the protocol. `auto` finds it by the welcome frame and accepts every shape that is known.',
    v.optional(v.picklist(['auto', 'b10', 'b11', 'b12', 'b14', 'oct2025']), 'auto'),
  ),
  message: about(
    'The frame that asks the question: what the browser sends first, or what follows later.',
    v.optional(v.picklist(['start_agent', 'user_message']), 'start_agent'),
  ),
});

const genericDialect = v.strictObject({
  kind: about(
    'Any product whose frames are JSON objects with a type: names and places are told here.',
    v.literal('generic'),
  ),
  typePath: about('Where a frame holds its type.', v.optional(jsonPath, 'type')),
  welcomeType: about('Type of the frame that greets; left out when the server sends none.', v.exactOptional(text)),
  userPath: about('Where a frame names the user.', v.optional(jsonPath, 'user_id')),
  threadPath: about('Where a frame names the thread.', v.optional(jsonPath, 'thread_id')),
  runPath: about('Where a frame names the run.', v.optional(jsonPath, 'run_id')),
  ping: about(
    'Type of the frame that asks for a sign of life, and of the one that answers.',
    v.optional(
      v.strictObject({ send: about('The one that asks.', text), reply: about('The one that answers.', text) }),
      { send: 'ping', reply: 'pong' },
    ),
  ),
  question: about(
    'The frame that asks; `{question}` in one of its texts is replaced by the question.',
    v.strictObject({
      type: about('Its type.', text),
      textPath: about('Where it holds the question.', jsonPath),
      fields: about('What else it holds, by place.', v.optional(v.record(jsonPath, scalar), {})),
    }),
  ),
  events: about(
    'The types of the frames that tell how a run goes.',
    v.strictObject({
      accepted: about('The question has been taken.', v.exactOptional(text)),
      started: about('The run has begun.', text),
      thinking: about('The agent is at work.', v.exactOptional(text)),
      toolStarted: about('A tool has been called.', v.exactOptional(text)),
      toolCompleted: about('A tool has answered.', v.exactOptional(text)),
      text: about('A part of the answer.', v.exactOptional(text)),
      completed: about('The run is over, and the answer is here.', text),
      error: about('The run has failed.', v.optional(text, 'error')),
    }),
  ),
  answerPaths: about(
    'Where the frame that completes a run may hold the answer; the first that is there counts.',
    v.optional(v.pipe(v.array(jsonPath), v.minLength(1, 'at least one path')), ['answer', 'text', 'content']),
  ),
});

export const dialectSettings = v.variant('kind', [netraDialect, genericDialect]);

export const agentSettings = v.strictObject({
  deadlineSeconds: about(
    'Time for one attempt, log-in and connection included. Twice this, the confirmation and the reserve must fit into the cadence.',
    v.optional(integer(5, 900), 120),
  ),
  toolEvents: about(
    'Whether a run without a tool is a failure.',
    v.optional(v.picklist(['required', 'optional']), 'optional'),
  ),
  firstEventMsMax: about(
    'Longest time from the question to the first event of the run.',
    v.optional(integer(100, 300_000), 30_000),
  ),
  silenceMsMax: about(
    'Longest time without any event of the run before it counts as stalled.',
    v.optional(integer(500, 300_000), 30_000),
  ),
  completedMsMax: about(
    'A run that takes longer is `slow`; one that takes longer than the deadline is `agent_timeout`.',
    v.exactOptional(integer(1, 900_000)),
  ),
  fakedRunMsMax: about(
    'A whole run inside this time without a sign of a model is `faked_run`; 0 leaves the check out.',
    v.optional(integer(0, 10_000), 1_000),
  ),
  runsPerDayMax: about(
    'Questions that may be asked in a day (UTC) from one region; beyond it a run is `probe_budget`. The default is enough for an attempt and its confirmation every five minutes.',
    v.optional(integer(1, 100_000), 600),
  ),
  tokensPerRunMax: about('Model tokens that one run may cost.', v.optional(integer(1, 1_000_000), 4_000)),
  keepAnswerText: about(
    'Whether the text of answers is kept as evidence. Off, only length, hash and class are.',
    v.optional(v.boolean(), false),
  ),
});

export type DialectSettings = v.InferOutput<typeof dialectSettings>;
export type NetraDialectSettings = v.InferOutput<typeof netraDialect>;
export type GenericDialectSettings = v.InferOutput<typeof genericDialect>;
export type AgentSettings = v.InferOutput<typeof agentSettings>;
