/** `golden-path report` over a real history: one file that needs nothing else, and a worklog that is computed. */
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';

import { UsageError } from '../../shared/cli/command.ts';
import { reportCommand } from '../../shared/cli/report.ts';
import { dayMs, hourMs, isoUtc } from '../../shared/core/time.ts';
import { historyPath, openHistory } from '../../shared/local/page/history.ts';
import { fileWith } from '../support/environment-file.ts';
import { environmentWith } from '../support/environment-file.ts';
import { madeUpHistory } from '../support/made-up-history.ts';

const hostile = '</script><script>alert(1)</script><!-- & "quoted"';
const endMs = Math.floor(Date.now() / 1_000) * 1_000;

let folder = '';
let file = '';
before(() => {
  folder = mkdtempSync(join(tmpdir(), 'report-'));
  file = join(folder, 'demo.json');
  writeFileSync(file, JSON.stringify(fileWith(['title', hostile])));
  const environment = environmentWith(['title', hostile]);
  const history = openHistory({ path: historyPath(folder, environment.name) });
  const { records, incidents } = madeUpHistory({ environment, runs: 6 * 12 * 24 * 4, endMs, seed: 5 });
  records.forEach((record) => history.add(record));
  incidents.forEach((incident) => history.keepIncident(incident));
  history.close();
});
after(() => rmSync(folder, { recursive: true }));

interface Ran {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

async function report(...args: readonly string[]): Promise<Ran> {
  const out: string[] = [];
  const err: string[] = [];
  const io = { out: (line: string) => out.push(line), err: (line: string) => err.push(line) };
  const code = await reportCommand.run(['--folder', folder, '--environment', file, ...args], io);
  return { code, out: out.join('\n'), err: err.join('\n') };
}

const from = isoUtc(endMs - 3 * dayMs);
const to = isoUtc(endMs);

describe('the report as a file', () => {
  it('holds everything itself: its own policy lets only its own script and style be used', async () => {
    const { code, out } = await report('--from', from, '--to', to);
    assert.equal(code, 0);
    const script = /<script>([\s\S]*?)<\/script>/.exec(out)?.[1] ?? '';
    const style = /<style>([\s\S]*?)<\/style>/.exec(out)?.[1] ?? '';
    const digest = (text: string): string => `sha256-${createHash('sha256').update(text).digest('base64')}`;
    const policy = /http-equiv="Content-Security-Policy" content="([^"]*)"/.exec(out)?.[1] ?? '';
    assert.match(policy, /^default-src 'none'; /);
    assert.ok(policy.includes(`script-src '${digest(script)}'`), 'the script is the one that the policy names');
    assert.ok(policy.includes(`style-src '${digest(style)}'`));
    assert.doesNotMatch(policy, /connect-src|https?:/);
    assert.doesNotMatch(out, /<(?:script|img|iframe)[^>]+src=|<link[^>]+href="(?!data:)|@import/);
    assert.ok(out.length < 6_000_000, `${out.length} characters`);
  });

  it('lets no text from outside end its script or begin an element', async () => {
    const { out } = await report('--from', from, '--to', to);
    assert.equal(out.match(/<\/script>/g)?.length, 2, 'one for the data, one for the code');
    assert.doesNotMatch(out, /<script>alert/);
    const data: unknown = JSON.parse(/id="report-data">([\s\S]*?)<\/script>/.exec(out)?.[1] ?? '');
    assert.equal(Reflect.get(Object(Reflect.get(Object(data), 'overview')), 'title'), hostile, 'it is all there');
  });
});

describe('the report as a worklog', () => {
  it('tells shares against targets, incidents, reasons and changes, all of them counted', async () => {
    const { code, out } = await report('--from', from, '--to', to, '--markdown');
    assert.equal(code, 0);
    assert.match(out, /^# Golden path worklog: /);
    assert.match(out, /\*\*Runs:\*\* 3456/, 'three days of four steps at a run every five minutes');
    const line = out.split('\n').find((each) => each.startsWith('| WebSocket'));
    assert.match(
      line ?? '',
      /^\| WebSocket \| 864 \| \d+ \| 30 \| 0 \| \d+ \| \*\*96\.\d %\*\* \| 96\.\d % \| > 85 % \| ✅ met \| 100 % \|/,
    );
    assert.match(out, /\| Agent answer \| 864 \| \d+ \| 0 \| 30 \| \d+ \| \*\*96\.\d %\*\* \| 100 % \|/);
    assert.match(out, /outage: \*\*WebSocket\*\*, `subprotocol_missing`/);
    assert.match(out, /- WebSocket is slower: median \d+ ms before, \d+ ms now\./);
    assert.match(out, /- WebSocket was seen with a new revision: backend-00413-k2v\./);
  });

  it('says so when nothing is known of the time before', async () => {
    const { out } = await report('--from', isoUtc(endMs - 8 * dayMs), '--to', to, '--markdown');
    assert.match(out, /Nothing is known of the time before\./);
  });

  it('shows the state of then, not of now', async () => {
    const then = endMs - 61 * hourMs;
    const { out } = await report('--from', isoUtc(then - dayMs), '--to', isoUtc(then));
    const data: unknown = JSON.parse(/id="report-data">([\s\S]*?)<\/script>/.exec(out)?.[1] ?? '');
    const overview: unknown = Reflect.get(Object(data), 'overview');
    const incident: unknown = Reflect.get(Object(overview), 'incident');
    assert.equal(Reflect.get(Object(incident), 'firstStep'), 'websocket');
    const steps: unknown = Reflect.get(Object(overview), 'steps');
    assert.ok(Array.isArray(steps));
    assert.deepEqual(
      steps.map((step: unknown) => Reflect.get(Object(step), 'mark')),
      ['pass', 'pass', 'fail', 'blocked'],
    );
  });
});

describe('what it refuses', () => {
  it('is a time without a zone, or one that ends before it begins', async () => {
    await assert.rejects(report('--from', '2026-11-24 20:00'), UsageError);
    await assert.rejects(report('--from', to, '--to', from), UsageError);
  });

  it('is a folder without a history', async () => {
    const { code, err, out } = await report('--folder', join(folder, 'nothing'));
    assert.equal(code, 2);
    assert.equal(out, '');
    assert.match(err, /no history of demo/);
  });
});
