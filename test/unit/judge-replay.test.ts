/** Recorded runs, found in all the forms in which they are kept, and what people would have been told of them. */
import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, it } from 'node:test';

import { UsageError } from '../../shared/cli/command.ts';
import { linesOf } from '../../shared/cli/json-lines.ts';
import { replayCommand } from '../../shared/cli/replay.ts';
import { recordedOutcome } from '../../shared/core/recorded.ts';
import { openReplay } from '../../shared/core/replay.ts';
import { cadence, environmentJson, outcomeOf, type OutcomeInput, settingsWith, slot } from '../simulation/samples.ts';
import { isLetter, letters } from '../simulation/timeline.ts';

const folder = await mkdtemp(join(tmpdir(), 'golden-path-replay-'));
after(() => rm(folder, { recursive: true }));

async function written(name: string, text: string): Promise<string> {
  const file = join(folder, name);
  await writeFile(file, text);
  return file;
}

interface Ran {
  readonly code: number;
  readonly out: readonly string[];
  readonly err: readonly string[];
}

async function running(...args: readonly string[]): Promise<Ran> {
  const out: string[] = [];
  const err: string[] = [];
  const code = await replayCommand.run(args, { out: (line) => out.push(line), err: (line) => err.push(line) });
  return { code, out, err };
}

describe('a recorded outcome', () => {
  const outcome = outcomeOf('auth', 3, letters.F);

  it('is found by itself, in the record of a run, and in a log entry', () => {
    assert.deepEqual(recordedOutcome(JSON.stringify(outcome)), outcome);
    assert.deepEqual(recordedOutcome(JSON.stringify({ outcome, judged: 'judged' })), outcome);
    assert.deepEqual(recordedOutcome(JSON.stringify({ jsonPayload: { outcome }, severity: 'INFO' })), outcome);
  });

  it('may lack what only messages show', () => {
    const { checks: _, gauges: __, timeline: ___, traceId: ____, ...short } = outcome;
    assert.deepEqual(recordedOutcome(JSON.stringify(short)), { ...outcome, traceId: '' });
  });

  const wrong: readonly (readonly [string, string])[] = [
    ['{', 'is not JSON'],
    ['[]', 'holds no outcome'],
    ['null', 'holds no outcome'],
    ['3', 'holds no outcome'],
    ['{"jsonPayload":{"message":"started"}}', 'holds no outcome'],
  ];
  for (const [line, problem] of wrong) {
    it(`is not in ${line}`, () => {
      assert.equal(recordedOutcome(line), problem);
    });
  }

  const fields: readonly (readonly [string, unknown])[] = [
    ['environment', 1],
    ['region', null],
    ['step', 'search'],
    ['slotMs', '1'],
    ['endedAtMs', null],
    ['verdict', 'ok'],
    ['reason', 'moon_phase'],
    ['detail', 1],
    ['latencyMs', 'fast'],
    ['phases', []],
    ['flaky', 'no'],
    ['cold', 0],
    ['checks', {}],
    ['attempts', null],
    ['timeline', 1],
  ];
  for (const [field, value] of fields) {
    it(`is not one with a wrong ${field}`, () => {
      assert.equal(
        recordedOutcome(JSON.stringify({ ...outcome, [field]: value })),
        `has an outcome with a wrong ${field}`,
      );
    });
  }

  it('may have neither latency nor reason', () => {
    const bare = { ...outcome, latencyMs: null, reason: null };
    assert.deepEqual(recordedOutcome(JSON.stringify(bare)), bare);
  });
});

describe('a replay', () => {
  const feeding = (line: string, settings = settingsWith()) => {
    const replay = openReplay(settings);
    const told = line.split('').flatMap((letter, index) => {
      const found: OutcomeInput = isLetter(letter) ? letters[letter] : {};
      return replay.feed(outcomeOf('auth', index, found)).map(({ kind }) => `${index} ${kind}`);
    });
    return { told, replay };
  };

  it('tells what a run would have told', () => {
    const { told, replay } = feeding('PFFFPPp');
    assert.deepEqual(told, ['2 opened', '5 resolved']);
    assert.deepEqual(replay.summary(), {
      outcomes: 7,
      duplicates: 0,
      late: 0,
      flaky: 1,
      verdicts: { pass: 4, degraded: 0, fail: 3, blocked: 0, inconclusive: 0 },
      told: { opened: 1, resolved: 1 },
      pages: 1,
      firstSlotMs: slot(0),
      lastSlotMs: slot(6),
      openIncident: null,
    });
  });

  it('tells something else under other rules', () => {
    assert.deepEqual(feeding('PFPPP', settingsWith({ policy: { fire: { failures: 1, of: 1 } } })).told, [
      '1 opened',
      '3 resolved',
    ]);
  });

  it('counts what comes twice and what comes too late', () => {
    const { replay } = feeding('PP');
    replay.feed(outcomeOf('auth', 1));
    replay.feed(outcomeOf('auth', 0));
    const { duplicates, late, outcomes, firstSlotMs } = replay.summary();
    assert.deepEqual([outcomes, duplicates, late, firstSlotMs], [4, 1, 1, slot(0)]);
  });

  it('names the incident that is open at the end, and is empty at the beginning', () => {
    assert.match(feeding('FF').replay.summary().openIncident ?? '', /^acme-/);
    const { firstSlotMs, lastSlotMs } = openReplay(settingsWith()).summary();
    assert.deepEqual([firstSlotMs, lastSlotMs], [null, null]);
  });
});

describe('the lines of a file', () => {
  it('are all there, also those that span chunks and the last one without an end', async () => {
    const long = 'x'.repeat(700_000);
    const file = await written('long.txt', `first\n${long}\n\n${long}ü\nlast`);
    let bytes = 0;
    const lines = [...linesOf(file, (count) => (bytes += count))];
    assert.deepEqual(lines, ['first', long, `${long}ü`, 'last']);
    assert.equal(bytes, 6 + 700_001 + 1 + 700_003 + 4);
  });

  it('are none in an empty file', async () => {
    assert.deepEqual([...linesOf(await written('empty.txt', ''), () => undefined)], []);
  });
});

describe('golden-path replay', async () => {
  const environment = await written('acme.json', environmentJson());
  const line = (index: number, input: OutcomeInput = {}) => JSON.stringify(outcomeOf('auth', index, input));
  const failing = [line(0), line(1, letters.F), line(2, letters.F), line(3), line(4)].join('\n');

  it('prints what would have been told, and the counts', async () => {
    const { code, out, err } = await running(await written('a.jsonl', failing), '--environment', environment);
    assert.equal(code, 0);
    assert.deepEqual(err, []);
    assert.deepEqual(out, [
      '2026-11-23T00:10:02Z  @ opened               auth       Log in is broken: the service is unavailable (HTTP 503): no instance ready, starting or overloaded',
      '2026-11-23T00:20:02Z    resolved             auth       over after 10 min and 2 bad runs: Log in',
      '',
      '5 outcomes from 2026-11-23T00:00:00Z to 2026-11-23T00:20:00Z: 3 pass, 0 degraded, 2 fail, 0 blocked, 0 inconclusive; 0 flaky, 0 duplicate, 0 late',
      'told: 1 opened, 1 resolved; 1 of them call someone',
    ]);
  });

  it('prints JSON when asked to', async () => {
    const { out } = await running(await written('a.jsonl', failing), '--environment', environment, '--json');
    assert.deepEqual(
      out.map((text): unknown => Reflect.get(JSON.parse(text), 'kind')),
      ['opened', 'resolved', undefined],
    );
    assert.equal(Reflect.get(JSON.parse(out.at(-1) ?? ''), 'outcomes'), 5);
  });

  it('says what it passed over and what looks wrong', async () => {
    const other = line(9, { environment: 'other' });
    const text = [
      ...Array.from({ length: 7 }, () => 'nonsense'),
      other,
      line(5, letters.F),
      line(6, letters.F),
      line(1),
    ].join('\n');
    const { out, err } = await running(await written('b.jsonl', text), '--environment', environment);
    assert.equal(err.length, 5);
    assert.match(err[0] ?? '', /b\.jsonl:1 is not JSON$/);
    assert.match(out.at(-4) ?? '', /^incident acme-\w+ is still open$/);
    assert.deepEqual(out.slice(-3), [
      '7 lines hold no outcome',
      '1 outcomes are of other environments',
      'many outcomes are older than the ones before them: are the lines oldest first?',
    ]);
  });

  it('ends with 1 when there is not a single outcome', async () => {
    const { code, out } = await running(await written('c.jsonl', 'x\n'), '--environment', environment);
    assert.equal(code, 1);
    assert.equal(out[2], 'told: nothing; 0 of them call someone');
  });

  it('ends with 2 when the environment file is no good', async () => {
    const { code, err } = await running(
      await written('a.jsonl', failing),
      '--environment',
      await written('bad.json', '{}'),
    );
    assert.equal(code, 2);
    assert.ok(err.length > 0);
  });

  it('wants files that are there, and an environment', async () => {
    await assert.rejects(running('--environment', environment), UsageError);
    await assert.rejects(running(join(folder, 'missing'), '--environment', environment), UsageError);
    await assert.rejects(running(await written('a.jsonl', failing)), UsageError);
  });

  it('takes a month of four steps in well under a second a thousand runs', async () => {
    const settings = settingsWith();
    const { feed, summary } = openReplay(settings);
    const beginMs = performance.now();
    for (let index = 0; index < 8_640; index += 1) {
      for (const step of ['auth', 'health', 'websocket', 'agent'] as const) {
        feed(outcomeOf(step, index, { latencyMs: 200 + (index % 7) }));
      }
    }
    assert.equal(summary().outcomes, 34_560);
    assert.equal(summary().lastSlotMs, slot(0) + 8_639 * cadence);
    assert.ok(performance.now() - beginMs < 34_560, 'a run takes more than a millisecond');
  });
});
