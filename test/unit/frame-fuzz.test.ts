/**
 * Frames that no server should send, in the words of every dialect: whatever comes is read, greets, and makes a run
 * that is judged; and a run passes only when the right answer came in one of its frames.
 */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';

import fc from 'fast-check';
import * as v from 'valibot';

import type { Ending } from '../../functions/agent/ending.ts';
import { judgeConversation, runFindings } from '../../functions/agent/judge.ts';
import { diceBytes } from '../../shared/core/agent/dice.ts';
import { isAnswered } from '../../shared/core/agent/expectation.ts';
import { makeQuestion } from '../../shared/core/agent/question.ts';
import { observe, observeUnknown, quietSinceMs, type Run, startRun } from '../../shared/core/agent/run.ts';
import { isJsonObject, type JsonObject, parseJson } from '../../shared/core/body.ts';
import { summarise } from '../../shared/core/check.ts';
import { acknowledgementFrame } from '../../shared/core/dialect/frame.ts';
import {
  awaitedUntilMs,
  greet,
  greetingFailure,
  greetingPlan,
  notGreeted,
  readyAtMs,
} from '../../shared/core/dialect/greeting.ts';
import { type Reading, readFrame } from '../../shared/core/dialect/read.ts';
import { agentSettings } from '../../shared/core/environment/agent.ts';
import { websocketSettings } from '../../shared/core/environment/websocket.ts';
import { measurementOf } from '../../shared/core/measurement.ts';
import { phrase, solve } from '../sandbox/agent/solver.ts';
import { assertBoundedHeap, assertProductReason, assertSoundMeasurement, fuzzed, fuzzName } from '../support/fuzz.ts';
import { answerPlace, damagedFrames, dialects, goodFrames, userPlace } from '../support/frames.ts';

const settings = v.parse(agentSettings, { fakedRunMsMax: 0 });
const dialect = fc.constantFrom(...dialects);

/** The frames of these texts; those that a session would call bad are left out. */
function framesOf(texts: readonly string[]): readonly JsonObject[] {
  return texts.map(parseJson).filter(isJsonObject);
}

function take(run: Run, reading: Reading, atMs: number): Run {
  return reading.is === 'event' ? observe(run, reading.event, atMs) : observeUnknown(run);
}

describe(fuzzName('Frames, whatever they are'), () => {
  it('are read in every dialect, with names and ids that are short', () => {
    fc.assert(
      fc.property(dialect, damagedFrames(1), (speaks, texts) => {
        for (const frame of framesOf(texts)) {
          const reading = readFrame(speaks, frame);
          if (reading.is === 'event') {
            const { userId, threadId, runId, tool, text } = reading.event;
            assert.ok([userId, threadId, runId, tool].every((id) => id === null || id.length <= 200));
            assert.ok(text.length <= 20_000);
          } else if (reading.is === 'error') {
            assert.ok(reading.error.sentence.length <= 300);
          } else if (reading.is === 'handshake' && speaks.handshake !== null) {
            JSON.stringify(acknowledgementFrame(speaks.handshake, reading.threadId, 'now'));
          }
        }
      }),
      fuzzed(5_000),
    );
  });

  it('greet or do not, and never leave the waiting without an end', () => {
    const handshakes = fc.constantFrom('auto', 'required', 'none');
    fc.assert(
      fc.property(dialect, handshakes, damagedFrames(6), (speaks, serverHandshake, texts) => {
        const plan = greetingPlan(v.parse(websocketSettings, { serverHandshake }), speaks);
        let greeted = notGreeted(0);
        framesOf(texts).forEach((frame, index) => {
          greeted = greet(greeted, readFrame(speaks, frame), index);
        });
        assert.ok((awaitedUntilMs(greeted, plan) ?? 0) <= texts.length + 10_000);
        assert.ok(readyAtMs(greeted) <= texts.length);
        const failure = greetingFailure(greeted, plan);
        if (failure === null) {
          assert.ok(plan.welcome !== 'required' || greeted.welcome !== null);
          assert.ok(plan.handshake !== 'required' || greeted.handshake?.completedMs !== null);
        } else {
          assertProductReason(failure.reason, failure.detail);
        }
      }),
      fuzzed(3_000),
    );
  });

  /** What cuts a run short that is not over by itself. */
  const cuts = fc.constantFrom<Ending>(
    { by: 'budget' },
    { by: 'bad_frame', detail: 'a binary frame of 9 bytes' },
    { by: 'silence', silentMs: 9, alive: true, transportAlive: true },
    { by: 'closed', closure: { code: 1011, reason: '', ageMs: 9, violation: null } },
  );
  const chance = fc.uint8Array({ minLength: diceBytes, maxLength: diceBytes });

  function judged(usual: number): void {
    fc.assert(
      fc.property(dialect, damagedFrames(8), chance, cuts, (speaks, texts, bytes, cut) => {
        const question = makeQuestion(bytes);
        const answer = JSON.stringify(phrase(solve(question.text))).slice(1, -1);
        const frames = framesOf(texts.map((text) => text.replaceAll(answerPlace, () => answer)));
        let run = startRun({ dialect: speaks, askedMs: 0, userId: userPlace, threadId: null });
        frames.forEach((frame, index) => {
          run = take(run, readFrame(speaks, frame), index * 100);
        });
        const ending = endedBy(run) ?? cut;
        const facts = { run, ending, settings, question, endedMs: frames.length * 100 };
        const checks = judgeConversation(facts);
        const measurement = measurementOf(checks, { ...runFindings(facts), memory: {}, blocker: 'websocket' });
        assertSoundMeasurement(measurement);
        const passes = summarise(checks).verdict === 'pass';
        assert.ok(!passes || frames.some((frame) => isAnswered(textsOf(frame), question.expects)));
      }),
      fuzzed(usual),
    );
  }

  it('make a run that is judged soundly, and passes only with the right answer in it', async () => {
    await assertBoundedHeap(
      () => judged(300),
      () => judged(4_000),
    );
  });

  it('make a good run as long as nobody damages them', () => {
    const question = makeQuestion(new Uint8Array(diceBytes).fill(7));
    for (const speaks of dialects.filter(({ name }) => name !== 'generic')) {
      const texts = goodFrames.run.map((text) => text.replaceAll(answerPlace, () => phrase(solve(question.text))));
      let run = startRun({ dialect: speaks, askedMs: 0, userId: userPlace, threadId: null });
      framesOf(texts).forEach((frame, index) => {
        run = take(run, readFrame(speaks, frame), index * 100);
      });
      const checks = judgeConversation({ run, ending: { by: 'told' }, settings, question, endedMs: 900 });
      assert.equal(summarise(checks).verdict, 'pass', JSON.stringify(checks));
    }
  });
});

/** How the run is over by itself; null when it is not. */
function endedBy(run: Run): Ending | null {
  if (run.breach !== null) {
    return { by: 'breach' };
  }
  if (run.end !== null) {
    return { by: 'told' };
  }
  return quietSinceMs(run) === null ? null : { by: 'quiet' };
}

/** Every text and number in a frame, however deep. */
function textsOf(frame: JsonObject): string {
  const left: unknown[] = [frame];
  const texts: string[] = [];
  while (left.length > 0) {
    const value = left.pop();
    if (typeof value === 'string' || typeof value === 'number') {
      texts.push(String(value));
    } else if (typeof value === 'object' && value !== null) {
      left.push(...Object.values(value));
    }
  }
  return texts.join('\n');
}
