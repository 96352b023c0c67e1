/** `golden-path replay`: what people would have been told of recorded runs, under the rules of a file. */
import { stat } from 'node:fs/promises';
import process from 'node:process';
import { parseArgs } from 'node:util';

import type { Environment } from '../core/environment/definition.ts';
import type { Notification } from '../core/judge/state.ts';
import { recordedOutcome } from '../core/recorded.ts';
import { openReplay, type ReplaySummary } from '../core/replay.ts';
import { isoUtc } from '../core/time.ts';
import { type Command, type CommandIo, UsageError } from './command.ts';
import { linesOf } from './json-lines.ts';
import { loadOne } from './one-environment.ts';

const help = `Usage: golden-path replay FILE… --environment FILE [--json]

Feeds recorded runs through the judge and prints what people would have been told. The files have one JSON object a line, oldest
first: outcomes, records of runs, or log entries (gcloud logging read … --order=asc --format=json | jq -c '.[]'). Runs of
other environments are passed over.

  --environment FILE   the environment file: change its policy to see what it would have done
  --json               a JSON object a message, and one with the counts at the end

Exit code: 0 replayed, 1 not a single outcome was found, 2 bad usage.`;

export const replayCommand: Command = {
  name: 'replay',
  summary: 'says what people would have been told of recorded runs',
  help,
  run: replay,
};

/** Lines that are no outcomes are named up to this many; the rest is counted. */
const namedMax = 5;

interface Progress {
  readonly totalBytes: number;
  bytes: number;
  shownPercent: number;
  skipped: number;
  others: number;
}

async function replay(args: readonly string[], io: CommandIo): Promise<number> {
  const { values, positionals: files } = parseArgs({
    args: [...args],
    options: { environment: { type: 'string' }, json: { type: 'boolean', default: false } },
    allowPositionals: true,
  });
  if (files.length === 0) {
    throw new UsageError('a file with recorded runs is missing');
  }
  const loaded = await loadOne(values.environment, io);
  if (loaded === null) {
    return 2;
  }
  const sizes = await Promise.all(files.map(sizeOf));
  const totalBytes = sizes.reduce((sum, size) => sum + size, 0);
  const progress: Progress = { totalBytes, bytes: 0, shownPercent: -1, skipped: 0, others: 0 };
  const summary = replayFiles(files, loaded.environment, { io, json: values.json, progress });
  if (values.json) {
    io.out(JSON.stringify({ ...summary, skipped: progress.skipped, otherEnvironments: progress.others }));
  } else {
    summaryLines(summary, progress).forEach(io.out);
  }
  return summary.outcomes === 0 ? 1 : 0;
}

async function sizeOf(file: string): Promise<number> {
  try {
    return (await stat(file)).size;
  } catch {
    throw new UsageError(`${file} can't be read`);
  }
}

interface Showing {
  readonly io: CommandIo;
  readonly json: boolean;
  readonly progress: Progress;
}

function replayFiles(files: readonly string[], settings: Environment, showing: Showing): ReplaySummary {
  const { progress } = showing;
  const { feed, summary } = openReplay(settings);
  for (const file of files) {
    let number = 0;
    for (const line of linesOf(file, (count) => showProgress(progress, count))) {
      number += 1;
      const outcome = recordedOutcome(line);
      if (typeof outcome === 'string') {
        skip(`${file}:${number} ${outcome}`, showing);
      } else if (outcome.environment === settings.name) {
        feed(outcome).forEach((news) => showing.io.out(showing.json ? JSON.stringify(news) : newsText(news)));
      } else {
        progress.others += 1;
      }
    }
  }
  clearProgress();
  return summary();
}

function skip(problem: string, { io, progress }: Showing): void {
  progress.skipped += 1;
  if (progress.skipped <= namedMax) {
    io.err(problem);
  }
}

function showProgress(progress: Progress, count: number): void {
  progress.bytes += count;
  const percent = Math.floor((100 * progress.bytes) / Math.max(1, progress.totalBytes));
  if (process.stderr.isTTY && percent > progress.shownPercent) {
    progress.shownPercent = percent;
    process.stderr.write(`\r${'█'.repeat(Math.floor(percent / 5)).padEnd(20, '░')} ${percent} %`);
  }
}

function clearProgress(): void {
  if (process.stderr.isTTY) {
    process.stderr.write('\r\u001B[K');
  }
}

function newsText({ atMs, kind, step, mention, change }: Notification): string {
  return `${isoUtc(atMs)}  ${mention ? '@' : ' '} ${kind.padEnd(20)} ${(step ?? '').padEnd(9)}  ${change}`;
}

function summaryLines(summary: ReplaySummary, { skipped, others }: Progress): readonly string[] {
  const { outcomes, firstSlotMs, lastSlotMs, verdicts, flaky, duplicates, late, told, pages, openIncident } = summary;
  const span =
    firstSlotMs === null || lastSlotMs === null ? '' : ` from ${isoUtc(firstSlotMs)} to ${isoUtc(lastSlotMs)}`;
  const counts = Object.entries(verdicts).map(([verdict, count]) => `${count} ${verdict}`);
  const messages = Object.entries(told).map(([kind, count]) => `${count} ${kind}`);
  return [
    '',
    `${outcomes} outcomes${span}: ${counts.join(', ')}; ${flaky} flaky, ${duplicates} duplicate, ${late} late`,
    `told: ${messages.length === 0 ? 'nothing' : messages.join(', ')}; ${pages} of them call someone`,
    ...(openIncident === null ? [] : [`incident ${openIncident} is still open`]),
    ...(skipped === 0 ? [] : [`${skipped} lines hold no outcome`]),
    ...(others === 0 ? [] : [`${others} outcomes are of other environments`]),
    ...(late > outcomes / 100
      ? ['many outcomes are older than the ones before them: are the lines oldest first?']
      : []),
  ];
}
